#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::views::audit::{AuditAsk, AuditPage};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::codec::Answer;
use crate::error::AppError;

/// A page of the log, with menus, and the event that is open.
///
/// # Errors
/// Nobody is signed in, or may not read the log.
#[server(prefix = "/ui", endpoint = "audit/load", input = Json, output = Answer)]
pub async fn load_audit(ask: AuditAsk) -> Result<AuditPage, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AuditRead).await?;
    let page = services::audit::page(&mut tx, &caller, &ask).await?;
    tx.commit().await?;
    Ok(page)
}
