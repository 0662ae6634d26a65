//! Answers to writes that carried an `Idempotency-Key` (R20): stored in the transaction of the
//! effect, so that either both are there or neither.

use serde_json::Value;

use crate::{Error, ScopedTx, Store};

/// What is known about a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// Nobody has used it: go on; the key is locked until the transaction ends.
    New,
    /// Somebody is at it right now.
    Running,
    /// Done before, with the same content: this was the answer.
    Answered {
        /// HTTP status.
        status: u16,
        /// JSON body.
        body: Value,
    },
    /// Done before, with other content.
    Mismatch,
}

/// Takes the key for this transaction, or says what became of it.
///
/// # Errors
/// When a query fails.
pub async fn claim(
    tx: &mut ScopedTx,
    caller: &str,
    route: &str,
    key: &str,
    fingerprint: &[u8],
) -> Result<Known, Error> {
    let mine: bool = sqlx::query_scalar(
        "SELECT pg_try_advisory_xact_lock(hashtextextended($1 || chr(1) || $2 || chr(1) || $3, 20))",
    )
    .bind(caller)
    .bind(route)
    .bind(key)
    .fetch_one(tx.conn())
    .await?;
    if !mine {
        return Ok(Known::Running);
    }
    let row: Option<(Vec<u8>, i16, Value)> = sqlx::query_as(
        "SELECT fingerprint, status, body FROM idempotency
         WHERE caller = $1 AND route = $2 AND key = $3",
    )
    .bind(caller)
    .bind(route)
    .bind(key)
    .fetch_optional(tx.conn())
    .await?;
    Ok(match row {
        None => Known::New,
        Some((stored, _, _)) if stored != fingerprint => Known::Mismatch,
        Some((_, status, body)) => {
            let status = u16::try_from(status)
                .map_err(|_| Error::corrupt("idempotency", "status below zero"))?;
            Known::Answered { status, body }
        }
    })
}

/// Stores the answer under a key taken by [`claim`].
///
/// # Errors
/// When the query fails.
pub async fn store_answer(
    tx: &mut ScopedTx,
    caller: &str,
    route: &str,
    key: &str,
    fingerprint: &[u8],
    status: u16,
    body: &Value,
) -> Result<(), Error> {
    let status = i16::try_from(status)
        .map_err(|_| Error::corrupt("idempotency", "status beyond a small integer"))?;
    sqlx::query(
        "INSERT INTO idempotency (caller, route, key, fingerprint, status, body)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(caller)
    .bind(route)
    .bind(key)
    .bind(fingerprint)
    .bind(status)
    .bind(body)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets answers older than `days` (at least 7); returns how many.
///
/// # Errors
/// When the query fails.
pub async fn forget_older_than(store: &Store, days: i32) -> Result<u64, Error> {
    Ok(sqlx::query("DELETE FROM idempotency WHERE created_at < now() - make_interval(days => $1)")
        .bind(days.max(7))
        .execute(store.pool())
        .await?
        .rows_affected())
}
