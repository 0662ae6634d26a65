//! Files that people are importing, between the steps. Everybody sees only their own.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use serde_json::Value;

use crate::{Error, ScopedTx};

/// A file and how far its import has come.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Upload {
    /// Its id.
    pub id: i64,
    /// As the person named it.
    pub file_name: String,
    /// The bytes.
    pub content: Vec<u8>,
    /// Our column for each column of the file, once a person has said so.
    pub columns: Option<Value>,
    /// What the import did.
    pub report: Option<Value>,
}

/// Keeps a file for a person; answers its id.
///
/// # Errors
/// What the database says.
pub async fn insert_upload(
    tx: &mut ScopedTx,
    owner: UserId,
    file_name: &str,
    content: &[u8],
) -> Result<i64, Error> {
    let now = tx.now();
    Ok(sqlx::query_scalar(
        "INSERT INTO asset_import (created_by, created_at, file_name, content)
         VALUES ($1, $2, $3, $4) RETURNING id",
    )
    .bind(owner.0)
    .bind(now)
    .bind(file_name)
    .bind(content)
    .fetch_one(tx.conn())
    .await?)
}

/// Forgets files that came before `before`, and all but the newest `keep` of a person.
///
/// # Errors
/// What the database says.
pub async fn forget_uploads(
    tx: &mut ScopedTx,
    owner: UserId,
    before: DateTime<Utc>,
    keep: i64,
) -> Result<(), Error> {
    sqlx::query(
        "DELETE FROM asset_import
         WHERE created_at < $2
            OR (created_by = $1 AND id NOT IN (
                    SELECT id FROM asset_import WHERE created_by = $1 ORDER BY id DESC LIMIT $3))",
    )
    .bind(owner.0)
    .bind(before)
    .bind(keep)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A person's file.
///
/// # Errors
/// What the database says.
pub async fn upload(tx: &mut ScopedTx, owner: UserId, id: i64) -> Result<Option<Upload>, Error> {
    Ok(sqlx::query_as(
        "SELECT id, file_name, content, columns, report FROM asset_import
         WHERE id = $1 AND created_by = $2",
    )
    .bind(id)
    .bind(owner.0)
    .fetch_optional(tx.conn())
    .await?)
}

/// The same, locked.
///
/// # Errors
/// What the database says.
pub async fn lock_upload(
    tx: &mut ScopedTx,
    owner: UserId,
    id: i64,
) -> Result<Option<Upload>, Error> {
    Ok(sqlx::query_as(
        "SELECT id, file_name, content, columns, report FROM asset_import
         WHERE id = $1 AND created_by = $2 FOR UPDATE",
    )
    .bind(id)
    .bind(owner.0)
    .fetch_optional(tx.conn())
    .await?)
}

/// Remembers which column is which.
///
/// # Errors
/// What the database says.
pub async fn set_columns(tx: &mut ScopedTx, id: i64, columns: &Value) -> Result<(), Error> {
    sqlx::query("UPDATE asset_import SET columns = $2 WHERE id = $1")
        .bind(id)
        .bind(columns)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Remembers what the import did.
///
/// # Errors
/// What the database says.
pub async fn set_report(tx: &mut ScopedTx, id: i64, report: &Value) -> Result<(), Error> {
    sqlx::query("UPDATE asset_import SET report = $2 WHERE id = $1")
        .bind(id)
        .bind(report)
        .execute(tx.conn())
        .await?;
    Ok(())
}
