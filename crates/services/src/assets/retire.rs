//! Taking assets out of use and back. Nothing is ever deleted.

use domain::asset::AssetStatus;
use domain::ids::AssetId;
use serde_json::json;
use store::ScopedTx;
use store::assets as rows;

use super::change::{open, store_changed};
use crate::{Caller, Error};

/// Takes an asset and everything below it out of use. `confirmed` is the number of open work orders
/// that the person was told of and accepted.
///
/// # Errors
/// `open_work_orders` when there are others than confirmed; `stale_version`, [`Error::NotFound`],
/// [`Error::Denied`].
pub async fn decommission(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: AssetId,
    version: i32,
    confirmed: i64,
) -> Result<(), Error> {
    let asset = open(tx, caller, id, version).await?.row;
    let (orders, below) = rows::decommission_counts(tx, id).await?;
    if orders != confirmed {
        return Err(Error::Conflict {
            code: "open_work_orders",
            message: match orders {
                0 => {
                    format!("No work order is open on {} any more. Nothing was changed.", asset.tag)
                }
                1 => format!(
                    "One work order is open on {} or below. Nothing was changed; confirm that it \
                     may stay open.",
                    asset.tag
                ),
                n => format!(
                    "{n} work orders are open on {} or below. Nothing was changed; confirm that \
                     they may stay open.",
                    asset.tag
                ),
            },
            detail: json!({ "open_work_orders": orders }),
        });
    }
    let extra = json!({ "open_work_orders": orders, "below": below });
    set_status(tx, id, AssetStatus::Decommissioned, true, "asset.decommission", extra).await
}

/// Takes an asset back into use; with `below`, everything under it too.
///
/// # Errors
/// `retired_parent` while the asset above is out of use; `stale_version`, [`Error::NotFound`],
/// [`Error::Denied`].
pub async fn recommission(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: AssetId,
    version: i32,
    below: bool,
) -> Result<(), Error> {
    let asset = open(tx, caller, id, version).await?.row;
    if let Some(parent) = asset.parent_id {
        let parent = rows::head(tx, AssetId(parent)).await?.ok_or(Error::NotFound)?;
        if parent.status != AssetStatus::Active.as_str() {
            let message =
                format!("{} above it is decommissioned; recommission that first.", parent.tag);
            return Err(Error::conflict("retired_parent", message));
        }
    }
    set_status(tx, id, AssetStatus::Active, below, "asset.recommission", json!({})).await
}

async fn set_status(
    tx: &mut ScopedTx,
    id: AssetId,
    status: AssetStatus,
    below: bool,
    action: &'static str,
    extra: serde_json::Value,
) -> Result<(), Error> {
    let before = rows::subtree(tx, id).await?;
    let mut after = before.clone();
    for asset in after.iter_mut().filter(|asset| below || asset.id == id.0) {
        status.as_str().clone_into(&mut asset.status);
    }
    store_changed(tx, &before, &after, action, extra).await
}
