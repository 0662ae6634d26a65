//! The audit log as its page shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::audit::Key;
use crate::ids::AuditId;

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// `user`, `key`, `source` or `system`.
    pub kind: String,
    /// The name, if there is one (still).
    pub name: Option<String>,
    /// What an `actor:` term says to find it.
    pub term: String,
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// The kind of row: `alert`, `work_order`.
    pub entity: String,
    /// Its id.
    pub id: i64,
    /// What people call it, if it is (still) there.
    pub label: Option<String>,
    /// Where it is shown.
    pub href: Option<String>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Which.
    pub id: AuditId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Who,
    /// What: `rule.publish`.
    pub action: String,
    /// To what.
    pub object: Object,
    /// `ok`, or how it ended.
    pub outcome: String,
    /// Network address, for acts of people.
    pub address: Option<String>,
    /// Name of the site it concerns.
    pub site: Option<String>,
}

/// A field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Its key in the row.
    pub field: String,
    /// Before; absent where it was not there.
    pub before: Option<String>,
    /// After; absent where it is no more.
    pub after: Option<String>,
}

/// One step from prediction to closure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainStep {
    /// The event; none for a prediction, whose request is one event for many.
    pub id: Option<AuditId>,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Who,
    /// What: the action, or `prediction.receive`.
    pub action: String,
    /// To what.
    pub object: Object,
    /// The telling figures, such as the rule or the outcome.
    pub said: Vec<(String, String)>,
}

/// One event, opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditDetail {
    /// Which.
    pub id: AuditId,
    /// What changed.
    pub changes: Vec<FieldChange>,
    /// What else was noted.
    pub facts: Vec<(String, String)>,
    /// Finds the log lines, and the other events of the same request.
    pub request_id: Option<String>,
    /// SHA-256 of the bytes that came in.
    pub payload_sha256: Option<String>,
    /// The case it belongs to, from the prediction on.
    pub chain: Vec<ChainStep>,
}

/// The values of a key among the events found, with their number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFacet {
    /// The key.
    pub key: Key,
    /// Value of the term, what to show (if another), number; most frequent first.
    pub values: Vec<(String, Option<String>, i64)>,
}

/// A page of events, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The events.
    pub items: Vec<AuditRow>,
    /// What to ask with as `after`.
    pub next: Option<String>,
    /// How many were found, as far as they were counted.
    pub total: i64,
    /// Counting stopped there.
    pub more: bool,
    /// Menus.
    pub facets: Vec<AuditFacet>,
    /// Begin of the range.
    pub from: DateTime<Utc>,
    /// End of the range, if it is not now.
    pub until: Option<DateTime<Utc>>,
    /// No bound was asked for: the range is the usual one.
    pub usual_range: bool,
    /// Parts of the query that could not be understood.
    pub ignored: Vec<String>,
    /// The event that is open.
    pub opened: Option<AuditDetail>,
}

/// What the page asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditAsk {
    /// The query as typed.
    pub q: String,
    /// Cursor of the page before.
    pub after: Option<String>,
    /// The event to open.
    pub open: Option<AuditId>,
    /// IANA zone in which days begin.
    pub zone: String,
}
