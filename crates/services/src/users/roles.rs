//! Roles of the installation's own: made as copies, changed box by box.

use std::collections::{BTreeMap, HashMap};

use domain::ids::{CustomRoleId, UserId};
use domain::permission::{Permission, Role, RoleRef};
use domain::views::users::{
    BoxChange, Ending, PersonName, RoleColumn, RoleMatrix, RoleName, WhyAsk,
};
use store::ScopedTx;
use store::users::{self as table, CustomRole};

use super::authority::{everywhere, holds, permissions_of};
use super::create::judge_name;
use super::show::people_names;
use super::why;
use crate::{Caller, Error};

/// Roles of an installation's own, at most.
const MOST: usize = 50;
/// Grants that end within so many days are shown.
const SOON_DAYS: i32 = 30;

/// The matrix of roles, and the answer to a question if one is asked.
///
/// # Errors
/// [`Error::Denied`] without the right to administer.
pub async fn role_matrix(
    tx: &mut ScopedTx,
    caller: &Caller,
    ask: Option<WhyAsk>,
) -> Result<RoleMatrix, Error> {
    caller.scope(Permission::Administer)?;
    let mut holders: HashMap<RoleRef, Vec<PersonName>> = HashMap::new();
    for (role, id, name) in table::holders(tx).await? {
        holders.entry(role).or_default().push(PersonName { id: UserId(id), name });
    }
    let mut column = |role: RoleRef, name: Option<String>, permissions, version| RoleColumn {
        role: RoleName { role, name },
        permissions,
        holders: holders.remove(&role).unwrap_or_default(),
        version,
    };
    let mut columns: Vec<RoleColumn> = Role::ALL
        .iter()
        .map(|&role| column(role.into(), None, role.permissions().to_vec(), 0))
        .collect();
    for role in table::custom_roles(tx).await? {
        columns.push(column(role.id.into(), Some(role.name), role.permissions, role.version));
    }
    let mut ends_soon = Vec::new();
    for (row, name) in table::ending(tx, SOON_DAYS).await? {
        let role = RoleName { role: row.role()?, name: row.custom_name.clone() };
        let person = PersonName { id: UserId(row.user_id), name };
        ends_soon.extend(row.expires_at.map(|at| Ending { person, role, at }));
    }
    let grantable = Permission::of_people().filter(|&p| holds(caller, p, None)).collect();
    let why = match ask {
        None => None,
        Some(ask) => Some(why::why(tx, ask).await?),
    };
    Ok(RoleMatrix {
        columns,
        grantable,
        editable: everywhere(caller).is_ok(),
        ends_soon,
        people: people_names(tx).await?,
        why,
    })
}

/// Makes a role that holds what another one holds.
///
/// # Errors
/// [`Error::Denied`] unless the caller administers every site and holds all of it there,
/// [`Error::Invalid`] for a bad or taken name.
pub async fn duplicate_role(
    tx: &mut ScopedTx,
    caller: &Caller,
    of: RoleRef,
    name: &str,
) -> Result<CustomRoleId, Error> {
    everywhere(caller)?;
    let permissions = Permission::closed(&permissions_of(tx, of).await?);
    if !permissions.iter().all(|&p| holds(caller, p, None)) {
        return Err(Error::Denied);
    }
    if table::custom_roles(tx).await?.len() >= MOST {
        let message = format!("There are {MOST} roles already. Remove one first.");
        return Err(Error::conflict("too_many_roles", message));
    }
    let name = checked(name)?;
    table::insert_custom_role(tx, name, &permissions).await.map_err(taken)
}

/// Gives a role another name.
///
/// # Errors
/// As [`save_boxes`], and [`Error::Invalid`] for a bad or taken name.
pub async fn rename_role(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: CustomRoleId,
    version: i32,
    name: &str,
) -> Result<(), Error> {
    everywhere(caller)?;
    let role = current(tx, id, version).await?;
    let name = checked(name)?;
    table::update_custom_role(tx, &role, name, &role.permissions).await.map_err(taken)?;
    Ok(())
}

/// Removes a role nobody was given.
///
/// # Errors
/// As [`save_boxes`], and [`Error::Conflict`] while somebody has it.
pub async fn delete_role(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: CustomRoleId,
    version: i32,
) -> Result<(), Error> {
    everywhere(caller)?;
    let role = current(tx, id, version).await?;
    table::delete_custom_role(tx, &role).await.map_err(|error| match error.constraint() {
        Some(_) => {
            let message = "Somebody has this role. Take it from them first.";
            Error::conflict("role_in_use", message)
        }
        None => error.into(),
    })
}

/// Saves the changed boxes of the matrix, all or none; answers how many people they affect. Taking
/// a permission takes those with which it comes; giving one gives those that come with it.
///
/// # Errors
/// [`Error::Denied`] unless the caller administers every site and holds there what is given,
/// [`Error::Conflict`] when a role has changed since, [`Error::Invalid`] for no change at all.
pub async fn save_boxes(
    tx: &mut ScopedTx,
    caller: &Caller,
    changes: &[BoxChange],
    versions: &BTreeMap<CustomRoleId, i32>,
) -> Result<u32, Error> {
    everywhere(caller)?;
    if changes.is_empty() {
        return Err(Error::invalid("changes", "missing", "Nothing was changed."));
    }
    let mut by_role: BTreeMap<CustomRoleId, Vec<BoxChange>> = BTreeMap::new();
    for change in changes {
        by_role.entry(change.role).or_default().push(*change);
    }
    let mut affected = 0;
    for (id, changes) in by_role {
        let version = versions.get(&id).copied().unwrap_or_default();
        let role = current(tx, id, version).await?;
        let after = after(&role.permissions, &changes);
        let given = after.iter().filter(|p| !role.permissions.contains(p));
        if !given.into_iter().all(|&p| holds(caller, p, None)) {
            return Err(Error::Denied);
        }
        if after != role.permissions {
            affected += table::update_custom_role(tx, &role, &role.name, &after).await?;
        }
    }
    Ok(affected)
}

fn after(before: &[Permission], changes: &[BoxChange]) -> Vec<Permission> {
    let taken: Vec<Permission> = changes.iter().filter(|c| !c.give).map(|c| c.permission).collect();
    let mut left: Vec<Permission> = before
        .iter()
        .copied()
        .filter(|p| !taken.contains(p) && !p.implies().iter().any(|i| taken.contains(i)))
        .collect();
    left.extend(changes.iter().filter(|c| c.give).map(|c| c.permission));
    Permission::closed(&left)
}

async fn current(tx: &mut ScopedTx, id: CustomRoleId, version: i32) -> Result<CustomRole, Error> {
    let role = table::lock_custom_role(tx, id).await?.ok_or(Error::NotFound)?;
    if role.version != version {
        let message = format!(
            "Somebody changed the role “{}” in the meantime. Nothing was saved; look again.",
            role.name
        );
        return Err(Error::conflict("role_changed", message));
    }
    Ok(role)
}

fn checked(name: &str) -> Result<&str, Error> {
    let name = name.trim();
    match judge_name(name) {
        Some(problem) => Err(Error::Invalid(vec![problem])),
        None => Ok(name),
    }
}

fn taken(error: store::Error) -> Error {
    if error.constraint() == Some("custom_role_name") {
        Error::invalid("name", "taken", "There is a role of this name already.")
    } else {
        error.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_a_permission_takes_what_needs_it_and_giving_brings_what_belongs_to_it() {
        use Permission::{RuleDraft, RulePublish, View};
        let change = |permission, give| BoxChange { role: CustomRoleId(1), permission, give };
        let all = [View, RuleDraft, RulePublish];
        assert_eq!(after(&all, &[change(RuleDraft, false)]), [View]);
        assert_eq!(after(&[], &[change(RulePublish, true)]), all);
        assert_eq!(after(&all, &[change(View, false)]), []);
    }
}
