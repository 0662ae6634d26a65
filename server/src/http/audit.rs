//! `POST /audit/export`: the audit log as a file, streamed.

use axum::body::Body;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use domain::permission::Permission;
use futures::stream;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;
use services::audit::{Export, Format};
use services::{Caller, Services};

use super::auth::SessionCaller;
use super::problem::Result;
use super::request_id::RequestId;
use crate::state::AppState;

/// The form of the page.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    format: String,
}

/// Writes what the query finds into a file; the export is noted in the log before it begins.
pub async fn export(
    State(state): State<AppState>,
    SessionCaller(caller): SessionCaller,
    Form(wanted): Form<Wanted>,
) -> Result<Response> {
    let format = if wanted.format == "json" { Format::Json } else { Format::Csv };
    let services = state.services.clone();
    let mut tx = services.begin(&caller, Permission::AuditRead).await?;
    if let Some(id) = RequestId::current() {
        tx.set_request_id(id);
    }
    let export = Export::begin(&mut tx, &caller, &wanted.q, &wanted.zone, format).await?;
    tx.commit().await.map_err(services::Error::from)?;
    let parts = stream::try_unfold(
        (services, caller, export),
        |(services, caller, mut export)| async move {
            let part = part(&services, &caller, &mut export).await.inspect_err(|error| {
                tracing::warn!(error = %super::chain(error), "an export was cut off");
            })?;
            Ok::<_, services::Error>(part.map(|part| (part, (services, caller, export))))
        },
    );
    let (kind, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\""),
        Format::Json => ("application/json", "attachment; filename=\"audit.json\""),
    };
    let mut response = Body::from_stream(parts).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static(name));
    Ok(response)
}

async fn part(
    services: &Services,
    caller: &Caller,
    export: &mut Export,
) -> std::result::Result<Option<String>, services::Error> {
    let mut tx = services.begin(caller, Permission::AuditRead).await?;
    let part = export.part(&mut tx, caller).await?;
    tx.commit().await?;
    Ok(part)
}
