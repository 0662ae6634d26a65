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
    pub alert_id: Option<i64>,
    /// Its site.
    pub site_id: i64,
    /// What the active connection is sent.
    pub request: Value,
}

/// Work orders that connections in shadow have not seen yet, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn beside(tx: &mut ScopedTx, limit: i64) -> Result<Vec<Beside>, Error> {
    Ok(sqlx::query_as(
        "SELECT k.id AS connection_id, w.id AS work_order_id, w.alert_id, w.site_id, w.request
         FROM connection k JOIN connection_site x ON x.connection_id = k.id
         JOIN work_order w ON w.site_id = x.site_id AND w.connection_id <> k.id
              AND w.created_at >= k.created_at
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
