//! Why a use case refused, in words the outermost layer can turn into an answer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One problem of the input, by its path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// JSON-pointer-like path of the field: `closure.cost`, `predictions[3].asset`.
    pub path: String,
    /// Stable code.
    pub code: String,
    /// What to fix.
    pub message: String,
}

impl FieldError {
    /// A problem at a path.
    pub fn new(
        path: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self { path: path.into(), code: code.into(), message: message.into() }
    }
}

/// A refused use case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the key is not valid.
    #[error("not signed in")]
    NotSignedIn,
    /// The caller lacks the permission.
    #[error("not permitted")]
    Denied,
    /// It does not exist, or not for this caller.
    #[error("not found")]
    NotFound,
    /// The input is wrong; every problem is listed.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// Somebody else was faster, or the state does not allow it.
    #[error("{message}")]
    Conflict {
        /// Stable code.
        code: &'static str,
        /// What happened.
        message: String,
        /// Who and when, or what stands in the way.
        detail: Value,
    },
    /// Too much at once.
    #[error("too many requests")]
    TooMany {
        /// Try again after, seconds.
        retry_after_secs: u32,
    },
    /// We cannot answer honestly right now.
    #[error("not available")]
    Unavailable,
    /// The database failed.
    #[error("the database failed")]
    Store(#[source] store::Error),
}

impl Error {
    /// One invalid field.
    pub fn invalid(
        path: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::Invalid(vec![FieldError::new(path, code, message)])
    }

    /// A conflict without further detail.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict { code, message: message.into(), detail: Value::Null }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Unavailable(_) => Self::Unavailable,
            other => Self::Store(other),
        }
    }
}
