//! The shift logbook as the page shows it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AlertId, LogbookEntryId, SiteId, WorkOrderId};
use crate::views::alerts::TrendView;
use crate::work_order::{DeliveryState, WorkOrderStatus};

/// One shift on one day; where the calendar has none, the time between two shifts or a whole day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Date on which it starts, at the site.
    pub date: NaiveDate,
    /// Name as in the calendar.
    pub name: String,
    /// For the address: `2026-08-12-night`.
    pub key: String,
    /// Start.
    pub from: DateTime<Utc>,
    /// End, not included.
    pub until: DateTime<Utc>,
    /// Under way now.
    pub current: bool,
}

/// A work order raised together with an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaisedOrder {
    /// The work order.
    pub id: WorkOrderId,
    /// Number in the CMMS; `None` until it holds the record.
    pub number: Option<String>,
    /// Name of the CMMS.
    pub connection: String,
    /// The CMMS's failure code.
    pub failure_code: Option<String>,
    /// 1 (emergency) to 5.
    pub priority: i16,
    /// When the work is due.
    pub due: Option<DateTime<Utc>>,
    /// How the delivery stands.
    pub delivery: DeliveryState,
    /// How the work stands.
    pub status: WorkOrderStatus,
    /// Trend graphs that went along.
    pub trends: i64,
    /// Notes that went along.
    pub notes: i64,
}

/// The entry that a correction strikes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Struck {
    /// What it said.
    pub text: String,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// What a person wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonEntry {
    /// The entry.
    pub id: LogbookEntryId,
    /// Who wrote it.
    pub author: String,
    /// What.
    pub text: String,
    /// One word to find it by.
    pub tag: Option<String>,
    /// Tag of the asset it is about.
    pub asset: Option<String>,
    /// The entry it corrects.
    pub strikes: Option<Struck>,
    /// Later struck by a correction.
    pub struck: bool,
    /// Kept as an open point.
    pub point: bool,
    /// The work order raised with it.
    pub order: Option<RaisedOrder>,
}

/// What an automatic entry tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoKind {
    /// A reviewer is asked.
    ReviewAsked,
    /// A reviewer approved.
    ReviewApproved,
    /// A reviewer rejected.
    ReviewRejected,
    /// A reviewer put it off.
    ReviewSnoozed,
    /// Held for the weekly batch or the next shutdown.
    Held,
    /// A work order was asked for.
    OrderRaised,
    /// A work order was closed.
    OrderClosed,
    /// A delivery stopped.
    DeliveryFailed,
    /// The shift was handed over.
    HandedOver,
    /// The shift was taken over.
    TakenOver,
}

/// What the program read from decisions, reviews, work orders and hand-overs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AutoEntry {
    /// What it tells.
    pub kind: AutoKind,
    /// Tag of the asset.
    pub asset: Option<String>,
    /// Failure mode as people say it.
    pub failure_mode: Option<String>,
    /// Confidence of the alert, 0–1.
    pub confidence: Option<f64>,
    /// Remaining useful life of the alert, hours.
    pub rul_hours: Option<f64>,
    /// The alert.
    pub alert: Option<AlertId>,
    /// The work order.
    pub order: Option<WorkOrderId>,
    /// Its number in the CMMS.
    pub number: Option<String>,
    /// Its priority.
    pub priority: Option<i16>,
    /// Who acted.
    pub by: Option<String>,
    /// Reason, action or error, in the words of who gave it.
    pub detail: Option<String>,
    /// When it is due or fires.
    pub due: Option<DateTime<Utc>>,
    /// Labour, hours.
    pub labour_hours: Option<f64>,
    /// Nobody has decided yet, so a work order may be raised from here.
    pub raisable: bool,
}

/// Who stands behind an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryBody {
    /// A person wrote it.
    Person(PersonEntry),
    /// The program read it.
    Auto(AutoEntry),
}

/// One line of the logbook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub body: EntryBody,
}

/// What the next shift must know of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPoint {
    /// Its id.
    pub id: i64,
    /// What, in the latest wording.
    pub text: String,
    /// Tag of the asset.
    pub asset: Option<String>,
    /// The work order that takes care of it.
    pub order: Option<WorkOrderId>,
    /// Number of that in the CMMS.
    pub number: Option<String>,
    /// When it was written.
    pub since: DateTime<Utc>,
    /// When it was ticked off.
    pub done_at: Option<DateTime<Utc>>,
    /// Who ticked it off.
    pub done_by: Option<String>,
}

/// A signed end of a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// What the outgoing side wrote.
    pub notes: String,
    /// Points that were carried over.
    pub carried: Vec<OpenPoint>,
    /// Who handed over.
    pub outgoing: String,
    /// When.
    pub outgoing_at: DateTime<Utc>,
    /// Who took over.
    pub incoming: Option<String>,
    /// When.
    pub incoming_at: Option<DateTime<Utc>>,
    /// The reader may sign for the incoming side.
    pub may_take: bool,
}

/// The logbook of one shift.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Logbook {
    /// Name of the site.
    pub site: String,
    /// Its id.
    pub site_id: SiteId,
    /// IANA zone of the site.
    pub time_zone: String,
    /// The shift.
    pub shift: Shift,
    /// The one before it.
    pub before: Shift,
    /// The one after it, which takes over.
    pub after: Shift,
    /// Who wrote in this shift.
    pub people: Vec<String>,
    /// Newest first.
    pub entries: Vec<Entry>,
    /// More entries than are shown.
    pub more: bool,
    /// Open points, and those ticked off in this shift.
    pub points: Vec<OpenPoint>,
    /// How this shift ended.
    pub hand_over: Option<HandOver>,
    /// How the shift before it ended.
    pub taken: Option<HandOver>,
    /// The reader may write.
    pub may_write: bool,
    /// The reader may raise work orders.
    pub may_raise: bool,
}

/// A choice among sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteName {
    /// Its id.
    pub id: SiteId,
    /// What people call it.
    pub name: String,
}

/// What the forms of the page need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Desk {
    /// The site.
    pub site_id: SiteId,
    /// IANA zone of the site.
    pub time_zone: String,
    /// The shift being looked at.
    pub shift: Shift,
    /// Recent shifts, newest first.
    pub shifts: Vec<Shift>,
    /// Sites of the reader.
    pub sites: Vec<SiteName>,
    /// Tags of assets to pick from.
    pub assets: Vec<String>,
    /// Words used lately.
    pub tags: Vec<String>,
    /// Makes a form that is sent twice count once.
    pub key: String,
    /// The reader may write.
    pub may_write: bool,
    /// The shift is handed over already.
    pub handed_over: bool,
    /// The entry to be corrected.
    pub correct: Option<(LogbookEntryId, String)>,
    /// The alert a work order is to be raised for.
    pub raise: Option<RaiseOffer>,
}

/// What goes into a work order raised from the logbook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RaiseOffer {
    /// The alert.
    pub alert: AlertId,
    /// Tag of the asset.
    pub asset: String,
    /// Its place.
    pub path: String,
    /// Failure mode as people say it.
    pub failure_mode: String,
    /// The CMMS's failure code.
    pub failure_code: Option<String>,
    /// Confidence of the alert, 0–1.
    pub confidence: Option<f64>,
    /// Remaining useful life, hours.
    pub rul_hours: Option<f64>,
    /// Title to start with.
    pub title: String,
    /// Priority to start with.
    pub priority: i16,
    /// Name of the CMMS that will get it.
    pub connection: String,
    /// Trends that go along.
    pub trends: Vec<TrendView>,
    /// The work order it has already.
    pub order: Option<WorkOrderId>,
}
