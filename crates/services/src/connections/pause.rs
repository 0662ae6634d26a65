use domain::ids::ConnectionId;
use domain::permission::Permission;
use serde_json::json;
use store::connections::{self, edit};
use store::{AuditEntry, ScopedTx, Topic};

use super::access::{reason, require};
use crate::{Caller, Error};

/// Stops calls of a connection: work orders wait.
///
/// # Errors
/// `paused` when it is already; [`Error::Invalid`] without a reason; [`Error::Denied`],
/// [`Error::NotFound`].
pub async fn pause(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: ConnectionId,
    why: &str,
) -> Result<(), Error> {
    require(tx, caller, Permission::Integrate, id).await?;
    let why = reason(why)?;
    if !edit::pause(tx, id, why).await? {
        return Err(Error::conflict("paused", "The connection is paused already."));
    }
    let entry = AuditEntry::new("connection.pause", "connection", id.0);
    tx.audit(vec![entry.detail(json!({ "reason": why }))]).await?;
    tx.touch(Topic::Deliveries, None);
    Ok(())
}

/// Puts a paused connection to work again, as it was before.
///
/// # Errors
/// `not_paused`; [`Error::Denied`], [`Error::NotFound`].
pub async fn resume(tx: &mut ScopedTx, caller: &Caller, id: ConnectionId) -> Result<(), Error> {
    require(tx, caller, Permission::Integrate, id).await?;
    if !connections::resume(tx, id).await? {
        return Err(Error::conflict("not_paused", "The connection is not paused."));
    }
    tx.touch(Topic::Deliveries, None);
    Ok(())
}

/// Makes the next call now, open circuit or not: one call finds out whether it works again.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`].
pub async fn retry_now(tx: &mut ScopedTx, caller: &Caller, id: ConnectionId) -> Result<(), Error> {
    require(tx, caller, Permission::Integrate, id).await?;
    edit::probe_now(tx, id).await?;
    tx.audit(vec![AuditEntry::new("connection.retry_now", "connection", id.0)]).await?;
    tx.touch(Topic::Deliveries, None);
    Ok(())
}
