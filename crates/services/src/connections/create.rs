use std::collections::BTreeMap;

use domain::ids::{ConnectionId, SiteId};
use domain::permission::Permission;
use domain::policy::{Policy, default_policy};
use serde_json::{Value, json};
use store::connections::edit::{self, Editable};
use store::{AuditEntry, ScopedTx};

use super::access::allows;
use super::configure::{check_sites, checked};
use crate::{Caller, Error, rules};

/// Longest slug.
const SLUG: usize = 40;

/// A connection to be made.
#[derive(Debug, Clone, Default)]
pub struct NewConnection {
    /// Its name for people.
    pub name: String,
    /// Name of a manifest that comes with the program, or of the own one.
    pub system: String,
    /// An own manifest.
    pub manifest: Option<String>,
    /// Where the CMMS is.
    pub base_url: String,
    /// Settings of the manifest; what is missing may come later.
    pub settings: BTreeMap<String, Value>,
    /// Sites it is to serve.
    pub sites: Vec<SiteId>,
}

/// Makes a connection in shadow, with a copy of the rules its first site has now.
///
/// # Errors
/// [`Error::Denied`] without the right at every site; [`Error::Invalid`] with every problem.
pub async fn create(
    tx: &mut ScopedTx,
    caller: &Caller,
    new: NewConnection,
) -> Result<ConnectionId, Error> {
    if !allows(caller, Permission::Integrate, &new.sites) {
        return Err(Error::Denied);
    }
    check_sites(tx, &new.sites).await?;
    let editable = Editable {
        name: new.name.trim().to_owned(),
        base_url: Some(new.base_url.trim().trim_end_matches('/').to_owned()),
        manifest: new.manifest,
        settings: new.settings,
        statuses: BTreeMap::new(),
        authority: None,
        timeout_seconds: None,
        orders_every: 60,
        assets_every: 86_400,
        concurrency: 4,
        cap_per_hour: 20,
        cap_per_day: 60,
    };
    checked(&new.system, &editable)?;
    let id = insert(tx, &new.system, &editable).await?;
    edit::serve(tx, id, &new.sites).await?;
    let detail = json!({"system": new.system, "name": editable.name,
                        "base_url": editable.base_url, "sites": new.sites});
    tx.audit(vec![AuditEntry::new("connection.create", "connection", id.0).detail(detail)]).await?;
    let policy = current_policy(tx, new.sites.first()).await?;
    rules::publish(tx, id, None, &policy, "copied when the connection was made").await?;
    Ok(id)
}

/// The first free name in addresses.
async fn insert(
    tx: &mut ScopedTx,
    system: &str,
    editable: &Editable,
) -> Result<ConnectionId, Error> {
    let stem = slug(&editable.name);
    for number in 1..100 {
        let slug = if number == 1 { stem.clone() } else { format!("{stem}-{number}") };
        if let Some(id) = edit::insert(tx, &slug, system, editable).await? {
            return Ok(id);
        }
    }
    Err(Error::invalid("name", "taken", "Too many connections have this name."))
}

/// The word for addresses that a name becomes.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.to_lowercase().chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.truncate(SLUG);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "cmms".to_owned() } else { slug.to_owned() }
}

/// What decides at a site now.
async fn current_policy(tx: &mut ScopedTx, site: Option<&SiteId>) -> Result<Policy, Error> {
    let Some(site) = site else { return Ok(default_policy()) };
    let served = store::rules::served(tx).await?;
    let Some(at) = served.iter().find(|one| one.site() == *site) else {
        return Ok(default_policy());
    };
    let stored = store::rules::policies(tx).await?;
    let body = stored.into_iter().find(|one| one.id == at.policy_id).map(|one| one.body);
    Ok(body.and_then(|body| serde_json::from_value(body).ok()).unwrap_or_else(default_policy))
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_name_becomes_a_word_for_addresses() {
        assert_eq!(slug("Maximo, Plant 2 (EU)"), "maximo-plant-2-eu");
        assert_eq!(slug("--"), "cmms");
        assert_eq!(slug("Wörk"), "w-rk");
    }
}
