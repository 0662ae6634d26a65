//! `/work-orders`: list, one, raise, the steps of the built-in book, retry and skip of a delivery.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use domain::ids::{AlertId, AttachmentId, WorkOrderId};
use domain::permission::Permission;
use domain::views::work_orders::{WorkOrder, WorkOrderFilter, WorkOrderPage};
use domain::work_order::WorkOrderStatus;
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use services::Caller;
use services::work_orders::{self, Raise, Transition};

use crate::http::auth::{ApiCaller, SessionCaller};
use crate::http::body::ApiJson;
use crate::http::idempotency::{Claim, IdempotencyKey, Once};
use crate::http::problem::{Problem, Result};
use crate::state::AppState;

/// Items per page unless asked otherwise.
const PAGE: u32 = 50;

/// Which work orders to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    status: Option<String>,
    alert: Option<AlertId>,
    limit: Option<u32>,
    after: Option<WorkOrderId>,
}

/// Work orders, newest first.
pub async fn list(
    State(state): State<AppState>,
    api: ApiCaller,
    query: std::result::Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<WorkOrderPage>> {
    let Query(query) = query.map_err(|error| invalid_query(error.body_text()))?;
    let status: std::result::Result<Vec<WorkOrderStatus>, _> = query
        .status
        .iter()
        .flat_map(|list| list.split(','))
        .filter(|word| !word.is_empty())
        .map(str::parse)
        .collect();
    let filter = WorkOrderFilter {
        status: status.map_err(|error| invalid_query(error.to_string()))?,
        alert: query.alert,
        after: query.after,
        ..WorkOrderFilter::default()
    };
    let mut tx = state.services.begin(&api.caller, Permission::View).await?;
    let page = work_orders::page(&mut tx, &filter, query.limit.unwrap_or(PAGE)).await?;
    tx.commit().await?;
    Ok(Json(page))
}

/// One work order with its timeline.
pub async fn get(
    State(state): State<AppState>,
    api: ApiCaller,
    Path(id): Path<String>,
) -> Result<Json<WorkOrder>> {
    let id = parsed(&id)?;
    let mut tx = state.services.begin(&api.caller, Permission::View).await?;
    let order = work_orders::get(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(order))
}

/// A person raises a work order: 201, or 200 with the one that is open already.
pub async fn post(
    State(state): State<AppState>,
    api: ApiCaller,
    key: IdempotencyKey,
    body: ApiJson<Raise>,
) -> Result<Response> {
    let mut tx = state.services.begin(&api.caller, Permission::WorkOrderRaise).await?;
    let once = match Once::claim(&mut tx, &api, &key, &body.bytes).await? {
        Claim::Answered(answer) => return Ok(answer),
        Claim::Go(once) => once,
    };
    let raised = work_orders::raise(&mut tx, &api.caller, body.value, key.value()).await?;
    let order = work_orders::get(&mut tx, raised.id).await?;
    let status = if raised.created { StatusCode::CREATED } else { StatusCode::OK };
    once.commit(tx, status, &order).await
}

/// One step in the built-in book.
pub async fn post_transition(
    State(state): State<AppState>,
    api: ApiCaller,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: ApiJson<Transition>,
) -> Result<Response> {
    let id = parsed(&id)?;
    let mut tx = state.services.begin(&api.caller, Permission::View).await?;
    let once = match Once::claim(&mut tx, &api, &key, &body.bytes).await? {
        Claim::Answered(answer) => return Ok(answer),
        Claim::Go(once) => once,
    };
    work_orders::transition(&mut tx, &api.caller, id, body.value).await?;
    let order = work_orders::get(&mut tx, id).await?;
    once.commit(tx, StatusCode::OK, &order).await
}

/// Sends a stopped delivery again, with the same reference.
pub async fn post_retry(
    State(state): State<AppState>,
    api: ApiCaller,
    key: IdempotencyKey,
    Path(id): Path<String>,
) -> Result<Response> {
    deliver(&state, &api, &key, &id, Decision::Retry).await
}

/// Gives a stopped delivery up.
pub async fn post_skip(
    State(state): State<AppState>,
    api: ApiCaller,
    key: IdempotencyKey,
    Path(id): Path<String>,
) -> Result<Response> {
    deliver(&state, &api, &key, &id, Decision::Skip).await
}

enum Decision {
    Retry,
    Skip,
}

async fn deliver(
    state: &AppState,
    api: &ApiCaller,
    key: &IdempotencyKey,
    id: &str,
    decision: Decision,
) -> Result<Response> {
    let id = parsed(id)?;
    let mut tx = state.services.begin(&api.caller, Permission::View).await?;
    let once = match Once::claim(&mut tx, api, key, b"").await? {
        Claim::Answered(answer) => return Ok(answer),
        Claim::Go(once) => once,
    };
    match decision {
        Decision::Retry => work_orders::retry(&mut tx, &api.caller, id).await?,
        Decision::Skip => work_orders::skip(&mut tx, &api.caller, id).await?,
    }
    let order = work_orders::get(&mut tx, id).await?;
    once.commit(tx, StatusCode::OK, &order).await
}

/// A file of a work order, for pages.
pub async fn attachment(
    State(state): State<AppState>,
    SessionCaller(caller): SessionCaller,
    Path((id, attachment)): Path<(String, String)>,
) -> Result<Response> {
    file(&state, &caller, &id, &attachment).await
}

/// A file of a work order, for machines.
pub async fn api_attachment(
    State(state): State<AppState>,
    api: ApiCaller,
    Path((id, attachment)): Path<(String, String)>,
) -> Result<Response> {
    file(&state, &api.caller, &id, &attachment).await
}

async fn file(state: &AppState, caller: &Caller, id: &str, attachment: &str) -> Result<Response> {
    let attachment = attachment.parse::<AttachmentId>().map_err(|_| Problem::not_found())?;
    let mut tx = state.services.begin(caller, Permission::View).await?;
    let (name, content_type, content) =
        work_orders::attachment(&mut tx, parsed(id)?, attachment).await?;
    tx.commit().await?;
    let content_type = HeaderValue::from_str(&content_type).map_err(|_| Problem::internal())?;
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' })
        .collect();
    let disposition = format!("inline; filename=\"{name}\"");
    let disposition = HeaderValue::from_str(&disposition).map_err(|_| Problem::internal())?;
    // A file is looked at, never run.
    let policy = HeaderValue::from_static("default-src 'none'; sandbox");
    let headers = [
        (CONTENT_TYPE, content_type),
        (CONTENT_DISPOSITION, disposition),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    Ok((headers, content).into_response())
}

fn parsed(id: &str) -> Result<WorkOrderId> {
    id.parse().map_err(|_| Problem::not_found())
}

fn invalid_query(message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_query", message)
}
