//! What connections in shadow would have sent.

use domain::ids::{ConnectionId, SiteId, WorkOrderId};
use serde_json::Value;

use crate::{Error, ScopedTx};

/// The newest work orders that are looked at; more than are made between two looks.
const NEWEST: i64 = 2_000;

/// A work order of an active connection, beside a connection in shadow at its site.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Beside {
    /// The connection in shadow.
    pub connection_id: i64,
    /// The work order.
    pub work_order_id: i64,
    /// Its alert.
    pub alert_id: i64,
    /// Its site.
    pub site_id: i64,
    /// Its asset.
    pub asset_id: i64,
    /// Failure mode code.
    pub failure_mode: String,
    /// The code of the connection in shadow for it.
    pub failure_code: Option<String>,
    /// What was asked for, before any mapping.
    pub asked: Value,
    /// The event that opened the alert.
    pub first_event_id: String,
    /// 1 for the alert's first work order.
    pub attempt_no: i32,
    /// The idempotency key of a person's request.
    pub request_key: Option<String>,
    /// The installation's key for references.
    pub reference_key: Vec<u8>,
}

/// Work orders that connections in shadow have not seen yet, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn beside(tx: &mut ScopedTx, limit: i64) -> Result<Vec<Beside>, Error> {
    Ok(sqlx::query_as(
        "SELECT k.id AS connection_id, w.id AS work_order_id, w.alert_id, w.site_id, w.asset_id,
                w.failure_mode, f.code AS failure_code, COALESCE(w.asked, w.request) AS asked,
                a.first_event_id, w.attempt_no, w.request_key, i.reference_key
         FROM connection k JOIN connection_site x ON x.connection_id = k.id
         JOIN work_order w ON w.site_id = x.site_id AND w.connection_id <> k.id
              AND w.created_at >= k.created_at
         JOIN alert a ON a.id = w.alert_id
         CROSS JOIN installation i
         LEFT JOIN failure_code f ON f.connection_id = k.id AND f.failure_mode = w.failure_mode
         WHERE k.state = 'shadow' AND w.id > (SELECT max(id) - $1 FROM work_order)
           AND NOT EXISTS (SELECT FROM shadow_order o
                           WHERE o.connection_id = k.id AND o.work_order_id = w.id)
         ORDER BY w.id LIMIT $2",
    )
    .bind(NEWEST)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Keeps what would have been sent.
///
/// # Errors
/// When the database refuses.
pub async fn keep(
    tx: &mut ScopedTx,
    (connection, order, site): (ConnectionId, WorkOrderId, SiteId),
    request: &Value,
    mapping_version: i32,
    problem: Option<&str>,
) -> Result<(), Error> {
    let now = tx.now();
    sqlx::query(
        "INSERT INTO shadow_order (connection_id, site_id, work_order_id, request,
                                   mapping_version, problem, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(connection.0)
    .bind(site.0)
    .bind(order.0)
    .bind(request)
    .bind(mapping_version)
    .bind(problem)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}
