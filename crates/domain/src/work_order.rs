//! Work orders: the life of the record, the delivery to the CMMS, the closure.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alert::words;

words! {
    /// Life of a work order; mirrors the CMMS through its status map.
    WorkOrderStatus {
        /// Written, not yet approved.
        Draft = "draft",
        /// May be worked on.
        Approved = "approved",
        /// A person or crew has it.
        Assigned = "assigned",
        /// Work has begun.
        InProgress = "in_progress",
        /// Finished, with a closure.
        Closed = "closed",
        /// Will not be done.
        Cancelled = "cancelled",
    }
}

impl WorkOrderStatus {
    /// Whether work is still expected.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Cancelled)
    }

    /// Where the built-in book lets a record go from here. A closed record may be reopened,
    /// which puts it back to work; cancelled is final.
    pub const fn successors(self) -> &'static [Self] {
        use WorkOrderStatus::{Approved, Assigned, Cancelled, Closed, Draft, InProgress};
        match self {
            Draft => &[Approved, Cancelled],
            Approved => &[Assigned, InProgress, Cancelled],
            Assigned => &[Assigned, InProgress, Approved, Cancelled],
            InProgress => &[Closed, Assigned, Cancelled],
            Closed => &[InProgress],
            Cancelled => &[],
        }
    }

    /// Checks one step of the built-in book.
    ///
    /// # Errors
    /// When the book does not know the step.
    pub fn transition(self, to: Self) -> Result<Self, TransitionError> {
        if self.successors().contains(&to) {
            Ok(to)
        } else {
            Err(TransitionError { from: self, to })
        }
    }
}

/// A step the built-in book does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a work order cannot go from {from} to {to}")]
pub struct TransitionError {
    /// Where it stands.
    pub from: WorkOrderStatus,
    /// Where it was asked to go.
    pub to: WorkOrderStatus,
}

words! {
    /// Getting the CMMS to hold the work order.
    DeliveryState {
        /// Waiting for its turn.
        Queued = "queued",
        /// A call is under way, or its worker died during it.
        Sending = "sending",
        /// The CMMS holds it.
        Created = "created",
        /// The CMMS refused it for good.
        Rejected = "rejected",
        /// Sent, no certain answer; being looked up.
        Unknown = "unknown",
        /// Only a person can tell.
        NeedsPerson = "needs_person",
        /// Retries are spent.
        Dead = "dead",
    }
}

impl DeliveryState {
    /// Whether the intent still stands in the way of another one for the same asset and mode.
    pub const fn absorbs(self) -> bool {
        !matches!(self, Self::Rejected | Self::Dead)
    }

    /// Whether nothing more happens by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Created | Self::Rejected | Self::NeedsPerson | Self::Dead)
    }
}

words! {
    /// What the technician found.
    Finding {
        /// The fault was there.
        Found = "found",
        /// The asset had already failed when work began.
        Failed = "failed",
        /// Nothing was wrong.
        NothingFound = "nothing_found",
        /// The sensor or its wiring was at fault.
        SensorFault = "sensor_fault",
        /// The work was not done.
        NotInspected = "not_inspected",
        /// It cannot be told.
        Inconclusive = "inconclusive",
    }
}

/// A part, suggested by a prediction or used in a repair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SparePart {
    /// Part number.
    pub part: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many, in the part's own unit.
    #[serde(default = "one")]
    pub quantity: f64,
}

fn one() -> f64 {
    1.0
}

/// What the technician recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    /// What was found; absent means `found` when an actual failure mode is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// Failure mode code as found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual_failure_mode: Option<String>,
    /// What was done.
    #[serde(default)]
    pub action: String,
    /// Parts used.
    #[serde(default)]
    pub parts: Vec<SparePart>,
    /// Labour, hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labour_hours: Option<f64>,
    /// When the asset lost its function; absent when it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<DateTime<Utc>>,
    /// When it worked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored_at: Option<DateTime<Utc>>,
    /// When hands-on repair began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repair_started_at: Option<DateTime<Utc>>,
    /// When hands-on repair ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repair_ended_at: Option<DateTime<Utc>>,
    /// Production stopped for, hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downtime_hours: Option<f64>,
    /// Unplanned stop this work avoided, estimated hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avoided_downtime_hours: Option<f64>,
    /// Total cost, in `currency`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// ISO 4217 code of `cost`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}
