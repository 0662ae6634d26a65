//! One asset and what hangs below it, for a change.

use domain::ids::AssetId;

use super::AssetRow;
use crate::{Error, ScopedTx};

/// An asset in short.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AssetHead {
    /// Its id.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// The asset above.
    pub parent_id: Option<i64>,
    /// Equipment id.
    pub tag: String,
    /// What people call it.
    pub name: String,
    /// Site, line, machine or component.
    pub kind: String,
    /// Active or decommissioned.
    pub status: String,
    /// Own or inherited criticality.
    pub criticality: String,
}

/// One asset of the scope in short.
///
/// # Errors
/// What the database says.
pub async fn head(tx: &mut ScopedTx, id: AssetId) -> Result<Option<AssetHead>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT id, site_id, parent_id, tag, name, kind, status, criticality FROM asset
         WHERE id = $1 AND ($2::bigint[] IS NULL OR site_id = ANY($2))",
    )
    .bind(id.0)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// An asset as it stands, with its version.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Versioned {
    /// The row.
    #[sqlx(flatten)]
    pub row: AssetRow,
    /// For optimistic locking.
    pub version: i32,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, site_id, parent_id, kind, tag, tag_key, name, serial_number, serial_key,
                    barcode, barcode_key, manufacturer, model, installed_on, own_criticality,
                    criticality, status, path, path_text, version FROM asset ",
            $rest
        )
    };
}

/// One asset of the scope, locked.
///
/// # Errors
/// What the database says.
pub async fn locked(tx: &mut ScopedTx, id: AssetId) -> Result<Option<Versioned>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(columns!(
        "WHERE id = $1 AND ($2::bigint[] IS NULL OR site_id = ANY($2)) FOR UPDATE"
    ))
    .bind(id.0)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// One asset of the scope as it stands.
///
/// # Errors
/// What the database says.
pub async fn current(tx: &mut ScopedTx, id: AssetId) -> Result<Option<Versioned>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(columns!("WHERE id = $1 AND ($2::bigint[] IS NULL OR site_id = ANY($2))"))
        .bind(id.0)
        .bind(sites)
        .fetch_optional(tx.conn())
        .await?)
}

/// One asset of the scope by its tag as compared.
///
/// # Errors
/// What the database says.
pub async fn with_tag(tx: &mut ScopedTx, tag_key: &str) -> Result<Option<Versioned>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(columns!(
        "WHERE tag_key = $1 AND ($2::bigint[] IS NULL OR site_id = ANY($2))"
    ))
    .bind(tag_key)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// Whether another asset, of any site, has this tag as compared.
///
/// # Errors
/// What the database says.
pub async fn taken(tx: &mut ScopedTx, tag_key: &str, but: Option<AssetId>) -> Result<bool, Error> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM asset WHERE tag_key = $1 AND id IS DISTINCT FROM $2)",
    )
    .bind(tag_key)
    .bind(but.map(|id| id.0))
    .fetch_one(tx.conn())
    .await?)
}

/// An asset and everything below it, parents first, locked.
///
/// # Errors
/// What the database says.
pub async fn subtree(tx: &mut ScopedTx, id: AssetId) -> Result<Vec<AssetRow>, Error> {
    let rows: Vec<Versioned> = sqlx::query_as(columns!(
        "WHERE path @> ARRAY[$1::bigint] ORDER BY cardinality(path), id FOR UPDATE"
    ))
    .bind(id.0)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|asset| asset.row).collect())
}

/// Open work orders on an asset and below it, and how many assets in use stand below it.
///
/// # Errors
/// What the database says.
pub async fn decommission_counts(tx: &mut ScopedTx, id: AssetId) -> Result<(i64, i64), Error> {
    Ok(sqlx::query_as(
        "SELECT (SELECT count(*) FROM work_order w JOIN asset s ON s.id = w.asset_id
                 WHERE s.path @> ARRAY[$1::bigint] AND w.status NOT IN ('closed', 'cancelled')),
                (SELECT count(*) FROM asset
                 WHERE path @> ARRAY[$1::bigint] AND id <> $1 AND status = 'active')",
    )
    .bind(id.0)
    .fetch_one(tx.conn())
    .await?)
}
