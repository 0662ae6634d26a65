use domain::ids::{AssetId, SiteId};
use serde_json::Value;

use crate::{Error, ScopedTx};

/// A site with its calendar.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SiteCalendar {
    /// Its id.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// The calendar as written.
    pub calendar: Value,
}

/// Sites in scope, by name.
///
/// # Errors
/// When the database refuses.
pub async fn sites(tx: &mut ScopedTx) -> Result<Vec<(i64, String)>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT s.id, a.name FROM site s JOIN asset a ON a.id = s.id
         WHERE ($1::bigint[] IS NULL OR s.id = ANY($1)) ORDER BY a.name, s.id LIMIT 500",
    )
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// One site in scope.
///
/// # Errors
/// When the database refuses.
pub async fn site(tx: &mut ScopedTx, id: SiteId) -> Result<Option<SiteCalendar>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT s.id, a.name, s.calendar FROM site s JOIN asset a ON a.id = s.id
         WHERE s.id = $1 AND ($2::bigint[] IS NULL OR s.id = ANY($2))",
    )
    .bind(id.0)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// The asset of a site whose tag, else serial number, else barcode is `key` (normalised).
///
/// # Errors
/// When the database refuses.
pub async fn asset(tx: &mut ScopedTx, site: SiteId, key: &str) -> Result<Option<AssetId>, Error> {
    let id: Option<i64> = sqlx::query_scalar(
        "SELECT id FROM asset
         WHERE site_id = $1 AND (tag_key = $2 OR serial_key = $2 OR barcode_key = $2)
         ORDER BY tag_key = $2 DESC, serial_key IS NOT DISTINCT FROM $2 DESC, id LIMIT 1",
    )
    .bind(site.0)
    .bind(key)
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(AssetId))
}

/// Tags of a site's assets below its lines, machines first.
///
/// # Errors
/// When the database refuses.
pub async fn asset_tags(tx: &mut ScopedTx, site: SiteId, limit: i64) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar(
        "SELECT tag FROM asset
         WHERE site_id = $1 AND kind IN ('machine', 'component') AND status = 'active'
         ORDER BY kind = 'component', tag LIMIT $2",
    )
    .bind(site.0)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}
