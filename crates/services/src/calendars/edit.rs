//! The calendar of a site as its page shows it, and saving it.

use chrono::NaiveDate;
use domain::calendar::CalendarSpec;
use domain::ids::{AssetId, SiteId};
use domain::permission::Permission;
use domain::views::calendars::{CalendarForm, SiteCalendarPage};
use serde_json::json;
use store::calendars::{self as rows, CalendarRow};
use store::{AuditEntry, ScopedTx};

use super::{Calendar, crews, form, week};
use crate::{Caller, Error};

/// IANA name of a site's zone.
///
/// # Errors
/// [`Error::NotFound`] when there is no such site, or not for this caller.
pub async fn zone(tx: &mut ScopedTx, site: SiteId) -> Result<String, Error> {
    Ok(rows::calendar(tx, site).await?.ok_or(Error::NotFound)?.time_zone)
}

/// Calendar, crews and one week of a site; the week of today unless told.
///
/// # Errors
/// [`Error::NotFound`] when there is no such site, or not for this caller.
pub async fn page(
    tx: &mut ScopedTx,
    caller: &Caller,
    site: SiteId,
    date: Option<NaiveDate>,
) -> Result<SiteCalendarPage, Error> {
    let row = rows::calendar(tx, site).await?.ok_or(Error::NotFound)?;
    let spec = spec(&row)?;
    let form = form::written(&spec);
    let calendar = checked(spec)?;
    let now = tx.now();
    let date = date.unwrap_or_else(|| now.with_timezone(&calendar.zone()).date_naive());
    Ok(SiteCalendarPage {
        site,
        asset: AssetId::from(site),
        tag: row.tag,
        name: row.name,
        version: row.calendar_version,
        form,
        week: week(&calendar, date, now),
        crews: crews::crews(tx, site).await?,
        zones: chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name().to_owned()).collect(),
        may_edit: caller.may_at(Permission::AssetEdit, site),
    })
}

/// Saves a calendar that a person has seen in `version`. It decides from now on; what was decided
/// stays.
///
/// # Errors
/// [`Error::Invalid`] with every problem by field; `stale_version`; [`Error::NotFound`],
/// [`Error::Denied`].
pub async fn save(
    tx: &mut ScopedTx,
    caller: &Caller,
    site: SiteId,
    version: i32,
    form: &CalendarForm,
) -> Result<(), Error> {
    if !caller.may_at(Permission::AssetEdit, site) {
        return Err(Error::Denied);
    }
    let row = rows::lock_calendar(tx, site).await?.ok_or(Error::NotFound)?;
    if row.calendar_version != version {
        let message = format!(
            "Somebody changed the calendar of {} after you opened it. Nothing was saved; load the \
             page again to see it as it is now.",
            row.name
        );
        return Err(Error::conflict("stale_version", message));
    }
    let before = spec(&row)?;
    let after = form::read(form, &before)?;
    let after = Calendar::new(after)
        .map_err(|error| Error::invalid("shutdowns", "invalid_calendar", error.to_string()))?;
    if *after.spec() == before {
        return Ok(());
    }
    replace(tx, site, after.spec()).await
}

/// Replaces the calendar of a site; crews it names that are not there yet are added.
///
/// # Errors
/// When the database refuses.
pub async fn replace(tx: &mut ScopedTx, site: SiteId, after: &CalendarSpec) -> Result<(), Error> {
    let before = rows::lock_calendar(tx, site).await?.ok_or(Error::NotFound)?;
    store::rules::set_calendar(tx, site, &json!(after)).await?;
    let entry = AuditEntry::new("calendar.set", "site", site.0).site(site).detail(json!({
        "calendar": [before.calendar, after],
        "version": before.calendar_version + 1,
    }));
    tx.audit(vec![entry]).await?;
    crews::ensure(tx, site, after).await
}

/// The stored calendar.
pub(super) fn spec(row: &CalendarRow) -> Result<CalendarSpec, Error> {
    let spec = serde_json::from_value(row.calendar.clone());
    Ok(spec.map_err(|error| store::Error::corrupt("site", error))?)
}

fn checked(spec: CalendarSpec) -> Result<Calendar, Error> {
    Ok(Calendar::new(spec).map_err(|error| store::Error::corrupt("site", error))?)
}
