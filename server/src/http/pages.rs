//! The pages and their server functions, with what one request gives them.

use app::context::ssr::AppContext;
use app::{App, shell};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::header::{ACCEPT, CONTENT_SECURITY_POLICY};
use http::request::Parts;
use http::{HeaderValue, Method};
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list};

use super::address::ClientAddress;
use super::auth::SessionCaller;
use super::files;
use super::headers::content_security_policy;
use super::problem::Problem;
use super::request_id::RequestId;
use crate::state::AppState;

/// Every page of the application.
pub fn list() -> Vec<AxumRouteListing> {
    generate_route_list(App)
}

/// Adds the pages and the server functions to a router.
pub fn add(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let options = state.leptos.clone();
    router
        .leptos_routes_with_context(state, list(), context(state.clone()), move || {
            shell(options.clone())
        })
        .route("/ui/{*function}", any(server_function))
}

async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    leptos_axum::handle_server_fns_with_context(context(state), request).await.into_response()
}

/// Anything that is no route: a file, or a page that says so; machines get a problem.
pub async fn fallback(State(state): State<AppState>, request: Request) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads && let Some(file) = files::find(&state, request.uri(), request.headers()).await {
        return file;
    }
    let page = request
        .headers()
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/html"));
    if !(reads && page) || request.uri().path().starts_with("/api/") {
        return Problem::not_found().into_response();
    }
    let options = state.leptos.clone();
    let handler =
        leptos_axum::render_app_async_with_context(context(state), move || shell(options.clone()));
    handler(request).await
}

/// Provides what [`app::context`] promises, and sends the policy that goes with the page's nonce.
fn context(state: AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        let parts = use_context::<Parts>();
        let extensions = parts.as_ref().map(|parts| &parts.extensions);
        provide_context(AppContext {
            request_id: extensions
                .and_then(|e| e.get::<RequestId>())
                .map(|id| id.0.clone())
                .unwrap_or_default(),
            services: state.services.clone(),
            caller: extensions.and_then(|e| e.get::<SessionCaller>()).map(|p| p.0.clone()),
            address: extensions
                .and_then(|e| e.get::<ClientAddress>())
                .map(|a| a.0.to_string())
                .unwrap_or_default(),
            live_position: state.live.position(),
        });
        if let (Some(nonce), Some(options)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Ok(policy) = HeaderValue::from_str(&content_security_policy(&nonce))
        {
            options.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
    }
}
