//! Reading a body: its type, size, time and encoding are checked before anything is parsed
//! (B1, B3, B4, B14, B20, B24).

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::StatusCode;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::problem::{FieldProblem, Problem};

/// Most bytes of an ordinary body.
pub const LIMIT: usize = 1024 * 1024;
/// Most bytes of a batch, of telemetry, of an import.
pub const BATCH_LIMIT: usize = 10 * 1024 * 1024;
/// Time to receive a body.
const TIME: Duration = Duration::from_secs(30);
/// Deepest nesting of objects and lists.
const DEPTH: u32 = 32;

/// What a body says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `application/json`
    Json,
    /// `application/xml` or `text/xml`
    Xml,
    /// `text/csv`
    Csv,
}

/// A body as it came, of a known kind: for routes that take more than JSON, or large bodies.
/// `MAX` is the most bytes.
#[derive(Debug)]
pub struct Raw<const MAX: usize> {
    /// What it says it is.
    pub kind: Kind,
    /// The bytes.
    pub bytes: Bytes,
}

impl<const MAX: usize, S: Send + Sync> FromRequest<S> for Raw<MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if request.headers().get(CONTENT_ENCODING).is_some_and(|e| e != "identity") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "compressed_body",
                "Send the body without compression.",
            ));
        }
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .and_then(kind_of)
            .ok_or_else(unsupported)?;
        Ok(Self { kind, bytes: collect(request, MAX).await? })
    }
}

/// A body of any type as it came, for callers whose words are not ours to choose. `MAX` is the most
/// bytes.
#[derive(Debug)]
pub struct Anything<const MAX: usize>(pub Bytes);

impl<const MAX: usize, S: Send + Sync> FromRequest<S> for Anything<MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        collect(request, MAX).await.map(Self)
    }
}

async fn collect(request: Request, most: usize) -> Result<Bytes, Problem> {
    let body = Limited::new(request.into_body(), most);
    match tokio::time::timeout(TIME, body.collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("The body may have {most} bytes at most."),
        )
        .closing()),
        Ok(Err(_)) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "body_incomplete",
            "The body did not arrive completely.",
        )
        .closing()),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_too_slow",
            "The body did not arrive in time.",
        )
        .closing()),
    }
}

fn kind_of(content_type: &str) -> Option<Kind> {
    let mut parts = content_type.split(';');
    let essence = parts.next()?.trim().to_ascii_lowercase();
    let kind = match essence.as_str() {
        "application/json" => Kind::Json,
        "application/xml" | "text/xml" => Kind::Xml,
        "text/csv" => Kind::Csv,
        _ => return None,
    };
    let utf8 = parts.all(|p| {
        p.trim().split_once('=').is_none_or(|(name, value)| {
            !name.eq_ignore_ascii_case("charset")
                || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
    });
    utf8.then_some(kind)
}

/// The type of the body is none this route takes.
pub fn unsupported() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "This route does not take a body of this type.",
    )
}

/// A JSON body of an ordinary size, with the bytes it came from.
#[derive(Debug)]
pub struct ApiJson<T> {
    /// The content.
    pub value: T,
    /// The bytes, for the fingerprint of an `Idempotency-Key`.
    pub bytes: Bytes,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let raw = Raw::<LIMIT>::from_request(request, state).await?;
        if raw.kind != Kind::Json {
            return Err(unsupported());
        }
        Ok(Self { value: parse_json(&raw.bytes)?, bytes: raw.bytes })
    }
}

/// Parses JSON, telling broken text (400) from content that does not fit (422).
///
/// # Errors
/// `invalid_encoding`, `malformed_json` with line and column, `too_deep`, or `invalid`.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        Problem::new(StatusCode::BAD_REQUEST, "invalid_encoding", "The body is not valid UTF-8.")
    })?;
    if too_deep(bytes) {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "too_deep",
            format!("Objects and lists may be nested {DEPTH} deep."),
        ));
    }
    serde_json::from_str(text).map_err(|error| json_problem(&error))
}

/// The problem behind an error of the JSON parser.
pub fn json_problem(error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    if !error.is_data() {
        let code = if text.starts_with("lone leading surrogate") || text.contains("surrogate") {
            "invalid_encoding"
        } else if text.starts_with("number out of range") {
            "not_finite"
        } else {
            "malformed_json"
        };
        return Problem::new(StatusCode::BAD_REQUEST, code, "The body is not valid JSON.")
            .with("line", error.line())
            .with("column", error.column());
    }
    // The parser's own sentence names fields and expected types, nothing from inside.
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what).to_owned();
    let path = what.split('`').nth(1).unwrap_or_default().to_owned();
    let code = if what.starts_with("missing field") {
        "missing"
    } else if what.starts_with("unknown field") {
        "unknown_field"
    } else {
        "wrong_type"
    };
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid",
        "The content needs a correction. Nothing was stored.",
    )
    .with_errors(vec![FieldProblem { path, code: code.to_owned(), message: what }])
}

/// Whether brackets outside of strings nest deeper than allowed.
fn too_deep(bytes: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > DEPTH {
                    return true;
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        #[allow(dead_code)]
        confidence: f64,
    }

    fn code(bytes: &[u8]) -> (u16, String) {
        let problem = parse_json::<Input>(bytes).unwrap_err();
        let code = problem.errors().first().map_or(problem.code(), |e| &e.code).to_owned();
        (problem.status().as_u16(), code)
    }

    #[test]
    fn broken_text_is_told_from_wrong_content() {
        assert_eq!(code(b""), (400, "malformed_json".into()));
        assert_eq!(code(b"\xef\xbb\xbf{}"), (400, "malformed_json".into()));
        assert_eq!(code(b"{\"confidence\":1,}"), (400, "malformed_json".into()));
        assert_eq!(code(b"{\"confidence\":NaN}"), (400, "malformed_json".into()));
        assert_eq!(code(b"{\"confidence\":1e999}"), (400, "not_finite".into()));
        assert_eq!(code(b"{\"confidence\":\"0.9\"}"), (422, "wrong_type".into()));
        assert_eq!(code(b"{}"), (422, "missing".into()));
        assert_eq!(code(b"{\"confidence\":1,\"x\":1}"), (422, "unknown_field".into()));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert_eq!(code(b"{\"confidence\":\"\xff\"}"), (400, "invalid_encoding".into()));
        assert_eq!(code(b"{\"confidence\":\"\\ud800\"}").0, 400);
    }

    #[test]
    fn nesting_is_bounded_and_brackets_in_strings_do_not_count() {
        assert_eq!(code(&[b'['; 33]), (400, "too_deep".into()));
        assert_eq!(code(&vec![b'['; 100_000]), (400, "too_deep".into()));
        let text = format!("{{\"confidence\":\"{}\"}}", "[".repeat(50));
        assert_eq!(code(text.as_bytes()), (422, "wrong_type".into()));
    }

    #[test]
    fn other_types_and_character_sets_are_refused() {
        assert_eq!(kind_of("application/json; charset=UTF-8"), Some(Kind::Json));
        assert_eq!(kind_of("application/json; charset=latin1"), None);
        assert_eq!(kind_of("multipart/form-data; boundary=x"), None);
    }
}
