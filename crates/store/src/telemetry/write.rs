//! Values coming in.

use chrono::{DateTime, Utc};
use domain::ids::{AssetId, SiteId, SourceId};

use crate::{Error, ScopedTx};

/// A measured point of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Its id.
    pub id: i64,
    /// Its path, such as `VMC-1050/SP02/vib_rms`.
    pub path: String,
    /// The asset it belongs to.
    pub asset: Option<AssetId>,
    /// The site of that asset.
    pub site: Option<SiteId>,
}

/// A point that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPoint {
    /// Its path.
    pub path: String,
    /// The asset and site that its beginning names.
    pub asset: Option<(AssetId, SiteId)>,
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewSample {
    /// The point.
    pub point: i64,
    /// When it was measured.
    pub at: DateTime<Utc>,
    /// The value, finite.
    pub value: f64,
    /// `good`, `uncertain` or `bad`.
    pub quality: &'static str,
}

/// The source's points among these paths.
///
/// # Errors
/// What the database says.
pub async fn points(
    tx: &mut ScopedTx,
    source: SourceId,
    paths: &[String],
) -> Result<Vec<Point>, Error> {
    let rows: Vec<(i64, String, Option<i64>, Option<i64>)> = sqlx::query_as(
        "SELECT id, path, asset_id, site_id FROM sensor_point
         WHERE source_id = $1 AND path = ANY($2)",
    )
    .bind(source.0)
    .bind(paths)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(point).collect())
}

fn point((id, path, asset, site): (i64, String, Option<i64>, Option<i64>)) -> Point {
    Point { id, path, asset: asset.map(AssetId), site: site.map(SiteId) }
}

/// Active assets with these tags, as compared.
///
/// # Errors
/// What the database says.
pub async fn assets_by_key(
    tx: &mut ScopedTx,
    keys: &[String],
) -> Result<Vec<(String, AssetId, SiteId)>, Error> {
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT tag_key, id, site_id FROM asset WHERE tag_key = ANY($1) AND status = 'active'",
    )
    .bind(keys)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(key, asset, site)| (key, AssetId(asset), SiteId(site))).collect())
}

/// Makes points that are not there yet and maps unmapped ones; paths sorted and distinct.
///
/// # Errors
/// What the database says.
pub async fn insert_points(
    tx: &mut ScopedTx,
    source: SourceId,
    new: &[NewPoint],
) -> Result<Vec<Point>, Error> {
    let rows: Vec<(i64, String, Option<i64>, Option<i64>)> = sqlx::query_as(
        "INSERT INTO sensor_point AS p (source_id, path, asset_id, site_id)
         SELECT $1, path, asset_id, site_id
         FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS q (path, asset_id, site_id)
         ON CONFLICT (source_id, path) DO UPDATE SET
            asset_id = coalesce(p.asset_id, excluded.asset_id),
            site_id = coalesce(p.site_id, excluded.site_id)
         RETURNING id, path, asset_id, site_id",
    )
    .bind(source.0)
    .bind(new.iter().map(|p| p.path.as_str()).collect::<Vec<_>>())
    .bind(new.iter().map(|p| p.asset.map(|a| a.0.0)).collect::<Vec<_>>())
    .bind(new.iter().map(|p| p.asset.map(|a| a.1.0)).collect::<Vec<_>>())
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(point).collect())
}

/// Stores values, sorted by point and time; one that is there already stays. Returns how many are
/// new.
///
/// # Errors
/// What the database says.
pub async fn insert_samples(tx: &mut ScopedTx, samples: &[NewSample]) -> Result<u64, Error> {
    let stored: i64 = sqlx::query_scalar(
        "WITH stored AS (
            INSERT INTO telemetry (point_id, at, value, quality)
            SELECT point_id, at, value, quality
            FROM unnest($1::bigint[], $2::timestamptz[], $3::float8[], $4::text[])
                 AS q (point_id, at, value, quality)
            ON CONFLICT (point_id, at) DO NOTHING
            RETURNING point_id, at, value, quality
         ), latest AS (
            SELECT DISTINCT ON (point_id) point_id, at, value FROM stored
            WHERE quality = 'good' ORDER BY point_id, at DESC
         ), locked AS (
            SELECT p.id FROM sensor_point p WHERE p.id IN (SELECT point_id FROM latest)
            ORDER BY p.id FOR UPDATE
         ), seen AS (
            UPDATE sensor_point p SET last_at = l.at, last_value = l.value
            FROM latest l JOIN locked ON locked.id = l.point_id
            WHERE p.id = l.point_id AND (p.last_at IS NULL OR p.last_at < l.at)
         )
         SELECT count(*) FROM stored",
    )
    .bind(samples.iter().map(|s| s.point).collect::<Vec<_>>())
    .bind(samples.iter().map(|s| s.at).collect::<Vec<_>>())
    .bind(samples.iter().map(|s| s.value).collect::<Vec<_>>())
    .bind(samples.iter().map(|s| s.quality).collect::<Vec<_>>())
    .fetch_one(tx.conn())
    .await?;
    Ok(stored.unsigned_abs())
}
