//! Errors as machines see them: `application/problem+json` with a stable `code` (S19).
//!
//! A problem says what the caller can fix; causes go to the log under the request's id.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};
use services::Error;

use super::request_id::RequestId;

/// One problem of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// Where, such as `predictions[3].confidence`.
    pub path: String,
    /// Stable word.
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// An error answer. Build one with [`Problem::new`], or turn a [`services::Error`] into one.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
    errors: Vec<FieldProblem>,
    retry_after_secs: Option<u64>,
    detail: Map<String, Value>,
    close: bool,
}

/// What handlers return.
pub type Result<T> = std::result::Result<T, Problem>;

impl Problem {
    /// A problem with a stable code and a sentence for people.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            errors: Vec::new(),
            retry_after_secs: None,
            detail: Map::new(),
            close: false,
        }
    }

    /// Adds one member to the body, such as who decided first.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }

    /// Adds the problems of fields.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldProblem>) -> Self {
        self.errors = errors;
        self
    }

    /// Says when trying again makes sense, in seconds.
    #[must_use]
    pub fn retry_after(mut self, secs: u64) -> Self {
        self.retry_after_secs = Some(secs);
        self
    }

    /// Closes the connection after the answer: the rest of the body was not read.
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.close = true;
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The problems of fields.
    pub fn errors(&self) -> &[FieldProblem] {
        &self.errors
    }

    /// The body, without the request id.
    pub fn body(&self) -> Value {
        let mut body = self.detail.clone();
        let title = self.status.canonical_reason().unwrap_or("Error");
        body.insert("type".into(), "about:blank".into());
        body.insert("title".into(), title.into());
        body.insert("status".into(), self.status.as_u16().into());
        body.insert("code".into(), self.code.into());
        body.insert("detail".into(), self.message.clone().into());
        if !self.errors.is_empty() {
            let errors = serde_json::to_value(&self.errors).unwrap_or(Value::Null);
            body.insert("errors".into(), errors);
        }
        Value::Object(body)
    }

    /// No key, or none that is valid.
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "Send a valid API key as `Authorization: Bearer <key>`.",
        )
    }

    /// The caller may not do this.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "The caller may not do this.")
    }

    /// Nothing there, or nothing the caller may see.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
    }

    /// Cannot be done right now.
    pub fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "The server cannot do this right now. Nothing was stored; try again.",
        )
        .retry_after(1)
    }

    /// A fault of ours.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side. Nothing was stored.",
        )
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied => Self::forbidden(),
            Error::NotSignedIn => Self::unauthenticated(),
            Error::NotFound => Self::not_found(),
            Error::Invalid(fields) => {
                let errors = fields
                    .into_iter()
                    .map(|f| FieldProblem { path: f.path, code: f.code, message: f.message })
                    .collect();
                Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "invalid",
                    "The content needs a correction. Nothing was stored.",
                )
                .with_errors(errors)
            }
            Error::Conflict { code, message, detail } => {
                let mut problem = Self::new(StatusCode::CONFLICT, code, message);
                if let Value::Object(detail) = detail {
                    problem.detail = detail;
                }
                problem
            }
            Error::TooMany { retry_after_secs } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many",
                "Too many at once; wait before the next one.",
            )
            .retry_after(u64::from(retry_after_secs)),
            Error::Unavailable => Self::unavailable(),
            Error::Store(error) => error.into(),
        }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        tracing::error!(error = %super::chain(&error), "request failed");
        match error {
            store::Error::Unavailable(_) => Self::unavailable(),
            _ => Self::internal(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = self.body();
        if let (Some(id), Value::Object(body)) = (RequestId::current(), &mut body) {
            body.insert("request_id".into(), id.into());
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(secs) = self.retry_after_secs {
            headers.insert(RETRY_AFTER, HeaderValue::from(secs));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.close {
            headers.insert(http::header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}
