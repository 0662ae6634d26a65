//! Values for charts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::ids::AssetId;
use store::ScopedTx;
use store::telemetry::{self as rows, PointRow, Sample};

use crate::Error;

/// What to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Paths of points, such as `VMC-1050/SP02/vib_rms`.
    pub points: Vec<String>,
    /// From then, inclusive.
    pub from: DateTime<Utc>,
    /// Until then, exclusive.
    pub to: DateTime<Utc>,
    /// Values for each point, at most; neighbours are united.
    pub max_points: i32,
    /// Also values that the source calls uncertain; bad ones never.
    pub uncertain: bool,
}

/// The course of one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// The point.
    pub point: PointRow,
    /// Its values by time.
    pub samples: Vec<Sample>,
}

/// The course of points within the caller's sites, in the order of their paths. Only good values
/// count, unless uncertain ones are asked for. A point without values has an empty course.
///
/// # Errors
/// What the database says.
pub async fn series(tx: &mut ScopedTx, query: &Series) -> Result<Vec<Trend>, Error> {
    let points = rows::points_by_path(tx, &query.points).await?;
    read(tx, points, query).await
}

/// The course of every point of an asset and of what stands below it, up to `limit` points;
/// `query.points` is not looked at.
///
/// # Errors
/// What the database says.
pub async fn of_asset(
    tx: &mut ScopedTx,
    asset: AssetId,
    limit: i64,
    query: &Series,
) -> Result<Vec<Trend>, Error> {
    let points = rows::points_of_asset(tx, asset, limit).await?;
    read(tx, points, query).await
}

async fn read(
    tx: &mut ScopedTx,
    points: Vec<PointRow>,
    query: &Series,
) -> Result<Vec<Trend>, Error> {
    let ids: Vec<i64> = points.iter().map(|p| p.id).collect();
    let qualities: &[&str] = if query.uncertain { &["good", "uncertain"] } else { &["good"] };
    let samples = rows::series(tx, &ids, query.from, query.to, query.max_points, qualities).await?;
    let mut by_point: HashMap<i64, Vec<Sample>> = HashMap::new();
    for sample in samples {
        by_point.entry(sample.point_id).or_default().push(sample);
    }
    Ok(points
        .into_iter()
        .map(|point| Trend { samples: by_point.remove(&point.id).unwrap_or_default(), point })
        .collect())
}
