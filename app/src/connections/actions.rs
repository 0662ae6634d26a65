use std::collections::BTreeMap;

use domain::ids::ConnectionId;
#[cfg(feature = "ssr")]
use domain::ids::SiteId;
#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::views::connections::{
    Check, ConnectionDetail, ConnectionRow, ShadowOrder, StoppedOrder, System, Transaction,
    WebhookAddress,
};
use leptos::prelude::*;

use crate::codec::Answer;
use crate::error::AppError;

/// Every connection within the person's sites; while there is none beside the book, also the systems
/// that can be connected.
///
/// # Errors
/// Nobody is signed in, or connects nothing.
#[server(prefix = "/ui", endpoint = "connections/list", output = Answer)]
pub async fn load_connections() -> Result<(Vec<ConnectionRow>, Option<Vec<System>>), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    let rows = services::connections::list(&mut tx, &caller).await?;
    let first = rows.iter().all(|row| row.system == "book");
    let systems = if first { Some(services::connections::systems()?) } else { None };
    Ok((rows, systems))
}

/// The systems that can be connected.
///
/// # Errors
/// Nobody is signed in, or connects nothing.
#[server(prefix = "/ui", endpoint = "connections/systems", output = Answer)]
pub async fn load_systems() -> Result<Vec<System>, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    ctx.caller()?.scope(Permission::Integrate)?;
    Ok(services::connections::systems()?)
}

/// One connection.
///
/// # Errors
/// There is none, or not for this person.
#[server(prefix = "/ui", endpoint = "connections/one", output = Answer)]
pub async fn load_connection(id: ConnectionId) -> Result<ConnectionDetail, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    Ok(services::connections::show(&mut tx, &caller, id).await?)
}

/// Calls to and from the CMMS, newest first; `before` is the last one of the page before.
///
/// # Errors
/// There is no such connection, or not for this person.
#[server(prefix = "/ui", endpoint = "connections/calls", input = leptos::server_fn::codec::Json, output = Answer)]
pub async fn load_calls(
    id: ConnectionId,
    failed: bool,
    before: Option<i64>,
) -> Result<Vec<Transaction>, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    Ok(services::connections::calls(&mut tx, &caller, id, failed, before).await?)
}

/// Deliveries that stopped, and what a connection in shadow would have sent.
///
/// # Errors
/// There is no such connection, or not for this person.
#[server(prefix = "/ui", endpoint = "connections/waiting", output = Answer)]
pub async fn load_waiting(
    id: ConnectionId,
) -> Result<(Vec<StoppedOrder>, Vec<ShadowOrder>), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    let stopped = services::connections::stopped(&mut tx, &caller, id).await?;
    let shadow = services::connections::shadow_orders(&mut tx, &caller, id).await?;
    Ok((stopped, shadow))
}

/// A live test under way, or its result.
///
/// # Errors
/// There is none, or not for this person.
#[server(prefix = "/ui", endpoint = "connections/check", output = Answer)]
pub async fn load_check(id: i64) -> Result<Check, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    Ok(services::connections::check(&mut tx, &caller, id).await?)
}

/// Makes a connection in shadow and leads to its secrets.
///
/// # Errors
/// The right is missing at a site, or problems of fields.
#[server(prefix = "/ui", endpoint = "connections/create", output = Answer)]
pub async fn create_connection(
    system: String,
    name: String,
    base_url: String,
    #[server(default)] sites: Vec<i64>,
    #[server(default)] settings: BTreeMap<String, String>,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let known = services::connections::systems()?;
    let fields = known.into_iter().find(|one| one.system == system);
    let fields = fields.map(|one| one.settings).unwrap_or_default();
    let mut settings = super::typed::all(&fields, settings);
    settings.retain(|_, value| !value.is_null());
    let new = services::connections::NewConnection {
        name,
        system,
        base_url,
        settings,
        sites: sites.into_iter().map(SiteId).collect(),
        ..Default::default()
    };
    let mut tx = ctx.begin(Permission::Integrate).await?;
    let id = services::connections::create(&mut tx, &caller, new).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/connections/{id}/setup?step=sign-in"));
    Ok(())
}

/// Where a connection's CMMS reports changes to, if it can; `shown` is the ticket of an address that
/// was just made.
///
/// # Errors
/// There is no such connection, or not for this person.
#[server(prefix = "/ui", endpoint = "connections/webhook", input = leptos::server_fn::codec::Json, output = Answer)]
pub async fn load_webhook(
    id: ConnectionId,
    shown: Option<String>,
) -> Result<Option<WebhookAddress>, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let base_url = &ctx.services.settings.base_url;
    let mut tx = ctx.begin(Permission::Integrate).await?;
    let mut found = services::connections::webhook_address(&mut tx, base_url, &caller, id).await?;
    if let (Some(found), Some(ticket)) = (&mut found, shown) {
        let shown = services::users::take_shown(caller.user()?, &ticket, &ctx.request_id);
        found.shown = shown.map(|shown| shown.secret);
    }
    Ok(found)
}

/// Makes an address with a new secret for webhooks and leads to the page that shows it once.
///
/// # Errors
/// The right is missing, or there is no such connection.
#[server(prefix = "/ui", endpoint = "connections/webhook-address", output = Answer)]
pub async fn make_webhook_address(id: ConnectionId) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let base_url = &ctx.services.settings.base_url;
    let mut tx = ctx.begin(Permission::SecretManage).await?;
    let address =
        services::connections::new_webhook_address(&mut tx, base_url, &caller, id).await?;
    tx.commit().await?;
    let ticket = services::users::show_once(caller.user()?, String::new(), address)?;
    leptos_axum::redirect(&format!("/connections/{id}?tab=secrets&shown={ticket}"));
    Ok(())
}

/// Sets a secret. Its value goes into the vault and never comes back.
///
/// # Errors
/// The right is missing, or there is no such secret.
#[server(prefix = "/ui", endpoint = "connections/secret", output = Answer)]
pub async fn set_secret(
    id: ConnectionId,
    field: String,
    value: String,
    #[server(default)] until: String,
    #[server(default)] zone: String,
    back: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let expires_at = crate::users::end_of(&until, &zone)?;
    let value = value.into();
    let vault = &ctx.services.settings.vault;
    let mut tx = ctx.begin(Permission::SecretManage).await?;
    services::connections::set_secret(&mut tx, vault, &caller, id, &field, &value, expires_at)
        .await?;
    tx.commit().await?;
    super::back_to(id, &back);
    Ok(())
}

/// Throws away a secret that waits for a test.
///
/// # Errors
/// The right is missing, or nothing waits.
#[server(prefix = "/ui", endpoint = "connections/secret-discard", output = Answer)]
pub async fn discard_secret(id: ConnectionId, field: String) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::SecretManage).await?;
    services::connections::discard_next(&mut tx, &caller, id, &field).await?;
    tx.commit().await?;
    super::back_to(id, "?tab=secrets");
    Ok(())
}

/// Asks for a live test; a worker runs it.
///
/// # Errors
/// The right is missing.
#[server(prefix = "/ui", endpoint = "connections/test", output = Answer)]
pub async fn start_check(
    id: ConnectionId,
    #[server(default)] writes: bool,
    back: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    let shown = services::connections::show(&mut tx, &caller, id).await?;
    let with_next = shown.secrets.iter().any(|secret| secret.next.is_some());
    services::connections::start_check(&mut tx, &caller, id, with_next, writes).await?;
    tx.commit().await?;
    super::back_to(id, &back);
    Ok(())
}

/// Stops a connection until somebody resumes it.
///
/// # Errors
/// The right or the reason is missing, or it is paused already.
#[server(prefix = "/ui", endpoint = "connections/pause", output = Answer)]
pub async fn pause_connection(id: ConnectionId, reason: String) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    services::connections::pause(&mut tx, &caller, id, &reason).await?;
    tx.commit().await?;
    super::back_to(id, "");
    Ok(())
}

/// Goes on where a pause began.
///
/// # Errors
/// The right is missing, or it is not paused.
#[server(prefix = "/ui", endpoint = "connections/resume", output = Answer)]
pub async fn resume_connection(id: ConnectionId) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    services::connections::resume(&mut tx, &caller, id).await?;
    tx.commit().await?;
    super::back_to(id, "");
    Ok(())
}

/// Makes the next call now, open circuit or not.
///
/// # Errors
/// The right is missing.
#[server(prefix = "/ui", endpoint = "connections/retry", output = Answer)]
pub async fn retry_connection(id: ConnectionId) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    services::connections::retry_now(&mut tx, &caller, id).await?;
    tx.commit().await?;
    super::back_to(id, "");
    Ok(())
}

/// Sends every delivery that stopped again, oldest first.
///
/// # Errors
/// The right is missing.
#[server(prefix = "/ui", endpoint = "connections/replay", output = Answer)]
pub async fn replay_connection(id: ConnectionId) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    services::connections::replay_all(&mut tx, &caller, id).await?;
    tx.commit().await?;
    super::back_to(id, "");
    Ok(())
}

/// Makes the connection the active one of these sites.
///
/// # Errors
/// It is not filled in or has not passed a test; the right or the reason is missing.
#[server(prefix = "/ui", endpoint = "connections/go-live", output = Answer)]
pub async fn go_live(
    id: ConnectionId,
    #[server(default)] sites: Vec<i64>,
    reason: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let sites: Vec<SiteId> = sites.into_iter().map(SiteId).collect();
    let mut tx = ctx.begin(Permission::Integrate).await?;
    services::connections::go_live(&mut tx, &caller, id, &sites, &reason).await?;
    tx.commit().await?;
    super::back_to(id, "");
    Ok(())
}
