use chrono::{DateTime, Utc};
use domain::ids::{ApiKeyId, UserId};
use sqlx::FromRow;

use crate::{Error, ScopedTx};

/// A key as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct KeyRow {
    /// Which.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// The visible beginning.
    pub prefix: String,
    /// Name of the feed.
    pub source: Option<String>,
    /// For whom it acts.
    pub user_id: Option<i64>,
    /// Their name.
    pub user_name: Option<String>,
    /// What for.
    pub scopes: Vec<String>,
    /// Where; `None` is every site.
    pub site_ids: Option<Vec<i64>>,
    /// Names of those sites.
    pub site_names: Option<Vec<String>>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// It can be used now.
    pub live: bool,
}

/// A page of the keys the caller may see, newest first: all of them, or those whose sites are all
/// the caller's. `user` keeps those that act for one person, `id` one key.
async fn list(
    tx: &mut ScopedTx,
    user: Option<UserId>,
    id: Option<ApiKeyId>,
    after: Option<ApiKeyId>,
    limit: i64,
) -> Result<Vec<KeyRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT k.id, k.name, k.prefix, s.name AS source, k.user_id, u.name AS user_name, k.scopes,
                k.site_ids,
                (SELECT array_agg(a.name ORDER BY a.name) FROM asset a WHERE a.id = ANY(k.site_ids))
                    AS site_names,
                k.expires_at, k.last_used_at, k.revoked_at, k.created_at,
                k.revoked_at IS NULL AND coalesce(k.expires_at > now(), true)
                    AND coalesce(u.status = 'active', true) AS live
         FROM api_key k
         LEFT JOIN source s ON s.id = k.source_id
         LEFT JOIN app_user u ON u.id = k.user_id
         WHERE ($1::bigint[] IS NULL OR k.site_ids <@ $1)
           AND ($2::bigint IS NULL OR k.user_id = $2)
           AND ($3::bigint IS NULL OR k.id = $3)
           AND ($4::bigint IS NULL OR k.id < $4)
         ORDER BY k.id DESC LIMIT $5",
    )
    .bind(sites)
    .bind(user.map(|u| u.0))
    .bind(id.map(|id| id.0))
    .bind(after.map(|id| id.0))
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// A page of the keys the caller may see, newest first: all of them, or those that are limited to
/// the caller's sites. With `user` only those that act for that person.
///
/// # Errors
/// When the query fails.
pub async fn keys(
    tx: &mut ScopedTx,
    user: Option<UserId>,
    after: Option<ApiKeyId>,
    limit: i64,
) -> Result<Vec<KeyRow>, Error> {
    list(tx, user, None, after, limit).await
}

/// One of them.
///
/// # Errors
/// When the query fails.
pub async fn key(tx: &mut ScopedTx, id: ApiKeyId) -> Result<Option<KeyRow>, Error> {
    Ok(list(tx, None, Some(id), None, 1).await?.pop())
}
