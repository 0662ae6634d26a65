//! Value maps from elsewhere, published at once.

use std::collections::BTreeMap;

use serde_json::json;
use store::ScopedTx;
use store::connections::mapping as rows;

use super::edit::{open, put};
use super::publish::publish;
use crate::{Caller, Error};

/// Puts lines into value maps and publishes the mapping, the first time also without lines. Answers
/// its version; `None` when nothing differs.
///
/// # Errors
/// `draft_open` when something would change while somebody is at work on a draft; else as
/// [`publish`].
pub async fn set_values(
    tx: &mut ScopedTx,
    caller: &Caller,
    slug: &str,
    values: &BTreeMap<String, BTreeMap<String, String>>,
) -> Result<Option<i32>, Error> {
    let (catalogue, before) = open(tx, caller, slug).await?;
    let mut mapping = before.clone();
    for (map, lines) in values {
        for (ours, theirs) in lines {
            put(&catalogue, &mut mapping, map, ours, theirs)?;
        }
    }
    if mapping == before && catalogue.connection.mapping_version > 0 {
        return Ok(None);
    }
    if catalogue.drafted().is_some() {
        let message = "Somebody is at work on the mapping: publish or drop that draft first.";
        return Err(Error::conflict("draft_open", message));
    }
    rows::save_draft(tx, catalogue.id(), &mapping, json!({ "imported": values })).await?;
    publish(tx, caller, slug, "imported with the connection").await.map(Some)
}
