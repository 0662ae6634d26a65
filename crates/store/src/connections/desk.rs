//! What the screens of connections read.

use chrono::{DateTime, Utc};
use domain::ids::{ConnectionId, SiteId};
use serde_json::Value;

use crate::{Error, ScopedTx};

/// One connection with its queue.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeskRow {
    /// Its id.
    pub id: i64,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Name of its manifest.
    pub system: String,
    /// `shadow`, `live` or `paused`.
    pub state: String,
    /// Failures in a row.
    pub failures: i32,
    /// Until when the circuit is open.
    pub open_until: Option<DateTime<Utc>>,
    /// Why it was paused.
    pub paused_reason: Option<String>,
    /// Work orders on their way.
    pub backlog: i64,
    /// Since when the oldest of them waits.
    pub oldest_waiting: Option<DateTime<Utc>>,
    /// When the next call is due.
    pub next_retry: Option<DateTime<Utc>>,
    /// Deliveries that stopped.
    pub stopped: i64,
    /// When a call last went well.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// When one last did not.
    pub last_error_at: Option<DateTime<Utc>>,
    /// What went wrong then.
    pub last_error: Option<String>,
    /// Until then creates are preceded by look-ups.
    pub reconcile_first: Option<DateTime<Utc>>,
    /// Created there in the last 24 hours.
    pub created_24h: i64,
}

/// Connections with their queues, of all of them or of one. Those that serve sites show only to
/// whoever reaches one of these.
///
/// # Errors
/// When the database refuses.
pub async fn desk(tx: &mut ScopedTx, only: Option<ConnectionId>) -> Result<Vec<DeskRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT k.id, k.slug, k.name, k.system, k.state, k.failures, k.open_until,
                k.paused_reason, k.last_ok_at, k.last_error_at, k.last_error, k.reconcile_first,
                q.backlog, q.oldest_waiting, q.next_retry, s.stopped, c.created_24h
         FROM connection k
         CROSS JOIN LATERAL (
             SELECT count(*) AS backlog, min(w.created_at) AS oldest_waiting,
                    min(w.next_at) AS next_retry
             FROM work_order w WHERE w.connection_id = k.id
               AND w.delivery_state IN ('queued', 'sending', 'unknown')
               AND ($2::bigint[] IS NULL OR w.site_id = ANY($2))) q
         CROSS JOIN LATERAL (
             SELECT count(*) AS stopped FROM work_order w WHERE w.connection_id = k.id
               AND w.delivery_state IN ('rejected', 'needs_person', 'dead')
               AND w.status <> 'cancelled' AND ($2::bigint[] IS NULL OR w.site_id = ANY($2))) s
         CROSS JOIN LATERAL (
             SELECT count(*) AS created_24h FROM work_order w WHERE w.connection_id = k.id
               AND w.delivery_state = 'created' AND w.created_at > now() - interval '24 hours'
               AND ($2::bigint[] IS NULL OR w.site_id = ANY($2))) c
         WHERE ($1::bigint IS NULL OR k.id = $1)
           AND ($2::bigint[] IS NULL
                OR NOT EXISTS (SELECT FROM connection_site x WHERE x.connection_id = k.id)
                OR EXISTS (SELECT FROM connection_site x
                           WHERE x.connection_id = k.id AND x.site_id = ANY($2)))
         ORDER BY k.id",
    )
    .bind(only.map(|id| id.0))
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// A site and a connection that serves it, actively or not.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ServedRow {
    /// The connection.
    pub connection_id: i64,
    /// The site.
    pub site_id: i64,
    /// Its name.
    pub name: String,
    /// Whether the connection is the site's active one.
    pub active: bool,
}

/// Which sites are served by which connections, within the caller's.
///
/// # Errors
/// When the database refuses.
pub async fn served_sites(tx: &mut ScopedTx) -> Result<Vec<ServedRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT x.connection_id, x.site_id, a.name, s.connection_id = x.connection_id AS active
         FROM (SELECT connection_id, site_id FROM connection_site
               UNION SELECT connection_id, id FROM site) x
         JOIN site s ON s.id = x.site_id JOIN asset a ON a.id = s.id
         WHERE ($1::bigint[] IS NULL OR x.site_id = ANY($1))
         ORDER BY x.connection_id, a.name",
    )
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// Calls of the last 24 hours: connection, hours ago, went well, failed.
///
/// # Errors
/// When the database refuses.
pub async fn hours(
    tx: &mut ScopedTx,
    only: Option<ConnectionId>,
) -> Result<Vec<(i64, i32, i64, i64)>, Error> {
    Ok(sqlx::query_as(
        "SELECT connection_id, floor(extract(epoch FROM now() - at) / 3600)::int AS ago,
                count(*) FILTER (WHERE outcome = 'ok'),
                count(*) FILTER (WHERE outcome NOT IN ('ok', 'under_way'))
         FROM api_transaction
         WHERE at > now() - interval '24 hours' AND at <= now()
           AND ($1::bigint IS NULL OR connection_id = $1)
         GROUP BY 1, 2",
    )
    .bind(only.map(|id| id.0))
    .fetch_all(tx.conn())
    .await?)
}

/// Calls of the last hour: how many, median and 95th percentile in milliseconds.
///
/// # Errors
/// When the database refuses.
pub async fn latency(tx: &mut ScopedTx, id: ConnectionId) -> Result<(i64, f64, f64), Error> {
    Ok(sqlx::query_as(
        "SELECT count(*), COALESCE(percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds), 0),
                COALESCE(percentile_cont(0.95) WITHIN GROUP (ORDER BY milliseconds), 0)
         FROM api_transaction
         WHERE connection_id = $1 AND at > now() - interval '1 hour' AND direction = 'out'
           AND outcome <> 'under_way'",
    )
    .bind(id.0)
    .fetch_one(tx.conn())
    .await?)
}

/// A delivery that stopped.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StoppedRow {
    /// The work order.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// What is to be done.
    pub title: String,
    /// Tag of its asset.
    pub tag: String,
    /// Where the delivery stands.
    pub delivery_state: String,
    /// Calls that counted.
    pub attempts: i32,
    /// Stable code.
    pub error_code: Option<String>,
    /// In words.
    pub error_text: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// Deliveries of a connection that stopped, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn stopped(
    tx: &mut ScopedTx,
    id: ConnectionId,
    limit: i64,
) -> Result<Vec<StoppedRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT w.id, w.site_id, w.title, a.tag, w.delivery_state, w.attempts, w.error_code,
                w.error_text, w.created_at
         FROM work_order w JOIN asset a ON a.id = w.asset_id
         WHERE w.connection_id = $1 AND w.delivery_state IN ('rejected', 'needs_person', 'dead')
           AND w.status <> 'cancelled' AND ($2::bigint[] IS NULL OR w.site_id = ANY($2))
         ORDER BY w.id LIMIT $3",
    )
    .bind(id.0)
    .bind(sites)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// A stored call.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CallRow {
    /// Its number.
    pub id: i64,
    /// When it began.
    pub at: DateTime<Utc>,
    /// `out` or `in`.
    pub direction: String,
    /// What it was for.
    pub operation: String,
    /// The manifest's name of the call.
    pub step: String,
    /// HTTP method.
    pub method: String,
    /// HTTP status.
    pub status: Option<i16>,
    /// How it ended.
    pub outcome: String,
    /// How long it took.
    pub milliseconds: i32,
    /// The work order it was made for.
    pub work_order_id: Option<i64>,
    /// Hash of the body.
    pub payload_sha256: Option<Vec<u8>>,
}

/// Calls of a connection, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn calls(
    tx: &mut ScopedTx,
    id: ConnectionId,
    failed_only: bool,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<CallRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT id, at, direction, operation, step, method, status, outcome, milliseconds,
                work_order_id, payload_sha256
         FROM api_transaction
         WHERE connection_id = $1 AND (NOT $2 OR outcome <> 'ok') AND ($3::bigint IS NULL OR id < $3)
         ORDER BY id DESC LIMIT $4",
    )
    .bind(id.0)
    .bind(failed_only)
    .bind(before)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// A work order that shadow would have sent.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ShadowRow {
    /// When.
    pub at: DateTime<Utc>,
    /// The work order that the active connection got.
    pub work_order_id: i64,
    /// Its title.
    pub title: String,
    /// The body.
    pub request: Value,
    /// Why it could not have been sent.
    pub problem: Option<String>,
}

/// What a connection would have sent in shadow, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn shadow_orders(
    tx: &mut ScopedTx,
    id: ConnectionId,
    limit: i64,
) -> Result<Vec<ShadowRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT o.at, o.work_order_id, w.title, o.request, o.problem
         FROM shadow_order o JOIN work_order w ON w.id = o.work_order_id
         WHERE o.connection_id = $1 AND ($2::bigint[] IS NULL OR o.site_id = ANY($2))
         ORDER BY o.id DESC LIMIT $3",
    )
    .bind(id.0)
    .bind(sites)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// How many those are.
///
/// # Errors
/// When the database refuses.
pub async fn shadow_count(tx: &mut ScopedTx, id: ConnectionId) -> Result<i64, Error> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM shadow_order WHERE connection_id = $1")
        .bind(id.0)
        .fetch_one(tx.conn())
        .await?)
}

/// The sites a connection serves or is to serve, whoever asks.
///
/// # Errors
/// When the database refuses.
pub async fn all_sites(tx: &mut ScopedTx, id: ConnectionId) -> Result<Vec<SiteId>, Error> {
    let ids: Vec<i64> = sqlx::query_scalar(
        "SELECT site_id FROM connection_site WHERE connection_id = $1
         UNION SELECT id FROM site WHERE connection_id = $1 ORDER BY 1",
    )
    .bind(id.0)
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(SiteId).collect())
}
