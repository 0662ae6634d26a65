//! Crews of a site: whom work can be assigned to besides persons. Calendars and work orders hold
//! the name; a new name of a crew goes into the calendar too.

use domain::calendar::CalendarSpec;
use domain::ids::SiteId;
use domain::permission::Permission;
use domain::views::calendars::Crew;
use serde_json::json;
use store::calendars::{self as rows, CrewRow};
use store::{AuditEntry, ScopedTx};

use super::edit::{replace, spec};
use crate::{Caller, Error};

/// Characters of a name or a note.
const LONGEST: usize = 80;
const LONGEST_NOTE: usize = 400;

/// Names of the crews of a site that can be chosen.
///
/// # Errors
/// What the database says.
pub async fn crew_names(tx: &mut ScopedTx, site: SiteId) -> Result<Vec<String>, Error> {
    let crews = rows::crews(tx, site).await?;
    Ok(crews.into_iter().filter(|crew| !crew.retired).map(|crew| crew.name).collect())
}

/// Every crew of a site, those in use first.
pub(super) async fn crews(tx: &mut ScopedTx, site: SiteId) -> Result<Vec<Crew>, Error> {
    let crews = rows::crews(tx, site).await?;
    Ok(crews
        .into_iter()
        .map(|c| Crew { id: c.id, name: c.name, note: c.note, retired: c.retired })
        .collect())
}

/// Adds a crew, or brings a retired one of that name back.
///
/// # Errors
/// [`Error::Invalid`] for a name that is empty, too long or there already; [`Error::NotFound`],
/// [`Error::Denied`].
pub async fn add_crew(
    tx: &mut ScopedTx,
    caller: &Caller,
    site: SiteId,
    name: &str,
    note: &str,
) -> Result<(), Error> {
    may_edit(caller, site)?;
    rows::calendar(tx, site).await?.ok_or(Error::NotFound)?;
    let name = checked(name, note)?;
    let (id, there) = rows::add_crew(tx, site, &name, Some(note.trim())).await?;
    if there {
        return Err(Error::invalid("name", "crew_there", "the site has a crew of that name"));
    }
    audit(tx, "crew.create", id, site, json!({ "name": name })).await
}

/// Renames, retires or brings back a crew.
///
/// # Errors
/// As [`add_crew`].
pub async fn edit_crew(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: i64,
    name: &str,
    note: &str,
    retired: bool,
) -> Result<(), Error> {
    let before = rows::lock_crew(tx, id).await?.ok_or(Error::NotFound)?;
    let site = SiteId(before.site_id);
    may_edit(caller, site)?;
    let after = CrewRow {
        name: checked(name, note)?,
        note: note.trim().to_owned(),
        retired,
        ..before.clone()
    };
    if after == before {
        return Ok(());
    }
    rows::update_crew(tx, &after).await.map_err(|error| match error.constraint() {
        Some("crew_site_id_name_key_key") => {
            Error::invalid("name", "crew_there", "the site has a crew of that name")
        }
        _ => error.into(),
    })?;
    let mut detail = json!({});
    if before.name != after.name {
        detail["name"] = json!([before.name, after.name]);
    }
    if before.note != after.note {
        detail["note"] = json!([before.note, after.note]);
    }
    if before.retired != after.retired {
        detail["retired"] = json!([before.retired, after.retired]);
    }
    audit(tx, "crew.update", id, site, detail).await?;
    if before.name == after.name {
        return Ok(());
    }
    let row = rows::lock_calendar(tx, site).await?.ok_or(Error::NotFound)?;
    let old = spec(&row)?;
    let new = renamed(old.clone(), &before.name, &after.name);
    if new == old { Ok(()) } else { replace(tx, site, &new).await }
}

/// Adds the crews that a calendar names and the site does not have.
pub(super) async fn ensure(
    tx: &mut ScopedTx,
    site: SiteId,
    calendar: &CalendarSpec,
) -> Result<(), Error> {
    let once = calendar.shutdowns.iter().filter_map(|s| s.crew.as_deref());
    let weekly = calendar.weekly_shutdowns.iter().filter_map(|s| s.crew.as_deref());
    for name in once.chain(weekly).map(str::trim).filter(|name| !name.is_empty()) {
        let (id, there) = rows::add_crew(tx, site, name, None).await?;
        if !there {
            audit(tx, "crew.create", id, site, json!({ "name": name })).await?;
        }
    }
    Ok(())
}

fn renamed(mut calendar: CalendarSpec, from: &str, to: &str) -> CalendarSpec {
    let once = calendar.shutdowns.iter_mut().map(|s| &mut s.crew);
    let weekly = calendar.weekly_shutdowns.iter_mut().map(|s| &mut s.crew);
    for crew in once.chain(weekly) {
        if crew.as_deref().is_some_and(|crew| crew.trim().to_lowercase() == from.to_lowercase()) {
            *crew = Some(to.to_owned());
        }
    }
    calendar
}

fn may_edit(caller: &Caller, site: SiteId) -> Result<(), Error> {
    if caller.may_at(Permission::AssetEdit, site) { Ok(()) } else { Err(Error::Denied) }
}

fn checked(name: &str, note: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::invalid("name", "missing", "a crew needs a name"));
    }
    if name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        let message = format!("a name has at most {LONGEST} characters on one line");
        return Err(Error::invalid("name", "too_long", message));
    }
    if note.chars().count() > LONGEST_NOTE {
        let message = format!("a note has at most {LONGEST_NOTE} characters");
        return Err(Error::invalid("note", "too_long", message));
    }
    Ok(name.to_owned())
}

async fn audit(
    tx: &mut ScopedTx,
    action: &'static str,
    id: i64,
    site: SiteId,
    detail: serde_json::Value,
) -> Result<(), Error> {
    Ok(tx.audit(vec![AuditEntry::new(action, "crew", id).site(site).detail(detail)]).await?)
}
