use chrono::{DateTime, Utc};
use domain::ids::{ApiKeyId, SiteId, SourceId, UserId};
use domain::permission::KeyScope;

use super::grants::{GrantRow, held};
use crate::{AuditEntry, Error, ScopedTx, Store};

/// A key to be stored; the secret itself is only ever here as its hash.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// What people call it.
    pub name: String,
    /// The visible beginning.
    pub prefix: String,
    /// SHA-256 of the whole key.
    pub sha256: Vec<u8>,
    /// Whose predictions it sends.
    pub source: Option<SourceId>,
    /// For whom it acts.
    pub user: Option<UserId>,
    /// What it may be used for.
    pub scopes: Vec<KeyScope>,
    /// Where; `None` is every site.
    pub sites: Option<Vec<SiteId>>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What a valid key stands for, read at each request.
#[derive(Debug, Clone)]
pub struct KeyCaller {
    /// The key.
    pub key: ApiKeyRow,
    /// The person's name, when bound to one.
    pub user_name: Option<String>,
    /// The person's roles, when bound to one.
    pub grants: Vec<GrantRow>,
    /// Nobody has noted its use within the last minute.
    pub use_unnoted: bool,
}

/// A stored key.
#[derive(Debug, Clone)]
pub struct ApiKeyRow {
    /// Which.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// Whose predictions it sends.
    pub source: Option<SourceId>,
    /// For whom it acts.
    pub user: Option<UserId>,
    /// What it may be used for.
    pub scopes: Vec<KeyScope>,
    /// Where; `None` is every site.
    pub sites: Option<Vec<SiteId>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    source_id: Option<i64>,
    user_id: Option<i64>,
    scopes: Vec<String>,
    site_ids: Option<Vec<i64>>,
    use_unnoted: bool,
    user_name: Option<String>,
    grants: Option<serde_json::Value>,
}

/// Finds the caller behind a key: one query, by the hash, for valid keys of active people only.
///
/// # Errors
/// When the query fails, or the row holds words unknown to this program.
pub async fn key_caller(store: &Store, sha256: &[u8]) -> Result<Option<KeyCaller>, Error> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT k.id, k.name, k.source_id, k.user_id, k.scopes, k.site_ids,
                coalesce(k.last_used_at < now() - interval '1 minute', true) AS use_unnoted,
                u.name AS user_name,
                CASE WHEN k.user_id IS NOT NULL THEN held_roles(k.user_id) END AS grants
         FROM api_key k
         LEFT JOIN app_user u ON u.id = k.user_id
         WHERE k.key_sha256 = $1 AND k.revoked_at IS NULL
           AND (k.expires_at IS NULL OR k.expires_at > now())
           AND (k.user_id IS NULL OR u.status = 'active')",
    )
    .bind(sha256)
    .fetch_optional(store.pool())
    .await?;
    row.map(caller_of).transpose()
}

fn caller_of(row: Row) -> Result<KeyCaller, Error> {
    let scopes = row
        .scopes
        .iter()
        .map(|s| s.parse().map_err(|e| Error::corrupt("api_key", e)))
        .collect::<Result<_, _>>()?;
    let grants = row.grants.map(held).transpose()?.unwrap_or_default();
    Ok(KeyCaller {
        key: ApiKeyRow {
            id: ApiKeyId(row.id),
            name: row.name,
            source: row.source_id.map(SourceId),
            user: row.user_id.map(UserId),
            scopes,
            sites: row.site_ids.map(|ids| ids.into_iter().map(SiteId).collect()),
        },
        user_name: row.user_name,
        grants,
        use_unnoted: row.use_unnoted,
    })
}

/// Notes that a key is in use; at most once a minute, whoever asks.
///
/// # Errors
/// When the query fails.
pub async fn touch_api_key(store: &Store, id: ApiKeyId) -> Result<(), Error> {
    sqlx::query(
        "UPDATE api_key SET last_used_at = now()
         WHERE id = $1 AND coalesce(last_used_at < now() - interval '1 minute', true)",
    )
    .bind(id.0)
    .execute(store.pool())
    .await?;
    Ok(())
}

/// Stores a key.
///
/// # Errors
/// When a query fails.
pub async fn insert_api_key(tx: &mut ScopedTx, new: &NewApiKey) -> Result<ApiKeyId, Error> {
    let scopes: Vec<&str> = new.scopes.iter().map(|s| s.as_str()).collect();
    let sites: Option<Vec<i64>> = new.sites.as_ref().map(|s| s.iter().map(|s| s.0).collect());
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO api_key (name, prefix, key_sha256, source_id, user_id, scopes, site_ids, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    )
    .bind(&new.name)
    .bind(&new.prefix)
    .bind(&new.sha256)
    .bind(new.source.map(|s| s.0))
    .bind(new.user.map(|u| u.0))
    .bind(&scopes)
    .bind(&sites)
    .bind(new.expires_at)
    .fetch_one(tx.conn())
    .await?;
    let detail = serde_json::json!({
        "user": new.user.map(|u| u.0), "source": new.source.map(|s| s.0),
        "after": { "name": new.name, "prefix": new.prefix, "key": "set", "scopes": scopes,
                   "sites": sites, "ends": new.expires_at },
    });
    tx.audit(vec![AuditEntry::new("api_key.create", "api_key", id).detail(detail)]).await?;
    Ok(ApiKeyId(id))
}

/// Ends a key at once; `false` if there is none, or it has ended already.
///
/// # Errors
/// When a query fails.
pub async fn revoke_api_key(tx: &mut ScopedTx, id: ApiKeyId) -> Result<bool, Error> {
    let done: Option<(String, String)> = sqlx::query_as(
        "UPDATE api_key SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL
         RETURNING name, prefix",
    )
    .bind(id.0)
    .fetch_optional(tx.conn())
    .await?;
    let Some((name, prefix)) = done else { return Ok(false) };
    let detail = serde_json::json!({
        "name": name, "prefix": prefix,
        "before": { "state": "live" }, "after": { "state": "revoked" },
    });
    tx.audit(vec![AuditEntry::new("api_key.revoke", "api_key", id.0).detail(detail)]).await?;
    Ok(true)
}

/// The source of that name, made if there is none.
///
/// # Errors
/// When a query fails.
pub async fn ensure_source(tx: &mut ScopedTx, name: &str) -> Result<SourceId, Error> {
    let made: Option<i64> = sqlx::query_scalar(
        "INSERT INTO source (name) VALUES ($1) ON CONFLICT (name) DO NOTHING RETURNING id",
    )
    .bind(name)
    .fetch_optional(tx.conn())
    .await?;
    if let Some(id) = made {
        let detail = serde_json::json!({ "name": name });
        tx.audit(vec![AuditEntry::new("source.create", "source", id).detail(detail)]).await?;
        return Ok(SourceId(id));
    }
    let id: i64 = sqlx::query_scalar("SELECT id FROM source WHERE name = $1")
        .bind(name)
        .fetch_one(tx.conn())
        .await?;
    Ok(SourceId(id))
}
