//! Listing assets.

use domain::asset::{AssetKey, AssetKind, AssetStatus};
use domain::ids::AssetId;
use domain::views::assets::{Asset, AssetPage};
use store::ScopedTx;
use store::assets::{self as rows, AssetFilter, ListedAsset};

use crate::Error;

/// Which assets to list.
#[derive(Debug, Clone, Default)]
pub struct AssetQuery {
    /// Tag of the site.
    pub site: Option<String>,
    /// Only this kind.
    pub kind: Option<AssetKind>,
    /// Only this status.
    pub status: Option<AssetStatus>,
    /// Tag, serial number or barcode, as compared for predictions.
    pub asset: Option<String>,
    /// Text in path, tag or serial number.
    pub contains: Option<String>,
    /// Only ids above this one.
    pub after: Option<AssetId>,
    /// 1–500; 100 unless said otherwise.
    pub limit: Option<i64>,
}

/// A page of assets within the caller's sites.
///
/// # Errors
/// What the database says.
pub async fn list(tx: &mut ScopedTx, query: AssetQuery) -> Result<AssetPage, Error> {
    let limit = query.limit.unwrap_or(100).clamp(1, 500);
    let key = |text: Option<String>| {
        text.map(|text| match AssetKey::normalise(&text) {
            Ok(key) => key.as_str().to_owned(),
            // Nothing is stored under a name that cannot be one.
            Err(_) => String::new(),
        })
    };
    let filter = AssetFilter {
        site_key: key(query.site),
        kind: query.kind.map(|k| k.as_str().to_owned()),
        status: query.status.map(|s| s.as_str().to_owned()),
        key: key(query.asset),
        contains: query.contains.filter(|text| !text.is_empty()),
        after: query.after,
        limit: limit + 1,
    };
    let mut items = Vec::new();
    for row in rows::list(tx, &filter).await? {
        items.push(view(row)?);
    }
    let more = i64::try_from(items.len()).unwrap_or(i64::MAX) > limit;
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = items.last().filter(|_| more).map(|asset: &Asset| asset.id.to_string());
    Ok(AssetPage { items, next })
}

/// One asset.
///
/// # Errors
/// [`Error::NotFound`] when it does not exist, or not for this caller.
pub async fn get(tx: &mut ScopedTx, id: AssetId) -> Result<Asset, Error> {
    view(rows::get(tx, id).await?.ok_or(Error::NotFound)?)
}

fn view(row: ListedAsset) -> Result<Asset, Error> {
    let corrupt = |error: domain::UnknownWord| store::Error::corrupt("asset", error);
    Ok(Asset {
        id: AssetId(row.id),
        tag: row.tag,
        path: row.path,
        kind: row.kind.parse().map_err(corrupt)?,
        parent: row.parent,
        site: row.site,
        name: row.name,
        serial_number: row.serial_number,
        barcode: row.barcode,
        manufacturer: row.manufacturer,
        model: row.model,
        installed_on: row.installed_on,
        criticality: row.criticality.parse().map_err(corrupt)?,
        status: row.status.parse().map_err(corrupt)?,
        time_zone: row.time_zone,
    })
}
