//! The end of a shift: signed by the outgoing and the incoming side.

use domain::ids::SiteId;
use domain::permission::Permission;
use domain::views::logbook::Shift;
use serde_json::json;
use store::logbook as rows;
use store::{AuditEntry, ScopedTx, Topic};

use super::shifts::Roster;
use crate::{Caller, Error};

const NOTES: usize = 4 * 1024;

async fn shift_at(
    tx: &mut ScopedTx,
    caller: &Caller,
    site: SiteId,
    key: &str,
) -> Result<Shift, Error> {
    if !caller.may_at(Permission::LogbookWrite, site) {
        return Err(Error::Denied);
    }
    let shift = Roster::of(tx, site).await?.find(key).ok_or(Error::NotFound)?;
    if shift.from > tx.now() {
        return Err(Error::conflict("not_begun", "This shift has not begun."));
    }
    Ok(shift)
}

/// Signs a shift for the outgoing side; every open point of the site is carried over.
///
/// # Errors
/// `handed_over` as a conflict when somebody did before, `not_begun` for a coming shift;
/// [`Error::Invalid`], [`Error::Denied`], [`Error::NotFound`].
pub async fn hand_over(
    tx: &mut ScopedTx,
    caller: &Caller,
    site: SiteId,
    shift: &str,
    notes: &str,
) -> Result<(), Error> {
    let user = caller.user()?;
    let shift = shift_at(tx, caller, site, shift).await?;
    let notes = notes.trim();
    if notes.len() > NOTES {
        return Err(Error::invalid("notes", "too_long", "Up to 4 KiB."));
    }
    let carried = rows::open_ids(tx, site).await?;
    let signed = rows::sign(tx, site, (shift.date, &shift.name), notes, &carried, user).await?;
    let Some(id) = signed else {
        return Err(Error::conflict("handed_over", "This shift is handed over already."));
    };
    let detail = json!({ "shift": shift.key, "notes": notes, "carried": carried });
    let entry = AuditEntry::new("logbook.hand_over", "logbook_hand_over", id);
    tx.audit(vec![entry.site(site).detail(detail)]).await?;
    tx.touch(Topic::Logbook, Some(site));
    Ok(())
}

/// Signs a handed-over shift for the incoming side: somebody else than who handed it over.
///
/// # Errors
/// `not_handed_over`, `own_hand_over` or `taken_over` as a conflict; [`Error::Denied`],
/// [`Error::NotFound`].
pub async fn take_over(
    tx: &mut ScopedTx,
    caller: &Caller,
    site: SiteId,
    shift: &str,
) -> Result<(), Error> {
    let user = caller.user()?;
    let shift = shift_at(tx, caller, site, shift).await?;
    let Some(signed) = rows::hand_over(tx, site, shift.date, &shift.name).await? else {
        return Err(Error::conflict("not_handed_over", "This shift is not handed over yet."));
    };
    if signed.outgoing_id == user.0 {
        let message = "Somebody of the next shift signs this side.";
        return Err(Error::conflict("own_hand_over", message));
    }
    if !rows::take(tx, signed.id, user).await? {
        return Err(Error::conflict("taken_over", "This shift is taken over already."));
    }
    let entry = AuditEntry::new("logbook.take_over", "logbook_hand_over", signed.id);
    tx.audit(vec![entry.site(site).detail(json!({ "shift": shift.key }))]).await?;
    tx.touch(Topic::Logbook, Some(site));
    Ok(())
}
