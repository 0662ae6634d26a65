use domain::ids::UserId;

use crate::{AuditEntry, Error, ScopedTx};

/// Stores a one-time link. One without a user is for the first administrator and replaces earlier
/// unused ones.
///
/// # Errors
/// When a query fails.
pub async fn insert_setup_token(
    tx: &mut ScopedTx,
    sha256: &[u8],
    user: Option<UserId>,
) -> Result<(), Error> {
    let replaced: Vec<i64> = sqlx::query_scalar(
        "UPDATE setup_token SET used_at = now()
         WHERE used_at IS NULL AND user_id IS NOT DISTINCT FROM $1 RETURNING id",
    )
    .bind(user.map(|u| u.0))
    .fetch_all(tx.conn())
    .await?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO setup_token (token_sha256, user_id, expires_at)
         VALUES ($1, $2, CASE WHEN $2::bigint IS NULL THEN NULL ELSE now() + interval '7 days' END)
         RETURNING id",
    )
    .bind(sha256)
    .bind(user.map(|u| u.0))
    .fetch_one(tx.conn())
    .await?;
    let mut entries: Vec<_> = replaced
        .into_iter()
        .map(|id| AuditEntry::new("setup_token.replace", "setup_token", id))
        .collect();
    let detail = serde_json::json!({ "user": user.map(|u| u.0), "after": { "token": "set" } });
    entries.push(AuditEntry::new("setup_token.create", "setup_token", id).detail(detail));
    tx.audit(entries).await
}

/// For whom an unused link is: `Some(None)` for the first administrator; `None` if it is not valid.
///
/// # Errors
/// When the query fails.
pub async fn setup_token_valid(
    tx: &mut ScopedTx,
    sha256: &[u8],
) -> Result<Option<Option<UserId>>, Error> {
    let row: Option<(Option<i64>,)> = sqlx::query_as(
        "SELECT user_id FROM setup_token WHERE token_sha256 = $1 AND used_at IS NULL
           AND (expires_at IS NULL OR expires_at > now())",
    )
    .bind(sha256)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|(user,)| user.map(UserId)))
}

/// Uses up a link; of several at once, one succeeds.
///
/// # Errors
/// When a query fails.
pub async fn use_setup_token(
    tx: &mut ScopedTx,
    sha256: &[u8],
) -> Result<Option<Option<UserId>>, Error> {
    let row: Option<(i64, Option<i64>)> = sqlx::query_as(
        "UPDATE setup_token SET used_at = now() WHERE token_sha256 = $1 AND used_at IS NULL
           AND (expires_at IS NULL OR expires_at > now()) RETURNING id, user_id",
    )
    .bind(sha256)
    .fetch_optional(tx.conn())
    .await?;
    let Some((id, user)) = row else { return Ok(None) };
    tx.audit(vec![AuditEntry::new("setup_token.use", "setup_token", id)]).await?;
    Ok(Some(user.map(UserId)))
}
