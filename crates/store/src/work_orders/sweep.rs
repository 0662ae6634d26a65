//! Created references searched again, and what is found twice.

use std::time::Duration;

use domain::ids::{ConnectionId, WorkOrderId};
use serde_json::Value;

use crate::{Error, ScopedTx};

/// A created work order whose reference is to be searched again.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Due {
    /// Its id.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// Our reference.
    pub external_ref: String,
    /// The record we hold it to be.
    pub cmms_id: Option<String>,
    /// Its number.
    pub cmms_number: Option<String>,
    /// What is to be done.
    pub title: String,
}

/// Lets created work orders be searched again after a while.
///
/// # Errors
/// When the database refuses.
pub async fn schedule(
    tx: &mut ScopedTx,
    orders: &[WorkOrderId],
    after: Duration,
) -> Result<(), Error> {
    let ids: Vec<i64> = orders.iter().map(|order| order.0).collect();
    sqlx::query(
        "UPDATE work_order SET sweep_at = now() + make_interval(secs => $2) WHERE id = ANY($1)",
    )
    .bind(ids)
    .bind(after.as_secs_f64())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes work orders of a working connection whose search is due; they come back after `again`
/// unless they are [`done`].
///
/// # Errors
/// When the database refuses.
pub async fn take(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    limit: i64,
    again: Duration,
) -> Result<Vec<Due>, Error> {
    Ok(sqlx::query_as(
        "WITH c AS (
             SELECT w.id FROM work_order w JOIN connection k ON k.id = w.connection_id
             WHERE w.connection_id = $1 AND w.sweep_at <= now()
               AND k.state = 'live' AND (k.open_until IS NULL OR k.open_until <= now())
             ORDER BY w.sweep_at LIMIT $2 FOR UPDATE OF w SKIP LOCKED
         )
         UPDATE work_order w SET sweep_at = now() + make_interval(secs => $3) FROM c
         WHERE w.id = c.id
         RETURNING w.id, w.site_id, w.external_ref, w.cmms_id, w.cmms_number, w.title",
    )
    .bind(connection.0)
    .bind(limit)
    .bind(again.as_secs_f64())
    .fetch_all(tx.conn())
    .await?)
}

/// Ends a search; `others` are further records with the same reference.
///
/// # Errors
/// When the database refuses.
pub async fn done(
    tx: &mut ScopedTx,
    order: WorkOrderId,
    others: Option<&Value>,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE work_order SET sweep_at = NULL,
             duplicate_in_cmms = COALESCE($2, duplicate_in_cmms) WHERE id = $1",
    )
    .bind(order.0)
    .bind(others)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes the older of two records the one that ours is. Needs an audit row.
///
/// # Errors
/// When the database refuses.
pub async fn point_to(
    tx: &mut ScopedTx,
    order: WorkOrderId,
    cmms_id: &str,
    number: &str,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE work_order SET cmms_id = $2, cmms_number = $3, version = version + 1 WHERE id = $1",
    )
    .bind(order.0)
    .bind(cmms_id)
    .bind(number)
    .execute(tx.conn())
    .await?;
    Ok(())
}
