//! Work orders as the API and the pages show them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alert::{Origin, Priority};
use crate::ids::{AlertId, AssetId, AttachmentId, SiteId, WorkOrderId};
use crate::work_order::{Closure, DeliveryState, SparePart, WorkOrderStatus};

pub use crate::prediction::Evidence;

/// Which work orders to list; empty lists and `None` leave a question out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkOrderFilter {
    /// One of these statuses.
    pub status: Vec<WorkOrderStatus>,
    /// One of these origins.
    pub origin: Vec<Origin>,
    /// One of these delivery states.
    pub delivery: Vec<DeliveryState>,
    /// Words in title, number or tag.
    pub q: String,
    /// Of this alert.
    pub alert: Option<AlertId>,
    /// At this site.
    pub site: Option<SiteId>,
    /// On this asset or below it.
    pub asset: Option<AssetId>,
    /// Past their due date and still open.
    pub overdue: bool,
    /// Older than this one.
    pub after: Option<WorkOrderId>,
}

/// How the delivery to the CMMS stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Where it stands.
    pub state: DeliveryState,
    /// Calls that count so far.
    pub attempts: i32,
    /// When the next call is due; `None` when nothing more happens by itself.
    pub next_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub error: Option<String>,
}

/// One thing that happened to a work order or its alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, as people read it: a name, a model, `Millwright`.
    pub actor: String,
    /// What, a stable word such as `predicted`, `decided`, `sent`, `created`, `closed`.
    pub what: String,
    /// The same as a sentence.
    pub detail: String,
}

/// A work order as `/api/v1` answers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkOrder {
    /// Our id.
    pub id: WorkOrderId,
    /// The case it belongs to.
    pub alert_id: Option<AlertId>,
    /// Where it comes from.
    pub origin: Origin,
    /// Our reference in the CMMS.
    pub external_ref: String,
    /// The CMMS's number; `None` until it holds the record.
    pub cmms_number: Option<String>,
    /// What is to be done.
    pub title: String,
    /// 1 (emergency) to 5.
    pub priority: Priority,
    /// Status in our words.
    pub status: WorkOrderStatus,
    /// Status in the CMMS's words.
    pub cmms_status: Option<String>,
    /// `planner_queue`, a crew or a person.
    pub assigned_to: Option<String>,
    /// Who asked for it: a person's name, or `Millwright`.
    pub requested_by: String,
    /// When the work is due.
    pub due: Option<DateTime<Utc>>,
    /// Parts that will be needed.
    pub spare_parts: Vec<SparePart>,
    /// How the CMMS came to hold it.
    pub delivery: Delivery,
    /// What the technician recorded.
    pub closure: Option<Closure>,
    /// For the next transition: a stale one is refused.
    pub version: i32,
    /// Everything that happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// A page of work orders for machines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkOrderPage {
    /// The work orders, newest first.
    pub items: Vec<WorkOrder>,
    /// What to pass as `after` for the next page; `None` at the end.
    pub next: Option<String>,
}

/// The rule that asked for a work order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRef {
    /// Name of the rule.
    pub rule: String,
    /// Version of its policy.
    pub policy_version: i32,
}

/// One line of the list page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkOrderRow {
    /// Our id.
    pub id: WorkOrderId,
    /// The case it belongs to.
    pub alert_id: Option<AlertId>,
    /// The CMMS's number; `None` until it holds the record.
    pub cmms_number: Option<String>,
    /// What is to be done.
    pub title: String,
    /// Tag of the asset.
    pub asset_tag: String,
    /// Its place: site / line / machine / component.
    pub asset_path: String,
    /// Name of the site.
    pub site: String,
    /// Its id.
    pub site_id: SiteId,
    /// IANA time zone of the site.
    pub time_zone: String,
    /// Failure mode code.
    pub failure_mode: String,
    /// 1 (emergency) to 5.
    pub priority: Priority,
    /// Status in our words.
    pub status: WorkOrderStatus,
    /// Status in the CMMS's words.
    pub cmms_status: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// The rule behind it.
    pub rule: Option<RuleRef>,
    /// `planner_queue`, a crew or a person.
    pub assigned_to: Option<String>,
    /// When the work is due.
    pub due: Option<DateTime<Utc>>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// How the delivery stands.
    pub delivery: Delivery,
    /// Past its delivery deadline.
    pub late: bool,
}

/// The list page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkOrderList {
    /// The lines, newest first.
    pub items: Vec<WorkOrderRow>,
    /// What to pass as `after` for the next page; `None` at the end.
    pub next: Option<String>,
    /// Lines that match, counted to 10 000.
    pub total: i64,
}

/// Who stands behind an entry of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A person.
    Person,
    /// A program or a machine.
    System,
}

/// An entry of the timeline on the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimelineRow {
    /// What happened.
    #[serde(flatten)]
    pub entry: TimelineEntry,
    /// Person or machine.
    pub by: By,
    /// The page it leads to.
    pub link: Option<String>,
}

/// One call to the CMMS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// `create` or `look_up`.
    pub kind: String,
    /// When the call began.
    pub started_at: DateTime<Utc>,
    /// How long it took, seconds; `None` while it is under way.
    pub seconds: Option<f64>,
    /// How it ended.
    pub outcome: Option<String>,
    /// What the CMMS said.
    pub detail: Option<String>,
}

/// A file kept with a work order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttachmentRef {
    /// For its address, `/work-orders/{id}/attachments/{attachment}`.
    pub id: AttachmentId,
    /// File name.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// Bytes.
    pub size: i32,
}

/// What a person may do to a work order now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Allowed {
    /// Statuses this person may move it to.
    pub to: Vec<WorkOrderStatus>,
    /// May retry or give up a delivery that stopped.
    pub deliver: bool,
}

/// One field of the body beside what the CMMS holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentField {
    /// Name of the field as sent.
    pub field: String,
    /// What we sent.
    pub sent: String,
    /// What the CMMS holds; `None` when it does not say.
    pub holds: Option<String>,
}

/// A field that was changed in the CMMS since the work was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drifted {
    /// As it was asked for, in the CMMS's own scale.
    pub ours: String,
    /// As it is there.
    pub theirs: String,
}

/// The detail page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkOrderDetail {
    /// The line of the list.
    #[serde(flatten)]
    pub row: WorkOrderRow,
    /// Our reference in the CMMS.
    pub external_ref: String,
    /// For the next transition: a stale one is refused.
    pub version: i32,
    /// Name of the CMMS.
    pub connection: String,
    /// Whether the built-in book keeps it, so that its status is changed here.
    pub book: bool,
    /// What is to be done, and why.
    pub description: String,
    /// Kind of work.
    pub work_type: String,
    /// The CMMS's failure code.
    pub failure_code: Option<String>,
    /// Who asked for it.
    pub requested_by: String,
    /// Beginning of the planned stretch.
    pub scheduled_from: Option<DateTime<Utc>>,
    /// Its end.
    pub scheduled_until: Option<DateTime<Utc>>,
    /// Parts that will be needed.
    pub spare_parts: Vec<SparePart>,
    /// What the technician recorded.
    pub closure: Option<Closure>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// The CMMS's status has no word of ours: the status is the last one that had.
    pub unmapped_status: bool,
    /// What was changed in the CMMS since, by field.
    pub drift: BTreeMap<String, Drifted>,
    /// The verdict on its alert.
    pub outcome: Option<String>,
    /// Whether loss of function was prevented.
    pub prevented: bool,
    /// Everything that happened, oldest first.
    pub timeline: Vec<TimelineRow>,
    /// Calls to the CMMS, oldest first.
    pub attempts: Vec<Attempt>,
    /// What was sent, field by field, beside what the CMMS holds.
    pub sent: Vec<SentField>,
    /// Files.
    pub attachments: Vec<AttachmentRef>,
    /// What the reader may do.
    pub allowed: Allowed,
}
