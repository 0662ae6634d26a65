//! What the pages of assets ask of the server.

use domain::ids::AssetId;
#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::views::assets::{
    AssetDetail, AssetDraft, AssetHistory, AssetList, AssetSearch, AssetTree, TreeRow,
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::codec::Answer;
use crate::error::AppError;

/// The tree with some nodes open, or everything open above one asset.
///
/// # Errors
/// Nobody is signed in.
#[server(prefix = "/ui", endpoint = "assets/tree", input = Json, output = Answer)]
pub async fn load_tree(
    open: Vec<AssetId>,
    towards: Option<AssetId>,
) -> Result<AssetTree, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let mut tx = match towards {
        Some(_) => ctx.begin(Permission::View).await?,
        None => ctx.begin_here(Permission::View).await?,
    };
    Ok(services::assets::tree(&mut tx, &open, towards).await?)
}

/// What stands directly below one asset.
///
/// # Errors
/// It is not there, or not for this person.
#[server(prefix = "/ui", endpoint = "assets/branch", input = Json, output = Answer)]
pub async fn load_branch(parent: AssetId) -> Result<Vec<TreeRow>, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let mut tx = ctx.begin(Permission::View).await?;
    Ok(services::assets::branch(&mut tx, parent).await?)
}

/// A page of a list of assets.
///
/// # Errors
/// Nobody is signed in, or the asset it stands below is not there.
#[server(prefix = "/ui", endpoint = "assets/list", input = Json, output = Answer)]
pub async fn load_list(search: AssetSearch) -> Result<AssetList, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let mut tx = match search.under {
        Some(_) => ctx.begin(Permission::View).await?,
        None => ctx.begin_here(Permission::View).await?,
    };
    Ok(services::assets::search(&mut tx, &search).await?)
}

/// Everything about one asset.
///
/// # Errors
/// It is not there, or not for this person.
#[server(prefix = "/ui", endpoint = "assets/load", input = Json, output = Answer)]
pub async fn load_asset(id: AssetId) -> Result<AssetDetail, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::View).await?;
    Ok(services::assets::detail(&mut tx, &ctx.services.settings, &caller, id).await?)
}

/// What changed about one asset; older than the change `after`.
///
/// # Errors
/// It is not there, or not for this person.
#[server(prefix = "/ui", endpoint = "assets/history", input = Json, output = Answer)]
pub async fn load_history(id: AssetId, after: Option<i64>) -> Result<AssetHistory, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let mut tx = ctx.begin(Permission::View).await?;
    Ok(services::assets::history(&mut tx, id, after).await?)
}

/// What the form of an asset starts with: an existing one, or a new one below `parent`.
///
/// # Errors
/// It is not there, or this person may not edit there.
#[server(prefix = "/ui", endpoint = "assets/draft", input = Json, output = Answer)]
pub async fn load_draft(
    id: Option<AssetId>,
    parent: Option<AssetId>,
) -> Result<AssetDraft, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    Ok(services::assets::draft(&mut tx, &caller, id, parent).await?)
}
