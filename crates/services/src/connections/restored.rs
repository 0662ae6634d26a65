use chrono::TimeDelta;
use serde_json::json;
use store::connections::edit;
use store::work_orders::order_sync;
use store::{AuditEntry, ScopedTx};

use crate::Error;

/// After a restore creates are preceded by look-ups for so long.
pub const RECONCILE_FOR: TimeDelta = TimeDelta::days(7);

/// The database was restored, and CMMSs may hold work orders it does not know: until a week from
/// now every create is preceded by a look-up of its reference (R18). Answers how many connections.
///
/// # Errors
/// When the database refuses.
pub async fn restored(tx: &mut ScopedTx, why: &str) -> Result<usize, Error> {
    let until = tx.now() + RECONCILE_FOR;
    let ids = edit::reconcile_first(tx, until).await?;
    order_sync::read_everything(tx).await?;
    let entries = ids.iter().map(|id| {
        AuditEntry::new("connection.reconcile_first", "connection", *id)
            .detail(json!({"until": until, "reason": why}))
    });
    tx.audit(entries.collect()).await?;
    Ok(ids.len())
}
