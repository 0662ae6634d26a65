use chrono::{DateTime, Utc};
use domain::ids::{ApiKeyId, SiteId, UserId};
use domain::permission::{KeyScope, Permission};
use secrecy::SecretString;
use store::users as table;
use store::{Actor, Scope, ScopedTx};

use super::authority::covers;
use super::callers::conveyed;
use super::create::hash_of;
use super::secrets;
use crate::{Caller, Error};

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What people call it.
    pub name: String,
    /// The feed it belongs to; by default one of the key's name.
    pub source: Option<String>,
    /// For whom it acts.
    pub user: Option<UserId>,
    /// What it may be used for.
    pub scopes: Vec<KeyScope>,
    /// Where; `None` is every site.
    pub sites: Option<Vec<SiteId>>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes a key; it is returned here once and stored only as its hash (S7).
///
/// # Errors
/// [`Error::Denied`] for sites the caller does not manage and for rights the caller lacks,
/// [`Error::Invalid`] for bad input.
pub async fn create_api_key(
    tx: &mut ScopedTx,
    caller: &Caller,
    new: &NewKey,
) -> Result<(ApiKeyId, SecretString), Error> {
    let manages = match (caller.scope(Permission::SecretManage)?, &new.sites) {
        (Scope::All, _) => true,
        (scope, Some(sites)) => sites.iter().all(|site| scope.contains(*site)),
        (Scope::Sites(_), None) => false,
    };
    if !manages {
        return Err(Error::Denied);
    }
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "invalid", "A name of 1 to 120 characters, please."));
    }
    if new.scopes.is_empty() {
        return Err(Error::invalid("scopes", "missing", "A key needs one scope at least."));
    }
    if new.scopes.contains(&KeyScope::Decide) && new.user.is_none() {
        let message = "Acts of people need a person: name the user the key acts for.";
        return Err(Error::invalid("user", "missing", message));
    }
    let person = match new.user {
        None => None,
        Some(user) if table::account(tx, user).await?.is_none() => {
            return Err(Error::invalid("user", "unknown", "There is no such person."));
        }
        Some(user) => Some(table::grants(tx, user).await?),
    };
    let rights = conveyed(&new.scopes, new.sites.as_deref(), person.as_deref());
    let of_people = rights.iter().filter(|grant| !grant.permission.is_of_machines());
    if new.user.map(Actor::User) != Some(caller.actor)
        && !of_people.into_iter().all(|grant| covers(caller, grant))
    {
        let message = "The key could do more than you may yourself. Choose fewer scopes or sites.";
        return Err(Error::invalid("scopes", "beyond_own_rights", message));
    }
    if new.expires_at.is_some_and(|end| end <= tx.now()) {
        return Err(Error::invalid("until", "past", "A day in the future, please."));
    }
    let source = table::ensure_source(tx, new.source.as_deref().unwrap_or(name).trim()).await?;
    let (prefix, key) = secrets::api_key()?;
    let row = table::NewApiKey {
        name: name.to_owned(),
        prefix,
        sha256: hash_of(&key),
        source: Some(source),
        user: new.user,
        scopes: new.scopes.clone(),
        sites: new.sites.clone(),
        expires_at: new.expires_at,
    };
    let id = table::insert_api_key(tx, &row).await?;
    Ok((id, key))
}

/// Ends a key at once.
///
/// # Errors
/// [`Error::NotFound`] for a key that is unknown or has ended.
pub async fn revoke_api_key(tx: &mut ScopedTx, caller: &Caller, id: ApiKeyId) -> Result<(), Error> {
    if let Scope::Sites(sites) = caller.scope(Permission::SecretManage)? {
        let key = table::key(tx, id).await?.ok_or(Error::NotFound)?;
        let inside = |ids: Vec<i64>| ids.iter().all(|id| sites.contains(&SiteId(*id)));
        if !key.site_ids.is_some_and(inside) {
            return Err(Error::NotFound);
        }
    }
    if table::revoke_api_key(tx, id).await? { Ok(()) } else { Err(Error::NotFound) }
}
