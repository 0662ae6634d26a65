//! Readings of a register: when one is due, who carries it out, how far it has come.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use serde_json::Value;

use crate::{AuditEntry, Error, ScopedTx};

/// Failures in a row after which a reading is given up until the next one is due.
const GIVE_UP_AFTER: i32 = 8;
/// Full readings are due after so many cadences.
const FULL_EVERY: i32 = 7;

/// One reading.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct SyncRow {
    /// Its id.
    pub id: i64,
    /// The connection.
    pub connection_id: i64,
    /// `full` or `incremental`.
    pub kind: String,
    /// `reading`, `comparing`, `done` or `failed`.
    pub state: String,
    /// Changed after this; `None` is everything.
    pub since: Option<DateTime<Utc>>,
    /// Where the next page begins.
    pub cursor: Value,
    /// Pages read.
    pub pages: i32,
    /// Records read.
    pub records: i64,
    /// Of them new or changed.
    pub changed: i64,
    /// Failures in a row.
    pub failures: i32,
    /// What went wrong last.
    pub error: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

macro_rules! columns {
    () => {
        "id, connection_id, kind, state, since, cursor, pages, records, changed, failures, error,
         started_at, finished_at"
    };
}

/// Connections whose next reading is due by their cadence, with whether it must be a full one.
///
/// # Errors
/// What the database says.
pub async fn due(tx: &mut ScopedTx) -> Result<Vec<(ConnectionId, bool)>, Error> {
    let now = tx.now();
    let rows: Vec<(i64, bool)> = sqlx::query_as(
        "SELECT c.id,
                NOT EXISTS (SELECT 1 FROM asset_sync s
                            WHERE s.connection_id = c.id AND s.kind = 'full' AND s.state = 'done'
                              AND s.started_at > $1 - make_interval(secs => c.assets_every * $2))
         FROM connection c
         WHERE c.base_url IS NOT NULL AND c.state <> 'paused'
           AND NOT EXISTS (SELECT 1 FROM asset_sync s
                           WHERE s.connection_id = c.id
                             AND (s.state IN ('reading', 'comparing')
                                  OR s.started_at > $1 - make_interval(secs => c.assets_every)))
         ORDER BY c.id",
    )
    .bind(now)
    .bind(FULL_EVERY)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(id, full)| (ConnectionId(id), full)).collect())
}

/// Begins a reading; `None` while one is under way.
///
/// # Errors
/// What the database says.
pub async fn begin(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    since: Option<DateTime<Utc>>,
) -> Result<Option<i64>, Error> {
    let (now, actor) = (tx.now(), tx.actor());
    let kind = if since.is_none() { "full" } else { "incremental" };
    let id: Option<i64> = sqlx::query_scalar(
        "INSERT INTO asset_sync (connection_id, kind, since, asked_kind, asked_by, started_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (connection_id) WHERE state IN ('reading', 'comparing') DO NOTHING RETURNING id",
    )
    .bind(connection.0)
    .bind(kind)
    .bind(since)
    .bind(actor.kind())
    .bind(actor.id())
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    if let Some(id) = id {
        let detail = serde_json::json!({ "connection": connection.0, "kind": kind });
        tx.audit(vec![AuditEntry::new("asset.sync_begin", "asset_sync", id).detail(detail)])
            .await?;
    }
    Ok(id)
}

/// Takes a reading that is under way and that nobody carries out; of one connection, or of any.
///
/// # Errors
/// What the database says.
pub async fn claim(
    tx: &mut ScopedTx,
    connection: Option<ConnectionId>,
    lease: Duration,
) -> Result<Option<SyncRow>, Error> {
    Ok(sqlx::query_as(concat!(
        "UPDATE asset_sync SET leased_until = clock_timestamp() + make_interval(secs => $2)
         WHERE id = (SELECT id FROM asset_sync
                     WHERE state IN ('reading', 'comparing') AND ($1::bigint IS NULL OR connection_id = $1)
                       AND (leased_until IS NULL OR leased_until < clock_timestamp())
                     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING ",
        columns!()
    ))
    .bind(connection.map(|id| id.0))
    .bind(lease.as_secs_f64())
    .fetch_optional(tx.conn())
    .await?)
}

/// Notes a page in the transaction that took it. `false`: somebody else has taken that page already.
///
/// # Errors
/// What the database says.
pub async fn advance(
    tx: &mut ScopedTx,
    sync: &SyncRow,
    cursor: &Value,
    (records, changed): (i64, i64),
    lease: Duration,
) -> Result<bool, Error> {
    let now = tx.now();
    let done = sqlx::query(
        "UPDATE asset_sync SET cursor = $3, pages = pages + 1, records = records + $4,
                changed = changed + $5, failures = 0, error = NULL, updated_at = $6,
                leased_until = clock_timestamp() + make_interval(secs => $7)
         WHERE id = $1 AND pages = $2 AND state = 'reading'",
    )
    .bind(sync.id)
    .bind(sync.pages)
    .bind(cursor)
    .bind(records)
    .bind(changed)
    .bind(now)
    .bind(lease.as_secs_f64())
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Every page has been read; what comes next is comparing.
///
/// # Errors
/// What the database says.
pub async fn read_through(tx: &mut ScopedTx, sync: i64) -> Result<bool, Error> {
    set_state(tx, sync, "reading", "comparing", "asset.sync_read", Value::Null).await
}

/// The reading has ended well.
///
/// # Errors
/// What the database says.
pub async fn finish(tx: &mut ScopedTx, sync: i64, detail: Value) -> Result<bool, Error> {
    set_state(tx, sync, "comparing", "done", "asset.sync_end", detail).await
}

async fn set_state(
    tx: &mut ScopedTx,
    sync: i64,
    from: &str,
    to: &str,
    action: &'static str,
    detail: Value,
) -> Result<bool, Error> {
    let now = tx.now();
    let done = sqlx::query(
        "UPDATE asset_sync SET state = $3, updated_at = $4, error = NULL, failures = 0,
                finished_at = CASE WHEN $3 = 'done' THEN $4 END
         WHERE id = $1 AND state = $2",
    )
    .bind(sync)
    .bind(from)
    .bind(to)
    .bind(now)
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    tx.audit(vec![AuditEntry::new(action, "asset_sync", sync).detail(detail)]).await?;
    Ok(true)
}

/// Notes a failed page and when to try again; after several in a row that count the reading is
/// given up. Answers whether it was.
///
/// # Errors
/// What the database says.
pub async fn fail(
    tx: &mut ScopedTx,
    sync: i64,
    error: &str,
    again_in: Duration,
    counts: bool,
) -> Result<bool, Error> {
    let now = tx.now();
    let failures: Option<i32> = sqlx::query_scalar(
        "UPDATE asset_sync SET failures = failures + $5, error = $2, updated_at = $3,
                leased_until = clock_timestamp() + make_interval(secs => $4)
         WHERE id = $1 AND state IN ('reading', 'comparing') RETURNING failures",
    )
    .bind(sync)
    .bind(error)
    .bind(now)
    .bind(again_in.as_secs_f64())
    .bind(i32::from(counts))
    .fetch_optional(tx.conn())
    .await?;
    if failures.is_none_or(|failures| failures < GIVE_UP_AFTER) {
        return Ok(false);
    }
    sqlx::query("UPDATE asset_sync SET state = 'failed', finished_at = $2 WHERE id = $1")
        .bind(sync)
        .bind(now)
        .execute(tx.conn())
        .await?;
    let entry = AuditEntry::new("asset.sync_end", "asset_sync", sync)
        .outcome("failed")
        .detail(serde_json::json!({ "error": error }));
    tx.audit(vec![entry]).await?;
    Ok(true)
}

/// Lets another process go on with a reading at once.
///
/// # Errors
/// What the database says.
pub async fn let_go(tx: &mut ScopedTx, sync: i64) -> Result<(), Error> {
    sqlx::query("UPDATE asset_sync SET leased_until = NULL WHERE id = $1")
        .bind(sync)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The newest reading of a connection.
///
/// # Errors
/// What the database says.
pub async fn latest(tx: &mut ScopedTx, connection: ConnectionId) -> Result<Option<SyncRow>, Error> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM asset_sync WHERE connection_id = $1 ORDER BY id DESC LIMIT 1"
    ))
    .bind(connection.0)
    .fetch_optional(tx.conn())
    .await?)
}
