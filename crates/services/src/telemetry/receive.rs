//! Measured values coming in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::asset::AssetKey;
use domain::ids::{AssetId, SiteId, SourceId};
use domain::permission::Permission;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::telemetry::{self as rows, NewPoint, NewSample};
use store::{AuditEntry, Scope, ScopedTx};

use crate::{Caller, Error};

/// One value that came in, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct PointValue {
    /// Path of the point, such as `VMC-1050/SP02/vib_rms`.
    pub point: String,
    /// When it was measured.
    pub at: DateTime<Utc>,
    /// The value, finite.
    pub value: f64,
    /// `good`, `uncertain` or `bad`.
    pub quality: &'static str,
}

/// What became of the values of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Stored now.
    pub stored: u64,
    /// Stored before: same point, same instant.
    pub duplicates: u64,
    /// Points made by this request.
    pub new_points: u64,
    /// Points of this request that no asset claims.
    pub unmapped_points: u64,
}

/// Stores values of the caller's source. Unknown points are made, and mapped when the beginning of
/// their path names an asset of the caller's sites.
///
/// # Errors
/// [`Error::Denied`] when the caller may not send telemetry or has no source.
pub async fn receive(
    tx: &mut ScopedTx,
    caller: &Caller,
    raw: &[u8],
    values: &[PointValue],
) -> Result<Counts, Error> {
    let source = caller.source.ok_or(Error::Denied)?;
    let scope = caller.scope(Permission::TelemetrySend)?;
    let paths: BTreeSet<&str> = values.iter().map(|v| v.point.as_str()).collect();
    let paths: Vec<String> = paths.into_iter().map(str::to_owned).collect();
    let mut ids: HashMap<String, (i64, bool)> = HashMap::new();
    let mut counts = Counts::default();
    for point in rows::points(tx, source, &paths).await? {
        ids.insert(point.path, (point.id, point.asset.is_some()));
    }
    counts.new_points = paths.iter().filter(|path| !ids.contains_key(*path)).count() as u64;
    for point in make(tx, source, &scope, &paths, &ids).await? {
        ids.insert(point.path, (point.id, point.asset.is_some()));
    }
    counts.unmapped_points = ids.values().filter(|(_, mapped)| !mapped).count() as u64;

    let mut samples: BTreeMap<(i64, DateTime<Utc>), NewSample> = BTreeMap::new();
    for value in values {
        let Some(&(point, _)) = ids.get(&value.point) else { continue };
        samples.entry((point, value.at)).or_insert(NewSample {
            point,
            at: value.at,
            value: value.value,
            quality: value.quality,
        });
    }
    let samples: Vec<NewSample> = samples.into_values().collect();
    counts.stored = rows::insert_samples(tx, &samples).await?;
    counts.duplicates = (values.len() as u64).saturating_sub(counts.stored);
    let entry = AuditEntry::new("telemetry.receive", "source", source.0)
        .payload(Sha256::digest(raw).to_vec())
        .detail(json!({ "count": values.len(), "stored": counts.stored }));
    tx.audit(vec![entry]).await?;
    Ok(counts)
}

/// Makes the points that are not known yet, and maps those whose asset has come since.
async fn make(
    tx: &mut ScopedTx,
    source: SourceId,
    scope: &Scope,
    paths: &[String],
    known: &HashMap<String, (i64, bool)>,
) -> Result<Vec<rows::Point>, Error> {
    let open: Vec<(&String, Vec<String>)> = paths
        .iter()
        .filter(|path| known.get(*path).is_none_or(|(_, mapped)| !mapped))
        .map(|path| (path, asset_keys(path)))
        .collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let keys: BTreeSet<String> = open.iter().flat_map(|(_, keys)| keys).cloned().collect();
    let keys: Vec<String> = keys.into_iter().collect();
    let assets: HashMap<String, (AssetId, SiteId)> = rows::assets_by_key(tx, &keys)
        .await?
        .into_iter()
        .filter(|(_, _, site)| scope.contains(*site))
        .map(|(key, asset, site)| (key, (asset, site)))
        .collect();
    let points: Vec<NewPoint> = open
        .into_iter()
        .map(|(path, keys)| NewPoint {
            path: path.clone(),
            asset: keys.iter().find_map(|key| assets.get(key).copied()),
        })
        .filter(|point| point.asset.is_some() || !known.contains_key(&point.path))
        .collect();
    if points.is_empty() {
        return Ok(Vec::new());
    }
    Ok(rows::insert_points(tx, source, &points).await?)
}

/// The tags that the beginning of a path may mean, most specific first:
/// `VMC-1050/SP02/vib_rms` → `vmc-1050-sp02`, `vmc-1050/sp02`, `vmc-1050`.
fn asset_keys(path: &str) -> Vec<String> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let mut keys = Vec::new();
    for length in (1..parts.len()).rev() {
        for joint in ["-", "/"] {
            let key = AssetKey::normalise(&parts[..length].join(joint));
            if let Ok(key) = key
                && !keys.iter().any(|k| k == key.as_str())
            {
                keys.push(key.as_str().to_owned());
            }
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::asset_keys;

    #[test]
    fn the_most_specific_asset_is_asked_for_first() {
        assert_eq!(
            asset_keys("VMC-1050/SP02/vib_rms"),
            ["vmc-1050-sp02", "vmc-1050/sp02", "vmc-1050"]
        );
        assert!(asset_keys("vib_rms").is_empty());
    }
}
