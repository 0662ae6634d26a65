//! `/export/*.csv`: lists as files, streamed part by part, each part read in a transaction of its
//! own. The address carries the same filter as the page; the audit row is written before the first
//! byte leaves. A new one is a [`Sheet`], a handler that reads its filter, and a line in
//! [`routes`] and in the permission table.

use std::io;

use app::context::ssr::{scope_here, working_site_of};
use app::ui::Query;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use domain::ids::SiteId;
use domain::permission::Permission;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use services::alerts::{AlertSheet, ReviewSheet};
use services::assets::AssetSheet;
use services::export::{Part, Sheet, begin, header};
use services::logbook::LogbookSheet;
use services::predictions::QuarantineSheet;
use services::users::{KeySheet, PeopleSheet};
use services::work_orders::WorkOrderSheet;
use services::{Caller, Services};
use store::Scope;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::auth::SessionCaller;
use super::problem::{Problem, Result};
use super::request_id::RequestId;
use super::routes::Routes;
use crate::state::AppState;

/// Parts that wait for a slow reader.
const AHEAD: usize = 2;

/// Every export.
pub fn routes() -> Routes {
    Routes::default()
        .get("/export/alerts.csv", alerts)
        .get("/export/review.csv", review)
        .get("/export/work-orders.csv", work_orders)
        .get("/export/logbook.csv", logbook)
        .get("/export/quarantine.csv", quarantine)
        .get("/export/assets.csv", assets)
        .get("/export/users.csv", users)
        .get("/export/api-keys.csv", api_keys)
}

async fn alerts(State(state): State<AppState>, asked: Asked) -> Result<Response> {
    let sheet = AlertSheet::new(app::alerts::listed(&asked.query));
    asked.here(Permission::View)?.send(&state, sheet).await
}

async fn review(State(state): State<AppState>, asked: Asked) -> Result<Response> {
    asked.here(Permission::ReviewDecide)?.send(&state, ReviewSheet::default()).await
}

async fn work_orders(State(state): State<AppState>, asked: Asked) -> Result<Response> {
    let sheet = WorkOrderSheet::new(app::work_orders::listed(&asked.query));
    asked.here(Permission::View)?.send(&state, sheet).await
}

async fn logbook(State(state): State<AppState>, asked: Asked) -> Result<Response> {
    let sheet = LogbookSheet::new(app::logbook::listed(&asked.query, asked.working));
    asked.anywhere(Permission::View)?.send(&state, sheet).await
}

async fn quarantine(State(state): State<AppState>, asked: Asked) -> Result<Response> {
    let sheet = QuarantineSheet::new(app::predictions::listed(&asked.query));
    asked.anywhere(Permission::Integrate)?.send(&state, sheet).await
}

async fn assets(State(state): State<AppState>, asked: Asked) -> Result<Response> {
    let sheet = AssetSheet::new(app::assets::listed(&asked.query));
    asked.anywhere(Permission::View)?.send(&state, sheet).await
}

async fn users(State(state): State<AppState>, asked: Asked) -> Result<Response> {
    let sheet = PeopleSheet::new(app::users::listed(&asked.query));
    asked.anywhere(Permission::Administer)?.send(&state, sheet).await
}

async fn api_keys(State(state): State<AppState>, asked: Asked) -> Result<Response> {
    asked.anywhere(Permission::SecretManage)?.send(&state, KeySheet::default()).await
}

/// Who asks for a list, with which filter.
#[derive(Debug)]
pub struct Asked {
    /// The filter, as the page reads it.
    pub query: Query,
    /// The site they work at, by their preference.
    pub working: Option<SiteId>,
    caller: Caller,
}

impl FromRequestParts<AppState> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let SessionCaller(caller) = SessionCaller::from_request_parts(parts, state).await?;
        let query = Query::parse(parts.uri.path(), parts.uri.query().unwrap_or_default());
        Ok(Self { query, working: working_site_of(&parts.headers), caller })
    }
}

impl Asked {
    /// As the list does: over the site they work at, or all they may see.
    ///
    /// # Errors
    /// The permission is missing everywhere.
    pub fn here(self, permission: Permission) -> Result<Scoped> {
        let scope = scope_here(&self.caller, permission, self.working)?;
        Ok(Scoped { asked: self, scope })
    }

    /// Over every site where the person has the permission.
    ///
    /// # Errors
    /// The permission is missing everywhere.
    pub fn anywhere(self, permission: Permission) -> Result<Scoped> {
        let scope = self.caller.scope(permission)?;
        Ok(Scoped { asked: self, scope })
    }
}

/// A request with the sites it may see.
#[derive(Debug)]
pub struct Scoped {
    asked: Asked,
    scope: Scope,
}

impl Scoped {
    /// Answers with the file. The first part is read before the answer begins, so that a refusal is
    /// one; a later failure ends the connection, and the browser says that the file is incomplete.
    ///
    /// # Errors
    /// What the list says.
    pub async fn send<S: Sheet>(self, state: &AppState, mut sheet: S) -> Result<Response> {
        let (caller, scope) = (self.asked.caller, self.scope);
        let filter = self.asked.query.href();
        let filter = filter.split_once('?').map_or("", |(_, filter)| filter);
        let mut tx = state.services.store.begin(&scope, caller.actor).await?;
        if let Some(id) = RequestId::current() {
            tx.set_request_id(id);
        }
        let first = begin(&mut tx, &caller, &mut sheet, filter).await?;
        tx.commit().await?;
        let (parts, out) = mpsc::channel(AHEAD);
        tokio::spawn(write(state.services.clone(), scope, caller, sheet, first, parts));
        let disposition = format!("attachment; filename=\"millwright-{}.csv\"", S::FILE);
        let disposition = HeaderValue::from_str(&disposition).map_err(|_| Problem::internal())?;
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
            (CONTENT_DISPOSITION, disposition),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        let body = Body::from_stream(ReceiverStream::new(out));
        Ok((StatusCode::OK, headers, body).into_response())
    }
}

/// Reads the rest part by part and writes the file; ends when the reader has gone.
async fn write<S: Sheet>(
    services: Services,
    scope: Scope,
    caller: Caller,
    mut sheet: S,
    mut part: Part,
    parts: mpsc::Sender<io::Result<Bytes>>,
) {
    let mut text = header(S::COLUMNS);
    loop {
        part.lines.iter().for_each(|line| line.write(&mut text));
        if parts.send(Ok(Bytes::from(std::mem::take(&mut text)))).await.is_err() || !part.more {
            return;
        }
        part = match next(&services, &scope, &caller, &mut sheet).await {
            Ok(part) => part,
            Err(error) => {
                tracing::error!(error = %super::chain(&error), list = S::FILE, "an export broke off");
                drop(parts.send(Err(io::Error::other("the export broke off"))).await);
                return;
            }
        };
    }
}

async fn next<S: Sheet>(
    services: &Services,
    scope: &Scope,
    caller: &Caller,
    sheet: &mut S,
) -> std::result::Result<Part, services::Error> {
    let mut tx = services.store.begin(scope, caller.actor).await?;
    let part = sheet.part(&mut tx, caller).await?;
    tx.commit().await?;
    Ok(part)
}
