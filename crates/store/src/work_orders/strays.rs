//! Records of ours in a CMMS that a restored database no longer knows (R18).

use std::time::Duration;

use domain::ids::WorkOrderId;

use crate::{Error, ScopedTx};

/// What is known of such records for a work order that is about to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stray {
    /// The mirror is older than the restore.
    Unread,
    /// An open one for the same asset and failure code: its id and number.
    Open(String, String),
    /// None.
    None,
}

/// Seeks an open record for the asset and failure code of a work order that carries a reference like
/// ours which is nobody's. `since`: how long before the end of the connection's look-ups the
/// database was restored; after `patience` an unread mirror holds nothing up any more.
///
/// # Errors
/// When the database refuses.
pub async fn seek(
    tx: &mut ScopedTx,
    order: WorkOrderId,
    since: Duration,
    patience: Duration,
) -> Result<Stray, Error> {
    let row: Option<(bool, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT COALESCE(s.full_at, '-infinity') < r.at
                    AND now() < r.at + make_interval(secs => $3) AS unread, o.cmms_id, o.number
         FROM work_order w JOIN connection k ON k.id = w.connection_id
         CROSS JOIN LATERAL (SELECT k.reconcile_first - make_interval(secs => $2) AS at) r
         LEFT JOIN order_sync s ON s.connection_id = k.id
         LEFT JOIN LATERAL (
             SELECT o.cmms_id, o.number FROM cmms_order o
             WHERE o.connection_id = w.connection_id AND o.asset_id = w.asset_id
               AND o.status IN ('draft', 'approved', 'assigned', 'in_progress')
               AND o.external_ref ~ '^(MW-)?[0-9A-HJKMNP-TV-Z]{8,16}$'
               AND (o.failure_code = w.failure_code) IS NOT FALSE
               AND NOT EXISTS (SELECT FROM work_order x
                               WHERE x.connection_id = o.connection_id
                                 AND (x.cmms_id = o.cmms_id
                                      OR right(x.external_ref, length(o.external_ref))
                                         = o.external_ref))
             ORDER BY o.opened_at NULLS LAST, o.id LIMIT 1
         ) o ON true
         WHERE w.id = $1",
    )
    .bind(order.0)
    .bind(since.as_secs_f64())
    .bind(patience.as_secs_f64())
    .fetch_optional(tx.conn())
    .await?;
    Ok(match row {
        Some((true, ..)) => Stray::Unread,
        Some((false, Some(id), Some(number))) => Stray::Open(id, number),
        _ => Stray::None,
    })
}
