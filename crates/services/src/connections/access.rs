//! Who may change a connection: those who hold the right at every site it serves.

use domain::ids::{ConnectionId, SiteId};
use domain::permission::Permission;
use store::connections::desk;
use store::{Scope, ScopedTx};

use crate::{Caller, Error};

/// Longest reason, bytes.
const REASON: usize = 1_000;

/// Whether the caller holds the right at all these sites; at none means everywhere.
pub(super) fn allows(caller: &Caller, permission: Permission, sites: &[SiteId]) -> bool {
    match caller.scope(permission) {
        Ok(Scope::All) => true,
        Ok(scope) => !sites.is_empty() && sites.iter().all(|site| scope.contains(*site)),
        Err(_) => false,
    }
}

/// # Errors
/// [`Error::NotFound`] out of reach, [`Error::Denied`] without the right at every site.
pub(super) async fn require(
    tx: &mut ScopedTx,
    caller: &Caller,
    permission: Permission,
    id: ConnectionId,
) -> Result<Vec<SiteId>, Error> {
    if desk::desk(tx, Some(id)).await?.is_empty() {
        return Err(Error::NotFound);
    }
    let sites = desk::all_sites(tx, id).await?;
    if allows(caller, permission, &sites) { Ok(sites) } else { Err(Error::Denied) }
}

/// A reason that others will read.
pub(super) fn reason(text: &str) -> Result<&str, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("reason", "missing", "Say why. Others will read it."));
    }
    if text.len() > REASON {
        return Err(Error::invalid("reason", "too_long", "That is too long for a reason."));
    }
    Ok(text)
}
