//! Making, changing and switching connections. Each needs an audit row for `connection`.

use std::collections::BTreeMap;

use domain::ids::{ConnectionId, SiteId};
use serde_json::Value;
use sqlx::types::Json;

use crate::{Error, ScopedTx};

/// What an administrator may change.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Editable {
    /// Its name for people.
    pub name: String,
    /// Where the CMMS is.
    pub base_url: Option<String>,
    /// An own manifest.
    pub manifest: Option<String>,
    /// Settings of the manifest.
    #[sqlx(json)]
    pub settings: BTreeMap<String, Value>,
    /// Statuses added to the manifest's.
    #[sqlx(json)]
    pub statuses: BTreeMap<String, String>,
    /// An own authority, PEM.
    pub authority: Option<String>,
    /// Seconds until a call counts as unanswered.
    pub timeout_seconds: Option<i32>,
    /// Seconds between two polls of work orders.
    pub orders_every: i32,
    /// Seconds between two reads of the register.
    pub assets_every: i32,
    /// Calls at once.
    pub concurrency: i16,
    /// Work orders an hour by rules.
    pub cap_per_hour: i32,
    /// Work orders a day by rules.
    pub cap_per_day: i32,
}

/// Adds a connection in shadow; `None` when the slug is taken.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    tx: &mut ScopedTx,
    slug: &str,
    system: &str,
    editable: &Editable,
) -> Result<Option<ConnectionId>, Error> {
    let id: Option<i64> = sqlx::query_scalar(
        "INSERT INTO connection (slug, system, state, name, base_url, manifest, settings, statuses,
             authority, timeout_seconds, orders_every, assets_every, concurrency, cap_per_hour,
             cap_per_day)
         VALUES ($1, $2, 'shadow', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (slug) DO NOTHING RETURNING id",
    )
    .bind(slug)
    .bind(system)
    .bind(&editable.name)
    .bind(&editable.base_url)
    .bind(&editable.manifest)
    .bind(Json(&editable.settings))
    .bind(Json(&editable.statuses))
    .bind(&editable.authority)
    .bind(editable.timeout_seconds)
    .bind(editable.orders_every)
    .bind(editable.assets_every)
    .bind(editable.concurrency)
    .bind(editable.cap_per_hour)
    .bind(editable.cap_per_day)
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(ConnectionId))
}

/// Locks a connection and reads what may be changed, and its version.
///
/// # Errors
/// When the database refuses.
pub async fn editable(
    tx: &mut ScopedTx,
    id: ConnectionId,
) -> Result<Option<(Editable, i32)>, Error> {
    let version: Option<i32> =
        sqlx::query_scalar("SELECT version FROM connection WHERE id = $1 FOR UPDATE")
            .bind(id.0)
            .fetch_optional(tx.conn())
            .await?;
    let Some(version) = version else { return Ok(None) };
    let editable = sqlx::query_as(
        "SELECT name, base_url, manifest, settings, statuses, authority, timeout_seconds,
                orders_every, assets_every, concurrency, cap_per_hour, cap_per_day
         FROM connection WHERE id = $1",
    )
    .bind(id.0)
    .fetch_one(tx.conn())
    .await?;
    Ok(Some((editable, version)))
}

/// Changes a connection; clients are built anew.
///
/// # Errors
/// When the database refuses.
pub async fn update(tx: &mut ScopedTx, id: ConnectionId, new: &Editable) -> Result<(), Error> {
    sqlx::query(
        "UPDATE connection SET name = $2, base_url = $3, manifest = $4, settings = $5,
             statuses = $6, authority = $7, timeout_seconds = $8, orders_every = $9,
             assets_every = $10, concurrency = $11, cap_per_hour = $12, cap_per_day = $13,
             version = version + 1
         WHERE id = $1",
    )
    .bind(id.0)
    .bind(&new.name)
    .bind(&new.base_url)
    .bind(&new.manifest)
    .bind(Json(&new.settings))
    .bind(Json(&new.statuses))
    .bind(&new.authority)
    .bind(new.timeout_seconds)
    .bind(new.orders_every)
    .bind(new.assets_every)
    .bind(new.concurrency)
    .bind(new.cap_per_hour)
    .bind(new.cap_per_day)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Lets a connection serve these sites and no others; the active ones of a site stay.
///
/// # Errors
/// When the database refuses.
pub async fn serve(tx: &mut ScopedTx, id: ConnectionId, sites: &[SiteId]) -> Result<(), Error> {
    let sites: Vec<i64> = sites.iter().map(|site| site.0).collect();
    sqlx::query(
        "DELETE FROM connection_site x WHERE x.connection_id = $1 AND x.site_id <> ALL($2)
           AND NOT EXISTS (SELECT FROM site s WHERE s.id = x.site_id AND s.connection_id = $1)",
    )
    .bind(id.0)
    .bind(&sites)
    .execute(tx.conn())
    .await?;
    sqlx::query(
        "INSERT INTO connection_site (connection_id, site_id)
         SELECT $1, id FROM site WHERE id = ANY($2) ON CONFLICT DO NOTHING",
    )
    .bind(id.0)
    .bind(&sites)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes a connection live, and the active one of these sites; answers the sites and the connections
/// they had. Needs audit rows for the sites, too.
///
/// # Errors
/// When the database refuses.
pub async fn go_live(
    tx: &mut ScopedTx,
    id: ConnectionId,
    sites: &[SiteId],
) -> Result<Vec<(SiteId, ConnectionId)>, Error> {
    sqlx::query("UPDATE connection SET state = 'live' WHERE id = $1 AND state = 'shadow'")
        .bind(id.0)
        .execute(tx.conn())
        .await?;
    let sites: Vec<i64> = sites.iter().map(|site| site.0).collect();
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "WITH before AS (SELECT id, connection_id FROM site WHERE id = ANY($2) AND connection_id <> $1
                         ORDER BY id FOR UPDATE)
         UPDATE site s SET connection_id = $1 FROM before b WHERE s.id = b.id
         RETURNING s.id, b.connection_id",
    )
    .bind(id.0)
    .bind(&sites)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(site, from)| (SiteId(site), ConnectionId(from))).collect())
}

/// Pauses a connection; `false` when it is paused already.
///
/// # Errors
/// When the database refuses.
pub async fn pause(tx: &mut ScopedTx, id: ConnectionId, reason: &str) -> Result<bool, Error> {
    let done = sqlx::query(
        "UPDATE connection SET resumes_as = state, state = 'paused', paused_reason = $2
         WHERE id = $1 AND state <> 'paused'",
    )
    .bind(id.0)
    .bind(reason)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets the next call of an open circuit be made at once.
///
/// # Errors
/// When the database refuses.
pub async fn probe_now(tx: &mut ScopedTx, id: ConnectionId) -> Result<(), Error> {
    sqlx::query("UPDATE connection SET open_until = now() WHERE id = $1 AND open_until > now()")
        .bind(id.0)
        .execute(tx.conn())
        .await?;
    sqlx::query(
        "WITH mine AS (SELECT l.work_order_id FROM delivery_lane l
                       JOIN work_order w ON w.id = l.work_order_id
                       WHERE l.connection_id = $1 AND l.ready_at > now()
                         AND w.delivery_state = 'queued'
                       ORDER BY l.ready_at LIMIT 1 FOR UPDATE OF l)
         UPDATE delivery_lane l SET ready_at = now() FROM mine
         WHERE l.work_order_id = mine.work_order_id",
    )
    .bind(id.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Sets the hash of the token in the address of webhooks; the one before stays valid.
///
/// # Errors
/// When the database refuses.
pub async fn set_webhook_token(
    tx: &mut ScopedTx,
    id: ConnectionId,
    sha256: &[u8],
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE connection SET webhook_token_old = webhook_token, webhook_token = $2 WHERE id = $1",
    )
    .bind(id.0)
    .bind(sha256)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether the address of webhooks has a token.
///
/// # Errors
/// When the database refuses.
pub async fn has_webhook_token(tx: &mut ScopedTx, id: ConnectionId) -> Result<bool, Error> {
    Ok(sqlx::query_scalar("SELECT webhook_token IS NOT NULL FROM connection WHERE id = $1")
        .bind(id.0)
        .fetch_one(tx.conn())
        .await?)
}

/// Lets creates of every external connection be preceded by look-ups until a time; answers their
/// ids (R18).
///
/// # Errors
/// When the database refuses.
pub async fn reconcile_first(
    tx: &mut ScopedTx,
    until: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<i64>, Error> {
    Ok(sqlx::query_scalar(
        "UPDATE connection SET reconcile_first = $1 WHERE system <> 'book' RETURNING id",
    )
    .bind(until)
    .fetch_all(tx.conn())
    .await?)
}

/// What the database counts, and a file outside it knows.
///
/// # Errors
/// When the database refuses.
pub async fn epoch(tx: &mut ScopedTx) -> Result<i64, Error> {
    Ok(sqlx::query_scalar("SELECT value FROM epoch").fetch_one(tx.conn()).await?)
}

/// Counts on, to at least `least`.
///
/// # Errors
/// When the database refuses.
pub async fn advance_epoch(tx: &mut ScopedTx, least: i64) -> Result<i64, Error> {
    Ok(sqlx::query_scalar("UPDATE epoch SET value = greatest(value + 1, $1) RETURNING value")
        .bind(least)
        .fetch_one(tx.conn())
        .await?)
}
