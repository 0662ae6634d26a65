//! People, roles, sessions and keys as the pages show them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alert::words;
use crate::ids::{ApiKeyId, CustomRoleId, GrantId, SiteId, UserId};
use crate::permission::{KeyScope, Permission, RoleRef};

words! {
    /// How an account stands.
    UserState {
        /// Has a link and no password yet.
        Invited = "invited",
        /// In use.
        Active = "active",
        /// Cannot sign in.
        Disabled = "disabled",
    }
}

/// A site by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteName {
    /// Which.
    pub id: SiteId,
    /// "Rockford, Plant 2".
    pub name: String,
}

/// A role by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleName {
    /// Which.
    pub role: RoleRef,
    /// Of a role of the installation; the program's have their words in the catalogue.
    pub name: Option<String>,
}

/// A person by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// Who.
    pub id: UserId,
    /// "Dana Kowalski".
    pub name: String,
}

/// A role that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Which.
    pub id: GrantId,
    /// The role.
    pub role: RoleName,
    /// Where; everywhere if absent.
    pub site: Option<SiteName>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// It has ended.
    pub ended: bool,
}

/// A person in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// "Dana Kowalski".
    pub name: String,
    /// Address.
    pub email: String,
    /// How the account stands.
    pub state: UserState,
    /// When the person last did something here.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Their roles.
    pub given: Vec<Given>,
}

/// Which people to list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PeopleFilter {
    /// Part of a name or an address.
    pub q: Option<String>,
    /// Only accounts that stand so.
    pub state: Option<UserState>,
    /// Only people with this role.
    pub role: Option<RoleRef>,
    /// Only people who may something at this site.
    pub site: Option<SiteId>,
    /// Only those after this person in the order of the list.
    pub after: Option<UserId>,
}

/// A page of people, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleList {
    /// The people.
    pub items: Vec<Person>,
    /// What to ask with as `after`.
    pub next: Option<UserId>,
    /// All that match.
    pub total: i64,
    /// Roles that can be given or filtered by.
    pub roles: Vec<RoleName>,
    /// Sites the caller administers.
    pub sites: Vec<SiteName>,
    /// The caller administers every site.
    pub everywhere: bool,
}

/// A one-time link, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// What it is for: a name.
    pub name: String,
    /// The link or the key.
    pub secret: String,
}

/// A login session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionItem {
    /// Names it here; says nothing about the cookie.
    pub number: i64,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Last request.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub ends_at: DateTime<Utc>,
    /// Network address at sign-in.
    pub address: Option<String>,
    /// "Firefox on Windows".
    pub browser: Option<String>,
    /// The one that asks.
    pub current: bool,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDetail {
    /// The person and their roles.
    pub person: Person,
    /// Since when there is an account.
    pub created_at: DateTime<Utc>,
    /// Until when the newest unused link can be used.
    pub link_until: Option<DateTime<Utc>>,
    /// Their sessions.
    pub sessions: Vec<SessionItem>,
    /// Keys that act for them.
    pub keys: Vec<KeyItem>,
    /// Roles the caller may give.
    pub roles: Vec<RoleName>,
    /// Sites the caller administers.
    pub sites: Vec<SiteName>,
    /// The caller administers every site.
    pub everywhere: bool,
    /// It is the caller.
    pub me: bool,
    /// A link that was just made.
    pub shown: Option<Shown>,
}

/// One's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The roles.
    pub given: Vec<Given>,
    /// The sessions.
    pub sessions: Vec<SessionItem>,
}

/// A column of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleColumn {
    /// The role.
    pub role: RoleName,
    /// What it may.
    pub permissions: Vec<Permission>,
    /// Who holds it now.
    pub holders: Vec<PersonName>,
    /// Of a custom role: at another version a change is refused.
    pub version: i32,
}

/// A grant that ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Whose.
    pub person: PersonName,
    /// Which role.
    pub role: RoleName,
    /// When.
    pub at: DateTime<Utc>,
}

/// The matrix of roles and what stands around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleMatrix {
    /// The program's first, then the installation's.
    pub columns: Vec<RoleColumn>,
    /// What the caller may put into a role.
    pub grantable: Vec<Permission>,
    /// Whether the caller may change roles.
    pub editable: bool,
    /// Roles that end within 30 days.
    pub ends_soon: Vec<Ending>,
    /// Everybody, for the question.
    pub people: Vec<PersonName>,
    /// The answer to the question, if one was asked.
    pub why: Option<Why>,
}

/// "Why can X do this there?"
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyAsk {
    /// Who.
    pub person: UserId,
    /// What.
    pub permission: Permission,
    /// On what: the tag of an asset or site; anywhere if absent.
    pub on: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The question.
    pub asked: WhyAsk,
    /// The person.
    pub person: String,
    /// The site the object belongs to.
    pub site: Option<SiteName>,
    /// Whether it is allowed.
    pub yes: bool,
    /// What it depends on, in the order it is asked.
    pub reasons: Vec<Reason>,
}

/// One thing an answer depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// How the account stands.
    Account(UserState),
    /// There is no asset with that tag.
    UnknownObject(String),
    /// The person has no role at all.
    NoRole,
    /// What one role contributes.
    Role {
        /// The role.
        role: RoleName,
        /// It holds the permission.
        allows: bool,
        /// Where it was given; everywhere if absent.
        site: Option<SiteName>,
        /// The object lies there.
        covers: bool,
        /// When it ended, if it has.
        ended: Option<DateTime<Utc>>,
    },
}

impl Reason {
    /// Whether it speaks for "yes".
    pub fn holds(&self) -> bool {
        match self {
            Self::Account(state) => *state == UserState::Active,
            Self::UnknownObject(_) | Self::NoRole => false,
            Self::Role { allows, covers, ended, .. } => *allows && *covers && ended.is_none(),
        }
    }
}

/// A change of one box of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BoxChange {
    /// The role.
    pub role: CustomRoleId,
    /// The permission.
    pub permission: Permission,
    /// Given, or taken.
    pub give: bool,
}

/// An API key as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyItem {
    /// Which.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// The visible beginning.
    pub prefix: String,
    /// The feed.
    pub source: Option<String>,
    /// For whom it acts.
    pub person: Option<PersonName>,
    /// What for.
    pub scopes: Vec<KeyScope>,
    /// Where; everywhere if absent.
    pub sites: Option<Vec<String>>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// It can be used now.
    pub live: bool,
    /// The caller may revoke it.
    pub revocable: bool,
}

/// The keys, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// The keys.
    pub items: Vec<KeyItem>,
    /// What to ask with as `after`.
    pub next: Option<ApiKeyId>,
    /// Sites a key can be limited to.
    pub sites: Vec<SiteName>,
    /// A key for every site can be made.
    pub everywhere: bool,
    /// People a key can act for.
    pub people: Vec<PersonName>,
    /// A key that was just made.
    pub shown: Option<Shown>,
}

/// A rule of the program's own that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The rule.
    pub rule: String,
    /// How many rows break it.
    pub count: i64,
    /// Since when.
    pub since: DateTime<Utc>,
}
