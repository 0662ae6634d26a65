//! How the program is: for whoever runs it.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::ApiJson;
use super::problem::{Problem, Result};
use crate::state::AppState;

/// `GET /healthz`: the process lives.
pub async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `GET /readyz`: the program can do its work, or 503 when it cannot reach its database or is
/// stopping.
pub async fn readyz(State(state): State<AppState>) -> Result<Json<Value>> {
    if state.shutdown.is_cancelled() {
        return Err(Problem::unavailable());
    }
    let reached = tokio::time::timeout(Duration::from_secs(2), state.services.store.begin_system());
    match reached.await {
        Ok(Ok(_)) => Ok(Json(json!({ "status": "ready" }))),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(Problem::unavailable()),
    }
}

/// `GET /metrics`, as Prometheus reads them.
pub async fn metrics(State(state): State<AppState>) -> Response {
    let text = state.metrics.render();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// How far to move business time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    advance_secs: i64,
}

/// `POST /test/clock`, with `--test-clock` only: moves business time and wakes whoever waits.
pub async fn test_clock(
    State(state): State<AppState>,
    body: ApiJson<Advance>,
) -> Result<Json<Value>> {
    let by = TimeDelta::try_seconds(body.value.advance_secs)
        .filter(|by| by.num_days().abs() < 3_660)
        .ok_or_else(|| {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "That is too far.")
        })?;
    let store = &state.services.store;
    store.clock.advance(by);
    let signals = &store.signals;
    [&signals.decisions, &signals.deliveries, &signals.mail].iter().for_each(|n| n.notify_one());
    let now = store.begin_system().await?.now();
    Ok(Json(json!({ "now": now })))
}
