//! Who calls: the guard in front of every route, and the extractors behind it.

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::ApiKeyId;
use domain::permission::KeyScope;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use services::{Caller, users};
use store::Actor;
use tower_sessions::Session;

use super::address::ClientAddress;
use super::limits::drain;
use super::permissions::{Access, access};
use super::problem::Problem;
use super::session::hashed;
use crate::state::AppState;

/// The caller of an `/api/v1` route, whose key has passed the permission table. The use case still
/// checks the site.
#[derive(Debug, Clone)]
pub struct ApiCaller {
    /// Who acts, with the rights of the key at this moment.
    pub caller: Caller,
    /// The key.
    pub key: ApiKeyId,
    /// What it may be used for.
    pub scopes: Vec<KeyScope>,
}

impl<S: Send + Sync> FromRequestParts<S> for ApiCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthenticated)
    }
}

/// The signed-in person of a request, with their rights at this moment.
#[derive(Debug, Clone)]
pub struct SessionCaller(pub Caller);

impl<S: Send + Sync> FromRequestParts<S> for SessionCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthenticated)
    }
}

/// Lets a request through to its route if the permission table allows it. Runs before the body is
/// read.
pub async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let address = ClientAddress::of(&parts.extensions, &parts.headers, &state.http.trusted_proxies);
    parts.extensions.insert(address);
    if let Err(problem) = find_person(&state, &mut parts).await {
        return problem.into_response();
    }
    let Some(path) = listed_path(&parts) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let access = match access(&parts.method, &path) {
        Ok(access) => access,
        Err(true) => return next.run(Request::from_parts(parts, body)).await,
        Err(false) => return Problem::forbidden().into_response(),
    };
    match allow(&state, access, &mut parts).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => {
            if matches!(
                problem.status(),
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
            ) {
                drain(body).await;
            }
            refuse(&state, &parts, access, problem)
        }
    }
}

/// The path as the permission table spells it; `None` if there is no such route.
fn listed_path(parts: &Parts) -> Option<String> {
    match parts.extensions.get::<MatchedPath>()?.as_str() {
        route if route.starts_with("/ui/") => Some(parts.uri.path().to_owned()),
        route => Some(route.to_owned()),
    }
}

/// Looks up the session, if the request carries one.
async fn find_person(state: &AppState, parts: &mut Parts) -> Result<(), Problem> {
    let path = parts.uri.path();
    if path.starts_with("/api/") || path.starts_with("/pkg/") {
        return Ok(());
    }
    let Some(id) = parts.extensions.get::<Session>().and_then(Session::id) else {
        return Ok(());
    };
    match users::caller_for_session(&state.services, &hashed(&id), path != "/live").await {
        Ok(caller) => {
            parts.extensions.insert(SessionCaller(caller));
            Ok(())
        }
        Err(services::Error::NotSignedIn) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn allow(state: &AppState, access: Access, parts: &mut Parts) -> Result<(), Problem> {
    match access {
        Access::Public => Ok(()),
        Access::SignedIn | Access::Page => person(parts).map(|_| ()),
        Access::Session(permission) => {
            if person(parts)?.0.may(permission) {
                Ok(())
            } else {
                Err(Problem::forbidden())
            }
        }
        Access::Key(scope, permission) => {
            let api = find_key(state, parts).await?;
            let allowed = api.scopes.contains(&scope) && api.caller.may(permission);
            let key = api.key;
            parts.extensions.insert(api);
            if allowed { state.limits.take(key, 1) } else { Err(Problem::forbidden()) }
        }
        Access::Operator if is_local(parts) => Ok(()),
        Access::Operator => {
            let api = find_key(state, parts).await?;
            if api.scopes.contains(&KeyScope::Read) { Ok(()) } else { Err(Problem::forbidden()) }
        }
        Access::Test if state.http.test_clock && is_local(parts) => Ok(()),
        Access::Test => Err(Problem::not_found()),
    }
}

fn person(parts: &Parts) -> Result<&SessionCaller, Problem> {
    parts.extensions.get::<SessionCaller>().ok_or_else(Problem::unauthenticated)
}

async fn find_key(state: &AppState, parts: &Parts) -> Result<ApiCaller, Problem> {
    let key = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim())
        .ok_or_else(Problem::unauthenticated)?;
    let found = state.keys.caller(key).await?;
    Ok(ApiCaller { caller: found.caller, key: found.key, scopes: found.scopes })
}

fn is_local(parts: &Parts) -> bool {
    parts.extensions.get::<ClientAddress>().is_some_and(|address| address.0.is_loopback())
}

/// The answer to a refused request, in the form its sender reads: people are led to the sign-in
/// page, pages' own calls get the error of pages, machines a problem.
fn refuse(state: &AppState, parts: &Parts, access: Access, problem: Problem) -> Response {
    note(state, parts, &problem);
    let path = parts.uri.path();
    let wants_page = parts
        .headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/html"));
    let signed_out = problem.status() == StatusCode::UNAUTHORIZED;
    let file = wants_page && path.starts_with("/export/");
    if signed_out && (access == Access::Page || file || (wants_page && path.starts_with("/ui/"))) {
        let next = match parts.uri.path_and_query() {
            Some(wanted) if (access == Access::Page || file) && wanted.as_str() != "/" => {
                format!("/sign-in?next={}", app::ui::query::encode(wanted.as_str()))
            }
            _ => "/sign-in".to_owned(),
        };
        return Redirect::to(&next).into_response();
    }
    if path.starts_with("/ui/") {
        let error = if signed_out {
            app::error::AppError::not_signed_in()
        } else if problem.status() == StatusCode::FORBIDDEN {
            app::error::AppError::forbidden()
        } else {
            app::error::AppError::internal()
        };
        let body = serde_json::to_string(&error).unwrap_or_default();
        let mut response = (problem.status(), body).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        return response;
    }
    problem.into_response()
}

/// Security events are audited (S20): refusals too, but so few a second that nobody can fill the
/// log with them.
fn note(state: &AppState, parts: &Parts, problem: &Problem) {
    let path = listed_path(parts).unwrap_or_default();
    let what = format!("{} {path}", parts.method);
    metrics::counter!("http_refused_total", "reason" => problem.code()).increment(1);
    let extensions = &parts.extensions;
    let person = extensions.get::<SessionCaller>().map(|p| p.0.actor);
    let actor = extensions.get::<ApiCaller>().map(|a| Actor::Key(a.key)).or(person);
    let presented = parts.headers.contains_key(AUTHORIZATION);
    if !(actor.is_some() || presented)
        || problem.status() == StatusCode::TOO_MANY_REQUESTS
        || !state.limits.may_note_refusal()
    {
        return;
    }
    let services = state.services.clone();
    let address = extensions.get::<ClientAddress>().map(|a| a.0.to_string()).unwrap_or_default();
    tokio::spawn(async move {
        let actor = actor.unwrap_or(Actor::System);
        if let Err(error) = users::note_refusal(&services, actor, &what, &address).await {
            tracing::warn!(error = %super::chain(&error), "refusal not audited");
        }
    });
}
