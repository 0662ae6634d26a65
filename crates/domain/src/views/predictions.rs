//! Predictions as the API and the pages show them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AlertId, PredictionId};
use crate::policy::Scalar;
use crate::prediction::{Evidence, Quarantine};
use crate::work_order::SparePart;

/// Tag and path of an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetRef {
    /// Equipment id.
    pub tag: String,
    /// Names from the site down, joined by ` / `.
    pub path: String,
}

/// Name and version of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRef {
    /// Name.
    pub name: String,
    /// Version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A prediction as `/api/v1` answers it: what was sent, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Our id.
    pub id: PredictionId,
    /// Id of the message within its source.
    pub event_id: String,
    /// Name of the source.
    pub source: String,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// When the machine was observed.
    pub observed_at: DateTime<Utc>,
    /// The asset as sent.
    pub asset_sent: String,
    /// The asset, once known.
    pub asset: Option<AssetRef>,
    /// The failure mode as sent.
    pub failure_mode_sent: String,
    /// The failure mode in the shared vocabulary, once known.
    pub failure_mode: Option<String>,
    /// 0–1.
    pub confidence: f64,
    /// Remaining useful life, hours.
    pub rul_hours: Option<f64>,
    /// Intervention window, hours.
    pub intervention_window_hours: Option<f64>,
    /// The model.
    pub model: ModelRef,
    /// The claim in words.
    pub description: Option<String>,
    /// What the model would do.
    pub recommended_action: Option<String>,
    /// Parts the repair will need.
    pub spare_parts: Vec<SparePart>,
    /// Signals the claim rests on.
    pub evidence: Vec<Evidence>,
    /// Scalars sent along.
    pub attributes: std::collections::BTreeMap<String, Scalar>,
    /// The remaining life was negative.
    pub overdue: bool,
    /// It came too late to act on.
    pub stale: bool,
    /// The alert it belongs to.
    pub alert_id: Option<AlertId>,
    /// Its place among the predictions of that alert, from 1.
    pub seq: Option<i32>,
    /// What evaluation said: decided, unchanged, attached, held_off or stale.
    pub evaluation: Option<String>,
    /// Why it is in quarantine.
    pub quarantined: Option<Quarantine>,
    /// When it was replayed out of quarantine.
    pub replayed_at: Option<DateTime<Utc>>,
    /// When a person dismissed it.
    pub dismissed_at: Option<DateTime<Utc>>,
}

/// One prediction in quarantine, as its list shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Our id.
    pub id: PredictionId,
    /// Why.
    pub reason: Quarantine,
    /// Name of the source.
    pub source: String,
    /// Id of the message within its source.
    pub event_id: String,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// Seconds since then.
    pub age_seconds: i64,
    /// When the machine was observed, as sent.
    pub observed_at: DateTime<Utc>,
    /// The asset as sent.
    pub asset: String,
    /// The failure mode as sent.
    pub failure_mode: String,
    /// 0–1.
    pub confidence: f64,
    /// Name of the model.
    pub model: String,
    /// The message, JSON with indentation.
    pub payload: String,
    /// When it was replayed.
    pub replayed_at: Option<DateTime<Utc>>,
    /// When a person dismissed it.
    pub dismissed_at: Option<DateTime<Utc>>,
    /// The alert it attached to when replayed.
    pub alert_id: Option<AlertId>,
}

/// How many wait for one reason from one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineCount {
    /// Why.
    pub reason: Quarantine,
    /// Name of the source.
    pub source: String,
    /// How many.
    pub count: i64,
}

/// A page of the quarantine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuarantinePage {
    /// Newest first.
    pub items: Vec<Quarantined>,
    /// What to ask with as `before`; none on the last page.
    pub next: Option<PredictionId>,
    /// Waiting ones, by reason and source.
    pub counts: Vec<QuarantineCount>,
}

/// What a replay did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// The prediction.
    pub id: PredictionId,
    /// The alert it belongs to now; none when it is too old to act on.
    pub alert_id: Option<AlertId>,
    /// It had been replayed before: nothing happened this time.
    pub already: bool,
}
