//! Inbound feeds.

use domain::ids::SourceId;
use serde_json::Value;

use crate::{Error, ScopedTx};

/// One inbound feed.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct SourceRow {
    /// Its id.
    pub id: i64,
    /// Its name, unique.
    pub name: String,
    /// How it speaks to us, such as `rest`.
    pub kind: String,
    /// What it declares about its messages.
    pub settings: Value,
}

/// Inserts a source of that name; `None` when there is one already.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &mut ScopedTx, name: &str, kind: &str) -> Result<Option<SourceId>, Error> {
    let id: Option<i64> = sqlx::query_scalar(
        "INSERT INTO source (name, kind) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING RETURNING id",
    )
    .bind(name)
    .bind(kind)
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(SourceId))
}

/// One source.
///
/// # Errors
/// What the database says.
pub async fn get(tx: &mut ScopedTx, id: SourceId) -> Result<Option<SourceRow>, Error> {
    Ok(sqlx::query_as("SELECT id, name, kind, settings FROM source WHERE id = $1")
        .bind(id.0)
        .fetch_optional(tx.conn())
        .await?)
}

/// The source of that name.
///
/// # Errors
/// What the database says.
pub async fn by_name(tx: &mut ScopedTx, name: &str) -> Result<Option<SourceRow>, Error> {
    Ok(sqlx::query_as("SELECT id, name, kind, settings FROM source WHERE name = $1")
        .bind(name)
        .fetch_optional(tx.conn())
        .await?)
}

/// Every source, by name.
///
/// # Errors
/// What the database says.
pub async fn list(tx: &mut ScopedTx) -> Result<Vec<SourceRow>, Error> {
    Ok(sqlx::query_as("SELECT id, name, kind, settings FROM source ORDER BY name")
        .fetch_all(tx.conn())
        .await?)
}

/// Replaces what a source declares about its messages; `false` when it does not exist.
///
/// # Errors
/// What the database says.
pub async fn set_settings(
    tx: &mut ScopedTx,
    id: SourceId,
    settings: &Value,
) -> Result<bool, Error> {
    let done = sqlx::query("UPDATE source SET settings = $2 WHERE id = $1")
        .bind(id.0)
        .bind(settings)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}
