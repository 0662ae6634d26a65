//! What the browser loads: script, style, pictures. From a folder while developing, from inside
//! the program in a release.

use std::borrow::Cow;
use std::path::Path;

use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::state::AppState;

#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Inside;

/// The file at this address, compressed as the browser likes it; `None` if there is none.
pub async fn find(state: &AppState, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let path = uri.path().strip_prefix('/')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if path.is_empty()
        || !path.chars().all(plain)
        || path.split('/').any(|part| part.is_empty() || part.starts_with('.'))
    {
        return None;
    }
    let content_type = content_type(path)?;
    let folder = state.http.site_dir.as_deref();
    for encoding in encodings(headers) {
        let name = match encoding {
            Some((_, extension)) => format!("{path}.{extension}"),
            None => path.to_owned(),
        };
        if let Some(bytes) = read(folder, &name).await {
            let encoding = encoding.map(|(name, _)| name);
            return Some(answer(&bytes, content_type, encoding, keeping(path), headers));
        }
    }
    None
}

/// `GET /pkg/*`.
pub async fn pkg(
    axum::extract::State(state): axum::extract::State<AppState>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, super::problem::Problem> {
    find(&state, &uri, &headers).await.ok_or_else(super::problem::Problem::not_found)
}

async fn read(folder: Option<&Path>, name: &str) -> Option<Cow<'static, [u8]>> {
    match folder {
        Some(folder) => tokio::fs::read(folder.join(name)).await.ok().map(Cow::Owned),
        None => Inside::get(name).map(|file| file.data),
    }
}

fn encodings(headers: &HeaderMap) -> Vec<Option<(&'static str, &'static str)>> {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let takes = |name: &str| {
        accepted.split(',').any(|part| {
            let mut part = part.trim().split(';');
            part.next() == Some(name) && part.all(|p| p.trim() != "q=0")
        })
    };
    let mut found = Vec::new();
    if takes("br") {
        found.push(Some(("br", "br")));
    }
    if takes("gzip") {
        found.push(Some(("gzip", "gz")));
    }
    found.push(None);
    found
}

fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" => "image/jpeg",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

/// Most names stay the same from release to release, so the browser asks each time and is told 304.
/// A part of the program has the mark of its build in its name: it never changes.
fn keeping(path: &str) -> &'static str {
    let marked = |name: &str| {
        let mark = name.strip_suffix(".wasm").and_then(|name| name.rsplit_once('.'));
        mark.is_some_and(|(_, m)| m.len() == 12 && m.chars().all(|c| c.is_ascii_hexdigit()))
    };
    if path.strip_prefix("pkg/").is_some_and(marked) {
        "public, max-age=31536000, immutable"
    } else {
        "public, no-cache"
    }
}

fn answer(
    bytes: &[u8],
    content_type: &'static str,
    encoding: Option<&'static str>,
    keeping: &'static str,
    request: &HeaderMap,
) -> Response {
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(bytes)[..12]));
    let known = request.get(IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let mut response = if known.is_some_and(|known| known.contains(&tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        bytes.to_vec().into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keeping));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}
