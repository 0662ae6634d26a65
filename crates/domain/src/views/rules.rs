//! Policies, drafts and previews as the pages show them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AlertId, ConnectionId, PolicyId, SiteId};
use crate::policy::{DecisionAction, Lint, Policy, PolicyError, RuleChange};
use crate::verdict::Outcome;

/// A policy among others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyRow {
    /// Its id.
    pub id: PolicyId,
    /// The connection it belongs to.
    pub connection_id: ConnectionId,
    /// Name of the connection.
    pub connection: String,
    /// The site it is an override of; `None` for the connection's own.
    pub site: Option<SiteRef>,
    /// The sites it decides for.
    pub serves: Vec<SiteRef>,
    /// What is in force, with its version.
    pub policy: Policy,
    /// When that was published.
    pub published_at: DateTime<Utc>,
    /// By whom; `None` for the program itself.
    pub published_by: Option<String>,
    /// Why.
    pub reason: String,
    /// The draft, if there is one.
    pub draft: Option<DraftHead>,
    /// The run in shadow, if there is one.
    pub shadow_since: Option<DateTime<Utc>>,
    /// What each rule did in the last 30 days, in order of the rules.
    pub month: Vec<RuleMonth>,
    /// Whether the person may change the draft.
    pub may_draft: bool,
    /// Whether the person may publish.
    pub may_publish: bool,
}

/// A site by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRef {
    /// Its id.
    pub id: SiteId,
    /// Its name.
    pub name: String,
}

/// Who saved a draft and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftHead {
    /// Counts up with every save.
    pub version: i32,
    /// The published version it was made from.
    pub base: i32,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
    /// By whom.
    pub saved_by: Option<String>,
}

/// What one rule did in the last 30 days, under whatever version had a rule of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RuleMonth {
    /// Decisions it made.
    pub matched: i64,
    /// Alerts whose standing decision it is and which have a work order.
    pub work_orders: i64,
    /// Of those alerts, the ones whose prediction was confirmed.
    pub confirmed: i64,
    /// Of those alerts, the ones judged right or wrong.
    pub judged: i64,
}

/// The list of policies.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PolicyList {
    /// Policies, those of connections before their overrides.
    pub policies: Vec<PolicyRow>,
    /// Sites that could get an override of their own, with the policy that decides for them now.
    pub free_sites: Vec<FreeSite>,
}

/// A site without an override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeSite {
    /// The site.
    pub site: SiteRef,
    /// The policy that decides for it.
    pub policy: PolicyId,
}

/// One policy with its latest versions and its shadow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyPage {
    /// The policy.
    pub row: PolicyRow,
    /// What is probably not meant about it.
    pub lints: Vec<Lint>,
    /// Its latest versions, newest first.
    pub versions: Vec<VersionRow>,
    /// The run in shadow, or the last one.
    pub shadow: Option<ShadowView>,
    /// Zone of the first site it serves.
    pub time_zone: String,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionRow {
    /// Its number.
    pub version: i32,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// By whom; `None` for the program itself.
    pub published_by: Option<String>,
    /// Why.
    pub reason: String,
    /// When the next one was published; `None` for what is in force.
    pub replaced_at: Option<DateTime<Utc>>,
    /// What changed from the one before.
    pub changes: Vec<RuleChange>,
}

/// Versions of a policy, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Versions {
    /// The policy.
    pub row: PolicyRow,
    /// The versions.
    pub versions: Vec<VersionRow>,
}

/// Two versions beside each other; 0 is the draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The policy.
    pub row: PolicyRow,
    /// Every version there is, newest first; 0 first when there is a draft.
    pub all: Vec<i32>,
    /// The earlier one.
    pub from: i32,
    /// The later one.
    pub to: i32,
    /// The rules of the earlier one.
    pub before: Policy,
    /// The rules of the later one.
    pub after: Policy,
    /// What changed.
    pub changes: Vec<RuleChange>,
}

/// What a policy in shadow would have done beside what was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShadowView {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Who started it.
    pub started_by: Option<String>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Decisions it was asked about.
    pub decisions: i64,
    /// Of these, the ones it would have decided to another action.
    pub other: i64,
    /// Counts by what was done and what it would have done.
    pub pairs: Vec<ShadowPair>,
    /// The latest decisions that differ.
    pub latest: Vec<ShadowCase>,
    /// What the policy in shadow changes.
    pub changes: Vec<RuleChange>,
}

/// How often one action met another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowPair {
    /// What was done.
    pub live: DecisionAction,
    /// What the shadow would have done.
    pub shadow: DecisionAction,
    /// How often.
    pub count: i64,
}

/// One decision that would have been another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShadowCase {
    /// The alert.
    pub alert: AlertId,
    /// Tag of its asset.
    pub tag: String,
    /// Its failure mode in words.
    pub mode: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What was done.
    pub live: DecisionAction,
    /// What the shadow would have done.
    pub shadow: DecisionAction,
    /// By which rule of the shadow.
    pub rule: String,
}

/// Everything the editor needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Editing {
    /// The policy.
    pub row: PolicyRow,
    /// The rules to edit: the draft, or what is in force.
    pub draft: Policy,
    /// Version of the draft; 0 when there is none.
    pub version: i32,
    /// The published version it was made from.
    pub base: i32,
    /// What is wrong with it.
    pub problems: Vec<PolicyError>,
    /// Words to choose from.
    pub words: Words,
}

/// What conditions and actions can name at the sites a policy serves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Words {
    /// Tags of sites, lines and machines.
    pub assets: Vec<String>,
    /// Names of models.
    pub models: Vec<String>,
    /// Names of sources.
    pub sources: Vec<String>,
    /// Names of shifts.
    pub shifts: Vec<String>,
    /// Crews named in calendars and rules.
    pub crews: Vec<String>,
    /// People who can be given work, by e-mail address.
    pub people: Vec<String>,
}

/// What is about to be published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publishing {
    /// The policy.
    pub row: PolicyRow,
    /// The draft.
    pub draft: Policy,
    /// Version of the draft.
    pub version: i32,
    /// What it changes.
    pub changes: Vec<RuleChange>,
    /// What is wrong with it; then it cannot be published.
    pub problems: Vec<PolicyError>,
    /// What is probably not meant.
    pub lints: Vec<Lint>,
    /// What it would have done; `None` while it cannot be published.
    pub preview: Option<Preview>,
}

/// What a policy would have done with the predictions of some days, beside the one in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// What was looked at.
    pub coverage: Coverage,
    /// What the draft would have done.
    pub draft: Tallied,
    /// What the policy in force would have done with the same.
    pub live: Tallied,
    /// Its version.
    pub live_version: i32,
    /// Day by day, oldest first.
    pub days: Vec<Day>,
    /// Alerts that would have ended otherwise, newest first; at most [`Preview::DIFFERENCES`].
    pub differences: Vec<Difference>,
    /// How many there are of each kind.
    pub compared: Compared,
    /// How the alerts ended on which the draft acts or asks.
    pub truth: Truth,
    /// The same for the policy in force.
    pub live_truth: Truth,
    /// How far predictions get in each rule of the draft, in order.
    pub rules: Vec<RuleCount>,
    /// What is probably not meant about the draft.
    pub lints: Vec<Lint>,
    /// The latest work order of the draft, field by field, as the CMMS would get it.
    pub sample: Vec<SampleField>,
    /// How long it took, milliseconds.
    pub took_ms: i64,
}

impl Preview {
    /// Differences that are listed.
    pub const DIFFERENCES: usize = 50;
    /// Work orders on one day above which a draft is warned about.
    pub const MANY_A_DAY: i64 = 5;
}

/// What a preview has looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Length of the period.
    pub days: i32,
    /// Its beginning.
    pub from: DateTime<Utc>,
    /// Its end.
    pub until: DateTime<Utc>,
    /// Zone of its days.
    pub time_zone: String,
    /// Predictions seen.
    pub predictions: i64,
    /// Of these, too old to act upon when they came.
    pub stale: i64,
    /// Alerts they belong to.
    pub alerts: i64,
    /// Days without a single prediction.
    pub gaps: i64,
    /// When the first one came in.
    pub first: Option<DateTime<Utc>>,
}

/// What one policy would have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tallied {
    /// Work orders created at once.
    pub created: i64,
    /// Of the reviews, the ones that would have been work orders but for the cap.
    pub capped: i64,
    /// Questions to reviewers.
    pub reviews: i64,
    /// Decisions to wait for a batch, a shutdown or the next day.
    pub held: i64,
    /// Of these, the ones that became work orders within the period.
    pub released: i64,
    /// Decisions to keep it for the record.
    pub logged: i64,
    /// Predictions that a standing decision, work order or hold-off covered.
    pub merged: i64,
    /// Most work orders on one day.
    pub most: i64,
    /// Days with more than [`Preview::MANY_A_DAY`].
    pub busy_days: i64,
}

/// One day of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The day.
    pub date: NaiveDate,
    /// Predictions that came in.
    pub predictions: i64,
    /// Work orders of the draft.
    pub created: i64,
    /// Its questions.
    pub reviews: i64,
    /// Work orders of the policy in force.
    pub live_created: i64,
    /// Its questions.
    pub live_reviews: i64,
}

/// An alert on which the draft and the policy in force differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The alert.
    pub alert: AlertId,
    /// Tag of its asset.
    pub tag: String,
    /// Its failure mode in words.
    pub mode: String,
    /// When the first of the two acted.
    pub at: DateTime<Utc>,
    /// The furthest that the policy in force goes; `None` when it decides nothing.
    pub live: Option<DecisionAction>,
    /// The furthest that the draft goes.
    pub draft: Option<DecisionAction>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// How many alerts differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Compared {
    /// Only the draft acts or asks.
    pub new: i64,
    /// Only the policy in force does.
    pub gone: i64,
    /// Both do, in another way.
    pub changed: i64,
    /// Both do the same.
    pub same: i64,
}

/// How the alerts ended on which a policy acts or asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Truth {
    /// The fault was there.
    pub confirmed: i64,
    /// Nothing was wrong.
    pub false_alarm: i64,
    /// Another fault was there.
    pub other_fault: i64,
    /// Not judged, or not yet.
    pub unknown: i64,
    /// Confirmed faults on which it neither acts nor asks.
    pub missed: i64,
}

/// How far predictions get in one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCount {
    /// Predictions that no earlier rule took.
    pub asked: i64,
    /// Of these, the ones that satisfied each part of the condition, in reading order; in an `all`
    /// a part counts those that the parts before it left.
    pub parts: Vec<i64>,
    /// Of these, the ones the rule matched.
    pub matched: i64,
    /// Predictions it would match if it stood first.
    pub alone: i64,
}

/// One field of a work order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleField {
    /// Its name.
    pub field: String,
    /// Its value as text.
    pub value: String,
}
