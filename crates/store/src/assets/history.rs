//! What changed about an asset, from the audit log.

use chrono::{DateTime, Utc};
use domain::ids::AssetId;
use serde_json::Value;

use crate::{Error, ScopedTx};

/// An audit row of an asset, or of the site it is.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ChangeRow {
    /// Its id.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// `user`, `key`, `source` or `system`.
    pub actor_kind: String,
    /// Name of the person, key or source.
    pub actor: Option<String>,
    /// `<feature>.<verb>`.
    pub action: String,
    /// What exactly.
    pub detail: Value,
}

/// Changes of an asset of the scope, newest first, older than `before`.
///
/// # Errors
/// What the database says.
pub async fn changes(
    tx: &mut ScopedTx,
    asset: AssetId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<ChangeRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT e.id, e.at, e.actor_kind, coalesce(u.name, k.name, f.name) AS actor, e.action, e.detail
         FROM audit_event e
         LEFT JOIN app_user u ON e.actor_kind = 'user' AND u.id = e.actor_id
         LEFT JOIN api_key k ON e.actor_kind = 'key' AND k.id = e.actor_id
         LEFT JOIN source f ON e.actor_kind = 'source' AND f.id = e.actor_id
         WHERE e.entity IN ('asset', 'site') AND e.entity_id = $1
           AND EXISTS (SELECT 1 FROM asset a WHERE a.id = $1
                       AND ($2::bigint[] IS NULL OR a.site_id = ANY($2)))
           AND ($3::bigint IS NULL OR e.id < $3)
         ORDER BY e.id DESC LIMIT $4",
    )
    .bind(asset.0)
    .bind(sites)
    .bind(before)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Tags of assets of the scope.
///
/// # Errors
/// What the database says.
pub async fn tags(tx: &mut ScopedTx, assets: &[i64]) -> Result<Vec<(i64, String)>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT id, tag FROM asset
         WHERE id = ANY($1) AND ($2::bigint[] IS NULL OR site_id = ANY($2))",
    )
    .bind(assets)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}
