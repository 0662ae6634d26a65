//! `POST /webhooks/{connection}` and `POST /webhooks/{connection}/{token}`: a CMMS tells that a work
//! order changed.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use services::work_orders::webhooks::{self, Call, Door, Heard};

use crate::http::body::Anything;
use crate::http::problem::{Problem, Result};
use crate::state::AppState;

/// Most bytes of a call; all of it that counts is an id.
const LIMIT: usize = 256 * 1024;
/// Where these addresses begin.
const PREFIX: &str = "/api/v1/webhooks/";

/// A call that is signed.
pub async fn post_signed(
    State(state): State<AppState>,
    Path(connection): Path<String>,
    headers: HeaderMap,
    Anything(body): Anything<LIMIT>,
) -> Result<Response> {
    hear(&state, Door::Signed(&connection), &headers, &body).await
}

/// A call to an address with a secret in it.
pub async fn post_by_token(
    State(state): State<AppState>,
    Path((connection, token)): Path<(String, String)>,
    headers: HeaderMap,
    Anything(body): Anything<LIMIT>,
) -> Result<Response> {
    hear(&state, Door::Secret(&connection, &token), &headers, &body).await
}

async fn hear(
    state: &AppState,
    door: Door<'_>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response> {
    let headers: Vec<(String, String)> = headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        })
        .collect();
    let mut tx = state.services.store.begin_system().await?;
    let call = Call { headers: &headers, body };
    let heard =
        webhooks::receive(&mut tx, &state.services.settings.vault, &state.manners, door, call)
            .await?;
    metrics::counter!("webhooks_total", "outcome" => heard.as_str()).increment(1);
    match heard {
        Heard::Taken | Heard::Again => {
            tx.commit().await?;
            Ok(StatusCode::OK.into_response())
        }
        Heard::Stale => Err(refused("stale", "The call is too old, or from the future.")),
        Heard::Unverified => Err(refused("unverified", "The call proves nothing.")),
    }
}

fn refused(code: &'static str, message: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, message)
}

/// A path as logs may have it.
pub fn without_token(path: &str) -> String {
    let secret = path.strip_prefix(PREFIX).and_then(|rest| rest.split_once('/'));
    match secret {
        Some((connection, _)) => format!("{PREFIX}{connection}/***"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_a_path_is_left_out_of_logs() {
        assert_eq!(without_token("/api/v1/webhooks/mx/s3cret"), "/api/v1/webhooks/mx/***");
        assert_eq!(without_token("/api/v1/webhooks/mx"), "/api/v1/webhooks/mx");
        assert_eq!(without_token("/overview"), "/overview");
    }
}
