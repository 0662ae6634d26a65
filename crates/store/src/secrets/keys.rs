//! Data keys, wrapped by a master key that is not in the database.

use chrono::{DateTime, Utc};

use crate::{Error, ScopedTx};

/// A wrapped data key.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DataKey {
    /// Its id.
    pub id: i64,
    /// The site whose secrets it seals; 0 for connections of several sites.
    pub site_id: i64,
    /// Fingerprint of the master key that wraps it.
    pub master: String,
    /// Nonce of the wrapping.
    pub nonce: Vec<u8>,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
    /// Encryptions so far.
    pub uses: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

const COLUMNS: &str = "id, site_id, master, nonce, wrapped, uses, created_at";

/// The key that seals new secrets of a site, locked.
///
/// # Errors
/// When the database refuses.
pub async fn active(tx: &mut ScopedTx, site: i64) -> Result<Option<DataKey>, Error> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM data_key WHERE site_id = $1 AND retired_at IS NULL FOR UPDATE"
    )))
    .bind(site)
    .fetch_optional(tx.conn())
    .await?)
}

/// One key.
///
/// # Errors
/// When the database refuses.
pub async fn key(tx: &mut ScopedTx, id: i64) -> Result<Option<DataKey>, Error> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM data_key WHERE id = $1")))
        .bind(id)
        .fetch_optional(tx.conn())
        .await?)
}

/// Keys that another master key than this one wraps, locked.
///
/// # Errors
/// When the database refuses.
pub async fn under_other_masters(tx: &mut ScopedTx, master: &str) -> Result<Vec<DataKey>, Error> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM data_key WHERE master <> $1 ORDER BY id FOR UPDATE"
    )))
    .bind(master)
    .fetch_all(tx.conn())
    .await?)
}

/// Fingerprints of the master keys that wrap keys here.
///
/// # Errors
/// When the database refuses.
pub async fn masters(tx: &mut ScopedTx) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar("SELECT DISTINCT master FROM data_key ORDER BY master")
        .fetch_all(tx.conn())
        .await?)
}

/// The id of a key about to be made: it is part of what is authenticated.
///
/// # Errors
/// When the database refuses.
pub async fn key_id(tx: &mut ScopedTx) -> Result<i64, Error> {
    Ok(sqlx::query_scalar("SELECT nextval(pg_get_serial_sequence('data_key', 'id'))")
        .fetch_one(tx.conn())
        .await?)
}

/// Stores a new key. Needs an audit row for `data_key`.
///
/// # Errors
/// [`Error::Constraint`] `data_key_in_use` when another one was made for that site meanwhile.
pub async fn insert(tx: &mut ScopedTx, key: &DataKey) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO data_key (id, site_id, master, nonce, wrapped, created_at)
         OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(key.id)
    .bind(key.site_id)
    .bind(&key.master)
    .bind(&key.nonce)
    .bind(&key.wrapped)
    .bind(key.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Counts one encryption.
///
/// # Errors
/// When the database refuses.
pub async fn used(tx: &mut ScopedTx, id: i64) -> Result<(), Error> {
    sqlx::query("UPDATE data_key SET uses = uses + 1 WHERE id = $1")
        .bind(id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Lets a key seal nothing new. Needs an audit row for `data_key`.
///
/// # Errors
/// When the database refuses.
pub async fn retire(tx: &mut ScopedTx, id: i64) -> Result<(), Error> {
    let now = tx.now();
    sqlx::query("UPDATE data_key SET retired_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Stores a key wrapped anew. Needs an audit row for `data_key`.
///
/// # Errors
/// When the database refuses.
pub async fn rewrap(tx: &mut ScopedTx, key: &DataKey) -> Result<(), Error> {
    sqlx::query("UPDATE data_key SET master = $2, nonce = $3, wrapped = $4 WHERE id = $1")
        .bind(key.id)
        .bind(&key.master)
        .bind(&key.nonce)
        .bind(&key.wrapped)
        .execute(tx.conn())
        .await?;
    Ok(())
}
