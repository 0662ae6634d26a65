//! What the mapping asks of the server.

use domain::ids::AlertId;
#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::views::mapping::MappingView;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::codec::Answer;
use crate::error::AppError;

/// The mapping of a connection, with what one alert gives.
///
/// # Errors
/// There is no such connection, or not for this person.
#[server(prefix = "/ui", endpoint = "connections/mapping", input = Json, output = Answer)]
pub async fn load_mapping(slug: String, sample: Option<AlertId>) -> Result<MappingView, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    Ok(services::connections::mapping::show(&mut tx, &caller, &slug, sample).await?)
}

/// Says in the draft where a field comes from.
///
/// # Errors
/// The source does not read.
#[server(prefix = "/ui", endpoint = "connections/mapping-field", output = Answer)]
pub async fn map_field(
    slug: String,
    field: String,
    #[server(default)] source: String,
    #[server(default)] cut: bool,
) -> Result<(), AppError> {
    use domain::views::mapping::FieldSource;
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    let source = FieldSource { source: source.trim().to_owned(), cut };
    services::connections::mapping::set_field(&mut tx, &caller, &slug, &field, source).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives a word of ours its counterpart in the draft; an empty one takes it away.
///
/// # Errors
/// The map or the word cannot be.
#[server(prefix = "/ui", endpoint = "connections/mapping-value", output = Answer)]
pub async fn map_value(
    slug: String,
    map: String,
    ours: String,
    #[server(default)] theirs: String,
) -> Result<(), AppError> {
    use services::connections::mapping::set_value;
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    set_value(&mut tx, &caller, &slug, &map, &ours, &theirs).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes over every suggested failure code.
///
/// # Errors
/// The right is missing.
#[server(prefix = "/ui", endpoint = "connections/mapping-suggested", output = Answer)]
pub async fn take_suggested(slug: String) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    services::connections::mapping::accept_suggestions(&mut tx, &caller, &slug).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts the draft into force.
///
/// # Errors
/// A field that must not be empty is, or a value does not fit.
#[server(prefix = "/ui", endpoint = "connections/mapping-publish", output = Answer)]
pub async fn publish_mapping(
    slug: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    services::connections::mapping::publish(&mut tx, &caller, &slug, &reason).await?;
    tx.commit().await?;
    Ok(())
}
