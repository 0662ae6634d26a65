//! What the pages of people ask of the server.

use domain::ids::UserId;
#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::views::users::{PeopleFilter, PeopleList, PersonDetail};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::codec::Answer;
use crate::error::AppError;

/// A page of people.
///
/// # Errors
/// Nobody is signed in, or administers nobody.
#[server(prefix = "/ui", endpoint = "users/people", input = Json, output = Answer)]
pub async fn load_people(filter: PeopleFilter) -> Result<PeopleList, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Administer).await?;
    let list = services::users::list_people(&mut tx, &caller, &filter).await?;
    tx.commit().await?;
    Ok(list)
}

/// One person; `shown` is the ticket of a link that was just made.
///
/// # Errors
/// There is nobody, or nobody this person administers.
#[server(prefix = "/ui", endpoint = "users/person", input = Json, output = Answer)]
pub async fn load_person(id: UserId, shown: Option<String>) -> Result<PersonDetail, AppError> {
    let (ctx, current) =
        (crate::context::ssr::server_ctx()?, crate::users::session::ssr::current());
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Administer).await?;
    let mut detail = services::users::person(&mut tx, &caller, id, current.as_deref()).await?;
    tx.commit().await?;
    if let Some(ticket) = shown {
        detail.shown = services::users::take_shown(caller.user()?, &ticket, &ctx.request_id);
    }
    Ok(detail)
}

/// Invites a person and leads to their page, which shows the link once.
///
/// # Errors
/// A right the caller lacks, or problems of fields.
#[server(prefix = "/ui", endpoint = "users/invite", output = Answer)]
pub async fn invite_person(
    name: String,
    email: String,
    #[server(default)] role: String,
    #[server(default)] site: String,
    #[server(default)] until: String,
    #[server(default)] zone: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let grants = vec![crate::users::admin::ssr::grant(&role, &site, &until, &zone)?];
    let new = services::users::NewUser { email, name: name.clone(), password_hash: None, grants };
    let mut tx = ctx.begin(Permission::Administer).await?;
    let (id, link) =
        services::users::invite(&mut tx, &ctx.services.settings, &caller, &new).await?;
    tx.commit().await?;
    let ticket = services::users::show_once(caller.user()?, name, link)?;
    leptos_axum::redirect(&format!("/admin/users/{id}?shown={ticket}"));
    Ok(())
}

/// Makes a person a new link for choosing a password, shown once on their page.
///
/// # Errors
/// The person may more than the caller, or is deactivated.
#[server(prefix = "/ui", endpoint = "users/link", output = Answer)]
pub async fn new_link(id: UserId) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Administer).await?;
    let (name, link) =
        services::users::issue_link(&mut tx, &ctx.services.settings, &caller, id).await?;
    tx.commit().await?;
    let ticket = services::users::show_once(caller.user()?, name, link)?;
    leptos_axum::redirect(&format!("/admin/users/{id}?shown={ticket}"));
    Ok(())
}

/// Deactivates an account.
///
/// # Errors
/// The last administrator, or a caller who does not administer every site.
#[server(prefix = "/ui", endpoint = "users/disable", output = Answer)]
pub async fn disable_person(id: UserId) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Administer).await?;
    services::users::disable_user(&mut tx, &caller, id).await?;
    Ok(tx.commit().await?)
}

/// Puts an account back to use.
///
/// # Errors
/// The person may more than the caller.
#[server(prefix = "/ui", endpoint = "users/enable", output = Answer)]
pub async fn enable_person(id: UserId) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Administer).await?;
    services::users::enable_user(&mut tx, &caller, id).await?;
    Ok(tx.commit().await?)
}

/// Gives a person another name or address.
///
/// # Errors
/// The person may more than the caller, or problems of fields.
#[server(prefix = "/ui", endpoint = "users/rename", output = Answer)]
pub async fn rename_person(id: UserId, name: String, email: String) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Administer).await?;
    services::users::rename_user(&mut tx, &caller, id, &name, &email).await?;
    Ok(tx.commit().await?)
}

/// Gives a person a role.
///
/// # Errors
/// A right the caller lacks, or problems of fields.
#[server(prefix = "/ui", endpoint = "users/give-role", output = Answer)]
pub async fn give_role(
    id: UserId,
    #[server(default)] role: String,
    #[server(default)] site: String,
    #[server(default)] until: String,
    #[server(default)] zone: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let grant = crate::users::admin::ssr::grant(&role, &site, &until, &zone)?;
    let mut tx = ctx.begin(Permission::Administer).await?;
    services::users::grant_role(&mut tx, &caller, id, grant).await?;
    Ok(tx.commit().await?)
}

/// Takes a role from a person.
///
/// # Errors
/// The last administrator, or a role at a site the caller does not administer.
#[server(prefix = "/ui", endpoint = "users/take-role", output = Answer)]
pub async fn take_role(id: UserId, grant: domain::ids::GrantId) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Administer).await?;
    services::users::revoke_role(&mut tx, &caller, id, grant).await?;
    Ok(tx.commit().await?)
}

/// Ends one session of a person, or with no number all of them.
///
/// # Errors
/// The person may more than the caller, or the session has ended.
#[server(prefix = "/ui", endpoint = "users/end-sessions", output = Answer)]
pub async fn end_sessions_of(
    id: UserId,
    #[server(default)] number: Option<i64>,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Administer).await?;
    services::users::end_sessions(&mut tx, &caller, id, number).await?;
    Ok(tx.commit().await?)
}
