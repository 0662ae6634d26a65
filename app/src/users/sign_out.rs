use leptos::prelude::*;

use crate::codec::Answer;
use crate::error::AppError;

/// Ends the session and leads to the sign-in page.
///
/// # Errors
/// When the session cannot be removed.
#[server(prefix = "/ui", endpoint = "users/sign-out", output = Answer)]
pub async fn sign_out() -> Result<(), AppError> {
    use super::session::ssr::{end, session};
    use crate::context::ssr::server_ctx;
    let (ctx, session) = (server_ctx()?, session()?);
    let user = ctx.caller()?.user()?;
    end(&session).await?;
    let mut tx = ctx.begin_own().await?;
    services::users::sign_out(&mut tx, user).await?;
    tx.commit().await?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}
