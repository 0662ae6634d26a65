//! Sealed secrets: written and replaced, read by the vault alone.

use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;

use crate::{Error, ScopedTx};

/// A sealed secret.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Sealed {
    /// Its id.
    pub id: i64,
    /// Its connection.
    pub connection_id: i64,
    /// Which field of the manifest.
    pub field: String,
    /// Which version of the field.
    pub version: i32,
    /// The site it was sealed for; 0 when the connection serves several.
    pub site_id: i64,
    /// The key that seals it.
    pub data_key_id: i64,
    /// Nonce.
    pub nonce: Vec<u8>,
    /// Ciphertext with its tag.
    pub ciphertext: Vec<u8>,
}

/// What may be shown of a secret.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct About {
    /// Its id.
    pub id: i64,
    /// Which field of the manifest.
    pub field: String,
    /// Which version of the field.
    pub version: i32,
    /// `current`, `next` or `previous`.
    pub role: String,
    /// Who set it.
    pub set_by: Option<String>,
    /// When.
    pub set_at: DateTime<Utc>,
    /// When a call was last made with it.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it ends over there.
    pub expires_at: Option<DateTime<Utc>>,
}

const COLUMNS: &str = "id, connection_id, field, version, site_id, data_key_id, nonce, ciphertext";

/// What may be shown of a connection's secrets.
///
/// # Errors
/// When the database refuses.
pub async fn about(tx: &mut ScopedTx, connection: ConnectionId) -> Result<Vec<About>, Error> {
    Ok(sqlx::query_as(
        "SELECT s.id, s.field, s.version, s.role, u.name AS set_by, s.set_at, s.last_used_at,
                s.expires_at
         FROM secret s LEFT JOIN app_user u ON s.set_kind = 'user' AND u.id = s.set_by
         WHERE s.connection_id = $1 ORDER BY s.field, s.version DESC",
    )
    .bind(connection.0)
    .fetch_all(tx.conn())
    .await?)
}

/// The secrets of a connection in one role; of `next`, the current ones stand in where none waits.
///
/// # Errors
/// When the database refuses.
pub async fn sealed(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    role: &str,
) -> Result<Vec<Sealed>, Error> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT DISTINCT ON (field) {COLUMNS} FROM secret
         WHERE connection_id = $1 AND (role = $2 OR $2 = 'next' AND role = 'current')
         ORDER BY field, role = $2 DESC"
    )))
    .bind(connection.0)
    .bind(role)
    .fetch_all(tx.conn())
    .await?)
}

/// Secrets that a retired key seals, locked.
///
/// # Errors
/// When the database refuses.
pub async fn sealed_under(tx: &mut ScopedTx, limit: i64) -> Result<Vec<Sealed>, Error> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM secret WHERE data_key_id IN
             (SELECT id FROM data_key WHERE retired_at IS NOT NULL)
         ORDER BY id LIMIT $1 FOR UPDATE"
    )))
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// The version a field's next secret gets.
///
/// # Errors
/// When the database refuses.
pub async fn next_version(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    field: &str,
) -> Result<i32, Error> {
    Ok(sqlx::query_scalar(
        "SELECT COALESCE(max(version), 0) + 1 FROM secret WHERE connection_id = $1 AND field = $2",
    )
    .bind(connection.0)
    .bind(field)
    .fetch_one(tx.conn())
    .await?)
}

/// The site a connection's secrets are sealed for: its only one, else 0.
///
/// # Errors
/// When the database refuses.
pub async fn site_of(tx: &mut ScopedTx, connection: ConnectionId) -> Result<i64, Error> {
    Ok(sqlx::query_scalar(
        "SELECT CASE WHEN count(*) = 1 THEN min(site_id) ELSE 0 END
         FROM connection_site WHERE connection_id = $1",
    )
    .bind(connection.0)
    .fetch_one(tx.conn())
    .await?)
}

/// Stores a secret in a role that is free; answers its id. Needs an audit row.
///
/// # Errors
/// When the database refuses.
pub async fn put(
    tx: &mut ScopedTx,
    sealed: &Sealed,
    role: &str,
    expires_at: Option<DateTime<Utc>>,
) -> Result<i64, Error> {
    let (now, kind, by) = (tx.now(), tx.actor().kind(), tx.actor().id());
    Ok(sqlx::query_scalar(
        "INSERT INTO secret (connection_id, field, version, role, site_id, data_key_id, nonce,
                             ciphertext, set_kind, set_by, set_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
    )
    .bind(sealed.connection_id)
    .bind(&sealed.field)
    .bind(sealed.version)
    .bind(role)
    .bind(sealed.site_id)
    .bind(sealed.data_key_id)
    .bind(&sealed.nonce)
    .bind(&sealed.ciphertext)
    .bind(kind)
    .bind(by)
    .bind(now)
    .bind(expires_at)
    .fetch_one(tx.conn())
    .await?)
}

/// Removes the secret of a field in a role; answers its id. Needs an audit row.
///
/// # Errors
/// When the database refuses.
pub async fn discard(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    field: &str,
    role: &str,
) -> Result<Option<i64>, Error> {
    Ok(sqlx::query_scalar(
        "DELETE FROM secret WHERE connection_id = $1 AND field = $2 AND role = $3 RETURNING id",
    )
    .bind(connection.0)
    .bind(field)
    .bind(role)
    .fetch_optional(tx.conn())
    .await?)
}

/// Makes every waiting secret the current one and keeps the one before it; answers the ids of all
/// that changed. Needs audit rows for them.
///
/// # Errors
/// When the database refuses.
pub async fn promote(tx: &mut ScopedTx, connection: ConnectionId) -> Result<Vec<i64>, Error> {
    let mut ids: Vec<i64> = sqlx::query_scalar(
        "DELETE FROM secret s WHERE connection_id = $1 AND role = 'previous'
           AND EXISTS (SELECT FROM secret n WHERE n.connection_id = $1 AND n.field = s.field
                       AND n.role = 'next') RETURNING id",
    )
    .bind(connection.0)
    .fetch_all(tx.conn())
    .await?;
    let moved: Vec<i64> = sqlx::query_scalar(
        "UPDATE secret SET role = CASE role WHEN 'next' THEN 'current' ELSE 'previous' END
         WHERE connection_id = $1 AND role IN ('next', 'current')
           AND field IN (SELECT field FROM secret WHERE connection_id = $1 AND role = 'next')
         RETURNING id",
    )
    .bind(connection.0)
    .fetch_all(tx.conn())
    .await?;
    ids.extend(moved);
    Ok(ids)
}

/// Removes secrets that were replaced longer ago; answers their ids. Needs audit rows for them.
///
/// # Errors
/// When the database refuses.
pub async fn drop_previous(
    tx: &mut ScopedTx,
    before: DateTime<Utc>,
) -> Result<Vec<(i64, i64)>, Error> {
    Ok(sqlx::query_as(
        "DELETE FROM secret p WHERE p.role = 'previous' AND EXISTS (
             SELECT FROM secret c WHERE c.connection_id = p.connection_id AND c.field = p.field
               AND c.role = 'current' AND c.set_at < $1)
         RETURNING p.id, p.connection_id",
    )
    .bind(before)
    .fetch_all(tx.conn())
    .await?)
}

/// Stores a secret sealed anew. Needs an audit row.
///
/// # Errors
/// When the database refuses.
pub async fn reseal(tx: &mut ScopedTx, sealed: &Sealed) -> Result<(), Error> {
    sqlx::query("UPDATE secret SET data_key_id = $2, nonce = $3, ciphertext = $4 WHERE id = $1")
        .bind(sealed.id)
        .bind(sealed.data_key_id)
        .bind(&sealed.nonce)
        .bind(&sealed.ciphertext)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Remembers that a client was built with the current secrets.
///
/// # Errors
/// When the database refuses.
pub async fn touch_used(tx: &mut ScopedTx, ids: &[i64]) -> Result<(), Error> {
    let now = tx.now();
    sqlx::query("UPDATE secret SET last_used_at = $2 WHERE id = ANY($1)")
        .bind(ids)
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}
