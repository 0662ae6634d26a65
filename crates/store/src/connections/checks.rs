//! Live tests: queued by a person, run by a worker, stored step by step.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;

use crate::{Error, ScopedTx};

/// A live test.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CheckRow {
    /// Its id.
    pub id: i64,
    /// The connection.
    pub connection_id: i64,
    /// With the secrets that wait for a test.
    pub with_next: bool,
    /// Creates and cancels a marked work order.
    pub writes: bool,
    /// Who asked.
    pub asked_by: Option<String>,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Whether every step passed.
    pub passed: Option<bool>,
}

/// A step of one.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StepRow {
    /// Its word.
    pub step: String,
    /// How it stands.
    pub state: String,
    /// What was seen.
    pub detail: String,
}

const COLUMNS: &str = "c.id, c.connection_id, c.with_next, c.writes, u.name AS asked_by,
    c.asked_at, c.finished_at, c.passed";
const FROM: &str =
    "connection_check c LEFT JOIN app_user u ON c.asked_kind = 'user' AND u.id = c.asked_by";

/// Queues a test with its steps; answers its id. Needs an audit row for `connection_check`.
///
/// # Errors
/// When the database refuses.
pub async fn queue(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    with_next: bool,
    writes: bool,
    steps: &[&str],
) -> Result<i64, Error> {
    let (now, kind, by) = (tx.now(), tx.actor().kind(), tx.actor().id());
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO connection_check (connection_id, with_next, writes, asked_kind, asked_by, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(connection.0)
    .bind(with_next)
    .bind(writes)
    .bind(kind)
    .bind(by)
    .bind(now)
    .fetch_one(tx.conn())
    .await?;
    sqlx::query(
        "INSERT INTO connection_check_step (check_id, place, step, state)
         SELECT $1, place, step, 'waiting'
         FROM unnest($2::text[]) WITH ORDINALITY AS n (step, place)",
    )
    .bind(id)
    .bind(steps)
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// Takes the oldest waiting test, also one whose worker died.
///
/// # Errors
/// When the database refuses.
pub async fn take(tx: &mut ScopedTx, lease: Duration) -> Result<Option<CheckRow>, Error> {
    let id: Option<i64> = sqlx::query_scalar(
        "WITH c AS (SELECT id FROM connection_check WHERE finished_at IS NULL
                      AND (leased_until IS NULL OR leased_until < now())
                    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
         UPDATE connection_check k SET leased_until = now() + make_interval(secs => $1)
         FROM c WHERE k.id = c.id RETURNING k.id",
    )
    .bind(lease.as_secs_f64())
    .fetch_optional(tx.conn())
    .await?;
    match id {
        Some(id) => check(tx, id).await,
        None => Ok(None),
    }
}

/// One test.
///
/// # Errors
/// When the database refuses.
pub async fn check(tx: &mut ScopedTx, id: i64) -> Result<Option<CheckRow>, Error> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM {FROM} WHERE c.id = $1")))
        .bind(id)
        .fetch_optional(tx.conn())
        .await?)
}

/// The last test of a connection.
///
/// # Errors
/// When the database refuses.
pub async fn last_check(
    tx: &mut ScopedTx,
    connection: ConnectionId,
) -> Result<Option<CheckRow>, Error> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE c.connection_id = $1 ORDER BY c.id DESC LIMIT 1"
    )))
    .bind(connection.0)
    .fetch_optional(tx.conn())
    .await?)
}

/// Its steps in order.
///
/// # Errors
/// When the database refuses.
pub async fn check_steps(tx: &mut ScopedTx, id: i64) -> Result<Vec<StepRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT step, state, detail FROM connection_check_step WHERE check_id = $1 ORDER BY place",
    )
    .bind(id)
    .fetch_all(tx.conn())
    .await?)
}

/// Stores how a step stands.
///
/// # Errors
/// When the database refuses.
pub async fn set_step(
    tx: &mut ScopedTx,
    id: i64,
    step: &str,
    state: &str,
    detail: &str,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE connection_check_step SET state = $3, detail = $4,
             started_at = COALESCE(started_at, now()),
             finished_at = CASE WHEN $3 <> 'running' THEN now() END
         WHERE check_id = $1 AND step = $2",
    )
    .bind(id)
    .bind(step)
    .bind(state)
    .bind(detail)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends a test; what was not reached is skipped. Answers whether every other step passed.
///
/// # Errors
/// When the database refuses.
pub async fn finish_check(tx: &mut ScopedTx, id: i64) -> Result<bool, Error> {
    sqlx::query(
        "UPDATE connection_check_step SET state = 'skipped'
         WHERE check_id = $1 AND state IN ('waiting', 'running')",
    )
    .bind(id)
    .execute(tx.conn())
    .await?;
    Ok(sqlx::query_scalar(
        "UPDATE connection_check SET finished_at = now(), leased_until = NULL,
             passed = NOT EXISTS (SELECT FROM connection_check_step
                                  WHERE check_id = $1 AND state = 'failed')
         WHERE id = $1 RETURNING passed",
    )
    .bind(id)
    .fetch_one(tx.conn())
    .await?)
}
