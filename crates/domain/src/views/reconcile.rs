//! Reading the register of a CMMS and making ours match it, as pages show it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alert::words;
use crate::asset::AssetKind;
use crate::ids::{AssetId, ConnectionId};
use crate::matching::{Method, Reason};

words! {
    /// What an item of a plan is about.
    ItemKind {
        /// In the CMMS alone.
        Added = "added",
        /// Described otherwise over there.
        Changed = "changed",
        /// Stands elsewhere over there.
        Moved = "moved",
        /// No longer in use over there, or not there at all.
        Missing = "missing",
        /// Names that disagree.
        Conflict = "conflict",
        /// One name on several assets over there.
        Duplicate = "duplicate",
        /// Perhaps the same asset.
        Suggestion = "suggestion",
    }
}

words! {
    /// What became of an item.
    ItemState {
        /// Waits.
        Open = "open",
        /// Done.
        Applied = "applied",
        /// Not now; shown again when it changes.
        Skipped = "skipped",
        /// Not the same asset.
        Refused = "refused",
        /// One of the two has changed since the plan was made.
        Stale = "stale",
    }
}

words! {
    /// Why an asset of ours is missing over there.
    Absence {
        /// Marked as no longer in use.
        Retired = "retired",
        /// No longer in the register.
        Gone = "gone",
        /// Nothing in the register was ever paired with it.
        Unknown = "unknown",
    }
}

/// One field, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Its name: `name`, `serial_number`, `parent`, `status`, …
    pub field: String,
    /// Ours.
    pub old: Option<String>,
    /// Theirs.
    pub new: Option<String>,
}

/// One thing that claims to be another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimView {
    /// Our tag.
    pub ours: String,
    /// Their id.
    pub cmms_id: String,
    /// Their tag.
    pub theirs: String,
    /// By what.
    pub method: Method,
}

/// What an item says, as stored with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemDetail {
    /// Fields that change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// What speaks for a pair and against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Names that disagree.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimView>,
    /// Why it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absence: Option<Absence>,
    /// What is doubled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubled: Option<Method>,
    /// Tags over there that share it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
    /// Kind of a new asset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset_kind: Option<AssetKind>,
    /// Our asset under which a new one goes; none: under a new one, or a person says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under: Option<AssetId>,
    /// Their id of the new asset under which it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under_new: Option<String>,
}

/// What applying an item brings along.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Assets below it.
    pub below: i64,
    /// Sensor points that follow.
    pub points: i64,
    /// Open alerts on it and below.
    pub alerts: i64,
    /// Open work orders on it and below.
    pub orders: i64,
    /// One of them, by number.
    pub order: Option<String>,
}

/// An asset in short, on either side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Our id; none for one of theirs.
    pub id: Option<AssetId>,
    /// Its tag.
    pub tag: String,
    /// Its name.
    pub name: String,
}

/// One item of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanItem {
    /// Its id.
    pub id: i64,
    /// What it is about.
    pub kind: ItemKind,
    /// What became of it.
    pub state: ItemState,
    /// Our asset.
    pub ours: Option<Named>,
    /// Theirs.
    pub theirs: Option<Named>,
    /// Their id.
    pub cmms_id: Option<String>,
    /// Where ours stands, or where theirs goes.
    pub place: String,
    /// What it says.
    pub detail: ItemDetail,
    /// Percent; of suggestions.
    pub score: u8,
    /// A person must look.
    pub choice: bool,
    /// What it brings along.
    pub effect: Effect,
}

/// A connection that has a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// Its id.
    pub id: ConnectionId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
}

/// The reading under way, or the last one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncView {
    /// Everything, not only what has changed.
    pub full: bool,
    /// `reading`, `comparing`, `done` or `failed`.
    pub state: String,
    /// Pages read.
    pub pages: i32,
    /// Records read.
    pub records: i64,
    /// Of them new or changed.
    pub changed: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub error: Option<String>,
}

/// A plan, one page of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanView {
    /// Every connection with a register.
    pub registers: Vec<Register>,
    /// The one that is shown; none when there is none.
    pub register: Option<Register>,
    /// The reading under way, or the last one.
    pub sync: Option<SyncView>,
    /// The plan; none before the first reading has ended.
    pub plan: Option<PlanHead>,
    /// Its open items, by kind.
    pub counts: Vec<(ItemKind, i64)>,
    /// Open items that need a person.
    pub choices: i64,
    /// Items of this page.
    pub items: Vec<PlanItem>,
    /// What to ask with as `after`.
    pub next: Option<i64>,
    /// The caller may apply.
    pub may_apply: bool,
}

/// What a plan is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanHead {
    /// Its id.
    pub id: i64,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Records over there.
    pub records: i32,
    /// Paired with ours.
    pub linked: i32,
    /// Of them equal.
    pub equal: i32,
}

/// What applying did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyReport {
    /// Items done.
    pub applied: i64,
    /// Items not done, and why.
    pub refused: Vec<NotApplied>,
    /// Items that changed since; the plan is being made anew.
    pub stale: i64,
}

/// An item that was not applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotApplied {
    /// The item.
    pub item: i64,
    /// Tag of its asset.
    pub tag: String,
    /// Stable code.
    pub code: String,
    /// Why.
    pub message: String,
}
