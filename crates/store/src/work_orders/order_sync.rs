//! Where the reading of a CMMS's work orders stands: runs over lists, and single records to be read
//! again. Both are leased, so that one process does them at a time and another takes over from a
//! dead one.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use serde_json::Value;
use sqlx::types::Json;

use crate::{Error, ScopedTx};

/// A run under way, leased.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Run {
    /// Its connection.
    pub connection_id: i64,
    /// `full`, `incremental` or `open`.
    pub mode: String,
    /// What has changed since then; `None` is everything.
    pub since: Option<DateTime<Utc>>,
    /// Where the next page begins; `None` is the first.
    pub cursor: Option<Value>,
    /// Fences out whoever had the run before.
    pub lease_token: i64,
    /// Failures in a row.
    pub failures: i32,
}

/// Makes a row for every connection to a CMMS outside.
///
/// # Errors
/// When the database refuses.
pub async fn enrol(tx: &mut ScopedTx) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO order_sync (connection_id)
         SELECT id FROM connection c WHERE system <> 'book'
            AND NOT EXISTS (SELECT FROM order_sync s WHERE s.connection_id = c.id)
         ON CONFLICT DO NOTHING",
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Has every connection's list read from its beginning at once: what is mirrored may be older than
/// what is there.
///
/// # Errors
/// When the database refuses.
pub async fn read_everything(tx: &mut ScopedTx) -> Result<(), Error> {
    sqlx::query(
        "UPDATE order_sync SET full_at = NULL, next_at = now(), leased_until = NULL, mode = NULL",
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Leases the run of a connection when it is due: the one that was interrupted, else a new one.
/// Everything is read the first time and every `full_every_seconds`; in between what has changed,
/// or, from a CMMS that cannot be asked for that, our open ones by id.
///
/// # Errors
/// When the database refuses.
pub async fn claim(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    lists_changes: bool,
    time_scale: f64,
    lease: Duration,
) -> Result<Option<Run>, Error> {
    Ok(sqlx::query_as(
        "WITH due AS (
             SELECT s.connection_id,
                    s.mode IS NOT NULL AND s.finished_at IS NULL AS interrupted,
                    CASE WHEN s.full_at IS NULL
                           OR s.full_at < now() - make_interval(secs => s.full_every_seconds * $4)
                         THEN 'full' WHEN $3 AND s.synced_to IS NOT NULL THEN 'incremental'
                         WHEN $3 THEN 'full' ELSE 'open' END AS next_mode
             FROM order_sync s JOIN connection c ON c.id = s.connection_id
             WHERE s.connection_id = $1 AND s.next_at <= now()
               AND (s.leased_until IS NULL OR s.leased_until < now())
               AND c.state IN ('live', 'shadow') AND (c.open_until IS NULL OR c.open_until <= now())
             FOR UPDATE OF s SKIP LOCKED
         )
         UPDATE order_sync s
         SET lease_token = nextval('lease_token_seq'),
             leased_until = now() + make_interval(secs => $2),
             mode = CASE WHEN interrupted THEN s.mode ELSE next_mode END,
             since = CASE WHEN interrupted THEN s.since
                          WHEN next_mode = 'incremental' THEN s.synced_to END,
             cursor = CASE WHEN interrupted THEN s.cursor END,
             newest = CASE WHEN interrupted THEN s.newest END,
             pages = CASE WHEN interrupted THEN s.pages ELSE 0 END,
             rows = CASE WHEN interrupted THEN s.rows ELSE 0 END,
             changed = CASE WHEN interrupted THEN s.changed ELSE 0 END,
             started_at = CASE WHEN interrupted THEN s.started_at ELSE now() END,
             finished_at = NULL
         FROM due WHERE s.connection_id = due.connection_id
         RETURNING s.connection_id, s.mode, s.since, s.cursor, s.lease_token, s.failures",
    )
    .bind(connection.0)
    .bind(lease.as_secs_f64())
    .bind(lists_changes)
    .bind(time_scale)
    .fetch_optional(tx.conn())
    .await?)
}

/// Whether the run is still ours; locks it.
///
/// # Errors
/// When the database refuses.
pub async fn still_ours(tx: &mut ScopedTx, run: &Run) -> Result<bool, Error> {
    let row: Option<i64> = sqlx::query_scalar(
        "SELECT connection_id FROM order_sync
         WHERE connection_id = $1 AND lease_token = $2 FOR UPDATE",
    )
    .bind(run.connection_id)
    .bind(run.lease_token)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.is_some())
}

/// Keeps the lease of a run that is still ours.
///
/// # Errors
/// When the database refuses.
pub async fn heartbeat(tx: &mut ScopedTx, run: &Run, lease: Duration) -> Result<(), Error> {
    sqlx::query(
        "UPDATE order_sync SET leased_until = now() + make_interval(secs => $3)
         WHERE connection_id = $1 AND lease_token = $2",
    )
    .bind(run.connection_id)
    .bind(run.lease_token)
    .bind(lease.as_secs_f64())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What one page brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Rows.
    pub rows: i64,
    /// Those that were new or had changed.
    pub changed: i64,
    /// The latest change among them, by the CMMS's clock.
    pub newest: Option<DateTime<Utc>>,
}

/// Moves the run on, in the transaction that writes the page's rows.
///
/// # Errors
/// When the database refuses.
pub async fn advance(
    tx: &mut ScopedTx,
    run: &Run,
    next: Option<&Value>,
    counted: Counted,
    lease: Duration,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE order_sync
         SET cursor = $2, pages = pages + 1, rows = rows + $3, changed = changed + $4,
             newest = greatest(newest, $5), failures = 0, error = NULL, error_at = NULL,
             leased_until = now() + make_interval(secs => $6)
         WHERE connection_id = $1",
    )
    .bind(run.connection_id)
    .bind(next.map(Json))
    .bind(counted.rows)
    .bind(counted.changed)
    .bind(counted.newest)
    .bind(lease.as_secs_f64())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends the run; the next one is due after the connection's cadence.
///
/// # Errors
/// When the database refuses.
pub async fn finish(tx: &mut ScopedTx, run: &Run, time_scale: f64) -> Result<(), Error> {
    sqlx::query(
        "UPDATE order_sync s
         SET finished_at = now(), cursor = NULL, leased_until = NULL, lease_token = NULL,
             next_at = now() + make_interval(secs => c.orders_every * $3),
             full_at = CASE WHEN mode = 'full' THEN started_at ELSE full_at END,
             synced_to = CASE WHEN mode = 'open' THEN synced_to ELSE greatest(synced_to, newest) END
         FROM connection c
         WHERE c.id = s.connection_id AND s.connection_id = $1 AND s.lease_token = $2",
    )
    .bind(run.connection_id)
    .bind(run.lease_token)
    .bind(time_scale)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Notes why the run stopped; it goes on from its cursor after `wait`, or from the beginning.
///
/// # Errors
/// When the database refuses.
pub async fn fail(
    tx: &mut ScopedTx,
    run: &Run,
    error: &str,
    wait: Duration,
    from_the_beginning: bool,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE order_sync
         SET failures = failures + 1, error = $3, error_at = now(), leased_until = NULL,
             lease_token = NULL, next_at = now() + make_interval(secs => $4),
             cursor = CASE WHEN $5 THEN NULL ELSE cursor END
         WHERE connection_id = $1 AND lease_token = $2",
    )
    .bind(run.connection_id)
    .bind(run.lease_token)
    .bind(error)
    .bind(wait.as_secs_f64())
    .bind(from_the_beginning)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How the reading of a connection's work orders stands, for pages.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of order_sync, and the readings beside it")]
pub struct Progress {
    pub connection_id: i64,
    pub full_every_seconds: i32,
    pub mode: Option<String>,
    pub pages: i32,
    pub rows: i64,
    pub changed: i64,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub synced_to: Option<DateTime<Utc>>,
    pub full_at: Option<DateTime<Utc>>,
    pub next_at: DateTime<Utc>,
    pub error: Option<String>,
    pub error_at: Option<DateTime<Utc>>,
    pub mirrored: i64,
    pub waiting: i64,
    pub unknown: i64,
}

/// How the reading of work orders stands, for every connection or one.
///
/// # Errors
/// When the database refuses.
pub async fn progress(
    tx: &mut ScopedTx,
    connection: Option<ConnectionId>,
) -> Result<Vec<Progress>, Error> {
    Ok(sqlx::query_as(
        "SELECT s.connection_id, s.full_every_seconds, s.mode, s.pages, s.rows, s.changed,
                s.started_at, s.finished_at, s.synced_to, s.full_at, s.next_at, s.error, s.error_at,
                (SELECT count(*) FROM cmms_order o WHERE o.connection_id = s.connection_id)
                    AS mirrored,
                (SELECT count(*) FROM order_reading r
                 WHERE r.connection_id = s.connection_id AND r.quarantined_at IS NULL) AS waiting,
                (SELECT count(*) FROM order_reading r
                 WHERE r.connection_id = s.connection_id AND r.quarantined_at IS NOT NULL)
                    + (SELECT count(*) FROM held_record h
                       WHERE h.connection_id = s.connection_id AND h.quarantined_at IS NOT NULL)
                    AS unknown
         FROM order_sync s WHERE $1::bigint IS NULL OR s.connection_id = $1
         ORDER BY s.connection_id",
    )
    .bind(connection.map(|id| id.0))
    .fetch_all(tx.conn())
    .await?)
}

/// Makes the next run due at once.
///
/// # Errors
/// When the database refuses.
pub async fn hurry(tx: &mut ScopedTx, connection: ConnectionId) -> Result<(), Error> {
    sqlx::query("UPDATE order_sync SET next_at = least(next_at, now()) WHERE connection_id = $1")
        .bind(connection.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Our open work orders on a connection, by the CMMS's id, after one of ours.
///
/// # Errors
/// When the database refuses.
pub async fn open_ones(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, String)>, Error> {
    Ok(sqlx::query_as(
        "SELECT id, cmms_id FROM work_order
         WHERE connection_id = $1 AND cmms_id IS NOT NULL
           AND status NOT IN ('closed', 'cancelled') AND id > $2
         ORDER BY id LIMIT $3",
    )
    .bind(connection.0)
    .bind(after)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Asks for single records to be read again; `later` puts them behind those that are asked for at
/// once.
///
/// # Errors
/// When the database refuses.
pub async fn ask(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    cmms_ids: &[String],
    later: Duration,
) -> Result<(), Error> {
    let mut ids = cmms_ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    sqlx::query(
        "INSERT INTO order_reading AS r (connection_id, cmms_id, next_at)
         SELECT $1, id, now() + make_interval(secs => $3) FROM unnest($2::text[]) AS id ORDER BY id
         ON CONFLICT (connection_id, cmms_id) DO UPDATE
         SET asked = r.asked + 1, asked_at = now(), quarantined_at = NULL,
             next_at = least(r.next_at, excluded.next_at)",
    )
    .bind(connection.0)
    .bind(ids)
    .bind(later.as_secs_f64())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A record to be read, leased.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Reading {
    /// The CMMS's id.
    pub cmms_id: String,
    /// How often it was asked for: a hint during the reading makes it more.
    pub asked: i32,
    /// Readings that failed or found nothing.
    pub attempts: i32,
    /// Seconds since it was first asked for.
    pub age_seconds: f64,
}

/// Leases records that are due: those asked for at once, or those that had time and were not asked
/// for since. A backlog of these keeps no hint waiting.
///
/// # Errors
/// When the database refuses.
pub async fn claim_readings(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    had_time: bool,
    limit: i64,
    lease: Duration,
) -> Result<Vec<Reading>, Error> {
    Ok(sqlx::query_as(
        "WITH due AS (
             SELECT r.connection_id, r.cmms_id FROM order_reading r
             JOIN connection c ON c.id = r.connection_id
             WHERE r.connection_id = $1 AND r.quarantined_at IS NULL AND r.next_at <= now()
               AND (r.leased_until IS NULL OR r.leased_until < now())
               AND (r.asked = 1 AND r.attempts = 0 AND r.next_at > r.first_at) = $4
               AND c.state IN ('live', 'shadow') AND (c.open_until IS NULL OR c.open_until <= now())
             ORDER BY r.next_at LIMIT $2 FOR UPDATE OF r SKIP LOCKED
         )
         UPDATE order_reading r SET leased_until = now() + make_interval(secs => $3)
         FROM due WHERE r.connection_id = due.connection_id AND r.cmms_id = due.cmms_id
         RETURNING r.cmms_id, r.asked, r.attempts,
                   extract(epoch FROM now() - r.first_at)::float8 AS age_seconds",
    )
    .bind(connection.0)
    .bind(limit)
    .bind(lease.as_secs_f64())
    .bind(had_time)
    .fetch_all(tx.conn())
    .await?)
}

/// A record has been read and applied; asked for meanwhile, it is read once more.
///
/// # Errors
/// When the database refuses.
pub async fn read(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    reading: &Reading,
) -> Result<(), Error> {
    let done = sqlx::query(
        "DELETE FROM order_reading WHERE connection_id = $1 AND cmms_id = $2 AND asked = $3",
    )
    .bind(connection.0)
    .bind(&reading.cmms_id)
    .bind(reading.asked)
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        sqlx::query(
            "UPDATE order_reading SET leased_until = NULL, attempts = 0, next_at = now()
             WHERE connection_id = $1 AND cmms_id = $2",
        )
        .bind(connection.0)
        .bind(&reading.cmms_id)
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// A record could not be read, or is not there: again after `wait`, or given up and shown.
///
/// # Errors
/// When the database refuses.
pub async fn not_read(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    reading: &Reading,
    error: &str,
    wait: Option<Duration>,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE order_reading
         SET leased_until = NULL, attempts = attempts + 1, error = $3,
             next_at = now() + make_interval(secs => COALESCE($4, 0)),
             quarantined_at = CASE WHEN $4 IS NULL THEN now() END
         WHERE connection_id = $1 AND cmms_id = $2",
    )
    .bind(connection.0)
    .bind(&reading.cmms_id)
    .bind(error)
    .bind(wait.map(|wait| wait.as_secs_f64()))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A hint that led nowhere.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Unknown {
    /// The id the CMMS named.
    pub cmms_id: String,
    /// Since when it is known.
    pub first_at: DateTime<Utc>,
    /// What came of it.
    pub error: Option<String>,
}

/// Hints and records of a connection that nothing here or there answers to, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn unknown(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    limit: i64,
) -> Result<Vec<Unknown>, Error> {
    Ok(sqlx::query_as(
        "SELECT cmms_id, first_at, error FROM order_reading
         WHERE connection_id = $1 AND quarantined_at IS NOT NULL
         UNION ALL
         SELECT cmms_id, received_at, 'no work order of ours claimed it'
         FROM held_record WHERE connection_id = $1 AND quarantined_at IS NOT NULL
         ORDER BY 2 DESC LIMIT $2",
    )
    .bind(connection.0)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}
