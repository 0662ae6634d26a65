//! One request and its answer, as a face sees them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// A request.
#[derive(Debug, Clone)]
pub struct Call {
    /// Method, upper case.
    pub method: String,
    /// Path, decoded segment by segment, without a slash at the front.
    pub path: Vec<String>,
    /// Path and query as sent.
    pub target: String,
    /// Query parameters, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Call {
    /// A JSON body and nothing else, for what people do inside the system.
    pub(super) fn inside(body: &Value) -> Self {
        Self {
            method: "POST".to_owned(),
            path: Vec::new(),
            target: String::new(),
            query: Vec::new(),
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }

    /// The path as words.
    pub fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A query parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A query parameter as a number.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.param(name)?.parse().ok()
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as a form.
    pub fn form(&self) -> Map<String, Value> {
        url::form_urlencoded::parse(&self.body)
            .map(|(key, value)| (key.into_owned(), Value::String(value.into_owned())))
            .collect()
    }

    /// User and password of HTTP Basic.
    pub fn basic(&self) -> Option<(String, String)> {
        let encoded = self.header("authorization")?.strip_prefix("Basic ")?;
        let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        text.split_once(':').map(|(user, word)| (user.to_owned(), word.to_owned()))
    }

    /// A bearer token.
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    }

    /// A cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let all = self.header("cookie")?;
        all.split("; ")
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    /// Text of some kind.
    pub fn text(status: u16, kind: &str, body: impl Into<String>) -> Self {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        Self { status, headers, body: body.into().into_bytes() }
    }

    /// Nothing but a status.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// This answer with one more header.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}
