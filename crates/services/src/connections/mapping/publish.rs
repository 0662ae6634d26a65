//! Putting a draft into force.

use std::collections::BTreeMap;

use cmms::manifest::Manifest;
use domain::views::mapping::Mapping;
use serde_json::{Value, json};
use store::ScopedTx;
use store::connections::mapping::{self as rows, Published};

use super::catalogue::FAILURE_CODE;
use super::edit::open;
use super::show::show;
use crate::{Caller, Error};

/// Puts the draft into force, for work orders that are asked for from now on. Answers its version.
///
/// # Errors
/// `mapping_incomplete` while a field that must not be empty is, or a value does not fit, with every
/// problem; [`Error::Invalid`] without a reason; `nothing_drafted`; [`Error::Denied`],
/// [`Error::NotFound`].
pub async fn publish(
    tx: &mut ScopedTx,
    caller: &Caller,
    slug: &str,
    reason: &str,
) -> Result<i32, Error> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(Error::invalid("reason", "missing", "say why, in up to 500 letters"));
    }
    let (catalogue, mapping) = open(tx, caller, slug).await?;
    let blocking = show(tx, caller, slug, None).await?.blocking;
    if !blocking.is_empty() {
        return Err(Error::Conflict {
            code: "mapping_incomplete",
            message: format!("Not published: {}.", blocking.join("; ")),
            detail: json!({ "problems": blocking }),
        });
    }
    let published = handed_over(&mapping, &catalogue.manifest);
    let version = rows::publish(tx, catalogue.id(), reason, &published).await?;
    version.ok_or_else(|| Error::conflict("nothing_drafted", "there is no draft to publish"))
}

/// Failure codes by mode for new work orders, and the value maps of the client: with the codes the
/// other way round, so that closures say their failure mode in our words.
fn handed_over(mapping: &Mapping, manifest: &Manifest) -> Published {
    let codes: Vec<(String, String)> = mapping
        .maps
        .get(FAILURE_CODE)
        .into_iter()
        .flatten()
        .map(|(mode, code)| (mode.clone(), cmms::template::plain(code)))
        .collect();
    let mut maps: BTreeMap<&str, BTreeMap<String, Value>> = mapping
        .maps
        .iter()
        .filter(|(name, _)| manifest.maps.contains_key(*name))
        .map(|(name, table)| (name.as_str(), table.clone()))
        .collect();
    if !codes.is_empty() && manifest.maps.contains_key("failure_mode") {
        let back = codes.iter().map(|(mode, code)| (code.clone(), Value::String(mode.clone())));
        maps.insert("failure_mode", back.collect());
    }
    let (modes, codes) = codes.into_iter().unzip();
    Published { modes, codes, maps: json!(maps) }
}
