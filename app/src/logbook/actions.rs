use domain::ids::{AlertId, LogbookEntryId, SiteId};
#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::views::logbook::{Desk, Logbook};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::codec::Answer;
use crate::error::AppError;

/// Which part of the logbook, as the address says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LogbookQuery {
    /// The site; the one the person works at unless said otherwise.
    pub site: Option<SiteId>,
    /// `2026-08-12-night`; the shift under way unless said otherwise.
    pub shift: Option<String>,
    /// Tag of an asset.
    pub asset: Option<String>,
}

/// What the forms are for, as the address says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeskQuery {
    /// Which part of the logbook.
    pub which: LogbookQuery,
    /// The entry to be corrected.
    pub correct: Option<LogbookEntryId>,
    /// The alert to raise a work order for.
    pub raise: Option<AlertId>,
}

/// One shift with its entries, open points and signatures.
///
/// # Errors
/// Nobody is signed in, or there is no site.
#[server(prefix = "/ui", endpoint = "logbook/load", input = Json, output = Answer)]
pub async fn load_logbook(query: LogbookQuery) -> Result<Logbook, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let (caller, which) = (ctx.caller()?.clone(), ssr::which(query));
    let mut tx = ctx.begin(Permission::View).await?;
    Ok(services::logbook::logbook(&mut tx, &caller, &which).await?)
}

/// What the forms of the page need.
///
/// # Errors
/// Nobody is signed in, or the entry or alert is not there.
#[server(prefix = "/ui", endpoint = "logbook/desk", input = Json, output = Answer)]
pub async fn load_desk(query: DeskQuery) -> Result<Desk, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let (caller, which) = (ctx.caller()?.clone(), ssr::which(query.which));
    let mut tx = ctx.begin(Permission::View).await?;
    let (correct, raise) = (query.correct, query.raise);
    Ok(services::logbook::desk(&mut tx, &caller, &which, correct, raise).await?)
}

/// Appends an entry to the shift under way.
///
/// # Errors
/// The input has problems, or the corrected entry is corrected already.
#[server(prefix = "/ui", endpoint = "logbook/write", output = Answer)]
pub async fn write_entry(
    site: i64,
    text: String,
    #[server(default)] asset: String,
    #[server(default)] tag: String,
    #[server(default)] point: bool,
    #[server(default)] strikes: i64,
    key: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let strikes = (strikes > 0).then_some(LogbookEntryId(strikes));
    let input = services::logbook::Write { text, asset, tag, point, strikes, key };
    let mut tx = ctx.begin(Permission::LogbookWrite).await?;
    services::logbook::write(&mut tx, &caller, SiteId(site), input).await?;
    tx.commit().await?;
    ssr::leave_form(strikes.is_some(), site);
    Ok(())
}

/// Ticks an open point off, or opens it again.
///
/// # Errors
/// It is not there, or the right is missing.
#[server(prefix = "/ui", endpoint = "logbook/tick", output = Answer)]
pub async fn tick_point(point: i64, done: bool) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::LogbookWrite).await?;
    services::logbook::tick(&mut tx, &caller, point, done).await?;
    Ok(tx.commit().await?)
}

/// Signs a shift for the outgoing side.
///
/// # Errors
/// Somebody did before, or the right is missing.
#[server(prefix = "/ui", endpoint = "logbook/hand-over", output = Answer)]
pub async fn hand_over(
    site: i64,
    shift: String,
    #[server(default)] notes: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::LogbookWrite).await?;
    services::logbook::hand_over(&mut tx, &caller, SiteId(site), &shift, &notes).await?;
    Ok(tx.commit().await?)
}

/// Signs a handed-over shift for the incoming side.
///
/// # Errors
/// It is not handed over, or by the same person.
#[server(prefix = "/ui", endpoint = "logbook/take-over", output = Answer)]
pub async fn take_over(site: i64, shift: String) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::LogbookWrite).await?;
    services::logbook::take_over(&mut tx, &caller, SiteId(site), &shift).await?;
    Ok(tx.commit().await?)
}

/// Raises a work order for an alert, with its trends and the notes.
///
/// # Errors
/// The input has problems, or the right is missing.
#[server(prefix = "/ui", endpoint = "logbook/raise", output = Answer)]
pub async fn raise_work_order(
    site: i64,
    alert: i64,
    priority: i16,
    title: String,
    #[server(default)] notes: String,
    #[server(default)] point: bool,
    key: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let (alert, priority) = (AlertId(alert), ssr::priority(priority)?);
    let input = services::logbook::RaiseFromLogbook { alert, priority, title, notes, point, key };
    let mut tx = ctx.begin(Permission::WorkOrderRaise).await?;
    services::logbook::raise(&mut tx, &caller, input).await?;
    tx.commit().await?;
    ssr::leave_form(true, site);
    Ok(())
}

#[cfg(feature = "ssr")]
pub(super) mod ssr {
    use domain::alert::Priority;
    use domain::ids::SiteId;
    use services::logbook::Which;

    use super::LogbookQuery;
    use crate::context::ssr::{fail, working_site};
    use crate::error::{AppError, FieldError};

    pub(super) fn which(query: LogbookQuery) -> Which {
        at(query, working_site())
    }

    pub(in crate::logbook) fn at(query: LogbookQuery, working: Option<SiteId>) -> Which {
        Which { site: query.site.or(working), shift: query.shift, asset: query.asset }
    }

    pub(super) fn priority(value: i16) -> Result<Priority, AppError> {
        Priority::try_from(value).map_err(|error| {
            let message = error.to_string();
            fail(AppError::invalid(vec![FieldError { field: "priority".into(), message }]))
        })
    }

    /// Leaves a form that the address opened; others stay where they are.
    pub(super) fn leave_form(opened: bool, site: i64) {
        if opened {
            leptos_axum::redirect(&format!("/logbook?site={site}"));
        }
    }
}
