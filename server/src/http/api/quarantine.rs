//! `POST /quarantine/{id}/replay`.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::PredictionId;
use domain::permission::Permission;
use http::StatusCode;
use serde_json::json;
use services::predictions::replay;

use crate::http::auth::ApiCaller;
use crate::http::idempotency::{Claim, IdempotencyKey, Once};
use crate::http::problem::{Problem, Result};
use crate::state::AppState;

/// Acts on a quarantined prediction, once: 202 now, 200 when it was done before.
pub async fn post_replay(
    State(state): State<AppState>,
    api: ApiCaller,
    key: IdempotencyKey,
    Path(id): Path<String>,
) -> Result<Response> {
    let id = id.parse::<PredictionId>().map_err(|_| Problem::not_found())?;
    let mut tx = state.services.begin(&api.caller, Permission::Integrate).await?;
    let once = match Once::claim(&mut tx, &api, &key, b"").await? {
        Claim::Answered(answer) => return Ok(answer),
        Claim::Go(once) => once,
    };
    let done = replay(&mut tx, &api.caller, id).await?;
    let status = if done.already { StatusCode::OK } else { StatusCode::ACCEPTED };
    let answer = json!({ "id": done.id, "alert_id": done.alert_id, "duplicate": done.already });
    once.commit(tx, status, &answer).await
}
