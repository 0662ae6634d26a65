//! A connection as a file says it: made when there is none of that name, else changed to it.

use std::collections::BTreeMap;

use domain::asset::AssetKey;
use domain::ids::{ConnectionId, SiteId};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use store::ScopedTx;
use store::connections::edit;

use super::configure::{Changes, configure};
use super::create::{NewConnection, create, slug};
use super::mapping;
use super::secrets::set_secret;
use crate::secrets::Vault;
use crate::{Caller, Error};

/// What a file says. Secrets are named in it, not held.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionFile {
    /// Its name for people; its name in addresses comes from it and tells whether it is there.
    pub name: String,
    /// Name of a manifest that comes with the program.
    pub system: String,
    /// Where the CMMS is.
    pub base_url: String,
    /// Tags of the sites it is to serve.
    pub sites: Vec<String>,
    /// Settings of the manifest.
    #[serde(default)]
    pub settings: BTreeMap<String, Value>,
    /// Where each secret comes from.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretFrom>,
    /// Value maps of the mapping, such as `failure_code`: ours to theirs.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Seconds between two polls of work orders.
    pub orders_every: Option<i32>,
    /// Seconds between two reads of the register.
    pub assets_every: Option<i32>,
    /// Work orders an hour by rules.
    pub cap_per_hour: Option<i32>,
    /// Work orders a day by rules.
    pub cap_per_day: Option<i32>,
}

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretFrom {
    /// A variable of the environment.
    Env(String),
    /// A file.
    File(String),
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The connection.
    pub id: ConnectionId,
    /// Its name in addresses.
    pub slug: String,
    /// Whether it was made.
    pub created: bool,
    /// Secrets that wait for a test with them.
    pub waiting: Vec<String>,
    /// The version of the mapping that was published, when it has changed.
    pub mapping: Option<i32>,
}

/// Reads a file written in TOML.
///
/// # Errors
/// [`Error::Invalid`] with what does not read.
pub fn read(text: &str) -> Result<ConnectionFile, Error> {
    toml::from_str(text).map_err(|error| Error::invalid("file", "unreadable", error.to_string()))
}

/// Makes a connection what a file says, its mapping published. A new one is in shadow.
///
/// # Errors
/// As [`create`], [`configure`], [`set_secret`] and [`mapping::publish`]; `draft_open` when
/// somebody is at work on the mapping.
pub async fn import(
    tx: &mut ScopedTx,
    vault: &Vault,
    caller: &Caller,
    file: ConnectionFile,
    secrets: BTreeMap<String, SecretString>,
) -> Result<Imported, Error> {
    let sites = sites(tx, &file.sites).await?;
    let name = slug(file.name.trim());
    let known = store::connections::list(tx).await?;
    let known = known.into_iter().find(|one| one.slug == name);
    if known.as_ref().is_some_and(|one| one.system != file.system) {
        let message = format!("{name} is a connection to another system already.");
        return Err(Error::invalid("system", "other_system", message));
    }
    let created = known.is_none();
    let (id, name) = match known {
        Some(known) => (ConnectionId(known.id), known.slug),
        None => make(tx, caller, &file, &sites).await?,
    };
    change(tx, caller, id, &file, sites).await?;
    let waiting = put_secrets(tx, vault, caller, id, secrets).await?;
    let mapping = mapping::set_values(tx, caller, &name, &file.values).await?;
    Ok(Imported { id, slug: name, created, waiting, mapping })
}

async fn sites(tx: &mut ScopedTx, tags: &[String]) -> Result<Vec<SiteId>, Error> {
    let mut sites = Vec::with_capacity(tags.len());
    for tag in tags {
        let unknown = || Error::invalid("sites", "unknown", format!("There is no site {tag}."));
        let key = AssetKey::normalise(tag).map_err(|_| unknown())?;
        let site = store::rules::site_by_tag(tx, key.as_str()).await?;
        sites.push(site.ok_or_else(unknown)?.0);
    }
    Ok(sites)
}

async fn make(
    tx: &mut ScopedTx,
    caller: &Caller,
    file: &ConnectionFile,
    sites: &[SiteId],
) -> Result<(ConnectionId, String), Error> {
    let new = NewConnection {
        name: file.name.clone(),
        system: file.system.clone(),
        manifest: None,
        base_url: file.base_url.clone(),
        settings: file.settings.clone(),
        sites: sites.to_vec(),
    };
    let id = create(tx, caller, new).await?;
    let all = store::connections::list(tx).await?;
    let made = all.into_iter().find(|one| one.id == id.0).ok_or(Error::NotFound)?;
    Ok((id, made.slug))
}

/// Only what differs, so that the same file again changes nothing.
async fn change(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: ConnectionId,
    file: &ConnectionFile,
    sites: Vec<SiteId>,
) -> Result<(), Error> {
    let (now, version) = edit::editable(tx, id).await?.ok_or(Error::NotFound)?;
    let served = store::connections::desk::all_sites(tx, id).await?;
    let address = file.base_url.trim().trim_end_matches('/');
    let mut changes = Changes {
        name: Some(file.name.clone()).filter(|name| name.trim() != now.name),
        base_url: Some(file.base_url.clone()).filter(|_| now.base_url.as_deref() != Some(address)),
        orders_every: file.orders_every.filter(|new| *new != now.orders_every),
        assets_every: file.assets_every.filter(|new| *new != now.assets_every),
        cap_per_hour: file.cap_per_hour.filter(|new| *new != now.cap_per_hour),
        cap_per_day: file.cap_per_day.filter(|new| *new != now.cap_per_day),
        ..Changes::default()
    };
    let settings = file.settings.iter();
    changes.settings = settings
        .filter(|(name, value)| now.settings.get(*name) != Some(*value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if sites.iter().any(|site| !served.contains(site)) {
        let others = served.into_iter().filter(|site| !sites.contains(site));
        changes.sites = Some(sites.iter().copied().chain(others).collect());
    }
    if changes != Changes::default() {
        configure(tx, caller, id, version, changes).await?;
    }
    Ok(())
}

/// Sets those that are not in use yet; answers which of them wait for a test.
async fn put_secrets(
    tx: &mut ScopedTx,
    vault: &Vault,
    caller: &Caller,
    id: ConnectionId,
    secrets: BTreeMap<String, SecretString>,
) -> Result<Vec<String>, Error> {
    let unreadable = |error: crate::secrets::VaultError| {
        tracing::error!(connection = %id, %error, "a secret does not open");
        Error::Unavailable
    };
    let current = vault.open(tx, id, "current").await.map_err(unreadable)?;
    let mut waiting = Vec::new();
    for (field, value) in secrets {
        let used = current.get(&field);
        if used.is_some_and(|used| used.expose_secret() == value.expose_secret()) {
            continue;
        }
        set_secret(tx, vault, caller, id, &field, &value, None).await?;
        if used.is_some() {
            waiting.push(field);
        }
    }
    Ok(waiting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_its_secrets_and_an_unknown_word_is_refused() {
        let text = "name = 'Maximo'\nsystem = 'maximo'\nbase_url = 'https://m.example'\n\
                    sites = ['EAST']\n[secrets]\napi_key = { env = 'KEY' }\n";
        let file = read(text).unwrap();
        assert_eq!(file.secrets["api_key"], SecretFrom::Env("KEY".to_owned()));
        assert!(read(&format!("colour = 'red'\n{text}")).is_err());
        assert!(read(&text.replace("{ env = 'KEY' }", "'typed in here'")).is_err());
    }
}
