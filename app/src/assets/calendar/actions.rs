//! What the calendar page asks of the server.

use domain::views::calendars::{CalendarForm, SiteCalendarPage};
#[cfg(feature = "ssr")]
use domain::{ids::SiteId, permission::Permission};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::codec::Answer;
use crate::error::AppError;

/// Calendar and crews of a site, with the week that holds a date.
///
/// # Errors
/// It is not there, or not for this person.
#[server(prefix = "/ui", endpoint = "assets/calendar", input = Json, output = Answer)]
pub async fn load_calendar(
    site: i64,
    week: Option<chrono::NaiveDate>,
) -> Result<SiteCalendarPage, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::View).await?;
    Ok(services::calendars::page(&mut tx, &caller, SiteId(site), week).await?)
}

/// Saves the calendar of a site.
///
/// # Errors
/// The input has problems, or somebody was first.
#[server(prefix = "/ui", endpoint = "assets/calendar-save", output = Answer)]
pub async fn save_calendar(
    site: i64,
    version: i32,
    #[server(default)] week: String,
    form: CalendarForm,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    services::calendars::save(&mut tx, &caller, SiteId(site), version, &form).await?;
    tx.commit().await?;
    ssr::back(site, &week);
    Ok(())
}

/// Adds a crew to a site.
///
/// # Errors
/// It has one of that name, or the name is no name.
#[server(prefix = "/ui", endpoint = "assets/crew-add", output = Answer)]
pub async fn add_crew(
    site: i64,
    name: String,
    #[server(default)] note: String,
    #[server(default)] week: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    services::calendars::add_crew(&mut tx, &caller, SiteId(site), &name, &note).await?;
    tx.commit().await?;
    ssr::back(site, &week);
    Ok(())
}

/// Renames or retires a crew.
///
/// # Errors
/// The site has one of that name, or the name is no name.
#[server(prefix = "/ui", endpoint = "assets/crew-edit", output = Answer)]
pub async fn edit_crew(
    site: i64,
    id: i64,
    name: String,
    #[server(default)] note: String,
    #[server(default)] retired: bool,
    #[server(default)] week: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::AssetEdit).await?;
    services::calendars::edit_crew(&mut tx, &caller, id, &name, &note, retired).await?;
    tx.commit().await?;
    ssr::back(site, &week);
    Ok(())
}

/// Names of the crews of a site, for fields in which work is assigned.
///
/// # Errors
/// Nobody is signed in.
#[server(prefix = "/ui", endpoint = "assets/crews", input = Json, output = Answer)]
pub async fn load_crews(site: i64) -> Result<Vec<String>, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let mut tx = ctx.begin(Permission::View).await?;
    Ok(services::calendars::crew_names(&mut tx, SiteId(site)).await?)
}

#[cfg(feature = "ssr")]
mod ssr {
    /// Back to the calendar, in the week that was shown.
    pub(super) fn back(site: i64, week: &str) {
        let to = match week.parse::<chrono::NaiveDate>() {
            Ok(week) => format!("/assets/{site}/calendar?week={week}"),
            Err(_) => format!("/assets/{site}/calendar"),
        };
        leptos_axum::redirect(&to);
    }
}
