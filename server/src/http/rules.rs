//! Rules as a file, for people.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use domain::ids::PolicyId;
use domain::permission::Permission;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;
use services::rules;

use super::auth::SessionCaller;
use super::problem::{Problem, Result};
use crate::state::AppState;

/// Which text is wanted.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    /// A version; 0 is the draft. Without it: what is in force.
    v: Option<i32>,
    /// `toml` or `json`.
    #[serde(default)]
    format: String,
}

/// `GET /rules/{id}/export?format=toml|json&v=`
pub async fn export(
    State(state): State<AppState>,
    SessionCaller(caller): SessionCaller,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let id: PolicyId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = state.services.begin(&caller, Permission::View).await?;
    let policy = rules::export(&mut tx, id, wanted.v).await?;
    tx.commit().await?;
    let (kind, extension, text) = match wanted.format.as_str() {
        "json" => ("application/json", "json", rules::to_json(&policy)),
        _ => ("application/toml; charset=utf-8", "toml", rules::to_toml(&policy)),
    };
    let disposition =
        format!("attachment; filename=\"rules-{id}-v{}.{extension}\"", policy.version);
    let disposition = HeaderValue::from_str(&disposition).map_err(|_| Problem::internal())?;
    let headers =
        [(CONTENT_TYPE, HeaderValue::from_static(kind)), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, text).into_response())
}
