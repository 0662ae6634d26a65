use axum::body::Body;
use domain::permission::KeyScope;
use http::{Method, Request, StatusCode};

use super::world::{Answer, World};

/// What never belongs into an answer (S19).
const INSIDE: [&str; 8] = [
    "sqlx",
    "postgres",
    "SELECT",
    "panicked",
    "src/",
    ".rs",
    "relation",
    env!("CARGO_PKG_VERSION"),
];

fn is_problem(answer: &Answer, status: StatusCode, code: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let body = answer.json();
    assert_eq!(body["code"], code, "{body}");
    assert_eq!(body["status"], status.as_u16());
    assert_eq!(body["request_id"], answer.header("x-request-id"));
    for word in INSIDE {
        assert!(!answer.body.contains(word), "{word} in {}", answer.body);
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_meant_are_problems() {
    let world = World::new().await;
    let answer = world.call(Method::GET, "/api/v1/unheard-of", None, "").await;
    is_problem(&answer, StatusCode::NOT_FOUND, "not_found");
    let answer = world.call(Method::DELETE, "/healthz", None, "").await;
    is_problem(&answer, StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
    let answer = world.call(Method::GET, "/pkg/../Cargo.toml", None, "").await;
    is_problem(&answer, StatusCode::NOT_FOUND, "not_found");
    let answer = world.call(Method::POST, "/ui/unheard-of", None, "").await;
    is_problem(&answer, StatusCode::FORBIDDEN, "forbidden");
}

#[tokio::test]
async fn a_body_is_checked_before_it_is_parsed() {
    let world = World::new().await;
    let key = world.key(&[KeyScope::Predictions], None).await;
    let post = |content_type: &'static str, encoding: &'static str, body: Vec<u8>| {
        let request = Request::post("/api/v1/predictions")
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", content_type)
            .header("content-encoding", encoding)
            .body(Body::from(body))
            .unwrap();
        world.send(request)
    };
    let answer = post("text/plain", "identity", b"{}".to_vec()).await;
    is_problem(&answer, StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type");
    let answer = post("application/json", "gzip", b"{}".to_vec()).await;
    is_problem(&answer, StatusCode::UNSUPPORTED_MEDIA_TYPE, "compressed_body");
    let large = vec![b' '; crate::http::body::BATCH_LIMIT + 1];
    let answer = post("application/json", "identity", large).await;
    is_problem(&answer, StatusCode::PAYLOAD_TOO_LARGE, "body_too_large");
    assert_eq!(answer.header("connection"), "close");
    let answer = post("application/json", "identity", vec![b'['; 100_000]).await;
    is_problem(&answer, StatusCode::BAD_REQUEST, "too_deep");
    let answer = post("application/json", "identity", b"{\"a\":\"\xff\"}".to_vec()).await;
    is_problem(&answer, StatusCode::BAD_REQUEST, "invalid_encoding");
}

#[tokio::test]
async fn a_panic_is_a_problem_and_says_nothing() {
    let response = crate::http::panicked(Box::new("relation \"secret\" in src/x.rs".to_owned()));
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&body);
    assert!(body.contains("\"internal\"") && !body.contains("secret"), "{body}");
}

#[tokio::test]
async fn a_database_that_is_gone_is_said_honestly() {
    let world = World::new().await;
    let key = world.key(&[KeyScope::Read], None).await;
    assert_eq!(world.call(Method::GET, "/readyz", None, "").await.status, StatusCode::OK);
    world.state.services.store.close().await;
    for path in ["/readyz", "/api/v1/assets"] {
        let answer = world.call(Method::GET, path, Some(&key), "").await;
        is_problem(&answer, StatusCode::SERVICE_UNAVAILABLE, "unavailable");
        assert!(!answer.header("retry-after").is_empty());
    }
    assert_eq!(world.call(Method::GET, "/healthz", None, "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_answer_carries_its_headers() {
    let plain = World::new().await;
    for path in ["/healthz", "/api/v1/openapi.json", "/unheard-of"] {
        let answer = plain.call(Method::GET, path, None, "").await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(answer.header("strict-transport-security"), "");
    }
    let tls = World::at("https://plant.example").await;
    let answer = tls.call(Method::GET, "/healthz", None, "").await;
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
}
