//! A work order as a CMMS holds it: what a create answer, a look-up, a poll or a re-read after a
//! webhook brings back, already in our words.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::work_order::{Closure, WorkOrderStatus};

/// One state of a work order in a CMMS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CmmsRecord {
    /// Our reference, where the CMMS keeps one.
    pub external_ref: Option<String>,
    /// The CMMS's own id.
    pub cmms_id: String,
    /// The number people there use.
    pub number: String,
    /// Its status in our words; `None` when the status map does not know it, and ours stays.
    pub status: Option<WorkOrderStatus>,
    /// Its status in the CMMS's own words.
    pub cmms_status: Option<String>,
    /// Grows with each change over there; an older or equal one changes nothing here.
    pub version: i64,
    /// Person or crew who has it.
    pub assigned_to: Option<String>,
    /// What the technician recorded.
    pub closure: Option<Closure>,
    /// When it last changed over there.
    pub updated_at: DateTime<Utc>,
}
