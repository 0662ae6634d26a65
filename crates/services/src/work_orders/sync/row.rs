//! A row of a CMMS as the mirror keeps it.

use cmms::engine::OrderRow;
use domain::failure_mode;
use serde_json::json;
use store::work_orders::cmms_orders::CmmsOrder;

/// The mirror's row.
pub(super) fn mirrored(row: &OrderRow, origin: &'static str) -> CmmsOrder {
    let record = &row.record;
    let closure = record.closure.as_ref();
    CmmsOrder {
        cmms_id: record.cmms_id.clone(),
        number: record.number.clone(),
        external_ref: record.external_ref.clone(),
        title: row.title.clone(),
        work_type: row.work_type.clone(),
        status: record.status.map(|status| status.as_str()),
        cmms_status: record.cmms_status.clone(),
        priority: row.priority.clone(),
        assigned_to: record.assigned_to.clone(),
        cmms_asset: row.asset.clone(),
        failure_code: row.failure_code.clone(),
        opened_at: row.created,
        due: row.due,
        started_at: closure.and_then(|closure| closure.repair_started_at),
        finished_at: closure.and_then(|closure| closure.repair_ended_at),
        labour_hours: closure.and_then(|closure| closure.labour_hours),
        downtime_hours: closure.and_then(|closure| closure.downtime_hours),
        cost: closure.and_then(|closure| closure.cost),
        currency: closure.and_then(|closure| closure.currency.clone()),
        parts: json!(closure.map(|closure| closure.parts.as_slice()).unwrap_or_default()),
        closure: closure.map(|closure| json!(closure)),
        version: record.version,
        changed_at: record.updated_at,
        origin,
    }
}

/// Whether the closure says in our words what was found.
pub(super) fn names_the_mode(row: &OrderRow) -> bool {
    let Some(closure) = &row.record.closure else { return true };
    closure.actual_failure_mode.as_deref().is_some_and(|mode| failure_mode::find(mode).is_some())
}
