//! Everything that listens to HTTP: pages, their server functions, the API, probes.
//!
//! A request passes, from the outside in: its id, the headers of every answer, the net under
//! panics, the bound on requests at once, the cross-site check, its session, and the guard that asks
//! the permission table, all before its body is read. To add a route: a line in [`api::routes`] (or
//! [`own`]), a line in [`permissions::PERMISSIONS`], and for `/api/v1` an entry in
//! `api/openapi.json`; tests fail while one is missing.

pub mod address;
pub mod api;
pub mod assets;
pub mod audit;
pub mod auth;
pub mod body;
pub mod csrf;
pub mod export;
pub mod files;
pub mod headers;
pub mod idempotency;
pub mod keys;
pub mod limits;
pub mod live;
pub mod pages;
pub mod permissions;
pub mod probes;
pub mod problem;
pub mod request_id;
pub mod routes;
pub mod rules;
pub mod session;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tower_http::catch_panic::CatchPanicLayer;

use self::problem::Problem;
use self::routes::Routes;
use crate::state::AppState;

/// The whole application.
pub fn router(state: AppState) -> Router {
    // The last layer is the outermost.
    pages::add(own().into_router(), &state)
        .fallback(pages::fallback)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(state.clone(), auth::guard))
        .layer(session::layer(&state))
        .layer(from_fn_with_state(state.clone(), csrf::layer))
        .layer(from_fn_with_state(state.clone(), limits::layer))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), headers::layer))
        .layer(from_fn(request_id::layer))
        .with_state(state)
}

/// Every route with a handler of our own.
pub fn own() -> Routes {
    Routes::default()
        .get("/healthz", probes::healthz)
        .get("/readyz", probes::readyz)
        .get("/metrics", probes::metrics)
        .post("/test/clock", probes::test_clock)
        .get("/live", live::events)
        .get("/pkg/{*path}", files::pkg)
        .merge(export::routes())
        .post("/audit/export", audit::export)
        .post("/assets/import/upload", assets::upload)
        .get("/assets/import/{id}/errors.csv", assets::import_errors)
        .get("/rules/{id}/export", rules::export)
        .merge(api::routes())
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "This address does not take requests of this method.",
    )
}

#[allow(clippy::needless_pass_by_value)]
fn panicked(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no text");
    tracing::error!(panic = %what, "a handler panicked");
    metrics::counter!("http_panics_total").increment(1);
    Problem::internal().into_response()
}

/// An error with its causes, for the log.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
