//! One search over assets, alerts and work orders, within the caller's sites.

use domain::asset::AssetKey;
use domain::ids::{AlertId, AssetId};
use domain::views::search::{Found, FoundAsset};
use domain::views::work_orders::WorkOrderFilter;
use store::ScopedTx;
use store::search::AssetRow;

use crate::alerts::{self, ListQuery};
use crate::{Error, work_orders};

/// Hits of each kind that are shown.
const SHOWN: u32 = 10;
/// Longer texts are cut: nobody types them, and scanners do not either.
const LONGEST: usize = 200;

/// What matches a text: assets by tag, name, serial number or barcode, alerts by their asset,
/// failure mode or number, work orders by number or title. An empty text finds nothing.
///
/// # Errors
/// When the database refuses.
pub async fn search(tx: &mut ScopedTx, text: &str) -> Result<Found, Error> {
    let text: String = text.trim().chars().filter(|c| *c != '\0').take(LONGEST).collect();
    if text.is_empty() {
        return Ok(Found::default());
    }
    let part = text.to_lowercase();
    let key = AssetKey::normalise(&text).map_or_else(|_| part.clone(), |k| k.as_str().to_owned());
    let shown = SHOWN as usize;
    let rows = store::search::assets(tx, &key, &part, i64::from(SHOWN) + 1).await?;
    let more_assets = rows.len() > shown;
    let assets = rows.into_iter().take(shown).map(asset).collect::<Result<_, _>>()?;

    let query =
        ListQuery { q: Some(text.clone()), limit: i64::from(SHOWN), ..ListQuery::default() };
    let (mut alerts, more_alerts) = alerts::listed(tx, &query).await?;
    if let Ok(id) = text.trim_start_matches('#').parse::<AlertId>()
        && !alerts.iter().any(|row| row.id == id)
        && let Some(row) = alerts::listed_one(tx, id).await?
    {
        alerts.insert(0, row);
    }

    let filter = WorkOrderFilter { q: text, ..WorkOrderFilter::default() };
    let orders = work_orders::list(tx, &filter, SHOWN).await?;
    Ok(Found {
        assets,
        more_assets,
        alerts,
        more_alerts,
        more_orders: orders.next.is_some(),
        orders: orders.items,
    })
}

fn asset(row: AssetRow) -> Result<FoundAsset, Error> {
    let corrupt = |error: domain::UnknownWord| store::Error::corrupt("asset", error);
    Ok(FoundAsset {
        id: AssetId(row.id),
        tag: row.tag,
        name: row.name,
        path: row.path,
        kind: row.kind.parse().map_err(corrupt)?,
        status: row.status.parse().map_err(corrupt)?,
        serial_number: row.serial_number,
        barcode: row.barcode,
        exact: row.exact,
    })
}
