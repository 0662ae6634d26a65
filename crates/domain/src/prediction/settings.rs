//! What a source declares about its messages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::alert::words;

words! {
    /// What happens to fields nobody knows.
    UnknownFields {
        /// The message is refused.
        Refuse = "refuse",
        /// They are stored along.
        Keep = "keep",
    }
}

/// What a source declares about its messages. Nothing is guessed from the values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceSettings {
    /// Predictions observed longer ago are stored but open no alert, hours.
    pub stale_after_hours: f64,
    /// Zone of times without offset: an offset such as `+01:00`, or an IANA name.
    pub zone: Option<String>,
    /// Values of `rul_hours` that mean "no value" to the source; refused.
    pub rul_sentinels: Vec<f64>,
    /// What the source sends for certainty: 1, or 100 for percent.
    pub confidence_scale: f64,
    /// What happens to fields nobody knows.
    pub unknown_fields: UnknownFields,
    /// The source's own failure mode names → codes of the shared vocabulary.
    pub failure_modes: BTreeMap<String, String>,
}

impl Default for SourceSettings {
    fn default() -> Self {
        Self {
            stale_after_hours: 168.0,
            zone: None,
            rul_sentinels: Vec::new(),
            confidence_scale: 1.0,
            unknown_fields: UnknownFields::Refuse,
            failure_modes: BTreeMap::new(),
        }
    }
}
