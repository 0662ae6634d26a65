//! One id per request: in the log, in the answer, in the audit rows.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use tracing::Instrument;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// Finds everything that belongs to one request.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl RequestId {
    /// The id of the request being answered by this task.
    pub fn current() -> Option<String> {
        CURRENT.try_with(|id| id.0.clone()).ok()
    }
}

/// Gives the request an id of ours (never the caller's: it reaches log lines) and logs the answer.
pub async fn layer(mut request: Request, next: Next) -> Response {
    let mut bytes = [0_u8; 8];
    let id = match getrandom::fill(&mut bytes) {
        Ok(()) => RequestId(hex::encode(bytes)),
        Err(_) => RequestId("unknown".to_owned()),
    };
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", id = %id.0, method = %request.method());
    let header = HeaderValue::from_str(&id.0).ok();
    let mut response = CURRENT.scope(id, next.run(request).instrument(span)).await;
    if let Some(header) = header {
        response.headers_mut().insert("x-request-id", header);
    }
    response
}
