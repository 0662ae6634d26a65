use domain::ids::UserId;
use domain::permission::Permission;
use store::users as table;
use store::{Scope, ScopedTx};

use crate::{Caller, Error};

/// Disables an account: its sessions and keys are refused from the next request on.
///
/// # Errors
/// [`Error::Denied`] unless the caller administers every site, [`Error::Conflict`] for the last
/// administrator.
pub async fn disable_user(tx: &mut ScopedTx, caller: &Caller, user: UserId) -> Result<(), Error> {
    if caller.scope(Permission::Administer)? != Scope::All {
        return Err(Error::Denied);
    }
    table::account(tx, user).await?.ok_or(Error::NotFound)?;
    if !table::other_admin_exists(tx, user).await? {
        let message = "This is the last administrator. Make another one first.";
        return Err(Error::conflict("last_admin", message));
    }
    Ok(table::set_status(tx, user, false).await?)
}
