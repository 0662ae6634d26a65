//! `POST /reviews/{alert_id}/decision` and `…/undo`: acts of people, with a key bound to one.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::AlertId;
use domain::permission::Permission;
use http::StatusCode;
use serde_json::json;
use services::alerts::{self, Verdict};

use crate::http::auth::ApiCaller;
use crate::http::body::ApiJson;
use crate::http::idempotency::{Claim, IdempotencyKey, Once};
use crate::http::problem::{Problem, Result};
use crate::state::AppState;

/// Approves, rejects or snoozes; carried out after the time to undo.
pub async fn post_decision(
    State(state): State<AppState>,
    api: ApiCaller,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: ApiJson<Verdict>,
) -> Result<Response> {
    let id = id.parse::<AlertId>().map_err(|_| Problem::not_found())?;
    let services = &state.services;
    let mut tx = services.begin(&api.caller, Permission::ReviewDecide).await?;
    let once = match Once::claim(&mut tx, &api, &key, &body.bytes).await? {
        Claim::Answered(answer) => return Ok(answer),
        Claim::Go(once) => once,
    };
    let decided = alerts::decide(&mut tx, &services.settings, &api.caller, id, body.value).await?;
    once.commit(tx, StatusCode::OK, &decided).await
}

/// Takes a decision back before it is carried out.
pub async fn post_undo(
    State(state): State<AppState>,
    api: ApiCaller,
    key: IdempotencyKey,
    Path(id): Path<String>,
) -> Result<Response> {
    let id = id.parse::<AlertId>().map_err(|_| Problem::not_found())?;
    let mut tx = state.services.begin(&api.caller, Permission::ReviewDecide).await?;
    let once = match Once::claim(&mut tx, &api, &key, b"").await? {
        Claim::Answered(answer) => return Ok(answer),
        Claim::Go(once) => once,
    };
    alerts::undo(&mut tx, &api.caller, id).await?;
    once.commit(tx, StatusCode::OK, &json!({ "alert_id": id, "undone": true })).await
}
