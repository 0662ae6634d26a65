//! Nobody gives, or acts with, a right they lack (S3).

use domain::ids::{SiteId, UserId};
use domain::permission::{Permission, RoleRef};
use store::users as table;
use store::{Scope, ScopedTx};

use crate::{Caller, Error, Grant};

/// Whether the caller holds a permission there; `None` is everywhere.
pub(super) fn holds(caller: &Caller, permission: Permission, site: Option<SiteId>) -> bool {
    match (caller.scope(permission), site) {
        (Ok(Scope::All), _) => true,
        (Ok(scope), Some(site)) => scope.contains(site),
        _ => false,
    }
}

/// Whether the caller holds what a grant gives, everywhere it gives it.
pub(super) fn covers(caller: &Caller, grant: &Grant) -> bool {
    match &grant.scope {
        Scope::All => holds(caller, grant.permission, None),
        Scope::Sites(sites) => {
            sites.iter().all(|site| holds(caller, grant.permission, Some(*site)))
        }
    }
}

/// What a role allows.
pub(super) async fn permissions_of(
    tx: &mut ScopedTx,
    role: RoleRef,
) -> Result<Vec<Permission>, Error> {
    match role {
        RoleRef::BuiltIn(role) => Ok(role.permissions().to_vec()),
        RoleRef::Custom(id) => {
            let found = table::lock_custom_role(tx, id).await?;
            found.map(|role| role.permissions).ok_or(Error::NotFound)
        }
    }
}

/// Refuses a role that holds more than the caller does there.
pub(super) async fn may_give(
    tx: &mut ScopedTx,
    caller: &Caller,
    role: RoleRef,
    site: Option<SiteId>,
) -> Result<(), Error> {
    let given = permissions_of(tx, role).await?;
    let mut needed = std::iter::once(Permission::Administer).chain(given);
    if needed.all(|permission| holds(caller, permission, site)) {
        Ok(())
    } else {
        Err(Error::Denied)
    }
}

/// Refuses to hand out the account of somebody who may more than the caller: a link for choosing a
/// password is the account.
pub(super) async fn may_act_for(
    tx: &mut ScopedTx,
    caller: &Caller,
    user: UserId,
) -> Result<(), Error> {
    caller.scope(Permission::Administer)?;
    for grant in table::grants(tx, user).await? {
        let mut needed = std::iter::once(Permission::Administer).chain(grant.permissions);
        if !needed.all(|permission| holds(caller, permission, grant.site)) {
            return Err(Error::Denied);
        }
    }
    Ok(())
}

/// Refuses unless the caller administers every site.
pub(super) fn everywhere(caller: &Caller) -> Result<(), Error> {
    if holds(caller, Permission::Administer, None) { Ok(()) } else { Err(Error::Denied) }
}
