use domain::views::users::Account;
use leptos::prelude::*;

use crate::codec::Answer;
use crate::error::AppError;

/// One's own account.
///
/// # Errors
/// Nobody is signed in.
#[server(prefix = "/ui", endpoint = "users/account", output = Answer)]
pub async fn load_account() -> Result<Account, AppError> {
    let (ctx, current) =
        (crate::context::ssr::server_ctx()?, crate::users::session::ssr::current());
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin_own().await?;
    let account = services::users::own_account(&mut tx, &caller, current.as_deref()).await?;
    tx.commit().await?;
    Ok(account)
}

/// Changes one's own password; every session ends, and this browser gets a new one.
///
/// # Errors
/// A wrong current password, a bad new one, or too many tries.
#[server(prefix = "/ui", endpoint = "users/password", output = Answer)]
pub async fn change_own_password(current: String, new: String) -> Result<(), AppError> {
    use crate::users::session::ssr::{begin, session};
    let (ctx, session) = (crate::context::ssr::server_ctx()?, session()?);
    let caller = ctx.caller()?.clone();
    let input = services::users::NewPassword {
        current: current.into(),
        new: new.into(),
        address: ctx.address.clone(),
    };
    let rights_version = services::users::change_password(&ctx.services, &caller, &input).await?;
    begin(&session, caller.user()?, rights_version, false).await?;
    leptos_axum::redirect("/account?done=password");
    Ok(())
}

/// Ends one of one's own sessions, or with no number every other one.
///
/// # Errors
/// The session has ended.
#[server(prefix = "/ui", endpoint = "users/end-own-sessions", output = Answer)]
pub async fn end_own(#[server(default)] number: Option<i64>) -> Result<(), AppError> {
    let (ctx, current) =
        (crate::context::ssr::server_ctx()?, crate::users::session::ssr::current());
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin_own().await?;
    services::users::end_own_sessions(&mut tx, &caller, number, current.as_deref()).await?;
    Ok(tx.commit().await?)
}
