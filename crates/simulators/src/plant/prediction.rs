//! Predictions as the interface takes them.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::Plant;
use super::api::ApiError;

/// The model that predicts.
#[derive(Debug, Clone, Serialize)]
pub struct Model {
    /// Name of the model.
    pub name: &'static str,
    /// Version of the model.
    pub version: &'static str,
}

/// A part the repair will need.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Part {
    /// Part number.
    pub part: &'static str,
    /// What it is.
    pub description: &'static str,
    /// How many.
    pub quantity: f64,
}

/// A stretch of a measured signal that supports the prediction.
#[derive(Debug, Clone, Serialize)]
pub struct Evidence {
    /// Path of the sensor point.
    pub point: String,
    /// Start, UTC.
    pub from: String,
    /// End, UTC.
    pub to: String,
}

/// One prediction message (`POST /predictions`).
#[derive(Debug, Clone, Serialize)]
pub struct Prediction {
    /// Id of the event in the plant.
    pub event_id: String,
    /// Equipment id.
    pub asset: String,
    /// Failure mode code.
    pub failure_mode: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Remaining useful life, hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rul_hours: Option<f64>,
    /// When to intervene at the latest, hours from the observation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervention_window_hours: Option<f64>,
    /// When the plant saw it, UTC.
    pub observed_at: String,
    /// Which model.
    pub model: Model,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommended_action: Option<String>,
    /// What to bring.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spare_parts: Vec<Part>,
    /// What it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Further values, mappable to work-order fields.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub attributes: serde_json::Map<String, serde_json::Value>,
}

impl Prediction {
    /// The required fields; the rest is empty.
    pub fn new(
        event_id: String,
        asset: &str,
        failure_mode: &str,
        confidence: f64,
        observed_at: DateTime<Utc>,
        model: Model,
    ) -> Self {
        Self {
            event_id,
            asset: asset.to_owned(),
            failure_mode: failure_mode.to_owned(),
            confidence: (confidence * 10_000.0).round() / 10_000.0,
            rul_hours: None,
            intervention_window_hours: None,
            observed_at: instant(observed_at),
            model,
            description: None,
            recommended_action: None,
            spare_parts: Vec::new(),
            evidence: Vec::new(),
            attributes: serde_json::Map::new(),
        }
    }
}

/// An instant as the interface writes it: UTC, milliseconds.
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Sends one prediction.
///
/// # Errors
/// When the server refuses it.
pub async fn send(plant: &Plant, prediction: &Prediction) -> Result<(), ApiError> {
    let body = serde_json::to_value(prediction).map_err(|source| ApiError::Unreadable {
        path: "/api/v1/predictions".to_owned(),
        source,
    })?;
    let answer = plant.api.post(&plant.keys.plant, "/api/v1/predictions", &body, None).await?;
    if let Some(reason) = answer["quarantined"].as_str() {
        tracing::warn!(asset = prediction.asset, reason, "a prediction was put in quarantine");
    }
    Ok(())
}
