//! How a call ended, sorted by how certain we are.

use std::time::Duration;

use domain::cmms_record::CmmsRecord;
use serde::{Deserialize, Serialize};

/// One field the CMMS refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The field, by our name for it.
    pub field: String,
    /// What the CMMS said about it.
    pub message: String,
}

/// How a create ended. Only [`Unknown`](Self::Unknown) leaves open whether a record exists.
#[derive(Debug, Clone, PartialEq)]
pub enum CreateOutcome {
    /// The CMMS holds the record.
    Created(Box<CmmsRecord>),
    /// The CMMS refused it for good; sending the same again is pointless.
    Refused {
        /// Stable code.
        code: String,
        /// What it said.
        message: String,
        /// What it said field by field.
        fields: Vec<Refusal>,
    },
    /// Not one byte was written: there is no record.
    NotSent(String),
    /// Sent without a certain answer: time-out, reset, 5xx, unreadable answer.
    Unknown(String),
    /// The CMMS does not accept our credentials: there is no record.
    Unauthorised(String),
    /// The CMMS wants us to wait: there is no record.
    RateLimited {
        /// How long it asks for.
        retry_after: Option<Duration>,
    },
}

/// Why a reading call has no answer; readings may be repeated freely.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The CMMS cannot be reached, or gave no readable answer.
    #[error("{0}")]
    Failed(String),
    /// The CMMS does not accept our credentials.
    #[error("{0}")]
    Unauthorised(String),
    /// The CMMS wants us to wait.
    #[error("the CMMS asks to wait")]
    RateLimited {
        /// How long it asks for.
        retry_after: Option<Duration>,
    },
}
