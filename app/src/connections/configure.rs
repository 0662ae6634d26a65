#![allow(clippy::too_many_arguments, reason = "the fields of a form")]
use std::collections::BTreeMap;

use domain::ids::ConnectionId;
#[cfg(feature = "ssr")]
use domain::ids::SiteId;
#[cfg(feature = "ssr")]
use domain::permission::Permission;
use leptos::prelude::*;

use crate::codec::Answer;
use crate::error::AppError;

/// Changes where a connection is and what its manifest asks for.
///
/// # Errors
/// Somebody was faster, the right is missing, or problems of fields.
#[server(prefix = "/ui", endpoint = "connections/configure", output = Answer)]
pub async fn configure(
    id: ConnectionId,
    version: i32,
    name: String,
    base_url: String,
    #[server(default)] authority: String,
    #[server(default)] settings: BTreeMap<String, String>,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    let shown = services::connections::show(&mut tx, &caller, id).await?;
    let changes = services::connections::Changes {
        name: Some(name),
        base_url: Some(base_url),
        authority: (!authority.trim().is_empty()).then_some(Some(authority)),
        settings: super::typed::all(&shown.settings, settings),
        ..Default::default()
    };
    services::connections::configure(&mut tx, &caller, id, version, changes).await?;
    tx.commit().await?;
    super::back_to(id, "?tab=settings");
    Ok(())
}

/// Changes the sites a connection serves, how often it asks, and how much it may make.
///
/// # Errors
/// Somebody was faster, the right is missing, or problems of fields.
#[server(prefix = "/ui", endpoint = "connections/schedule", output = Answer)]
pub async fn schedule(
    id: ConnectionId,
    version: i32,
    #[server(default)] sites: Vec<i64>,
    orders_every: i32,
    assets_every: i32,
    #[server(default)] timeout_seconds: String,
    concurrency: i16,
    cap_per_hour: i32,
    cap_per_day: i32,
    back: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let changes = services::connections::Changes {
        sites: Some(sites.into_iter().map(SiteId).collect()),
        orders_every: Some(orders_every),
        assets_every: Some(assets_every),
        timeout_seconds: Some(timeout_seconds.trim().parse().ok()),
        concurrency: Some(concurrency),
        cap_per_hour: Some(cap_per_hour),
        cap_per_day: Some(cap_per_day),
        ..Default::default()
    };
    let mut tx = ctx.begin(Permission::Integrate).await?;
    services::connections::configure(&mut tx, &caller, id, version, changes).await?;
    tx.commit().await?;
    super::back_to(id, &back);
    Ok(())
}
