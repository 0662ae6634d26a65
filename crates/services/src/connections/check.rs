use domain::ids::ConnectionId;
use domain::permission::Permission;
use domain::views::connections::{Check, CheckState, CheckStep};
use serde_json::json;
use store::connections::checks::{self, CheckRow};
use store::{AuditEntry, ScopedTx, Topic};

use super::access::require;
use crate::{Caller, Error};

/// The steps of a live test, in order.
pub const STEPS: [&str; 6] =
    ["resolves", "opens", "tls", "signs_in", "reads_assets", "reads_orders"];
/// Those of one that writes.
pub const WRITING_STEPS: [&str; 2] = ["creates", "cancels"];

/// Asks for a live test, run by a worker; answers its number. With `with_next` it uses the secrets
/// that wait, and puts them into use when every step passes. Only with `writes` a marked work order
/// is created there and cancelled.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`].
pub async fn start_check(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: ConnectionId,
    with_next: bool,
    writes: bool,
) -> Result<i64, Error> {
    require(tx, caller, Permission::Integrate, id).await?;
    let mut steps = STEPS.to_vec();
    if writes {
        steps.extend(WRITING_STEPS);
    }
    let check = checks::queue(tx, id, with_next, writes, &steps).await?;
    let detail = json!({"connection": id, "with_next": with_next, "writes": writes});
    let entries = vec![
        AuditEntry::new("connection.check", "connection_check", check).detail(detail.clone()),
        AuditEntry::new("connection.check", "connection", id.0).detail(detail),
    ];
    tx.audit(entries).await?;
    tx.touch(Topic::Deliveries, None);
    Ok(check)
}

/// How a live test stands.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`].
pub async fn check(tx: &mut ScopedTx, caller: &Caller, id: i64) -> Result<Check, Error> {
    let row = checks::check(tx, id).await?.ok_or(Error::NotFound)?;
    require(tx, caller, Permission::Integrate, ConnectionId(row.connection_id)).await?;
    view(tx, row).await
}

pub(super) async fn view(tx: &mut ScopedTx, row: CheckRow) -> Result<Check, Error> {
    let mut steps = Vec::new();
    for step in checks::check_steps(tx, row.id).await? {
        let state: CheckState = step
            .state
            .parse()
            .map_err(|e| Error::Store(store::Error::corrupt("connection_check_step", e)))?;
        steps.push(CheckStep { step: step.step, state, detail: step.detail });
    }
    Ok(Check {
        id: row.id,
        asked_by: row.asked_by,
        asked_at: row.asked_at,
        with_next: row.with_next,
        writes: row.writes,
        finished_at: row.finished_at,
        passed: row.passed,
        steps,
    })
}
