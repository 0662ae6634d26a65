//! Calls of a CMMS, each counted once.

use domain::ids::ConnectionId;

use crate::{Error, ScopedTx};

/// The connection behind a slug, when it is one to a CMMS outside.
///
/// # Errors
/// When the database refuses.
pub async fn connection(tx: &mut ScopedTx, slug: &str) -> Result<Option<ConnectionId>, Error> {
    let id: Option<i64> =
        sqlx::query_scalar("SELECT id FROM connection WHERE slug = $1 AND system <> 'book'")
            .bind(slug)
            .fetch_optional(tx.conn())
            .await?;
    Ok(id.map(ConnectionId))
}

/// The connection whose address has that secret: the current one, or the one before it while both
/// are accepted.
///
/// # Errors
/// When the database refuses.
pub async fn by_token(
    tx: &mut ScopedTx,
    slug: &str,
    token_sha256: &[u8],
) -> Result<Option<ConnectionId>, Error> {
    let id: Option<i64> = sqlx::query_scalar(
        "SELECT id FROM connection
         WHERE slug = $1 AND system <> 'book' AND $2 IN (webhook_token, webhook_token_old)",
    )
    .bind(slug)
    .bind(token_sha256)
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(ConnectionId))
}

/// Counts a call; whether it is the first with that id.
///
/// # Errors
/// When the database refuses.
pub async fn first_time(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    event: &str,
    cmms_id: Option<&str>,
    body_sha256: &[u8],
) -> Result<bool, Error> {
    let repeats: i32 = sqlx::query_scalar(
        "INSERT INTO webhook_event AS e (connection_id, provider_event_id, cmms_id, body_sha256)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (connection_id, provider_event_id) DO UPDATE SET repeats = e.repeats + 1
         RETURNING repeats",
    )
    .bind(connection.0)
    .bind(event)
    .bind(cmms_id)
    .bind(body_sha256)
    .fetch_one(tx.conn())
    .await?;
    Ok(repeats == 0)
}

/// Forgets calls that are older than so many hours.
///
/// # Errors
/// When the database refuses.
pub async fn forget(tx: &mut ScopedTx, hours: f64) -> Result<u64, Error> {
    let done = sqlx::query(
        "DELETE FROM webhook_event WHERE received_at < now() - make_interval(secs => $1 * 3600)",
    )
    .bind(hours)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}
