//! Values for charts.

use chrono::{DateTime, Utc};
use domain::ids::AssetId;

use crate::{Error, ScopedTx};

/// A point as charts name it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PointRow {
    /// Its id.
    pub id: i64,
    /// Its path.
    pub path: String,
    /// Unit, when known.
    pub unit: Option<String>,
    /// Time of its latest good value.
    pub last_at: Option<DateTime<Utc>>,
    /// Its latest good value.
    pub last_value: Option<f64>,
}

/// The values of one stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, sqlx::FromRow)]
pub struct Sample {
    /// The point.
    pub point_id: i64,
    /// Middle of the stretch as measured.
    pub at: DateTime<Utc>,
    /// Mean.
    pub mean: f64,
    /// Lowest.
    pub min: f64,
    /// Highest.
    pub max: f64,
}

/// Points with this path, of any source, within the caller's sites; unmapped ones need every site.
///
/// # Errors
/// What the database says.
pub async fn points_by_path(tx: &mut ScopedTx, paths: &[String]) -> Result<Vec<PointRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT id, path, unit, last_at, last_value FROM sensor_point
         WHERE path = ANY($1) AND ($2::bigint[] IS NULL OR site_id = ANY($2))
         ORDER BY path, id",
    )
    .bind(paths)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// Points of an asset and of everything below it, within the caller's sites.
///
/// # Errors
/// What the database says.
pub async fn points_of_asset(
    tx: &mut ScopedTx,
    asset: AssetId,
    limit: i64,
) -> Result<Vec<PointRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT p.id, p.path, p.unit, p.last_at, p.last_value
         FROM asset a JOIN sensor_point p ON p.asset_id = a.id
         WHERE a.path @> ARRAY[$1::bigint] AND ($2::bigint[] IS NULL OR p.site_id = ANY($2))
         ORDER BY p.path, p.id LIMIT $3",
    )
    .bind(asset.0)
    .bind(sites)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Values of points from `from` (inclusive) to `to` (exclusive), united into at most `buckets`
/// stretches of equal length each, by point and time. `qualities` are those that count.
///
/// # Errors
/// What the database says.
pub async fn series(
    tx: &mut ScopedTx,
    points: &[i64],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    buckets: i32,
    qualities: &[&str],
) -> Result<Vec<Sample>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT t.point_id,
                to_timestamp(avg(extract(epoch FROM t.at))::float8) AS at,
                avg(t.value) AS mean, min(t.value) AS min, max(t.value) AS max
         FROM telemetry t JOIN sensor_point p ON p.id = t.point_id
         WHERE t.point_id = ANY($1) AND t.at >= $2 AND t.at < $3 AND t.quality = ANY($5)
           AND ($6::bigint[] IS NULL OR p.site_id = ANY($6))
         GROUP BY t.point_id, floor(extract(epoch FROM t.at - $2) * $4
                                    / greatest(extract(epoch FROM $3::timestamptz - $2), 0.001))
         ORDER BY t.point_id, 2",
    )
    .bind(points)
    .bind(from)
    .bind(to)
    .bind(buckets.max(1))
    .bind(qualities.iter().map(|q| (*q).to_owned()).collect::<Vec<_>>())
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}
