//! The description of one CMMS's API, as data: strict, total and bounded. What a manifest cannot
//! say does not happen; what it says wrongly is refused with line and reason.

mod auth;
mod builtin;
mod check;
mod errors;
mod operations;
mod sql;
mod step;
mod webhook;

use std::collections::BTreeMap;

use domain::work_order::WorkOrderStatus;
use serde::Deserialize;
use serde_json::Value;

use crate::Identity;
use crate::template::{Node, Template};

pub use auth::{Auth, Basic, Csrf, Grant, OAuth2, Place, SessionLogin, Sign, SignEncoding};
pub use builtin::{builtin, find};
pub use errors::{Class, ErrorRule, Statuses};
pub use operations::{
    Adopt, AssetMap, Attach, Check, CodeMap, Create, Feed, Find, Listing, Operations, Page,
    Transition,
};
pub use sql::{Does, Driver, Param, Params, Role, Sql, SqlTls, Statement};
pub use step::{Already, AnswerKind, Each, Expect, FilePart, Step, Verb};
pub use webhook::{Notice, Verify, Webhook};

/// The schema version this program reads.
pub const VERSION: u32 = 1;
/// Longest manifest that is read.
const LONGEST: usize = 256 * 1024;

/// How the facts of a manifest are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Against exchanges recorded from a running system.
    Recorded,
    /// From the maker's documents, source or data.
    Documented,
    /// From memory or analogy; nobody has seen it work.
    Assumed,
}

impl Evidence {
    /// One word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Documented => "documented",
            Self::Assumed => "assumed",
        }
    }
}

/// One CMMS's API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Schema version.
    pub manifest: u32,
    /// One word for the system.
    pub system: String,
    /// What people call it.
    pub name: String,
    /// How its facts are known.
    pub evidence: Evidence,
    /// What somebody who connects it should know.
    #[serde(default)]
    pub notes: String,
    /// What an administrator fills in besides the address.
    #[serde(default)]
    pub settings: BTreeMap<String, Setting>,
    /// What an administrator fills in and nobody reads again.
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
    /// How calls are signed in.
    #[serde(default)]
    pub auth: Auth,
    /// How its database is reached, where the steps are SQL.
    pub sql: Option<Sql>,
    /// How a create can be recognised afterwards.
    pub identity: Identity,
    /// Seconds a committed record may stay invisible to a search.
    #[serde(default)]
    pub lag_seconds: u32,
    /// What the CMMS lets us do.
    #[serde(default)]
    pub limits: Limits,
    /// What its refusals mean, first match wins; after them the usual meaning of the status.
    #[serde(default)]
    pub errors: Vec<ErrorRule>,
    /// How a refusal's text is read when no rule says.
    pub refusal: Option<Template>,
    /// Work-order fields over there.
    #[serde(default)]
    pub fields: BTreeMap<String, Field>,
    /// Value maps; a connection may replace any of them.
    #[serde(default)]
    pub maps: BTreeMap<String, BTreeMap<String, Value>>,
    /// Its statuses in our words; a connection may replace them.
    pub statuses: BTreeMap<String, WorkOrderStatus>,
    /// What it can do.
    pub operations: Operations,
    /// How one of its work orders is read.
    pub record: RecordMap,
    /// How its webhooks are verified.
    pub webhook: Option<Webhook>,
}

/// Something an administrator fills in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Its name on the form.
    pub label: String,
    /// What to know.
    #[serde(default)]
    pub help: String,
    /// The value when nothing is filled in; without one it must be.
    pub default: Option<Value>,
    /// May stay empty.
    #[serde(default)]
    pub optional: bool,
    /// The default is a guess.
    #[serde(default)]
    pub unverified: bool,
}

/// A secret an administrator fills in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// Its name on the form.
    pub label: String,
    /// What to know.
    #[serde(default)]
    pub help: String,
    /// May stay empty.
    #[serde(default)]
    pub optional: bool,
}

/// What the CMMS lets us do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Calls a minute.
    pub per_minute: Option<u32>,
    /// Calls at the same time.
    pub concurrent: u32,
    /// Seconds until a call counts as unanswered.
    pub timeout_seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_minute: None, concurrent: 4, timeout_seconds: 30 }
    }
}

/// A work-order field over there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What it is called there.
    pub at: String,
    /// Its kind.
    #[serde(default)]
    pub kind: FieldKind,
    /// Longest text.
    pub length: Option<u32>,
    /// A create without it is refused.
    #[serde(default)]
    pub required: bool,
    /// A longer text may be cut; the cut shows.
    #[serde(default)]
    pub cut: bool,
}

/// The kind of a field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Text.
    #[default]
    Text,
    /// A number.
    Number,
    /// A point in time.
    Time,
    /// One of a list of codes.
    Code,
    /// The id of another record.
    Reference,
    /// A list of rows.
    Rows,
}

/// How one of its work orders is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordMap {
    /// Its id.
    pub cmms_id: Template,
    /// The number people use; else the id.
    pub number: Option<Template>,
    /// Our reference.
    pub external_ref: Option<Template>,
    /// Its status, a key of `statuses`.
    pub status: Template,
    /// When it last changed.
    pub changed: Option<Template>,
    /// Grows with each change; else `changed`.
    pub version: Option<Template>,
    /// When it was made.
    pub created: Option<Template>,
    /// Who has it; an approved one that somebody has is assigned.
    pub assigned_to: Option<Template>,
    /// Its asset, an id of the register.
    pub asset: Option<Template>,
    /// What is to be done.
    pub title: Option<Template>,
    /// Its failure code.
    pub failure_code: Option<Template>,
    /// Its kind of work.
    pub work_type: Option<Template>,
    /// Its priority, as the value map writes it.
    pub priority: Option<Template>,
    /// When the work is due.
    pub due: Option<Template>,
    /// What the technician recorded; read when the status is closed.
    pub closure: Option<Node>,
}

/// Why a manifest is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It does not read; the text has line and column.
    #[error("{0}")]
    Unreadable(String),
    /// It reads, but does not hold together.
    #[error("{}", .0.join("\n"))]
    Inconsistent(Vec<String>),
}

impl Manifest {
    /// Whether a body cannot be sent as it is: its code and why.
    pub fn objection(&self, body: &Value) -> Option<(&'static str, String)> {
        let asset = body.get("asset").and_then(Value::as_str).unwrap_or_default();
        let needs_one = self.fields.contains_key("asset");
        (needs_one && asset.is_empty()).then(|| {
            ("asset_not_linked", "the asset is not linked to one of the CMMS's register".to_owned())
        })
    }

    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(yaml: &str) -> Result<Self, Refusal> {
        if yaml.len() > LONGEST {
            return Err(Refusal::Unreadable(format!("longer than {LONGEST} bytes")));
        }
        let manifest: Self = serde_saphyr::from_str(yaml)
            .map_err(|error| Refusal::Unreadable(error.to_string().trim_end().to_owned()))?;
        let problems = check::problems(&manifest, yaml);
        if problems.is_empty() { Ok(manifest) } else { Err(Refusal::Inconsistent(problems)) }
    }
}

#[cfg(test)]
mod tests;
