//! Files kept with work orders, and the trends they are drawn from.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::{AttachmentId, ConnectionId, SiteId, WorkOrderId};
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

/// Puts the files of created work orders of external CMMSs on their way, each once.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue(tx: &mut ScopedTx, orders: &[WorkOrderId]) -> Result<(), Error> {
    let ids: Vec<i64> = orders.iter().map(|order| order.0).collect();
    sqlx::query(
        "INSERT INTO attachment_delivery (attachment_id, work_order_id, connection_id, ready_at)
         SELECT a.id, w.id, w.connection_id, now()
         FROM attachment a JOIN work_order w ON w.id = a.work_order_id
         JOIN connection k ON k.id = w.connection_id AND k.system <> 'book'
         WHERE w.id = ANY($1) ORDER BY a.id ON CONFLICT DO NOTHING",
    )
    .bind(ids)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// As [`enqueue`], of those that the CMMS holds already.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_created(tx: &mut ScopedTx, orders: &[WorkOrderId]) -> Result<(), Error> {
    let ids: Vec<i64> = orders.iter().map(|order| order.0).collect();
    let held: Vec<i64> = sqlx::query_scalar(
        "SELECT id FROM work_order WHERE id = ANY($1) AND delivery_state = 'created'",
    )
    .bind(ids)
    .fetch_all(tx.conn())
    .await?;
    enqueue(tx, &held.into_iter().map(WorkOrderId).collect::<Vec<_>>()).await
}

/// A file to be sent.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Outgoing {
    /// The file.
    pub attachment_id: i64,
    /// Its work order.
    pub work_order_id: i64,
    /// Its site.
    pub site_id: i64,
    /// The record it belongs to.
    pub cmms_id: String,
    /// File name.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// Content.
    pub content: Vec<u8>,
    /// Calls so far, this one included.
    pub attempts: i32,
    /// Fences out whoever held it before.
    pub lease_token: i64,
    /// A call before had no certain answer, or its worker died: it may be there.
    pub in_doubt: bool,
}

/// Takes one file of a working connection that is due.
///
/// # Errors
/// When the database refuses.
pub async fn take_outgoing(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    lease: Duration,
) -> Result<Option<Outgoing>, Error> {
    Ok(sqlx::query_as(
        "WITH c AS (
             SELECT d.attachment_id, d.state IN ('sending', 'unknown') AS in_doubt
             FROM attachment_delivery d JOIN connection k ON k.id = d.connection_id
             WHERE d.connection_id = $1 AND d.ready_at <= now()
               AND (d.leased_until IS NULL OR d.leased_until < now())
               AND k.state = 'live' AND (k.open_until IS NULL OR k.open_until <= now())
             ORDER BY d.ready_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED
         ), d AS (
             UPDATE attachment_delivery d
             SET state = 'sending', attempts = attempts + 1, lease_token = nextval('lease_token_seq'),
                 leased_until = now() + make_interval(secs => $2)
             FROM c WHERE d.attachment_id = c.attachment_id
             RETURNING d.attachment_id, d.work_order_id, d.attempts, d.lease_token, c.in_doubt
         )
         SELECT d.attachment_id, d.work_order_id, a.site_id, w.cmms_id, a.name, a.content_type,
                a.content, d.attempts, d.lease_token, d.in_doubt
         FROM d JOIN attachment a ON a.id = d.attachment_id
         JOIN work_order w ON w.id = d.work_order_id WHERE w.cmms_id IS NOT NULL",
    )
    .bind(connection.0)
    .bind(lease.as_secs_f64())
    .fetch_optional(tx.conn())
    .await?)
}

/// Writes how sending a file went, unless somebody else holds it by now; answers whether it did.
///
/// # Errors
/// When the database refuses.
pub async fn finish_outgoing(
    tx: &mut ScopedTx,
    file: &Outgoing,
    state: &str,
    wait: Option<Duration>,
    error: Option<&str>,
) -> Result<bool, Error> {
    let done = sqlx::query(
        "UPDATE attachment_delivery
         SET state = $3, ready_at = now() + make_interval(secs => $4), leased_until = NULL,
             error_text = $5, sent_at = CASE WHEN $3 = 'sent' THEN now() END
         WHERE attachment_id = $1 AND lease_token = $2",
    )
    .bind(file.attachment_id)
    .bind(file.lease_token)
    .bind(state)
    .bind(wait.map(|wait| wait.as_secs_f64()))
    .bind(error)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
