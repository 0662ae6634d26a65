//! Connections as the pages show them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::alert::words;
use crate::ids::{ConnectionId, SiteId, WorkOrderId};
use crate::work_order::DeliveryState;

words! {
    /// How a connection is.
    Health {
        /// Calls go well.
        Healthy = "healthy",
        /// It works, but something needs a look.
        Degraded = "degraded",
        /// Calls fail; the circuit is open.
        Failing = "failing",
        /// Stopped, by a person or because the CMMS refused our credentials.
        Paused = "paused",
    }
}

words! {
    /// How the circuit of a connection stands.
    Circuit {
        /// Calls are made.
        Closed = "closed",
        /// No calls until a time.
        Open = "open",
        /// One call finds out whether it works again.
        Trying = "trying",
    }
}

words! {
    /// How one step of a live test stands.
    CheckState {
        /// Not its turn yet.
        Waiting = "waiting",
        /// Under way.
        Running = "running",
        /// As it should be.
        Passed = "passed",
        /// Not as it should be.
        Failed = "failed",
        /// Not asked for, or not possible after what failed before.
        Skipped = "skipped",
    }
}

/// A site that a connection serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedSite {
    /// Its id.
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// Whether the connection is the site's active one.
    pub active: bool,
}

/// Calls of one hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    /// Calls that went well.
    pub ok: i64,
    /// Calls that did not.
    pub failed: i64,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectionRow {
    /// Its id.
    pub id: ConnectionId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Name of its manifest; `book` for the built-in book.
    pub system: String,
    /// What people call the system.
    pub system_name: String,
    /// `shadow`, `live` or `paused`.
    pub state: String,
    /// How it is.
    pub health: Health,
    /// Why it is not healthy, in a sentence.
    pub why: Option<String>,
    /// How its circuit stands.
    pub circuit: Circuit,
    /// Until when an open circuit stays open.
    pub open_until: Option<DateTime<Utc>>,
    /// Failures in a row.
    pub failures: i32,
    /// The sites it serves, within the reader's.
    pub sites: Vec<ServedSite>,
    /// Work orders on their way.
    pub backlog: i64,
    /// Since when the oldest of them waits.
    pub oldest_waiting: Option<DateTime<Utc>>,
    /// When the next call for one of them is due.
    pub next_retry: Option<DateTime<Utc>>,
    /// Deliveries that stopped: rejected, dead, or waiting for a person.
    pub stopped: i64,
    /// When a call last went well.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// When one last did not.
    pub last_error_at: Option<DateTime<Utc>>,
    /// What went wrong then.
    pub last_error: Option<String>,
    /// The last 24 hours, oldest first.
    pub hours: Vec<Hour>,
    /// Work orders created there in the last 24 hours.
    pub created_24h: i64,
    /// Until then creates are preceded by look-ups, because the database was restored.
    pub reconcile_first: Option<DateTime<Utc>>,
}

/// A field of the manifest that an administrator fills in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettingField {
    /// Its name in the manifest.
    pub name: String,
    /// Its name on the form.
    pub label: String,
    /// What to know.
    pub help: String,
    /// What is filled in.
    pub value: Option<Value>,
    /// What counts when nothing is filled in.
    pub default: Option<Value>,
    /// It must be filled in.
    pub required: bool,
    /// The default is a guess.
    pub unverified: bool,
}

/// What may be shown of one secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretVersion {
    /// Counts up with every change of the field.
    pub version: i32,
    /// Who set it.
    pub set_by: Option<String>,
    /// When.
    pub set_at: DateTime<Utc>,
    /// When a client was last built with it.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it ends over there.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A secret of the manifest. Its value never comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretField {
    /// Its name in the manifest.
    pub name: String,
    /// Its name on the form.
    pub label: String,
    /// What to know.
    pub help: String,
    /// It must be filled in.
    pub required: bool,
    /// The one in use.
    pub current: Option<SecretVersion>,
    /// The one that waits for a test.
    pub next: Option<SecretVersion>,
    /// The one before, kept for a while.
    pub previous: Option<SecretVersion>,
}

/// One step of a live test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckStep {
    /// `resolves`, `opens`, `tls`, `signs_in`, `reads_assets`, `reads_orders`, `creates`, `cancels`.
    pub step: String,
    /// How it stands.
    pub state: CheckState,
    /// What was seen, or why it failed and what to do.
    pub detail: String,
}

/// A live test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its number, to follow it.
    pub id: i64,
    /// Who asked for it.
    pub asked_by: Option<String>,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// With the secrets that wait for a test.
    pub with_next: bool,
    /// A marked work order was to be created and cancelled.
    pub writes: bool,
    /// When it ended; `None` while it waits or runs.
    pub finished_at: Option<DateTime<Utc>>,
    /// Whether every step passed.
    pub passed: Option<bool>,
    /// Its steps in order.
    pub steps: Vec<CheckStep>,
}

/// How long calls took in the last hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Calls.
    pub calls: i64,
    /// Half of them were faster, milliseconds.
    pub p50: f64,
    /// 95 % of them were faster, milliseconds.
    pub p95: f64,
}

/// A connection's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectionDetail {
    /// The line of the list.
    #[serde(flatten)]
    pub row: ConnectionRow,
    /// Where the CMMS is.
    pub base_url: Option<String>,
    /// `recorded`, `documented` or `assumed`; empty for the book.
    pub evidence: String,
    /// What the manifest says to whoever connects it.
    pub notes: String,
    /// An own manifest, as text.
    pub manifest: Option<String>,
    /// Settings of the manifest.
    pub settings: Vec<SettingField>,
    /// Secrets of the manifest, and `webhook`.
    pub secrets: Vec<SecretField>,
    /// Labels of what still has to be filled in.
    pub missing: Vec<String>,
    /// Statuses added to the manifest's.
    pub statuses: BTreeMap<String, String>,
    /// An own authority is set.
    pub has_authority: bool,
    /// Seconds until a call counts as unanswered.
    pub timeout_seconds: Option<i32>,
    /// Seconds between two polls of work orders.
    pub orders_every: i32,
    /// Seconds between two reads of the register.
    pub assets_every: i32,
    /// Calls at once.
    pub concurrency: i16,
    /// Work orders an hour by rules.
    pub cap_per_hour: i32,
    /// Work orders a day by rules.
    pub cap_per_day: i32,
    /// For `configure`: a stale one is refused.
    pub version: i32,
    /// The published field mapping; 0 is none.
    pub mapping_version: i32,
    /// Why it was paused.
    pub paused_reason: Option<String>,
    /// Webhooks can be received.
    pub takes_webhooks: bool,
    /// Files can be sent.
    pub takes_files: bool,
    /// How long calls take.
    pub latency: Latency,
    /// What it would have sent in shadow.
    pub shadow_orders: i64,
    /// How the reading of its work orders stands; none for the book and before the first.
    pub reading: Option<OrderReading>,
    /// The last live test.
    pub check: Option<Check>,
    /// The reader may change it.
    pub may_change: bool,
    /// The reader may set secrets.
    pub may_set_secrets: bool,
}

/// How the reading of a CMMS's work orders stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReading {
    /// `full`, `incremental` or `open`: the run under way, or the last one.
    pub mode: Option<String>,
    /// Pages it has read.
    pub pages: i32,
    /// Records it has seen.
    pub records: i64,
    /// Records that were new or had changed.
    pub changed: i64,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended; none while it runs.
    pub finished_at: Option<DateTime<Utc>>,
    /// When everything was read last.
    pub full_at: Option<DateTime<Utc>>,
    /// When the next run is due.
    pub next_at: DateTime<Utc>,
    /// Why the last run failed; it goes on where it stopped.
    pub error: Option<String>,
    /// Work orders of the CMMS that are known here.
    pub mirrored: i64,
    /// Records that wait to be read one by one.
    pub waiting: i64,
    /// Records nobody knows.
    pub unknown: i64,
    /// The newest of them.
    pub unknown_records: Vec<UnknownRecord>,
}

/// A record that the CMMS spoke of, and that nothing here or there answers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownRecord {
    /// The id the CMMS named.
    pub cmms_id: String,
    /// When it was heard of first.
    pub at: DateTime<Utc>,
    /// What came of it.
    pub why: Option<String>,
}

/// A delivery that stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoppedOrder {
    /// The work order.
    pub id: WorkOrderId,
    /// What is to be done.
    pub title: String,
    /// Tag of its asset.
    pub asset_tag: String,
    /// Where the delivery stands.
    pub state: DeliveryState,
    /// Calls that counted.
    pub attempts: i32,
    /// Stable code of what went wrong.
    pub code: Option<String>,
    /// The same in words.
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Its number, for the next page.
    pub id: i64,
    /// When it began.
    pub at: DateTime<Utc>,
    /// `out` or `in`.
    pub direction: String,
    /// What it was for.
    pub operation: String,
    /// The manifest's name of the call.
    pub step: String,
    /// HTTP method.
    pub method: String,
    /// HTTP status, when there was an answer.
    pub status: Option<i16>,
    /// `ok`, or what went wrong.
    pub outcome: String,
    /// How long it took.
    pub milliseconds: i32,
    /// The work order it was made for.
    pub work_order: Option<WorkOrderId>,
    /// Hash of the body, hex.
    pub payload_sha256: Option<String>,
}

/// A work order that a connection in shadow would have sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShadowOrder {
    /// When.
    pub at: DateTime<Utc>,
    /// The work order that the active connection got.
    pub work_order: WorkOrderId,
    /// Its title.
    pub title: String,
    /// The body.
    pub request: Value,
    /// Why it could not have been sent.
    pub problem: Option<String>,
}

/// A system that can be connected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct System {
    /// Name of its manifest.
    pub system: String,
    /// What people call it.
    pub name: String,
    /// `recorded`, `documented` or `assumed`.
    pub evidence: String,
    /// What to know.
    pub notes: String,
    /// What is filled in.
    pub settings: Vec<SettingField>,
    /// What is filled in and never shown.
    pub secrets: Vec<SecretField>,
    /// Takes files.
    pub takes_files: bool,
    /// Sends webhooks.
    pub takes_webhooks: bool,
}

/// Where a CMMS reports changes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookAddress {
    /// The address; where calls are not signed, a secret belongs after it.
    pub address: String,
    /// The CMMS signs its calls with the webhook secret.
    pub signs: bool,
    /// An address with a secret was made before.
    pub made: bool,
    /// The whole address that was just made, shown once.
    pub shown: Option<String>,
}
