use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use domain::ids::{CustomRoleId, SiteId, UserId};
use domain::permission::{KeyScope, Permission, Role};
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use secrecy::ExposeSecret;
use services::users::{GrantInput, NewKey, NewUser, create_api_key, create_user, hash_password};
use services::{Caller, Services, Settings};
use store::Store;
use store::testing::database;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::http::router;
use crate::state::{AppState, HttpSettings};

pub const PASSWORD: &str = "four words make it";

/// The application on a database of its own.
pub struct World {
    pub state: AppState,
    /// Of its database, for another process.
    pub url: String,
    router: Router,
}

/// An answer, read completely.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: impl http::header::AsHeaderName) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The session cookie, as the browser would send it back.
    pub fn cookie(&self) -> Option<String> {
        let cookie = self.headers.get(SET_COOKIE)?.to_str().ok()?;
        Some(cookie.split(';').next()?.to_owned())
    }
}

impl World {
    pub async fn new() -> Self {
        Self::at("http://127.0.0.1:3000").await
    }

    pub async fn at(base_url: &str) -> Self {
        let db = database().await;
        let store = Store::connect(&db.url, 8).await.unwrap();
        let services = Services { store, settings: Settings::default() };
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let settings = HttpSettings { test_clock: true, ..HttpSettings::new(base_url) };
        let state = AppState::new(services, settings, metrics, CancellationToken::new());
        Self { router: router(state.clone()), state, url: db.url }
    }

    /// Sends a request from another machine and gives the answer as it begins.
    pub async fn stream(&self, mut request: Request<Body>) -> axum::response::Response {
        let peer: SocketAddr = "192.0.2.1:4000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.stream(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        let mut request = Request::get(path).header("accept", "text/html");
        if let Some(cookie) = cookie {
            request = request.header(COOKIE, cookie);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A form as a browser without scripts posts it from one of our pages.
    pub async fn post_form(&self, path: &str, cookie: Option<&str>, form: &str) -> Answer {
        let mut request = Request::post(path)
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("referer", "http://127.0.0.1:3000/sign-in");
        if let Some(cookie) = cookie {
            request = request.header(COOKIE, cookie);
        }
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// A person with a role at one site (or everywhere).
    pub async fn person(&self, email: &str, role: Role, site: Option<SiteId>) -> UserId {
        self.person_with(email, GrantInput::new(role, site)).await
    }

    /// A role of the installation with these permissions.
    pub async fn custom_role(&self, name: &str, held: &[Permission]) -> CustomRoleId {
        let mut tx = self.state.services.store.begin_system().await.unwrap();
        let id = store::users::insert_custom_role(&mut tx, name, held).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A person with a role.
    pub async fn person_with(&self, email: &str, grant: GrantInput) -> UserId {
        let hash = hash_password(&PASSWORD.into()).await.unwrap();
        let mut tx = self.state.services.store.begin_system().await.unwrap();
        let new = NewUser {
            email: email.into(),
            name: "Dana Kowalski".into(),
            password_hash: Some(hash),
            grants: vec![grant],
        };
        let (id, _) = create_user(&mut tx, &Caller::system(), &new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Signs in and gives the cookie.
    pub async fn sign_in(&self, email: &str) -> String {
        let form = format!("email={email}&password={}&next=", PASSWORD.replace(' ', "+"));
        let answer = self.post_form("/ui/users/sign-in", None, &form).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{answer:?}");
        answer.cookie().expect("a cookie")
    }

    pub async fn key(&self, scopes: &[KeyScope], user: Option<UserId>) -> String {
        let mut tx = self.state.services.store.begin_system().await.unwrap();
        let new = NewKey {
            name: format!("key {scopes:?} {user:?}"),
            source: None,
            user,
            scopes: scopes.to_vec(),
            sites: None,
            expires_at: None,
        };
        let (_, key) = create_api_key(&mut tx, &Caller::system(), &new).await.unwrap();
        tx.commit().await.unwrap();
        key.expose_secret().to_owned()
    }

    pub async fn call(&self, method: Method, path: &str, key: Option<&str>, body: &str) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}
