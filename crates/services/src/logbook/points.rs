//! Open points.

use domain::permission::Permission;
use serde_json::json;
use store::logbook as rows;
use store::{AuditEntry, ScopedTx, Topic};

use crate::{Caller, Error};

/// Ticks a point off, or opens it again; doing so twice is harmless.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`].
pub async fn tick(tx: &mut ScopedTx, caller: &Caller, point: i64, done: bool) -> Result<(), Error> {
    let user = caller.user()?;
    let site = rows::point_of(tx, point).await?.ok_or(Error::NotFound)?;
    if !caller.may_at(Permission::LogbookWrite, site) {
        return Err(Error::Denied);
    }
    if rows::set_done(tx, point, done.then_some(user)).await? {
        let action = if done { "logbook.close_point" } else { "logbook.reopen_point" };
        let entry = AuditEntry::new(action, "logbook_point", point).site(site);
        tx.audit(vec![entry.detail(json!({ "done": done }))]).await?;
        tx.touch(Topic::Logbook, Some(site));
    }
    Ok(())
}
