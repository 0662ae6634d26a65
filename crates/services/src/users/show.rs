//! People, sessions and keys as the pages show them.

use std::collections::HashMap;

use domain::ids::{ApiKeyId, GrantId, SiteId, UserId};
use domain::permission::{Permission, Role};
use domain::views::users::{
    Account, Given, KeyItem, KeyList, PeopleFilter, PeopleList, Person, PersonDetail, PersonName,
    RoleName, SessionItem, SiteName,
};
use store::sessions::{self, ListedSession};
use store::users::{self as table, GivenRow, KeyRow, PersonRow};
use store::{Scope, ScopedTx};

use super::authority::holds;
use crate::{Caller, Error};

/// People on a page.
const PAGE: usize = 50;
/// People and keys in menus and lists that have no pages.
const MOST: i64 = 1_000;

/// A page of the people the caller administers.
///
/// # Errors
/// [`Error::Denied`] without the right to administer.
pub async fn list_people(
    tx: &mut ScopedTx,
    caller: &Caller,
    filter: &PeopleFilter,
) -> Result<PeopleList, Error> {
    caller.scope(Permission::Administer)?;
    let mut rows = table::people(tx, filter, PAGE as i64 + 1).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| UserId(row.id));
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut given = by_person(table::given(tx, &ids).await?)?;
    let items = rows.into_iter().map(|row| person_of(row, &mut given)).collect::<Result<_, _>>()?;
    Ok(PeopleList {
        items,
        next,
        total: table::count_people(tx, filter).await?,
        roles: role_names(tx).await?,
        sites: site_names(tx).await?,
        everywhere: holds(caller, Permission::Administer, None),
    })
}

/// One person with roles, sessions and keys; `current` is the hash of the caller's own session.
///
/// # Errors
/// [`Error::NotFound`] for somebody the caller does not administer.
pub async fn person(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: UserId,
    current: Option<&[u8]>,
) -> Result<PersonDetail, Error> {
    caller.scope(Permission::Administer)?;
    let row = table::person(tx, id).await?.ok_or(Error::NotFound)?;
    let (created_at, link_until) = (row.created_at, row.link_until);
    let mut given = by_person(table::given(tx, &[id.0]).await?)?;
    let keys = table::keys(tx, Some(id), None, MOST).await?;
    let keys = keys.into_iter().map(|row| key_of(caller, row)).collect::<Result<_, _>>()?;
    Ok(PersonDetail {
        person: person_of(row, &mut given)?,
        created_at,
        link_until,
        sessions: sessions_of(tx, id, current).await?,
        keys,
        roles: role_names(tx).await?,
        sites: site_names(tx).await?,
        everywhere: holds(caller, Permission::Administer, None),
        me: caller.user().ok() == Some(id),
        shown: None,
    })
}

/// The caller's own account.
///
/// # Errors
/// [`Error::Denied`] for a machine.
pub async fn own_account(
    tx: &mut ScopedTx,
    caller: &Caller,
    current: Option<&[u8]>,
) -> Result<Account, Error> {
    let id = caller.user()?;
    let account = table::account(tx, id).await?.ok_or(Error::NotSignedIn)?;
    let given = by_person(table::given(tx, &[id.0]).await?)?.remove(&id.0).unwrap_or_default();
    Ok(Account {
        name: account.name,
        email: account.email,
        given,
        sessions: sessions_of(tx, id, current).await?,
    })
}

/// A page of the keys the caller manages, newest first.
///
/// # Errors
/// [`Error::Denied`] without the right to manage keys.
pub async fn list_keys(
    tx: &mut ScopedTx,
    caller: &Caller,
    after: Option<ApiKeyId>,
) -> Result<KeyList, Error> {
    let scope = caller.scope(Permission::SecretManage)?;
    let mut rows = table::keys(tx, None, after, PAGE as i64 + 1).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| ApiKeyId(row.id));
    Ok(KeyList {
        items: rows.into_iter().map(|row| key_of(caller, row)).collect::<Result<_, _>>()?,
        next,
        sites: site_names(tx).await?,
        everywhere: scope == Scope::All,
        people: people_names(tx).await?,
        shown: None,
    })
}

async fn sessions_of(
    tx: &mut ScopedTx,
    user: UserId,
    current: Option<&[u8]>,
) -> Result<Vec<SessionItem>, Error> {
    let rows = sessions::of_user(tx, user, current).await?;
    Ok(rows.into_iter().map(session_of).collect())
}

fn session_of(row: ListedSession) -> SessionItem {
    let text = |key: &str| row.data.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    SessionItem {
        number: row.number,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        ends_at: row.ends_at,
        address: text("address"),
        browser: text("browser"),
        current: row.current,
    }
}

fn person_of(row: PersonRow, given: &mut HashMap<i64, Vec<Given>>) -> Result<Person, Error> {
    Ok(Person {
        id: UserId(row.id),
        name: row.name,
        email: row.email,
        state: row.status.parse().map_err(|e| store::Error::corrupt("app_user", e))?,
        last_seen_at: row.last_seen_at,
        given: given.remove(&row.id).unwrap_or_default(),
    })
}

fn by_person(rows: Vec<GivenRow>) -> Result<HashMap<i64, Vec<Given>>, Error> {
    let mut map: HashMap<i64, Vec<Given>> = HashMap::new();
    for row in rows {
        let user = row.user_id;
        map.entry(user).or_default().push(given_of(row)?);
    }
    Ok(map)
}

pub(super) fn given_of(row: GivenRow) -> Result<Given, Error> {
    Ok(Given {
        id: GrantId(row.id),
        role: RoleName { role: row.role()?, name: row.custom_name.clone() },
        site: site_of(&row),
        expires_at: row.expires_at,
        ended: row.ended,
    })
}

pub(super) fn site_of(row: &GivenRow) -> Option<SiteName> {
    let id = row.site_id?;
    let name = row.site_name.clone().unwrap_or_else(|| id.to_string());
    Some(SiteName { id: SiteId(id), name })
}

/// Every role, the program's first.
pub(super) async fn role_names(tx: &mut ScopedTx) -> Result<Vec<RoleName>, Error> {
    let custom = table::custom_roles(tx).await?;
    let built_in = Role::ALL.iter().map(|&role| RoleName { role: role.into(), name: None });
    let own = custom.into_iter().map(|r| RoleName { role: r.id.into(), name: Some(r.name) });
    Ok(built_in.chain(own).collect())
}

pub(super) async fn site_names(tx: &mut ScopedTx) -> Result<Vec<SiteName>, Error> {
    let rows = table::site_names(tx).await?;
    Ok(rows.into_iter().map(|(id, name)| SiteName { id: SiteId(id), name }).collect())
}

pub(super) async fn people_names(tx: &mut ScopedTx) -> Result<Vec<PersonName>, Error> {
    let rows = table::people_names(tx, MOST).await?;
    Ok(rows.into_iter().map(|(id, name)| PersonName { id: UserId(id), name }).collect())
}

fn key_of(caller: &Caller, row: KeyRow) -> Result<KeyItem, Error> {
    let scopes = row.scopes.iter().map(|word| word.parse());
    let scopes = scopes.collect::<Result<_, _>>();
    let person = row
        .user_id
        .map(|id| PersonName { id: UserId(id), name: row.user_name.clone().unwrap_or_default() });
    let revocable = row.revoked_at.is_none() && caller.may(Permission::SecretManage);
    Ok(KeyItem {
        id: ApiKeyId(row.id),
        name: row.name,
        prefix: row.prefix,
        source: row.source,
        person,
        scopes: scopes.map_err(|e| store::Error::corrupt("api_key", e))?,
        sites: row.site_ids.map(|_| row.site_names.unwrap_or_default()),
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
        created_at: row.created_at,
        live: row.live,
        revocable,
    })
}
