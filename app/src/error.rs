//! The one error that reaches the browser: safe to show, never a cause from inside.

use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::strings;

/// What kind of failure it is; decides status, tone and what the page offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No valid session.
    NotSignedIn,
    /// The role or the site scope does not allow it.
    Forbidden,
    /// Not there, or not visible to the caller.
    NotFound,
    /// Somebody was first, or the version is old.
    Conflict,
    /// The input has problems; see [`AppError::fields`].
    Invalid,
    /// Too many attempts.
    TooMany,
    /// Cannot be done right now; trying again may help.
    Unavailable,
    /// The browser could not reach the server.
    Offline,
    /// A fault of ours.
    Internal,
}

impl Code {
    /// The HTTP status that belongs to the code.
    pub const fn status(self) -> u16 {
        match self {
            Self::NotSignedIn => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Invalid => 422,
            Self::TooMany => 429,
            Self::Unavailable | Self::Offline => 503,
            Self::Internal => 500,
        }
    }
}

/// One problem of one field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the input the problem belongs to.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// An error as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    /// Kind of failure.
    pub code: Code,
    /// A sentence that says what failed and what to do.
    pub message: String,
    /// Finds the log lines of this request; shown so that it can be passed on.
    pub request_id: Option<String>,
    /// Problems by field, for forms.
    #[serde(default)]
    pub fields: Vec<FieldError>,
}

impl AppError {
    /// An error with a sentence of its own.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), request_id: None, fields: Vec::new() }
    }

    /// Nothing there, or nothing the caller may see.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, strings::errors::NOT_FOUND)
    }

    /// The caller lacks the right.
    pub fn forbidden() -> Self {
        Self::new(Code::Forbidden, strings::errors::FORBIDDEN)
    }

    /// No session, or it has ended.
    pub fn not_signed_in() -> Self {
        Self::new(Code::NotSignedIn, strings::errors::NOT_SIGNED_IN)
    }

    /// A fault of ours; the cause belongs in the log, not here.
    pub fn internal() -> Self {
        Self::new(Code::Internal, strings::errors::INTERNAL)
    }

    /// Input with problems, one per field.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        Self { fields, ..Self::new(Code::Invalid, strings::errors::INVALID) }
    }

    /// The message that belongs to one input.
    pub fn field(&self, name: &str) -> Option<String> {
        self.fields.iter().find(|f| f.field == name).map(|f| f.message.clone())
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        match value {
            ServerFnErrorErr::Request(_) => Self::new(Code::Offline, strings::errors::OFFLINE),
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Serialization(_) => {
                Self::new(Code::Invalid, strings::errors::INVALID)
            }
            _ => Self::internal(),
        }
    }
}

/// Makes a failed form post visible without scripts: the server puts the error into the address,
/// and the action of that form starts with it.
pub fn provide_form_error() {
    if let Some(query) = current_query()
        && let (Some(path), Some(err)) = (value_of(&query, "__path"), value_of(&query, "__err"))
    {
        provide_context(leptos::server::ServerActionError::new(&path, &err));
    }
}

#[cfg(feature = "ssr")]
fn current_query() -> Option<String> {
    use_context::<http::request::Parts>()?.uri.query().map(str::to_owned)
}

#[cfg(not(feature = "ssr"))]
fn current_query() -> Option<String> {
    web_sys::window()?.location().search().ok().map(|s| s.trim_start_matches('?').to_owned())
}

fn value_of(query: &str, key: &str) -> Option<String> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(k, _)| *k == key)
        .map(|(_, v)| crate::ui::query::decode(v))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_the_address_is_decoded() {
        let query = "q=a&__path=%2Fui%2Falerts%2Fapprove&__err=eyJ%3D";
        assert_eq!(value_of(query, "__path").as_deref(), Some("/ui/alerts/approve"));
        assert_eq!(value_of(query, "__err").as_deref(), Some("eyJ="));
        assert_eq!(value_of(query, "missing"), None);
    }

    #[test]
    fn an_error_of_the_framework_does_not_show_its_cause() {
        let error = AppError::from_server_fn_error(ServerFnErrorErr::ServerError(
            "relation \"users\" does not exist".into(),
        ));
        assert_eq!(error, AppError::internal());
    }
}
