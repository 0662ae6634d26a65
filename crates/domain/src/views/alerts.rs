//! Alerts and reviews as the API and the screens show them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::alert::{
    AlertState, Priority, RejectReason, ReviewDecision, ReviewStatus, Severity, Tier,
};
use crate::asset::Criticality;
use crate::ids::{AlertId, AssetId, PredictionId, SiteId, WorkOrderId};
use crate::policy::{
    CreateAs, DecisionAction, DecisionCalendar, Effect, HoldUntil, Reason, WorkType,
};
use crate::verdict::Outcome;
use crate::work_order::SparePart;

/// Where something is, in words and as a link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetRef {
    /// The asset.
    pub id: AssetId,
    /// Its tag.
    pub tag: String,
    /// Names from the site down: `Rockford / Line 1 / VMC-1050`.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Its criticality, inherited or own.
    pub criticality: Criticality,
    /// The site.
    pub site_id: SiteId,
    /// IANA zone of the site, in which its times are shown.
    pub time_zone: String,
}

/// Which version of which policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRef {
    /// The policy.
    pub id: i64,
    /// Its version.
    pub version: i32,
}

/// The standing decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionView {
    /// What happens.
    pub action: DecisionAction,
    /// The rule that matched.
    pub rule: String,
    /// What changed the rule's action, such as `cap`.
    pub note: Option<String>,
    /// The policy.
    pub policy: PolicyRef,
    /// The calendar at that instant.
    pub calendar: DecisionCalendar,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// One per rule.
    pub reasons: Vec<Reason>,
    /// The action made concrete.
    pub effect: Effect,
}

/// The newest review item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewView {
    /// Where it stands.
    pub status: ReviewStatus,
    /// When an answer is due.
    pub due: DateTime<Utc>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What they said.
    pub decision: Option<ReviewDecision>,
    /// Why.
    pub reason: Option<RejectReason>,
    /// In their words.
    pub comment: Option<String>,
    /// Until when the decision can be taken back.
    pub undo_until: Option<DateTime<Utc>>,
    /// Whom it waits for.
    pub asked_role: String,
    /// How often it went on to the next role.
    pub escalations: i32,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
}

/// An alert, as `GET /api/v1/alerts/{id}` answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// The alert.
    pub id: AlertId,
    /// The asset.
    pub asset: AssetRef,
    /// Failure mode code.
    pub failure_mode: String,
    /// Failure mode as people say it.
    pub failure_mode_name: String,
    /// Where it stands.
    pub state: AlertState,
    /// How it is shown.
    pub severity: Severity,
    /// What it means to people; absent before the first decision.
    pub tier: Option<Tier>,
    /// Latest confidence, 0–1; absent for one that a person raised.
    pub confidence: Option<f64>,
    /// Latest remaining useful life, hours.
    pub rul_hours: Option<f64>,
    /// Latest intervention window, hours.
    pub window_hours: Option<f64>,
    /// `prediction` or `person`.
    pub origin: String,
    /// Predictions attached.
    pub predictions: i32,
    /// First prediction.
    pub first_seen: DateTime<Utc>,
    /// Latest prediction.
    pub last_seen: DateTime<Utc>,
    /// Counts up with every change a person must know of.
    pub version: i32,
    /// The standing decision.
    pub decision: Option<DecisionView>,
    /// The newest review item.
    pub review: Option<ReviewView>,
    /// When a held decision fires.
    pub hold_until: Option<DateTime<Utc>>,
    /// Its work order.
    pub work_order_id: Option<WorkOrderId>,
    /// Number of that work order in its CMMS.
    pub work_order_number: Option<String>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The defect was removed before the function was lost.
    pub prevented: bool,
    /// When it ended.
    pub closed_at: Option<DateTime<Utc>>,
    /// Predictions until then are only recorded.
    pub held_off_until: Option<DateTime<Utc>>,
}

/// One prediction of an alert, for its timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertPrediction {
    /// The prediction.
    pub id: PredictionId,
    /// When the machine was observed.
    pub observed_at: DateTime<Utc>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// 0–1.
    pub confidence: f64,
    /// Hours.
    pub rul_hours: Option<f64>,
    /// Hours.
    pub window_hours: Option<f64>,
    /// Model.
    pub model: String,
    /// Its version.
    pub model_version: Option<String>,
    /// `decided`, `unchanged`, `attached`, `held_off`, `stale`; absent while it waits.
    pub result: Option<String>,
}

/// How earlier alerts of the same asset and failure mode ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimilarCase {
    /// The alert.
    pub id: AlertId,
    /// Tag of its asset.
    pub tag: String,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When.
    pub closed_at: Option<DateTime<Utc>>,
}

/// A picture of measured values with its finding in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendView {
    /// Path of the sensor point.
    pub point: String,
    /// Our own SVG.
    pub svg: String,
    /// The same for a phone.
    pub narrow: String,
    /// One sentence.
    pub finding: String,
    /// The values as a table: site-local time and value.
    pub rows: Vec<(String, f64)>,
}

/// Everything the alert's page and the review card show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertDetail {
    /// The alert.
    pub alert: Alert,
    /// What the model said, in its words.
    pub description: Option<String>,
    /// What the model would do.
    pub recommended_action: Option<String>,
    /// Parts the repair will need.
    pub spare_parts: Vec<SparePart>,
    /// Its predictions, oldest first; at most the last 200.
    pub timeline: Vec<AlertPrediction>,
    /// Earlier cases.
    pub similar: Vec<SimilarCase>,
    /// Trends of its evidence.
    pub trends: Vec<TrendView>,
    /// The latest message as sent, pretty-printed JSON.
    pub payload: Option<String>,
    /// The CMMS's own failure code.
    pub failure_code: Option<String>,
    /// Name of the connection that would receive the work order.
    pub connection_name: String,
}

/// One row of the alert list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertRow {
    /// The alert.
    pub id: AlertId,
    /// The asset.
    pub asset: AssetRef,
    /// Failure mode as people say it.
    pub failure_mode_name: String,
    /// Where it stands.
    pub state: AlertState,
    /// How it is shown.
    pub severity: Severity,
    /// Latest confidence.
    pub confidence: Option<f64>,
    /// Latest remaining useful life, hours.
    pub rul_hours: Option<f64>,
    /// Predictions attached.
    pub predictions: i32,
    /// First prediction.
    pub first_seen: DateTime<Utc>,
    /// Latest prediction.
    pub last_seen: DateTime<Utc>,
    /// Rule of the standing decision.
    pub rule: Option<String>,
    /// What the standing decision does.
    pub action: Option<DecisionAction>,
    /// What changed its action, such as `cap`.
    pub note: Option<String>,
    /// When a held decision fires.
    pub hold_until: Option<DateTime<Utc>>,
    /// What a held decision waits for; absent for a snooze.
    pub hold: Option<HoldUntil>,
    /// When its open review item is due.
    pub review_due: Option<DateTime<Utc>>,
    /// That instant has passed.
    pub overdue: bool,
    /// How often the question went on to the next role.
    pub escalations: i32,
    /// When that item was asked.
    pub review_since: Option<DateTime<Utc>>,
    /// Its work order.
    pub work_order_id: Option<WorkOrderId>,
    /// Number of that work order in its CMMS.
    pub work_order_number: Option<String>,
    /// Status of that work order.
    pub work_order_status: Option<String>,
    /// Delivery state of that work order.
    pub delivery_state: Option<String>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// A page of the alert list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertList {
    /// The rows, newest first.
    pub items: Vec<AlertRow>,
    /// Pass as `after` for the next page.
    pub next: Option<i64>,
    /// How many match, counted to 10 000.
    pub total: i64,
    /// Alerts per state among the sites in scope, for the facets.
    pub states: Vec<(AlertState, i64)>,
    /// Open alerts per severity among the sites in scope.
    pub severities: Vec<(Severity, i64)>,
    /// Sites in flood: more than 10 alerts within 10 minutes.
    pub floods: Vec<Flood>,
}

/// A site where alerts come faster than people can look at them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flood {
    /// Its name.
    pub site: String,
    /// Alerts opened within the last 10 minutes.
    pub alerts: i64,
}

/// What became of a reviewer's word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// The alert.
    pub alert_id: AlertId,
    /// What was said.
    pub decision: ReviewDecision,
    /// Until when it can be taken back; then it is carried out.
    pub undo_until: DateTime<Utc>,
}

/// What waits for a reviewer, and what was decided today.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewQueue {
    /// The questions, the soonest due first.
    pub items: Vec<AlertRow>,
    /// Decisions of today, in the zone of each site.
    pub today: Tally,
    /// The newest decision.
    pub last: Option<LastDecided>,
}

/// Decisions by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Approved.
    pub approved: i64,
    /// Rejected.
    pub rejected: i64,
    /// Snoozed.
    pub snoozed: i64,
}

/// Who decided last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastDecided {
    /// Their name.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What the CMMS receives when a reviewer approves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receives {
    /// Its priority.
    pub priority: Priority,
    /// When the work is due.
    pub due: Option<DateTime<Utc>>,
    /// The same as a day at the site.
    pub due_day: Option<NaiveDate>,
    /// A crew or person; absent for the planner queue.
    pub assign_to: Option<String>,
    /// Kind of work.
    pub work_type: WorkType,
    /// Status it starts with.
    pub create_as: CreateAs,
}

/// One question with everything needed for an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewItem {
    /// The case.
    pub detail: AlertDetail,
    /// What an approval sends.
    pub receives: Receives,
    /// When the shift under way ends.
    pub shift_end: Option<DateTime<Utc>>,
    /// Tomorrow morning at the site.
    pub tomorrow: DateTime<Utc>,
    /// An answer was due before now.
    pub overdue: bool,
}

/// A decision that can still be taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JustDecided {
    /// The alert.
    pub alert_id: AlertId,
    /// Tag of its asset.
    pub tag: String,
    /// What was said.
    pub decision: ReviewDecision,
    /// Until when it can be taken back.
    pub undo_until: DateTime<Utc>,
}

/// The review screen: the queue, the question being looked at, and the last decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reviewing {
    /// What waits.
    pub queue: ReviewQueue,
    /// The question; absent when nothing waits.
    pub item: Option<ReviewItem>,
    /// The last decision, while it can be taken back.
    pub decided: Option<JustDecided>,
}
