//! Pairs of our assets with those of a register.

use domain::ids::{AssetId, ConnectionId};

use crate::{Error, ScopedTx};

/// A standing pair.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkRow {
    /// Our asset.
    pub asset_id: i64,
    /// Their id.
    pub cmms_id: String,
}

/// A pair to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// Our asset.
    pub asset_id: i64,
    /// Their id.
    pub cmms_id: String,
    /// By what: `tag`, `serial`, `barcode`, `suggestion`, `hand` or `added`.
    pub method: &'static str,
    /// Certainty in percent.
    pub score: i16,
}

/// Every standing pair of a connection.
///
/// # Errors
/// What the database says.
pub async fn links(tx: &mut ScopedTx, connection: ConnectionId) -> Result<Vec<LinkRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT asset_id, cmms_id FROM asset_link
         WHERE connection_id = $1 AND unlinked_at IS NULL ORDER BY asset_id",
    )
    .bind(connection.0)
    .fetch_all(tx.conn())
    .await?)
}

/// Makes pairs; those of which one side is taken are left out. Answers those that were made.
///
/// # Errors
/// What the database says.
pub async fn link(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    pairs: &[NewLink],
) -> Result<Vec<LinkRow>, Error> {
    let (now, actor) = (tx.now(), tx.actor());
    Ok(sqlx::query_as(
        "INSERT INTO asset_link (connection_id, asset_id, cmms_id, method, score, linked_kind, linked_by, linked_at)
         SELECT $1, asset_id, cmms_id, method, score, $6, $7, $8
         FROM unnest($2::bigint[], $3::text[], $4::text[], $5::smallint[]) AS t (asset_id, cmms_id, method, score)
         ORDER BY asset_id
         ON CONFLICT DO NOTHING RETURNING asset_id, cmms_id",
    )
    .bind(connection.0)
    .bind(pairs.iter().map(|pair| pair.asset_id).collect::<Vec<_>>())
    .bind(pairs.iter().map(|pair| pair.cmms_id.clone()).collect::<Vec<_>>())
    .bind(pairs.iter().map(|pair| pair.method).collect::<Vec<_>>())
    .bind(pairs.iter().map(|pair| pair.score).collect::<Vec<_>>())
    .bind(actor.kind())
    .bind(actor.id())
    .bind(now)
    .fetch_all(tx.conn())
    .await?)
}

/// A standing pair, for undoing it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenLink {
    /// Its id.
    pub id: i64,
    /// Our asset.
    pub asset_id: i64,
    /// Its site.
    pub site_id: i64,
    /// Their id.
    pub cmms_id: String,
}

/// The standing pair of one of our assets, locked.
///
/// # Errors
/// What the database says.
pub async fn link_of(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    asset: AssetId,
) -> Result<Option<OpenLink>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT l.id, l.asset_id, a.site_id, l.cmms_id FROM asset_link l JOIN asset a ON a.id = l.asset_id
         WHERE l.connection_id = $1 AND l.asset_id = $2 AND l.unlinked_at IS NULL
           AND ($3::bigint[] IS NULL OR a.site_id = ANY($3))
         FOR UPDATE OF l",
    )
    .bind(connection.0)
    .bind(asset.0)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// The asset that a record is paired with, and the record's name; `None` when there is no such record.
///
/// # Errors
/// What the database says.
pub async fn taken(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    cmms_id: &str,
) -> Result<Option<(String, Option<i64>)>, Error> {
    Ok(sqlx::query_as(
        "SELECT c.tag, l.asset_id FROM cmms_asset c
         LEFT JOIN asset_link l ON l.connection_id = c.connection_id AND l.cmms_id = c.cmms_id
                               AND l.unlinked_at IS NULL
         WHERE c.connection_id = $1 AND c.cmms_id = $2",
    )
    .bind(connection.0)
    .bind(cmms_id)
    .fetch_optional(tx.conn())
    .await?)
}

/// Undoes a pair; its row stays.
///
/// # Errors
/// What the database says.
pub async fn unlink(tx: &mut ScopedTx, link: i64) -> Result<(), Error> {
    let (now, actor) = (tx.now(), tx.actor());
    sqlx::query(
        "UPDATE asset_link SET unlinked_at = $2, unlinked_kind = $3, unlinked_by = $4 WHERE id = $1",
    )
    .bind(link)
    .bind(now)
    .bind(actor.kind())
    .bind(actor.id())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Remembers that two are not one.
///
/// # Errors
/// What the database says.
pub async fn refuse_pair(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    asset: i64,
    cmms_id: &str,
) -> Result<(), Error> {
    let (now, actor) = (tx.now(), tx.actor());
    sqlx::query(
        "INSERT INTO asset_pair_refused (connection_id, asset_id, cmms_id, refused_by, refused_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(connection.0)
    .bind(asset)
    .bind(cmms_id)
    .bind(actor.id())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Pairs that a person has said are two.
///
/// # Errors
/// What the database says.
pub async fn refused_pairs(
    tx: &mut ScopedTx,
    connection: ConnectionId,
) -> Result<Vec<LinkRow>, Error> {
    Ok(sqlx::query_as("SELECT asset_id, cmms_id FROM asset_pair_refused WHERE connection_id = $1")
        .bind(connection.0)
        .fetch_all(tx.conn())
        .await?)
}
