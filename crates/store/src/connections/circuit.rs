//! How the circuit of a connection stands (recipe 1.7).

use std::time::Duration;

use domain::connection::Health;
use domain::ids::ConnectionId;

use crate::work_orders::delivery::BREAKER_FAILURES;
use crate::{AuditEntry, Error, ScopedTx};

/// Refused credentials in a row that pause a connection, before the CMMS locks the account.
const PAUSE_AFTER: i32 = 2;
/// Waiting lanes pulled forward per second once a CMMS is back.
const PULL_RATE: f64 = 20.0;

/// Counts how a call went. Five failures in a row open the breaker for `probe_every`; the next
/// success closes it and pulls the waiting lanes forward, a few per second. The second refusal of
/// our credentials pauses the connection until an administrator resumes it.
///
/// # Errors
/// When the database refuses.
pub async fn report(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    health: Health,
    probe_every: Duration,
) -> Result<(), Error> {
    match health {
        Health::Well => {
            let was_open: Option<bool> = sqlx::query_scalar(
                "WITH before AS (SELECT id, failures FROM connection
                                 WHERE id = $1 AND (failures > 0 OR unauthorised > 0) FOR UPDATE)
                 UPDATE connection k SET failures = 0, unauthorised = 0, open_until = NULL
                 FROM before b WHERE k.id = b.id RETURNING b.failures >= $2",
            )
            .bind(connection.0)
            .bind(BREAKER_FAILURES)
            .fetch_optional(tx.conn())
            .await?;
            if was_open == Some(true) {
                pull_forward(tx, connection).await?;
            }
        }
        Health::Failed => {
            sqlx::query(
                "UPDATE connection SET failures = failures + 1,
                     open_until = CASE WHEN failures + 1 >= $2
                                       THEN now() + make_interval(secs => $3) END
                 WHERE id = $1",
            )
            .bind(connection.0)
            .bind(BREAKER_FAILURES)
            .bind(probe_every.as_secs_f64())
            .execute(tx.conn())
            .await?;
        }
        Health::Unauthorised => {
            let paused: Option<bool> = sqlx::query_scalar(
                "UPDATE connection SET unauthorised = unauthorised + 1,
                     resumes_as = CASE WHEN unauthorised + 1 >= $2 AND state <> 'paused'
                                       THEN state ELSE resumes_as END,
                     paused_reason = CASE WHEN unauthorised + 1 >= $2 AND state <> 'paused'
                                          THEN $3 ELSE paused_reason END,
                     state = CASE WHEN unauthorised + 1 >= $2 THEN 'paused' ELSE state END
                 WHERE id = $1 RETURNING state = 'paused'",
            )
            .bind(connection.0)
            .bind(PAUSE_AFTER)
            .bind("The CMMS does not accept our credentials.")
            .fetch_optional(tx.conn())
            .await?;
            let action =
                if paused == Some(true) { "connection.pause" } else { "connection.unauthorised" };
            let entry = AuditEntry::new(action, "connection", connection.0).outcome("unauthorised");
            tx.audit(vec![entry]).await?;
        }
    }
    Ok(())
}

/// Keeps other workers from probing, too, while one probe is under way.
///
/// # Errors
/// When the database refuses.
pub async fn probing(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    probe_every: Duration,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE connection SET open_until = now() + make_interval(secs => $2) WHERE id = $1",
    )
    .bind(connection.0)
    .bind(probe_every.as_secs_f64())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Puts a paused connection to work again and pulls its waiting lanes forward.
///
/// # Errors
/// When the database refuses.
pub async fn resume(tx: &mut ScopedTx, connection: ConnectionId) -> Result<bool, Error> {
    let done = sqlx::query(
        "UPDATE connection SET state = COALESCE(resumes_as, 'live'), resumes_as = NULL,
             paused_reason = NULL, failures = 0, unauthorised = 0, open_until = NULL
         WHERE id = $1 AND state = 'paused'",
    )
    .bind(connection.0)
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    tx.audit(vec![AuditEntry::new("connection.resume", "connection", connection.0)]).await?;
    pull_forward(tx, connection).await?;
    Ok(true)
}

/// Queued lanes only: a look-up keeps its settle window.
async fn pull_forward(tx: &mut ScopedTx, connection: ConnectionId) -> Result<(), Error> {
    sqlx::query(
        "WITH due AS (
             SELECT l.work_order_id, row_number() OVER (ORDER BY l.ready_at) AS place
             FROM delivery_lane l JOIN work_order w ON w.id = l.work_order_id
             WHERE l.connection_id = $1 AND l.ready_at > now() AND w.delivery_state = 'queued'
         ), mine AS (
             SELECT l.work_order_id FROM delivery_lane l JOIN due USING (work_order_id)
             ORDER BY l.work_order_id FOR UPDATE OF l
         )
         UPDATE delivery_lane l
         SET ready_at = least(l.ready_at, now() + make_interval(secs => due.place / $2))
         FROM due JOIN mine USING (work_order_id)
         WHERE l.work_order_id = due.work_order_id",
    )
    .bind(connection.0)
    .bind(PULL_RATE)
    .execute(tx.conn())
    .await?;
    Ok(())
}
