//! No other site may act with a person's session (S5).

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, COOKIE, ORIGIN};
use http::{HeaderMap, Method, StatusCode};

use super::api::without_token;
use super::problem::Problem;
use crate::state::AppState;

/// Refuses unsafe requests that another site may have caused.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || same_site(request.headers(), &state.http.base_url) {
        return next.run(request).await;
    }
    let path = without_token(request.uri().path());
    tracing::warn!(%path, "refused a request from another site");
    Problem::new(
        StatusCode::FORBIDDEN,
        "cross_site",
        "This request came from another site. Nothing was changed.",
    )
    .into_response()
}

/// `Sec-Fetch-Site` decides, else `Origin`; a request with neither is no browser's and passes if it
/// carries no cookie, or a key in a header, which no other site can set.
fn same_site(headers: &HeaderMap, base_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    if let Some(origin) = headers.get(ORIGIN) {
        return origin.to_str().is_ok_and(|origin| same_origin(origin, base_url));
    }
    headers.contains_key(AUTHORIZATION) || !headers.contains_key(COOKIE)
}

/// Whether an `Origin` is that of our own address. `localhost` and the loopback addresses are one.
fn same_origin(origin: &str, base_url: &str) -> bool {
    fn parts(url: &str) -> Option<(String, String, u16)> {
        let uri: http::Uri = url.parse().ok()?;
        let scheme = uri.scheme_str()?.to_owned();
        let port = uri.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
        let host = match uri.host()?.to_ascii_lowercase().as_str() {
            "127.0.0.1" | "[::1]" => "localhost".to_owned(),
            host => host.to_owned(),
        };
        Some((scheme, host, port))
    }
    parts(origin).is_some_and(|origin| Some(origin) == parts(base_url))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://plant.example";

    fn passes(headers: &[(&'static str, &'static str)]) -> bool {
        let map = headers
            .iter()
            .map(|(k, v)| (http::HeaderName::from_static(k), http::HeaderValue::from_static(v)))
            .collect();
        same_site(&map, BASE)
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        assert!(!passes(&[("sec-fetch-site", "cross-site"), ("cookie", "a=b")]));
        assert!(!passes(&[("origin", "https://evil.example"), ("cookie", "a=b")]));
        assert!(!passes(&[("origin", "null"), ("cookie", "a=b")]));
    }

    #[test]
    fn a_sibling_sub_domain_is_another_site() {
        assert!(!passes(&[("sec-fetch-site", "same-site"), ("cookie", "a=b")]));
        assert!(!passes(&[("origin", "https://x.plant.example"), ("cookie", "a=b")]));
        assert!(!passes(&[("origin", "http://plant.example"), ("cookie", "a=b")]));
    }

    #[test]
    fn a_wrong_fetch_site_is_not_healed_by_a_good_origin() {
        assert!(!passes(&[("sec-fetch-site", "cross-site"), ("origin", BASE)]));
    }

    #[test]
    fn a_cookie_without_origin_is_refused_and_our_own_pages_pass() {
        assert!(!passes(&[("cookie", "a=b")]));
        assert!(passes(&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")]));
        assert!(passes(&[("origin", "https://plant.example:443"), ("cookie", "a=b")]));
    }

    #[test]
    fn a_machine_with_a_key_passes() {
        assert!(passes(&[("authorization", "Bearer x")]));
        assert!(!passes(&[("authorization", "Bearer x"), ("origin", "https://evil.example")]));
    }

    #[test]
    fn the_names_of_this_machine_are_one_origin() {
        assert!(same_origin("http://localhost:3000", "http://127.0.0.1:3000"));
        assert!(!same_origin("http://localhost:3001", "http://127.0.0.1:3000"));
    }
}
