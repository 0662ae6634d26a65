//! What people change about assets.

use domain::views::assets::AssetForm;
#[cfg(feature = "ssr")]
use domain::{ids::AssetId, permission::Permission};
use leptos::prelude::*;

use crate::codec::Answer;
use crate::error::AppError;

/// Makes an asset below `parent`, or a site.
///
/// # Errors
/// The input has problems, or this person may not edit there.
#[server(prefix = "/ui", endpoint = "assets/create", output = Answer)]
pub async fn create_asset(
    #[server(default)] parent: String,
    form: AssetForm,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    let parent = parent.parse().ok();
    let id = services::assets::create(&mut tx, &caller, parent, form).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/assets/{id}"));
    Ok(())
}

/// Changes what is written about an asset.
///
/// # Errors
/// The input has problems, or somebody was first.
#[server(prefix = "/ui", endpoint = "assets/edit", output = Answer)]
pub async fn edit_asset(id: i64, version: i32, form: AssetForm) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    services::assets::edit(&mut tx, &caller, AssetId(id), version, form).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/assets/{id}"));
    Ok(())
}

/// Moves an asset with everything below it.
///
/// # Errors
/// It cannot stand there, or somebody was first.
#[server(prefix = "/ui", endpoint = "assets/move", output = Answer)]
pub async fn move_asset(id: i64, version: i32, parent: String) -> Result<(), AppError> {
    use services::assets::NewPlace;
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    let to = NewPlace { version, parent };
    services::assets::place(&mut tx, &caller, AssetId(id), &to).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/assets/{id}"));
    Ok(())
}

/// Takes an asset out of use; `accepted` is how many open work orders the person was told of.
///
/// # Errors
/// Other work orders are open than accepted, or somebody was first.
#[server(prefix = "/ui", endpoint = "assets/decommission", output = Answer)]
pub async fn decommission_asset(
    id: i64,
    version: i32,
    #[server(default)] accepted: i64,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    services::assets::decommission(&mut tx, &caller, AssetId(id), version, accepted).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/assets/{id}"));
    Ok(())
}

/// Takes an asset back into use.
///
/// # Errors
/// The asset above is out of use, or somebody was first.
#[server(prefix = "/ui", endpoint = "assets/recommission", output = Answer)]
pub async fn recommission_asset(
    id: i64,
    version: i32,
    #[server(default)] below: bool,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    services::assets::recommission(&mut tx, &caller, AssetId(id), version, below).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/assets/{id}"));
    Ok(())
}
