use std::collections::BTreeMap;

use cmms::manifest::Manifest;
use domain::ids::{ConnectionId, SiteId};
use domain::permission::Permission;
use domain::work_order::WorkOrderStatus;
use serde_json::{Value, json};
use store::connections::edit::{self, Editable};
use store::{AuditEntry, ScopedTx};

use super::access::{allows, require};
use super::fields;
use crate::{Caller, Error, FieldError};

/// Longest name.
const NAME: usize = 120;

/// What is to be changed; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Its name for people.
    pub name: Option<String>,
    /// Where the CMMS is.
    pub base_url: Option<String>,
    /// An own manifest; an inner `None` goes back to the program's.
    pub manifest: Option<Option<String>>,
    /// Settings of the manifest; null takes one away.
    pub settings: BTreeMap<String, Value>,
    /// Statuses added to the manifest's: theirs to ours.
    pub statuses: Option<BTreeMap<String, String>>,
    /// An own authority, PEM; an inner `None` takes it away.
    pub authority: Option<Option<String>>,
    /// Seconds until a call counts as unanswered; an inner `None` as the manifest says.
    pub timeout_seconds: Option<Option<i32>>,
    /// Seconds between two polls of work orders.
    pub orders_every: Option<i32>,
    /// Seconds between two reads of the register.
    pub assets_every: Option<i32>,
    /// Calls at once.
    pub concurrency: Option<i16>,
    /// Work orders an hour by rules.
    pub cap_per_hour: Option<i32>,
    /// Work orders a day by rules.
    pub cap_per_day: Option<i32>,
    /// Sites it is to serve.
    pub sites: Option<Vec<SiteId>>,
}

/// Changes a connection, of the version that the person has looked at; answers the new version.
///
/// # Errors
/// `version_changed`; [`Error::Invalid`] with every problem; [`Error::Denied`], [`Error::NotFound`].
pub async fn configure(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: ConnectionId,
    expected: i32,
    changes: Changes,
) -> Result<i32, Error> {
    require(tx, caller, Permission::Integrate, id).await?;
    let (mut editable, version) = edit::editable(tx, id).await?.ok_or(Error::NotFound)?;
    if version != expected {
        let message = "Somebody has changed the connection meanwhile. Nothing was changed.";
        return Err(Error::conflict("version_changed", message));
    }
    let system = store::connections::version(tx, id).await?.ok_or(Error::NotFound)?.2;
    let sites = changes.sites.clone();
    let changed = apply(&mut editable, changes);
    checked(&system, &editable)?;
    edit::update(tx, id, &editable).await?;
    if let Some(sites) = &sites {
        if !allows(caller, Permission::Integrate, sites) {
            return Err(Error::Denied);
        }
        check_sites(tx, sites).await?;
        edit::serve(tx, id, sites).await?;
    }
    let detail = json!({"changed": changed, "sites": sites, "version": version + 1,
                        "base_url": editable.base_url, "settings": editable.settings});
    tx.audit(vec![AuditEntry::new("connection.configure", "connection", id.0).detail(detail)])
        .await?;
    Ok(version + 1)
}

fn apply(editable: &mut Editable, changes: Changes) -> Vec<String> {
    let mut changed = Vec::new();
    fn set<T: PartialEq>(name: &str, place: &mut T, new: Option<T>, changed: &mut Vec<String>) {
        if let Some(new) = new.filter(|new| new != place) {
            *place = new;
            changed.push(name.to_owned());
        }
    }
    let trimmed = |text: String| text.trim().trim_end_matches('/').to_owned();
    set("name", &mut editable.name, changes.name.map(|n| n.trim().to_owned()), &mut changed);
    let url = changes.base_url.map(|url| Some(trimmed(url)));
    set("base_url", &mut editable.base_url, url, &mut changed);
    set("manifest", &mut editable.manifest, changes.manifest, &mut changed);
    set("statuses", &mut editable.statuses, changes.statuses, &mut changed);
    set("authority", &mut editable.authority, changes.authority, &mut changed);
    set("timeout_seconds", &mut editable.timeout_seconds, changes.timeout_seconds, &mut changed);
    set("orders_every", &mut editable.orders_every, changes.orders_every, &mut changed);
    set("assets_every", &mut editable.assets_every, changes.assets_every, &mut changed);
    set("concurrency", &mut editable.concurrency, changes.concurrency, &mut changed);
    set("cap_per_hour", &mut editable.cap_per_hour, changes.cap_per_hour, &mut changed);
    set("cap_per_day", &mut editable.cap_per_day, changes.cap_per_day, &mut changed);
    for (name, value) in changes.settings {
        changed.push(format!("settings.{name}"));
        match value {
            Value::Null => drop(editable.settings.remove(&name)),
            value => drop(editable.settings.insert(name, value)),
        }
    }
    changed
}

/// Everything that is wrong with what is filled in.
pub(super) fn checked(system: &str, editable: &Editable) -> Result<(), Error> {
    let mut problems = Vec::new();
    let mut wrong = |path: &str, code: &str, message: &str| {
        problems.push(FieldError::new(path, code, message));
    };
    let name = &editable.name;
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        wrong("name", "invalid", "A name of 1 to 120 characters, please.");
    }
    if system != "book" {
        let manifest: Manifest = fields::manifest(system, editable.manifest.as_deref())?;
        if manifest.system != system {
            wrong("manifest", "other_system", "The manifest is of another system.");
        }
        for name in editable.settings.keys().filter(|name| !manifest.settings.contains_key(*name)) {
            wrong(&format!("settings.{name}"), "unknown", "The manifest has no such setting.");
        }
        if !editable.base_url.as_deref().is_some_and(is_address) {
            wrong("base_url", "invalid", "An address such as https://cmms.example/maximo, please.");
        }
    }
    for (theirs, ours) in &editable.statuses {
        if ours.parse::<WorkOrderStatus>().is_err() {
            wrong(&format!("statuses.{theirs}"), "unknown", "This is none of our statuses.");
        }
    }
    if editable.authority.as_deref().is_some_and(|pem| !pem.contains("BEGIN CERTIFICATE")) {
        wrong("authority", "invalid", "Certificates in PEM, please.");
    }
    let within = |value: i32, least: i32, most: i32| (least..=most).contains(&value);
    if editable.timeout_seconds.is_some_and(|seconds| !within(seconds, 5, 300)) {
        wrong("timeout_seconds", "out_of_range", "5 to 300 seconds are possible.");
    }
    if !within(editable.orders_every, 10, 86_400) {
        wrong("orders_every", "out_of_range", "10 seconds to a day are possible.");
    }
    if !within(editable.assets_every, 60, 2_592_000) {
        wrong("assets_every", "out_of_range", "A minute to 30 days are possible.");
    }
    if !within(editable.concurrency.into(), 1, 32) {
        wrong("concurrency", "out_of_range", "1 to 32 calls at once are possible.");
    }
    if editable.cap_per_hour < 0 || editable.cap_per_day < 0 {
        wrong("cap_per_hour", "out_of_range", "A cap is 0 or more.");
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Host, and no user or password in it; whether it may be called is the server's to say.
fn is_address(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    !host.is_empty() && !rest.contains(['@', '?', '#', ' ']) && !rest.chars().any(char::is_control)
}

/// # Errors
/// [`Error::Invalid`] for what is no site of the scope.
pub(super) async fn check_sites(tx: &mut ScopedTx, sites: &[SiteId]) -> Result<(), Error> {
    let known = store::connections::desk::served_sites(tx).await?;
    match sites.iter().find(|site| !known.iter().any(|row| row.site_id == site.0)) {
        None => Ok(()),
        Some(_) => Err(Error::invalid("sites", "unknown", "There is no such site.")),
    }
}
