//! Our mirror of CMMS records, and what their states mean for alerts.

use chrono::{DateTime, Utc};
use domain::cmms_record::CmmsRecord;
use domain::ids::{AlertId, ConnectionId, SiteId, WorkOrderId};
use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;

use crate::{Error, ScopedTx};

/// Work orders are found by two keys. Planned while the table is young, that means reading all of a
/// connection's, and a plan that is kept goes on doing so until the next ANALYZE: 8 ms instead of 0.3.
const KEEPS_PLAN: bool = false;

/// A mirrored work order and what hangs on it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MirrorRow {
    /// Its id.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// The alert it serves.
    pub alert_id: Option<i64>,
    /// Its failure mode as predicted.
    pub failure_mode: String,
    /// Our reference.
    pub external_ref: String,
    /// Where the delivery stands.
    pub delivery_state: String,
    /// The CMMS's id.
    pub cmms_id: Option<String>,
    /// The CMMS's number.
    pub cmms_number: Option<String>,
    /// Status in our words.
    pub status: String,
    /// Status in the CMMS's words.
    pub cmms_status: Option<String>,
    /// Version of the record seen last.
    pub record_version: i64,
    /// What the technician recorded.
    pub closure: Option<Value>,
    /// Person or crew.
    pub assigned_to: Option<String>,
    /// The CMMS's status has no word of ours.
    pub unmapped_status: bool,
    /// For people's optimistic locking.
    pub version: i32,
}

/// Locks the alerts of work orders the records may close, cancel or reopen. First step of applying
/// records, before [`lock`].
///
/// # Errors
/// When the database refuses.
pub async fn lock_alerts(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    references: &[String],
    cmms_ids: &[String],
    ending: &[String],
) -> Result<(), Error> {
    sqlx::query(
        "SELECT a.id FROM alert a
         WHERE a.id IN (SELECT w.alert_id FROM work_order w
                        WHERE w.connection_id = $1
                          AND (w.external_ref = ANY($2) OR w.cmms_id = ANY($3))
                          AND (w.status IN ('closed', 'cancelled') OR w.cmms_id = ANY($4)
                               OR w.external_ref = ANY($4)))
         ORDER BY a.id FOR UPDATE OF a",
    )
    .persistent(KEEPS_PLAN)
    .bind(connection.0)
    .bind(references)
    .bind(cmms_ids)
    .bind(ending)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Locks one alert.
///
/// # Errors
/// When the database refuses.
pub async fn lock_alert(tx: &mut ScopedTx, alert: AlertId) -> Result<(), Error> {
    sqlx::query("SELECT id FROM alert WHERE id = $1 FOR UPDATE")
        .bind(alert.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Locks and reads the work orders that carry one of the references or ids.
///
/// # Errors
/// When the database refuses.
pub async fn lock(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    references: &[String],
    cmms_ids: &[String],
) -> Result<Vec<MirrorRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT id, site_id, alert_id, failure_mode, external_ref, delivery_state, cmms_id,
                cmms_number, status, cmms_status, record_version, closure, assigned_to, unmapped_status,
                version
         FROM work_order
         WHERE connection_id = $1 AND (external_ref = ANY($2) OR cmms_id = ANY($3))
         ORDER BY id FOR UPDATE",
    )
    .persistent(KEEPS_PLAN)
    .bind(connection.0)
    .bind(references)
    .bind(cmms_ids)
    .fetch_all(tx.conn())
    .await?)
}

/// A mirror to write.
#[derive(Debug, Clone, Serialize)]
pub struct MirrorWrite {
    /// The work order.
    pub id: i64,
    /// The CMMS's id.
    pub cmms_id: String,
    /// The CMMS's number.
    pub cmms_number: String,
    /// Status in our words.
    pub status: &'static str,
    /// Status in the CMMS's words.
    pub cmms_status: Option<String>,
    /// Version of the record.
    pub record_version: i64,
    /// What the technician recorded.
    pub closure: Option<Value>,
    /// Person or crew.
    pub assigned_to: Option<String>,
    /// The CMMS's status has no word of ours.
    pub unmapped_status: bool,
    /// When it was closed, business time.
    pub closed_at: Option<DateTime<Utc>>,
    /// Where the delivery stands.
    pub delivery_state: String,
}

/// Writes mirrors.
///
/// # Errors
/// When the database refuses.
pub async fn write(tx: &mut ScopedTx, rows: &[MirrorWrite]) -> Result<(), Error> {
    sqlx::query(
        "UPDATE work_order w
         SET cmms_id = n.cmms_id, cmms_number = n.cmms_number, status = n.status,
             cmms_status = n.cmms_status, record_version = n.record_version,
             closure = NULLIF(n.closure, 'null'::jsonb), assigned_to = n.assigned_to,
             closed_at = CASE WHEN n.status = 'closed' THEN COALESCE(n.closed_at, w.closed_at) END,
             unmapped_status = n.unmapped_status, delivery_state = n.delivery_state,
             version = w.version + 1
         FROM jsonb_to_recordset($1) AS n (id bigint, cmms_id text, cmms_number text, status text,
             cmms_status text, record_version bigint, closure jsonb, assigned_to text,
             unmapped_status boolean, closed_at timestamptz, delivery_state text)
         WHERE w.id = n.id",
    )
    .bind(Json(rows))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The open work order that forbids another one to be open, too.
///
/// # Errors
/// When the database refuses.
pub async fn other_open(
    tx: &mut ScopedTx,
    order: WorkOrderId,
) -> Result<Option<WorkOrderId>, Error> {
    let id: Option<i64> = sqlx::query_scalar(
        "SELECT o.id FROM work_order w
         JOIN work_order o ON o.connection_id = w.connection_id AND o.asset_id = w.asset_id
              AND o.failure_mode = w.failure_mode AND o.id <> w.id
              AND o.status NOT IN ('closed', 'cancelled')
              AND o.delivery_state NOT IN ('rejected', 'dead')
         WHERE w.id = $1",
    )
    .bind(order.0)
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(WorkOrderId))
}

/// Keeps records whose work order is not known by that id yet; of one record the newest version.
///
/// # Errors
/// When the database refuses.
pub async fn hold(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    record: &CmmsRecord,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO held_record (connection_id, cmms_id, version, record) VALUES ($1, $2, $3, $4)
         ON CONFLICT (connection_id, cmms_id) DO UPDATE
         SET version = excluded.version, record = excluded.record
         WHERE held_record.version < excluded.version",
    )
    .bind(connection.0)
    .bind(&record.cmms_id)
    .bind(record.version)
    .bind(Json(record))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes the held records with these ids.
///
/// # Errors
/// When the database refuses.
pub async fn release(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    cmms_ids: &[String],
) -> Result<Vec<CmmsRecord>, Error> {
    let rows: Vec<(Json<CmmsRecord>,)> = sqlx::query_as(
        "DELETE FROM held_record WHERE connection_id = $1 AND cmms_id = ANY($2) RETURNING record",
    )
    .bind(connection.0)
    .bind(cmms_ids)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(Json(record),)| record).collect())
}

/// A verdict to be written on an alert.
#[derive(Debug, Clone, Copy)]
pub struct AlertVerdict {
    /// The alert.
    pub alert: AlertId,
    /// The work order that ended; another one's end means nothing for the alert.
    pub work_order: WorkOrderId,
    /// The outcome.
    pub outcome: &'static str,
    /// Found and fixed before loss of function.
    pub prevented: bool,
    /// Predictions until then are recorded only.
    pub held_off_until: DateTime<Utc>,
}

/// Closes an alert with its verdict; answers its site, `None` if it waits for another work order.
///
/// # Errors
/// When the database refuses.
pub async fn close_alert(
    tx: &mut ScopedTx,
    verdict: &AlertVerdict,
) -> Result<Option<SiteId>, Error> {
    let now = tx.now();
    let site: Option<i64> = sqlx::query_scalar(
        "UPDATE alert
         SET state = 'closed', outcome = $3, prevented = $4, closed_at = $5, held_off_until = $6,
             hold_until = NULL, hold_origin = NULL, version = version + 1
         WHERE id = $1 AND work_order_id = $2 RETURNING site_id",
    )
    .bind(verdict.alert.0)
    .bind(verdict.work_order.0)
    .bind(verdict.outcome)
    .bind(verdict.prevented)
    .bind(now)
    .bind(verdict.held_off_until)
    .fetch_optional(tx.conn())
    .await?;
    Ok(site.map(SiteId))
}

/// How a reopened work order left its alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reopened {
    /// Open again, without a verdict.
    Open(SiteId),
    /// Without a verdict, but closed: a younger alert is open for the same asset and mode.
    StaysClosed(SiteId),
    /// It waits for another work order.
    NotOurs,
}

/// Voids the verdict of an alert whose work order was reopened.
///
/// # Errors
/// When the database refuses.
pub async fn reopen_alert(
    tx: &mut ScopedTx,
    alert: AlertId,
    order: WorkOrderId,
) -> Result<Reopened, Error> {
    let row: Option<(i64, bool)> = sqlx::query_as(
        "UPDATE alert a
         SET outcome = NULL, prevented = false, version = a.version + 1,
             state = CASE WHEN free THEN 'work_order' ELSE a.state END,
             closed_at = CASE WHEN free THEN NULL ELSE a.closed_at END,
             held_off_until = NULL
         FROM (SELECT NOT EXISTS (SELECT 1 FROM alert o JOIN alert me ON me.id = $1
                                  WHERE o.asset_id = me.asset_id
                                    AND o.failure_mode = me.failure_mode
                                    AND o.id <> me.id AND o.state <> 'closed') AS free) f
         WHERE a.id = $1 AND a.work_order_id = $2 RETURNING a.site_id, free",
    )
    .bind(alert.0)
    .bind(order.0)
    .fetch_optional(tx.conn())
    .await?;
    Ok(match row {
        Some((site, true)) => Reopened::Open(SiteId(site)),
        Some((site, false)) => Reopened::StaysClosed(SiteId(site)),
        None => Reopened::NotOurs,
    })
}
