//! The six levels that colour is spent on.

use domain::alert::Severity;
use serde::{Deserialize, Serialize};

/// How something stands: four severities, fine, or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Octagon; the only level ever filled solid.
    Critical,
    /// Triangle.
    High,
    /// Diamond.
    Medium,
    /// Circle.
    Low,
    /// Tick.
    Ok,
    /// Dashed ring.
    Unknown,
}

impl Level {
    /// Value of `data-sev` and id of the shape.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Ok => "ok",
            Self::Unknown => "unknown",
        }
    }

    /// The word people read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Critical => "Critical",
            Self::High => "High",
            Self::Medium => "Medium",
            Self::Low => "Low",
            Self::Ok => "OK",
            Self::Unknown => "Unknown",
        }
    }
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Self::Critical,
            Severity::High => Self::High,
            Severity::Medium => Self::Medium,
            Severity::Low => Self::Low,
        }
    }
}

impl From<Option<Severity>> for Level {
    fn from(severity: Option<Severity>) -> Self {
        severity.map_or(Self::Unknown, Self::from)
    }
}
