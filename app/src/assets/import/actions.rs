//! What the steps of an import ask of the server. The file itself comes to `/assets/import/upload`.

#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::views::assets::ImportSession;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::codec::Answer;
use crate::error::AppError;

/// An import as it stands; `again` shows the matching of its columns once more.
///
/// # Errors
/// It is not this person's, or forgotten.
#[server(prefix = "/ui", endpoint = "assets/import-load", input = Json, output = Answer)]
pub async fn load_import(id: i64, again: bool) -> Result<ImportSession, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    Ok(services::assets::session(&mut tx, &caller, id, again).await?)
}

/// Says which of our columns each column of the file is, and goes on to the check.
///
/// # Errors
/// One of ours is given twice, or the tag is missing.
#[server(prefix = "/ui", endpoint = "assets/import-match", output = Answer)]
pub async fn match_import(
    id: i64,
    #[server(default)] columns: Vec<String>,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    services::assets::match_columns(&mut tx, &caller, id, &columns).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/assets/import/{id}?step=check"));
    Ok(())
}

/// Carries the import out: good rows are taken, bad ones wait in the error file.
///
/// # Errors
/// The columns are not matched yet.
#[server(prefix = "/ui", endpoint = "assets/import-apply", output = Answer)]
pub async fn apply_import(id: i64) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    services::assets::apply(&mut tx, &caller, id).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/assets/import/{id}?step=done"));
    Ok(())
}
