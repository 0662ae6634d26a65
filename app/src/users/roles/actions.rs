use domain::ids::CustomRoleId;
#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::views::users::{RoleMatrix, WhyAsk};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::codec::Answer;
use crate::error::AppError;

/// The matrix of roles, and the answer to a question if one is asked.
///
/// # Errors
/// Nobody is signed in, or administers nobody.
#[server(prefix = "/ui", endpoint = "users/roles", input = Json, output = Answer)]
pub async fn load_roles(ask: Option<WhyAsk>) -> Result<RoleMatrix, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Administer).await?;
    let matrix = services::users::role_matrix(&mut tx, &caller, ask).await?;
    tx.commit().await?;
    Ok(matrix)
}

/// Makes a role that holds what another one holds.
///
/// # Errors
/// A right the caller lacks, or a bad or taken name.
#[server(prefix = "/ui", endpoint = "users/role-duplicate", output = Answer)]
pub async fn duplicate_role(#[server(default)] of: String, name: String) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let of = of.parse().map_err(|_| crate::users::admin::ssr::bad("of", "Choose a role."))?;
    let mut tx = ctx.begin(Permission::Administer).await?;
    let id = services::users::duplicate_role(&mut tx, &caller, of, &name).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/admin/roles?role=custom-{id}"));
    Ok(())
}

/// Gives a role another name.
///
/// # Errors
/// A bad or taken name, or somebody was first.
#[server(prefix = "/ui", endpoint = "users/role-rename", output = Answer)]
pub async fn rename_role(id: CustomRoleId, version: i32, name: String) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Administer).await?;
    services::users::rename_role(&mut tx, &caller, id, version, &name).await?;
    Ok(tx.commit().await?)
}

/// Removes a role nobody has.
///
/// # Errors
/// Somebody has it, or somebody was first.
#[server(prefix = "/ui", endpoint = "users/role-delete", output = Answer)]
pub async fn delete_role(id: CustomRoleId, version: i32) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Administer).await?;
    services::users::delete_role(&mut tx, &caller, id, version).await?;
    tx.commit().await?;
    leptos_axum::redirect("/admin/roles");
    Ok(())
}

/// Saves changed boxes: `changes` as `3:+rule_draft,3:-view`, `versions` as `3:7`.
///
/// # Errors
/// A right the caller lacks, or somebody was first.
#[server(prefix = "/ui", endpoint = "users/roles-save", output = Answer)]
pub async fn save_roles(changes: String, versions: String) -> Result<(), AppError> {
    use super::boxes::{read_changes, read_versions};
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let (changes, versions) = (read_changes(&changes), read_versions(&versions));
    let mut tx = ctx.begin(Permission::Administer).await?;
    let affected = services::users::save_boxes(&mut tx, &caller, &changes, &versions).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/admin/roles?saved={affected}"));
    Ok(())
}
