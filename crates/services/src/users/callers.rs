//! From a session or a key to a [`Caller`]: rights are read at every request and kept by nobody.

use domain::ids::{ApiKeyId, SiteId, SourceId, UserId};
use domain::permission::{KeyScope, Permission};
use store::users::GrantRow;
use store::{Actor, Scope};

use super::secrets;
use crate::{Caller, Error, Grant, Services};

/// The caller behind a valid API key.
#[derive(Debug, Clone)]
pub struct KeyCaller {
    /// Who acts, with the rights of the key.
    pub caller: Caller,
    /// The key.
    pub key: ApiKeyId,
    /// The feed it belongs to.
    pub source: Option<SourceId>,
    /// The person it acts for.
    pub user: Option<UserId>,
    /// What it may be used for.
    pub scopes: Vec<KeyScope>,
    /// Its use should be noted: see [`note_key_use`].
    pub use_unnoted: bool,
}

/// Finds the caller behind a key as it came in the header: one query.
///
/// # Errors
/// [`Error::NotSignedIn`] for a key that is unknown, ended or revoked, or whose owner is disabled.
pub async fn caller_for_key(services: &Services, key: &str) -> Result<KeyCaller, Error> {
    if !key.starts_with("mw_") || key.len() > 128 {
        return Err(Error::NotSignedIn);
    }
    let row = store::users::key_caller(&services.store, &secrets::sha256(key)).await?;
    row.map(of_key).ok_or(Error::NotSignedIn)
}

/// Notes that a key is in use; call it off the path of the request.
///
/// # Errors
/// When the database fails.
pub async fn note_key_use(services: &Services, key: ApiKeyId) -> Result<(), Error> {
    Ok(store::users::touch_api_key(&services.store, key).await?)
}

/// The person behind a valid session, by the hash of its id; `used` keeps it from going idle.
///
/// # Errors
/// [`Error::NotSignedIn`] when the session has ended or its owner's rights have changed.
pub async fn caller_for_session(
    services: &Services,
    id_sha256: &[u8],
    used: bool,
) -> Result<Caller, Error> {
    let row = store::sessions::caller(&services.store, id_sha256, used).await?;
    let row = row.ok_or(Error::NotSignedIn)?;
    Ok(of_person(row.user, row.name, &row.grants))
}

/// A person with all rights of their roles.
pub fn of_person(user: UserId, name: String, grants: &[GrantRow]) -> Caller {
    Caller { actor: Actor::User(user), name, source: None, grants: flatten(grants) }
}

fn flatten(grants: &[GrantRow]) -> Vec<Grant> {
    grants
        .iter()
        .flat_map(|grant| {
            let scope = grant.site.map_or(Scope::All, |site| Scope::Sites(vec![site]));
            grant
                .permissions
                .iter()
                .map(move |&permission| Grant { permission, scope: scope.clone() })
        })
        .collect()
}

/// A key's rights: what its scopes allow at its sites, and of a person's rights only those that
/// both the person and the key have.
pub fn of_key(row: store::users::KeyCaller) -> KeyCaller {
    let key = row.key;
    let person = key.user.is_some().then_some(row.grants.as_slice());
    let grants = conveyed(&key.scopes, key.sites.as_deref(), person);
    let actor = key.user.map_or(Actor::Key(key.id), Actor::User);
    let name = row.user_name.unwrap_or(key.name);
    KeyCaller {
        caller: Caller { actor, name, source: key.source, grants },
        key: key.id,
        source: key.source,
        user: key.user,
        scopes: key.scopes,
        use_unnoted: row.use_unnoted,
    }
}

/// The rights a key with these scopes and sites has; `person` are the roles of whom it acts for.
pub(super) fn conveyed(
    scopes: &[KeyScope],
    sites: Option<&[SiteId]>,
    person: Option<&[GrantRow]>,
) -> Vec<Grant> {
    let everywhere = sites.map_or(Scope::All, |sites| Scope::Sites(sites.to_vec()));
    let mut grants = Vec::new();
    for scope in scopes {
        let machine = match scope {
            KeyScope::Predictions => Some(Permission::PredictionSend),
            KeyScope::Telemetry => Some(Permission::TelemetrySend),
            KeyScope::Read if person.is_none() => Some(Permission::View),
            KeyScope::Assets if person.is_none() => Some(Permission::AssetEdit),
            _ => None,
        };
        if let Some(permission) = machine {
            grants.push(Grant { permission, scope: everywhere.clone() });
        }
    }
    grants.extend(flatten(person.unwrap_or_default()).into_iter().filter_map(|grant| {
        allows(scopes, grant.permission)
            .then(|| Grant { permission: grant.permission, scope: both(&grant.scope, sites) })
    }));
    grants
}

/// Whether a key with these scopes may use a right of its person.
fn allows(scopes: &[KeyScope], permission: Permission) -> bool {
    let needed = match permission {
        // Who decides sees what it decides on.
        Permission::View if scopes.contains(&KeyScope::Decide) => return true,
        Permission::View => KeyScope::Read,
        Permission::AssetEdit => KeyScope::Assets,
        Permission::LogbookWrite
        | Permission::WorkOrderWork
        | Permission::ReviewDecide
        | Permission::WorkOrderRaise
        | Permission::Integrate => KeyScope::Decide,
        _ => return false,
    };
    scopes.contains(&needed)
}

fn both(scope: &Scope, sites: Option<&[SiteId]>) -> Scope {
    match (scope, sites) {
        (scope, None) => scope.clone(),
        (Scope::All, Some(sites)) => Scope::Sites(sites.to_vec()),
        (Scope::Sites(of_person), Some(sites)) => {
            Scope::Sites(of_person.iter().copied().filter(|s| sites.contains(s)).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::permission::Role;
    use store::users::ApiKeyRow;

    use super::*;

    fn key(scopes: &[KeyScope], sites: Option<&[i64]>, user: Option<&[GrantRow]>) -> Caller {
        of_key(store::users::KeyCaller {
            key: ApiKeyRow {
                id: ApiKeyId(1),
                name: "key".into(),
                source: Some(SourceId(1)),
                user: user.map(|_| UserId(7)),
                scopes: scopes.to_vec(),
                sites: sites.map(|s| s.iter().map(|&s| SiteId(s)).collect()),
            },
            user_name: user.map(|_| "Dana".into()),
            grants: user.unwrap_or_default().to_vec(),
            use_unnoted: false,
        })
        .caller
    }

    #[test]
    fn a_machine_key_may_what_its_scopes_say_at_its_sites() {
        let caller = key(&[KeyScope::Predictions, KeyScope::Decide], Some(&[2]), None);
        assert_eq!(
            caller.scope(Permission::PredictionSend).unwrap(),
            Scope::Sites(vec![SiteId(2)])
        );
        assert!(!caller.may(Permission::View));
        assert!(!caller.may(Permission::ReviewDecide), "deciding needs a person");
        assert!(caller.user().is_err());
    }

    #[test]
    fn a_persons_key_may_what_both_may() {
        let grants = [
            GrantRow::built_in(Role::Planner, Some(SiteId(1))),
            GrantRow::built_in(Role::Viewer, None),
        ];
        let scopes = [KeyScope::Decide, KeyScope::Read];
        let caller = key(&scopes, Some(&[1, 3]), Some(&grants));
        assert_eq!(caller.scope(Permission::ReviewDecide).unwrap(), Scope::Sites(vec![SiteId(1)]));
        assert!(caller.may_at(Permission::View, SiteId(3)));
        assert!(!caller.may_at(Permission::View, SiteId(2)));
        assert!(!caller.may(Permission::RulePublish), "no scope stands for it");
        assert_eq!(caller.user().unwrap(), UserId(7));
    }

    #[test]
    fn a_key_without_a_site_in_common_may_nothing() {
        let grants = [GrantRow::built_in(Role::Planner, Some(SiteId(1)))];
        let caller = key(&[KeyScope::Decide], Some(&[2]), Some(&grants));
        assert!(!caller.may(Permission::ReviewDecide));
    }
}
