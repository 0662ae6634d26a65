//! `GET /alerts`, `GET /alerts/{id}`.

use std::str::FromStr;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use domain::ids::AlertId;
use domain::permission::Permission;
use domain::views::alerts::Alert;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use services::alerts::{self, ListQuery};

use crate::http::auth::ApiCaller;
use crate::http::problem::{Problem, Result};
use crate::state::AppState;

/// Which alerts to list; `state` and `severity` take comma lists.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertQuery {
    state: Option<String>,
    severity: Option<String>,
    asset: Option<String>,
    q: Option<String>,
    after: Option<i64>,
    limit: Option<i64>,
}

/// A page of alerts.
#[derive(Debug, Serialize)]
pub struct AlertPage {
    items: Vec<Alert>,
    next: Option<i64>,
}

/// Alerts, newest first.
pub async fn list(
    State(state): State<AppState>,
    api: ApiCaller,
    query: std::result::Result<Query<AlertQuery>, QueryRejection>,
) -> Result<Json<AlertPage>> {
    let Query(query) = query.map_err(|e| invalid(e.body_text()))?;
    let query = ListQuery {
        q: query.q,
        states: words(query.state.as_deref(), "state")?,
        severities: words(query.severity.as_deref(), "severity")?,
        asset: query.asset,
        after: query.after,
        limit: query.limit.unwrap_or(50),
    };
    let mut tx = state.services.begin(&api.caller, Permission::View).await?;
    let (items, next) = alerts::list(&mut tx, &query).await?;
    tx.commit().await?;
    Ok(Json(AlertPage { items, next }))
}

/// One alert with its decision, review and work order.
pub async fn get(
    State(state): State<AppState>,
    api: ApiCaller,
    Path(id): Path<String>,
) -> Result<Json<Alert>> {
    let id = id.parse::<AlertId>().map_err(|_| Problem::not_found())?;
    let mut tx = state.services.begin(&api.caller, Permission::View).await?;
    let alert = alerts::get(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(alert))
}

fn words<T: FromStr>(list: Option<&str>, name: &str) -> Result<Vec<T>> {
    list.unwrap_or_default()
        .split(',')
        .filter(|word| !word.is_empty())
        .map(|word| word.parse().map_err(|_| invalid(format!("{name}: {word:?} is not known"))))
        .collect()
}

fn invalid(message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_query", message)
}
