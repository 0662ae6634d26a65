//! Policies and their immutable versions, drafts, runs in shadow, and what a preview replays.

mod desk;
mod draft;
mod replay;
mod shadow;

pub use desk::{
    Month, Served, StoredPolicy, StoredVersion, Vocabulary, body, month, policies, policy, served,
    versions, vocabulary,
};
pub use draft::{Draft, discard, draft, lock, rebase, save};
pub use replay::{
    Case, LIMIT, PersonOrder, Said, Seen, Thing, cap_orders, cases, payload, person_orders,
    predictions, said, source_names, things,
};
pub use shadow::{Counted, Differing, Run, counted, differing, end, run, start};

use domain::ids::{ConnectionId, PolicyId, SiteId};
use serde_json::Value;

use crate::{Error, ScopedTx};

/// Publishes a new version of the policy of a connection, or of one site of it; answers the policy
/// and its version. Needs an audit row for `policy`.
///
/// # Errors
/// What the database says.
pub async fn publish(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    site: Option<SiteId>,
    name: &str,
    body: &Value,
    bands: &[f64],
    reason: &str,
) -> Result<(PolicyId, i32), Error> {
    let (by, now) = (tx.actor().id(), tx.now());
    let (id, version): (i64, i32) = sqlx::query_as(
        "INSERT INTO policy AS p (connection_id, site_id, name, version) VALUES ($1, $2, $3, 1)
         ON CONFLICT (connection_id, site_id) DO UPDATE SET version = p.version + 1, name = $3
         RETURNING id, version",
    )
    .bind(connection.0)
    .bind(site.map(|s| s.0))
    .bind(name)
    .fetch_one(tx.conn())
    .await?;
    sqlx::query(
        "INSERT INTO policy_version
            (policy_id, version, body, bands, reason, published_by, published_at)
         VALUES ($1, $2, jsonb_set($3, '{version}', to_jsonb($2)), $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(version)
    .bind(body)
    .bind(bands)
    .bind(reason)
    .bind(by)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok((PolicyId(id), version))
}

/// The rules of a site's own under a connection, as in force.
///
/// # Errors
/// What the database says.
pub async fn override_of(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    site: SiteId,
) -> Result<Option<Value>, Error> {
    Ok(sqlx::query_scalar(
        "SELECT v.body FROM policy p
         JOIN policy_version v ON v.policy_id = p.id AND v.version = p.version
         WHERE p.connection_id = $1 AND p.site_id = $2",
    )
    .bind(connection.0)
    .bind(site.0)
    .fetch_optional(tx.conn())
    .await?)
}

/// Connections that have no policy of their own yet.
///
/// # Errors
/// What the database says.
pub async fn connections_without(tx: &mut ScopedTx) -> Result<Vec<ConnectionId>, Error> {
    let ids: Vec<i64> = sqlx::query_scalar(
        "SELECT id FROM connection c
         WHERE NOT EXISTS (SELECT FROM policy p WHERE p.connection_id = c.id AND p.site_id IS NULL)",
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(ConnectionId).collect())
}

/// Every connection.
///
/// # Errors
/// What the database says.
pub async fn connections(tx: &mut ScopedTx) -> Result<Vec<ConnectionId>, Error> {
    let ids: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM connection ORDER BY id").fetch_all(tx.conn()).await?;
    Ok(ids.into_iter().map(ConnectionId).collect())
}

/// The site with that tag and its connection.
///
/// # Errors
/// What the database says.
pub async fn site_by_tag(
    tx: &mut ScopedTx,
    tag_key: &str,
) -> Result<Option<(SiteId, ConnectionId)>, Error> {
    let sites = tx.sites();
    let row: Option<(i64, i64)> = sqlx::query_as(
        "SELECT s.id, s.connection_id FROM site s JOIN asset a ON a.id = s.id
         WHERE a.tag_key = $1 AND ($2::bigint[] IS NULL OR s.id = ANY($2))",
    )
    .bind(tag_key)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|(site, connection)| (SiteId(site), ConnectionId(connection))))
}

/// Replaces a site's calendar; needs an audit row for `site`.
///
/// # Errors
/// What the database says.
pub async fn set_calendar(tx: &mut ScopedTx, site: SiteId, calendar: &Value) -> Result<(), Error> {
    sqlx::query(
        "UPDATE site SET calendar = $2, time_zone = $2 ->> 'zone',
                calendar_version = calendar_version + 1 WHERE id = $1",
    )
    .bind(site.0)
    .bind(calendar)
    .execute(tx.conn())
    .await?;
    Ok(())
}
