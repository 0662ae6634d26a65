//! Files kept with work orders, and the trends they are drawn from.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::{AttachmentId, SiteId, WorkOrderId};
use domain::prediction::Evidence;
use sqlx::types::Json;

use crate::{Error, ScopedTx};

/// A work order whose trends are to be drawn.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The work order.
    pub id: WorkOrderId,
    /// Its site.
    pub site: SiteId,
    /// The trends.
    pub evidence: Vec<Evidence>,
}

type WaitingRow = (i64, i64, Json<Vec<Evidence>>);

/// Takes up to `limit` work orders with trends to draw; they are marked as done in the same
/// transaction.
///
/// # Errors
/// When the database refuses.
pub async fn take_waiting(tx: &mut ScopedTx, limit: i64) -> Result<Vec<Waiting>, Error> {
    let rows: Vec<WaitingRow> = sqlx::query_as(
        "WITH c AS (SELECT id FROM work_order WHERE attach_at IS NOT NULL
                    ORDER BY attach_at LIMIT $1 FOR UPDATE SKIP LOCKED)
         UPDATE work_order w SET attach_at = NULL FROM c WHERE w.id = c.id
         RETURNING w.id, w.site_id, w.evidence",
    )
    .bind(limit)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(waiting).collect())
}

/// Takes one work order if its trends are to be drawn.
///
/// # Errors
/// When the database refuses.
pub async fn take_one(tx: &mut ScopedTx, id: WorkOrderId) -> Result<Option<Waiting>, Error> {
    let row: Option<WaitingRow> = sqlx::query_as(
        "UPDATE work_order SET attach_at = NULL WHERE id = $1 AND attach_at IS NOT NULL
         RETURNING id, site_id, evidence",
    )
    .bind(id.0)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(waiting))
}

fn waiting((id, site, Json(evidence)): WaitingRow) -> Waiting {
    Waiting { id: WorkOrderId(id), site: SiteId(site), evidence }
}

/// A measured stretch of one point, averaged in steps.
#[derive(Debug, Clone, Default)]
pub struct Stretch {
    /// Unit of the values.
    pub unit: Option<String>,
    /// IANA zone of the site.
    pub time_zone: String,
    /// Beginning of each step, and the mean of its values.
    pub values: Vec<(DateTime<Utc>, f64)>,
}

/// The values of a point that belongs to the site or to none, averaged in steps; bad ones are left
/// out. `None` when there is no such point.
///
/// # Errors
/// When the database refuses.
pub async fn stretch(
    tx: &mut ScopedTx,
    site: SiteId,
    path: &str,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    step: Duration,
) -> Result<Option<Stretch>, Error> {
    let point: Option<(i64, Option<String>, String)> = sqlx::query_as(
        "SELECT p.id, p.unit, t.time_zone FROM sensor_point p JOIN site t ON t.id = $2
         WHERE p.path = $1 AND (p.site_id = $2 OR p.site_id IS NULL)
         ORDER BY p.site_id NULLS LAST, p.last_at DESC NULLS LAST LIMIT 1",
    )
    .bind(path)
    .bind(site.0)
    .fetch_optional(tx.conn())
    .await?;
    let Some((id, unit, time_zone)) = point else { return Ok(None) };
    let values: Vec<(DateTime<Utc>, f64)> = sqlx::query_as(
        "SELECT date_bin(make_interval(secs => $4), at, $2) AS step, avg(value)
         FROM telemetry WHERE point_id = $1 AND at >= $2 AND at <= $3 AND quality <> 'bad'
         GROUP BY step ORDER BY step",
    )
    .bind(id)
    .bind(from)
    .bind(to)
    .bind(step.as_secs_f64())
    .fetch_all(tx.conn())
    .await?;
    Ok(Some(Stretch { unit, time_zone, values }))
}

/// Keeps a file with a work order.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    tx: &mut ScopedTx,
    order: WorkOrderId,
    site: SiteId,
    name: &str,
    content_type: &str,
    content: &[u8],
) -> Result<AttachmentId, Error> {
    let now = tx.now();
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO attachment (work_order_id, site_id, name, content_type, content, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(order.0)
    .bind(site.0)
    .bind(name)
    .bind(content_type)
    .bind(content)
    .bind(now)
    .fetch_one(tx.conn())
    .await?;
    Ok(AttachmentId(id))
}

/// A file of a work order: name, media type, content. `None` when there is none in scope.
///
/// # Errors
/// When the database refuses.
pub async fn content(
    tx: &mut ScopedTx,
    order: WorkOrderId,
    attachment: AttachmentId,
) -> Result<Option<(String, String, Vec<u8>)>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT name, content_type, content FROM attachment
         WHERE id = $1 AND work_order_id = $2 AND ($3::bigint[] IS NULL OR site_id = ANY($3))",
    )
    .bind(attachment.0)
    .bind(order.0)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}
