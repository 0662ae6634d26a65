//! `GET /assets`, `POST /assets/import`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::asset::{AssetKind, AssetStatus};
use domain::ids::AssetId;
use domain::permission::Permission;
use domain::views::assets::AssetPage;
use http::StatusCode;
use serde::Deserialize;
use services::assets::{AssetQuery, from_csv, from_json, import, list};

use crate::http::auth::ApiCaller;
use crate::http::body::{BATCH_LIMIT, Kind, Raw, parse_json, unsupported};
use crate::http::idempotency::{Claim, IdempotencyKey, Once};
use crate::http::problem::{Problem, Result};
use crate::state::AppState;

/// Which assets to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    site: Option<String>,
    kind: Option<AssetKind>,
    status: Option<AssetStatus>,
    asset: Option<String>,
    q: Option<String>,
    after: Option<i64>,
    limit: Option<i64>,
}

/// Assets by id.
pub async fn get(
    State(state): State<AppState>,
    api: ApiCaller,
    query: std::result::Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<AssetPage>> {
    let Query(query) = query.map_err(bad_query)?;
    let query = AssetQuery {
        site: query.site,
        kind: query.kind,
        status: query.status,
        asset: query.asset,
        contains: query.q,
        after: query.after.map(AssetId),
        limit: query.limit,
    };
    let mut tx = state.services.begin(&api.caller, Permission::View).await?;
    let page = list(&mut tx, query).await?;
    tx.commit().await?;
    Ok(Json(page))
}

/// How to import.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    dry_run: Option<String>,
}

/// Imports assets from CSV or JSON; good rows are taken, bad ones listed.
pub async fn post_import(
    State(state): State<AppState>,
    api: ApiCaller,
    key: IdempotencyKey,
    query: std::result::Result<Query<ImportQuery>, QueryRejection>,
    body: Raw<BATCH_LIMIT>,
) -> Result<Response> {
    let Query(query) = query.map_err(bad_query)?;
    let dry_run = match query.dry_run.as_deref() {
        None | Some("false" | "0") => false,
        Some("" | "true" | "1") => true,
        Some(_) => return Err(invalid_query("dry_run takes true or false.")),
    };
    let rows = match body.kind {
        Kind::Csv => from_csv(&body.bytes)?,
        Kind::Json => {
            parse_json::<serde::de::IgnoredAny>(&body.bytes)?;
            from_json(&body.bytes)?
        }
        Kind::Xml => return Err(unsupported()),
    };
    let mut tx = state.services.begin(&api.caller, Permission::AssetEdit).await?;
    let once = match Once::claim(&mut tx, &api, &key, &body.bytes).await? {
        Claim::Answered(answer) => return Ok(answer),
        Claim::Go(once) => once,
    };
    let report = import(&mut tx, &api.caller, rows, dry_run).await?;
    once.commit(tx, StatusCode::OK, &report).await
}

#[allow(clippy::needless_pass_by_value)]
fn bad_query(error: QueryRejection) -> Problem {
    invalid_query(error.body_text())
}

fn invalid_query(message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_query", message)
}
