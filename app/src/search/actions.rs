#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::views::search::Found;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::codec::Answer;
use crate::error::AppError;

/// What matches a text, over every site the person may see: a tag is looked for wherever it is.
///
/// # Errors
/// Nobody is signed in.
#[server(prefix = "/ui", endpoint = "search/find", input = Json, output = Answer)]
pub async fn find(text: String) -> Result<Found, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let mut tx = ctx.begin(Permission::View).await?;
    Ok(services::search::search(&mut tx, &text).await?)
}
