//! Everything a decision may depend on.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Scalar;
use crate::asset::{AssetKind, Criticality};
use crate::calendar::CalendarFacts;

/// Everything a decision may depend on, besides the policy and the time. Stored with the decision
/// so that a replay sees the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The asset the prediction is about.
    pub asset: AssetFacts,
    /// The alert it belongs to.
    pub alert: AlertFacts,
    /// Failure mode code.
    pub failure_mode: String,
    /// The prediction to decide on.
    pub prediction: PredictionFacts,
    /// Earlier predictions of the same asset, failure mode and model, newest `observed_at` first.
    /// The one to decide on may be among them: `observed_at` tells predictions apart.
    #[serde(default)]
    pub recent: Vec<PredictionFacts>,
    /// Whether an open work order stands on the asset.
    #[serde(default)]
    pub open_work_order: bool,
    /// The site's calendar at the time of the decision.
    pub calendar: CalendarFacts,
}

/// The asset as rules see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetFacts {
    /// Its tag.
    pub tag: String,
    /// Its level.
    pub kind: AssetKind,
    /// Its own criticality or the inherited one.
    pub criticality: Criticality,
    /// Tags from the site down to the asset itself.
    pub path: Vec<String>,
}

/// The alert as rules see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertFacts {
    /// Predictions attached, the one to decide on included.
    pub predictions: u32,
    /// First prediction.
    pub first_seen: DateTime<Utc>,
}

/// One prediction as rules see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PredictionFacts {
    /// Confidence, 0–1.
    pub confidence: f64,
    /// Remaining useful life at `observed_at`, hours, not negative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_life_hours: Option<f64>,
    /// Intervention window from `observed_at`, hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_hours: Option<f64>,
    /// When the machine was observed.
    pub observed_at: DateTime<Utc>,
    /// The predicted end of life had passed.
    #[serde(default)]
    pub overdue: bool,
    /// Too old to act upon.
    #[serde(default)]
    pub stale: bool,
    /// Name of the model.
    pub model: String,
    /// Version of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_version: Option<String>,
    /// Name of the source.
    pub source: String,
    /// Scalars the source sent along.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Scalar>,
}

impl PredictionFacts {
    /// When the remaining life ends.
    pub fn life_end(&self) -> Option<DateTime<Utc>> {
        self.remaining_life_hours.and_then(|h| after(self.observed_at, h))
    }

    /// When the window ends; without a window, when the remaining life does.
    pub fn window_end(&self) -> Option<DateTime<Utc>> {
        match self.window_hours {
            Some(hours) => after(self.observed_at, hours),
            None => self.life_end(),
        }
    }

    /// Whether the remaining life or the window ends before `instant`.
    pub fn ends_before(&self, instant: DateTime<Utc>) -> bool {
        self.life_end().is_some_and(|end| end < instant)
            || self.window_end().is_some_and(|end| end < instant)
    }
}

/// `hours` after `start`; `None` beyond what a date can hold.
pub(super) fn after(start: DateTime<Utc>, hours: f64) -> Option<DateTime<Utc>> {
    let millis = hours * 3_600_000.0;
    if millis.is_nan() || millis.abs() >= 1e15 {
        return None;
    }
    start.checked_add_signed(chrono::TimeDelta::milliseconds(millis.round() as i64))
}
