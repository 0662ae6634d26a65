//! People and keys as CSV.

use chrono_tz::Tz;
use domain::ids::ApiKeyId;
use domain::views::users::{Given, KeyItem, PeopleFilter, Person};
use store::ScopedTx;

use super::show::{list_keys, list_people};
use crate::export::{Line, Part, Sheet};
use crate::{Caller, Error};

/// The people of a list, by name.
#[derive(Debug)]
pub struct PeopleSheet(PeopleFilter);

impl PeopleSheet {
    /// Of what the list shows, from its first page on.
    pub fn new(filter: PeopleFilter) -> Self {
        Self(PeopleFilter { after: None, ..filter })
    }
}

impl Sheet for PeopleSheet {
    const FILE: &'static str = "users";
    const ACTION: &'static str = "user.export";
    const COLUMNS: &'static [&'static str] =
        &["user", "name", "email", "state", "last_seen_at", "roles"];

    async fn part(&mut self, tx: &mut ScopedTx, caller: &Caller) -> Result<Part, Error> {
        let list = list_people(tx, caller, &self.0).await?;
        self.0.after = list.next;
        Ok(Part { lines: list.items.iter().map(person).collect(), more: list.next.is_some() })
    }
}

fn person(person: &Person) -> Line {
    let roles: Vec<String> = person.given.iter().filter(|g| !g.ended).map(given).collect();
    Line::new()
        .integer(person.id.0)
        .text(&person.name)
        .text(&person.email)
        .text(person.state.as_str())
        .time(person.last_seen_at, Tz::UTC)
        .text(roles.join("; "))
}

/// "planner at Rockford until 2026-12-31T23:00:00Z"
fn given(given: &Given) -> String {
    let role = given.role.name.clone().unwrap_or_else(|| given.role.role.to_string());
    let site = given.site.as_ref().map(|site| format!(" at {}", site.name)).unwrap_or_default();
    let end = given.expires_at.map(|at| format!(" until {}", at.to_rfc3339())).unwrap_or_default();
    format!("{role}{site}{end}")
}

/// The keys, newest first; of a key only its beginning is known.
#[derive(Debug, Default)]
pub struct KeySheet(Option<ApiKeyId>);

impl Sheet for KeySheet {
    const FILE: &'static str = "api-keys";
    const ACTION: &'static str = "api_key.export";
    const COLUMNS: &'static [&'static str] = &[
        "key",
        "name",
        "prefix",
        "source",
        "acts_for",
        "scopes",
        "sites",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
        "live",
    ];

    async fn part(&mut self, tx: &mut ScopedTx, caller: &Caller) -> Result<Part, Error> {
        let list = list_keys(tx, caller, self.0).await?;
        self.0 = list.next;
        Ok(Part { lines: list.items.iter().map(key).collect(), more: list.next.is_some() })
    }
}

fn key(key: &KeyItem) -> Line {
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    Line::new()
        .integer(key.id.0)
        .text(&key.name)
        .text(&key.prefix)
        .maybe(key.source.as_deref())
        .maybe(key.person.as_ref().map(|person| person.name.as_str()))
        .text(scopes.join(" "))
        .maybe(key.sites.as_ref().map(|sites| sites.join("; ")))
        .time(key.created_at, Tz::UTC)
        .time(key.last_used_at, Tz::UTC)
        .time(key.expires_at, Tz::UTC)
        .time(key.revoked_at, Tz::UTC)
        .yes(key.live)
}
