use chrono::{DateTime, Utc};
#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::views::overview::Overview;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::codec::Answer;
use crate::error::AppError;

/// Everything on the overview, for the site the person works at; notes that they looked.
///
/// # Errors
/// Nobody is signed in.
#[server(prefix = "/ui", endpoint = "overview/load", input = Json, output = Answer)]
pub async fn load_overview(since: Option<DateTime<Utc>>) -> Result<Overview, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin_here(Permission::View).await?;
    let overview = services::overview::overview(&mut tx, &caller, since).await?;
    tx.commit().await?;
    Ok(overview)
}
