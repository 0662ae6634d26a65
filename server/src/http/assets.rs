//! Files of the asset pages: the upload of an import and its error file.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::permission::Permission;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use multer::{Constraints, Multipart, SizeLimit};
use services::Error;
use services::assets::{LARGEST_FILE, error_file, keep_upload};

use super::auth::SessionCaller;
use super::problem::{Problem, Result};
use crate::state::AppState;

/// Time to receive a file.
const TIME: Duration = Duration::from_secs(120);
/// A file that is too large is read and dropped up to here, so that its sender gets an answer.
const DRAINED: u64 = 100 * 1024 * 1024;

/// The file of an import, as the browser's own form sends it. The answer leads to the next step,
/// or back with the reason.
pub async fn upload(
    State(state): State<AppState>,
    SessionCaller(caller): SessionCaller,
    request: Request,
) -> Result<Response> {
    let received = tokio::time::timeout(TIME, file(request)).await.unwrap_or(Err("incomplete"));
    let (name, content) = match received {
        Ok(file) => file,
        Err(code) => return Ok(refused(code)),
    };
    let mut tx = state.services.begin(&caller, Permission::AssetEdit).await?;
    match keep_upload(&mut tx, &caller, &name, &content).await {
        Ok(id) => {
            tx.commit().await.map_err(Error::from)?;
            Ok(Redirect::to(&format!("/assets/import/{id}")).into_response())
        }
        Err(Error::Invalid(problems)) => {
            Ok(refused(problems.first().map_or("unreadable", |problem| problem.code.as_str())))
        }
        Err(error) => Err(error.into()),
    }
}

fn refused(code: &str) -> Response {
    Redirect::to(&format!("/assets/import?problem={code}")).into_response()
}

/// The field `file` of a form.
async fn file(request: Request) -> std::result::Result<(String, Vec<u8>), &'static str> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let boundary =
        multer::parse_boundary(content_type.unwrap_or_default()).map_err(|_| "no_file")?;
    let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(DRAINED));
    let stream = request.into_body().into_data_stream();
    let mut form = Multipart::with_constraints(stream, boundary, limits);
    while let Some(mut field) = form.next_field().await.map_err(|_| "incomplete")? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut content = Vec::new();
        let mut too_large = false;
        while let Some(chunk) = field.chunk().await.map_err(|_| "too_large")? {
            too_large |= content.len() + chunk.len() > LARGEST_FILE;
            if too_large {
                content.clear();
            } else {
                content.extend_from_slice(&chunk);
            }
        }
        return match (too_large, name.is_empty()) {
            (true, _) => Err("too_large"),
            (_, true) => Err("no_file"),
            _ => Ok((name, content)),
        };
    }
    Err("no_file")
}

/// The bad rows of an import with their reasons.
pub async fn import_errors(
    State(state): State<AppState>,
    SessionCaller(caller): SessionCaller,
    Path(id): Path<String>,
) -> Result<Response> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = state.services.begin(&caller, Permission::AssetEdit).await?;
    let (name, content) = error_file(&mut tx, &caller, id).await?;
    tx.commit().await.map_err(Error::from)?;
    csv(&name, Body::from(content))
}

fn csv(name: &str, body: Body) -> Result<Response> {
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' })
        .collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .map_err(|_| Problem::internal())?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, body).into_response())
}
