//! A prediction as decoded: names and types are right, or listed as problems.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::policy::Scalar;

/// One thing wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Where, such as `spare_parts[0].quantity`.
    pub path: String,
    /// Stable code, such as `missing`.
    pub code: Cow<'static, str>,
    /// For people.
    pub message: String,
}

impl FieldError {
    /// A new one.
    pub fn new(path: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { path: path.into(), code: Cow::Borrowed(code), message: message.into() }
    }
}

/// A prediction as decoded, whatever the encoding. Absent and `null` are the same.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RawPrediction {
    /// `event_id`
    pub event_id: Option<String>,
    /// `asset`
    pub asset: Option<String>,
    /// `failure_mode`
    pub failure_mode: Option<String>,
    /// `confidence`, on the source's scale.
    pub confidence: Option<f64>,
    /// `rul_hours`
    pub rul_hours: Option<f64>,
    /// `intervention_window_hours`
    pub intervention_window_hours: Option<f64>,
    /// `observed_at`, as text.
    pub observed_at: Option<String>,
    /// `model`
    pub model: RawModel,
    /// `description`
    pub description: Option<String>,
    /// `recommended_action`
    pub recommended_action: Option<String>,
    /// `spare_parts`
    pub spare_parts: Vec<RawSparePart>,
    /// `evidence`
    pub evidence: Vec<RawEvidence>,
    /// `attributes`
    pub attributes: BTreeMap<String, Scalar>,
    /// Everything else, by path.
    pub unknown: BTreeMap<String, serde_json::Value>,
    /// Fields with a wrong type, a number that is not finite, a name given twice. Their values
    /// are left out above.
    pub problems: Vec<FieldError>,
}

/// `model` as decoded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawModel {
    /// `model.name`
    pub name: Option<String>,
    /// `model.version`
    pub version: Option<String>,
}

/// An entry of `spare_parts` as decoded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RawSparePart {
    /// `part`
    pub part: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `quantity`
    pub quantity: Option<f64>,
}

/// An entry of `evidence` as decoded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawEvidence {
    /// `point`
    pub point: Option<String>,
    /// `from`, as text.
    pub from: Option<String>,
    /// `to`, as text.
    pub to: Option<String>,
}
