//! A prediction: as decoded, as validated, and the form in which two are compared.

mod canonical;
mod raw;
mod settings;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod validate;

pub use raw::{FieldError, RawEvidence, RawModel, RawPrediction, RawSparePart};
pub use settings::{SourceSettings, UnknownFields};
pub use time::{LocalInstant, Offsets, Zones};
pub use validate::{limits, validate, validate_with};

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alert::words;
use crate::asset::AssetKey;
use crate::policy::{PredictionFacts, Scalar};
use crate::work_order::SparePart;

/// A valid prediction. Which asset it means is not known yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Id of the message within its source.
    pub event_id: String,
    /// The asset as sent.
    pub asset: String,
    /// The asset in the form in which names are compared.
    pub asset_key: AssetKey,
    /// Failure mode as sent, trimmed.
    pub failure_mode_sent: String,
    /// Code of the shared vocabulary, after the source's own map; as sent when it is unknown.
    pub failure_mode: String,
    /// Confidence, 0–1, after the source's scale.
    pub confidence: f64,
    /// Remaining useful life at `observed_at`, hours; negative ones count as 0.
    pub rul_hours: Option<f64>,
    /// Remaining useful life as sent, hours.
    pub rul_hours_sent: Option<f64>,
    /// Intervention window from `observed_at`, hours.
    pub intervention_window_hours: Option<f64>,
    /// When the machine was observed.
    pub observed_at: DateTime<Utc>,
    /// Name of the model.
    pub model_name: String,
    /// Version of the model.
    pub model_version: Option<String>,
    /// The claim in words.
    pub description: Option<String>,
    /// What the model would do.
    pub recommended_action: Option<String>,
    /// Parts the repair will need.
    pub spare_parts: Vec<SparePart>,
    /// Signals the claim rests on.
    pub evidence: Vec<Evidence>,
    /// Scalars the source sent along.
    pub attributes: BTreeMap<String, Scalar>,
    /// Unknown fields by path, where the source keeps them.
    pub extra: BTreeMap<String, serde_json::Value>,
    /// What is unusual about it.
    pub flags: Flags,
    /// Why it is kept but not acted upon.
    pub quarantine: Option<Quarantine>,
}

/// A stretch of one signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Path of the sensor point, such as `VMC-1050/SP02/vib_rms`.
    pub point: String,
    /// Start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// End.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
}

/// What is unusual about a prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Flags {
    /// The predicted end of life had passed when it was made.
    #[serde(default)]
    pub overdue: bool,
    /// Older than the source's limit: no alert of its own.
    #[serde(default)]
    pub stale: bool,
    /// Sent in local time, in an hour that occurs twice or never.
    #[serde(default)]
    pub doubtful_time: bool,
}

words! {
    /// Why a prediction is kept but not acted upon.
    Quarantine {
        /// No asset, serial number or barcode has that name.
        UnknownAsset = "unknown_asset",
        /// The failure mode is not in the vocabulary nor in the source's map.
        UnknownFailureMode = "unknown_failure_mode",
        /// `observed_at` lies more than five minutes ahead.
        FutureTimestamp = "future_timestamp",
    }
}

impl Prediction {
    /// As rules see it.
    pub fn facts(&self, source: &str) -> PredictionFacts {
        PredictionFacts {
            confidence: self.confidence,
            remaining_life_hours: self.rul_hours,
            window_hours: self.intervention_window_hours,
            observed_at: self.observed_at,
            overdue: self.flags.overdue,
            stale: self.flags.stale,
            model: self.model_name.clone(),
            model_version: self.model_version.clone(),
            source: source.to_owned(),
            attributes: self.attributes.clone(),
        }
    }
}
