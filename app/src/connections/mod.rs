//! Connections to CMMSs: list, wizard, one's page with its calls, secrets and settings.

mod actions;
mod calls;
mod configure;
mod detail;
mod head;
mod hours;
mod list;
mod mapping;
mod reading;
mod secrets;
mod settings;
mod setup;
mod status;
mod stopped;
mod systems;
mod test;
#[cfg(feature = "ssr")]
mod typed;
mod webhooks;

use actions::*;
use configure::*;
pub use detail::ConnectionPage;
pub use list::ConnectionsPage;
pub use setup::SetUpConnectionPage;
pub use systems::NewConnectionPage;

use domain::ids::ConnectionId;
use domain::views::connections::Health;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::error::AppError;
use crate::ui::Level;

/// The connection of the address.
fn connection_id() -> Memo<Option<ConnectionId>> {
    let params = use_params_map();
    Memo::new(move |_| {
        params.with(|params| params.get("id").and_then(|id| id.parse().ok()).map(ConnectionId))
    })
}

/// The connection of the address, read.
async fn load(
    id: Option<ConnectionId>,
) -> Result<domain::views::connections::ConnectionDetail, AppError> {
    match id {
        Some(id) => load_connection(id).await,
        None => Err(AppError::not_found()),
    }
}

const fn level(health: Health) -> Level {
    match health {
        Health::Healthy => Level::Ok,
        Health::Degraded => Level::Medium,
        Health::Failing => Level::High,
        Health::Paused => Level::Unknown,
    }
}

/// Leads back to the page of a connection; `rest` is a tab or a step.
#[cfg(feature = "ssr")]
fn back_to(id: ConnectionId, rest: &str) {
    let rest =
        if rest.starts_with("?tab=") || rest.starts_with("/setup?step=") { rest } else { "" };
    leptos_axum::redirect(&format!("/connections/{id}{rest}"));
}
