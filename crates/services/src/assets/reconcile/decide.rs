//! What a person says about items and pairs besides applying.

use domain::asset::AssetKey;
use domain::ids::{AssetId, ConnectionId, SiteId};
use domain::permission::Permission;
use domain::views::reconcile::{ItemKind, ItemState};
use serde_json::json;
use store::assets::reconcile::{self as rows, LockedItem, NewLink};
use store::{AuditEntry, ScopedTx};

use crate::{Caller, Error};

/// Sets items aside until they say something else.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] when none of them is open any more.
pub async fn skip(tx: &mut ScopedTx, caller: &Caller, items: &[i64]) -> Result<usize, Error> {
    set_aside(tx, caller, items, ItemState::Skipped, "asset.plan_skip").await.map(|all| all.len())
}

/// Says that the pairs of items are two assets each: they are neither suggested nor paired by
/// themselves again.
///
/// # Errors
/// As [`skip`].
pub async fn refuse(tx: &mut ScopedTx, caller: &Caller, items: &[i64]) -> Result<usize, Error> {
    let refused = set_aside(tx, caller, items, ItemState::Refused, "asset.plan_refuse").await?;
    for item in &refused {
        let pairs = item.kind == ItemKind::Suggestion.as_str();
        if let (true, Some(asset), Some(theirs)) = (pairs, item.asset_id, &item.cmms_id) {
            rows::refuse_pair(tx, ConnectionId(item.connection_id), asset, theirs).await?;
        }
    }
    Ok(refused.len())
}

async fn set_aside(
    tx: &mut ScopedTx,
    caller: &Caller,
    items: &[i64],
    state: ItemState,
    action: &'static str,
) -> Result<Vec<LockedItem>, Error> {
    caller.scope(Permission::AssetEdit)?;
    let open = ItemState::Open.as_str();
    let found: Vec<LockedItem> = rows::lock_items(tx, items)
        .await?
        .into_iter()
        .filter(|item| item.state == open && !item.superseded)
        .collect();
    let Some(first) = found.first() else { return Err(Error::NotFound) };
    let ids: Vec<i64> = found.iter().map(|item| item.id).collect();
    let entry =
        AuditEntry::new(action, "asset_plan", first.plan_id).detail(json!({ "items": ids }));
    rows::decide(tx, &ids, state.as_str()).await?;
    tx.audit(vec![entry]).await?;
    Ok(found)
}

/// Pairs one of our assets, by tag, with a record of the register.
///
/// # Errors
/// [`Error::Invalid`] by field when there is no such asset or record; `pair_taken` when one of them
/// is paired already; [`Error::Denied`].
pub async fn link(
    tx: &mut ScopedTx,
    caller: &Caller,
    connection: ConnectionId,
    tag: &str,
    cmms_id: &str,
) -> Result<AssetId, Error> {
    let key = AssetKey::normalise(tag)
        .map_err(|error| Error::invalid("tag", error.code(), format!("this tag {error}")))?;
    let asset = store::assets::with_tag(tx, key.as_str()).await?;
    let unknown = || Error::invalid("tag", "unknown_asset", "there is no asset with this tag");
    let asset = asset.ok_or_else(unknown)?.row;
    if !caller.scope(Permission::AssetEdit)?.contains(SiteId(asset.site_id)) {
        return Err(Error::Denied);
    }
    if !rows::served(tx, connection).await?.contains(&asset.site_id) {
        let message = "the connection does not serve the site of this asset";
        return Err(Error::invalid("tag", "other_site", message));
    }
    let unknown = || Error::invalid("cmms_id", "unknown_record", "the register has no such id");
    let (their_tag, taken) = rows::taken(tx, connection, cmms_id).await?.ok_or_else(unknown)?;
    let pair =
        NewLink { asset_id: asset.id, cmms_id: cmms_id.to_owned(), method: "hand", score: 100 };
    if taken.is_some() || rows::link(tx, connection, &[pair]).await?.is_empty() {
        let message = format!("{} or {their_tag} is paired already; undo that first", asset.tag);
        return Err(Error::conflict("pair_taken", message));
    }
    rows::settle(tx, connection, asset.id, cmms_id).await?;
    tx.audit(vec![linked(connection, asset.id, asset.site_id, cmms_id, "hand")]).await?;
    Ok(AssetId(asset.id))
}

pub(super) fn linked(
    connection: ConnectionId,
    asset: i64,
    site: i64,
    cmms_id: &str,
    method: &str,
) -> AuditEntry {
    let detail = json!({ "connection": connection.0, "cmms_id": cmms_id, "method": method });
    AuditEntry::new("asset.link", "asset", asset).site(SiteId(site)).detail(detail)
}

/// Undoes the pair of an asset; the two are not paired by themselves again.
///
/// # Errors
/// [`Error::NotFound`] when it is not paired; [`Error::Denied`].
pub async fn unlink(
    tx: &mut ScopedTx,
    caller: &Caller,
    connection: ConnectionId,
    asset: AssetId,
) -> Result<(), Error> {
    let scope = caller.scope(Permission::AssetEdit)?;
    let link = rows::link_of(tx, connection, asset).await?.ok_or(Error::NotFound)?;
    if !scope.contains(SiteId(link.site_id)) {
        return Err(Error::Denied);
    }
    rows::unlink(tx, link.id).await?;
    rows::refuse_pair(tx, connection, link.asset_id, &link.cmms_id).await?;
    let entry = AuditEntry::new("asset.unlink", "asset", link.asset_id)
        .site(SiteId(link.site_id))
        .detail(json!({ "connection": connection.0, "cmms_id": link.cmms_id }));
    tx.audit(vec![entry]).await?;
    Ok(())
}
