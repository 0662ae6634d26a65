//! The boxes of the matrix: what is ticked, and what that changes.

use std::collections::BTreeSet;

use domain::ids::{CustomRoleId, UserId};
use domain::permission::Permission;
use domain::views::users::{BoxChange, RoleColumn, RoleMatrix};

use crate::ui::Query;

/// Ticked boxes of the roles that can be changed.
pub(super) type Ticked = BTreeSet<(CustomRoleId, Permission)>;

/// The stored state.
pub(super) fn stored(matrix: &RoleMatrix) -> Ticked {
    own(matrix)
        .flat_map(|(id, column)| column.permissions.iter().map(move |permission| (id, *permission)))
        .collect()
}

/// The state of the address: what the form sent, or what is stored.
pub(super) fn ticked(query: &Query, matrix: &RoleMatrix) -> Ticked {
    if query.get("diff").is_none() {
        return stored(matrix);
    }
    let known: BTreeSet<CustomRoleId> = own(matrix).map(|(id, _)| id).collect();
    query
        .pairs()
        .filter(|(key, _)| *key == "on")
        .filter_map(|(_, value)| {
            let (role, permission) = value.split_once(':')?;
            Some((role.parse().ok()?, permission.parse().ok()?))
        })
        .filter(|(role, _)| known.contains(role))
        .collect()
}

/// The roles that can be changed.
pub(super) fn own(matrix: &RoleMatrix) -> impl Iterator<Item = (CustomRoleId, &RoleColumn)> {
    matrix.columns.iter().filter_map(|column| Some((column.role.role.custom()?, column)))
}

/// Another ticked box that this permission comes with.
pub(super) fn implied_by(
    ticked: &Ticked,
    role: CustomRoleId,
    permission: Permission,
) -> Option<Permission> {
    let of_role = ticked.iter().filter(|(r, _)| *r == role).map(|(_, p)| *p);
    of_role.into_iter().find(|p| p.implies().contains(&permission))
}

/// What a role would hold.
fn held(ticked: &Ticked, role: CustomRoleId) -> Vec<Permission> {
    let boxes: Vec<Permission> =
        ticked.iter().filter(|(r, _)| *r == role).map(|(_, p)| *p).collect();
    Permission::closed(&boxes)
}

/// What would change, in the order of the matrix.
pub(super) fn changes(ticked: &Ticked, matrix: &RoleMatrix) -> Vec<BoxChange> {
    own(matrix)
        .flat_map(|(role, column)| {
            let held = held(ticked, role);
            Permission::of_people().filter_map(move |permission| {
                let (now, then) =
                    (column.permissions.contains(&permission), held.contains(&permission));
                (now != then).then_some(BoxChange { role, permission, give: then })
            })
        })
        .collect()
}

/// Who holds a role that would change.
pub(super) fn affected(changes: &[BoxChange], matrix: &RoleMatrix) -> BTreeSet<UserId> {
    own(matrix)
        .filter(|(role, _)| changes.iter().any(|change| change.role == *role))
        .flat_map(|(_, column)| column.holders.iter().map(|person| person.id))
        .collect()
}

/// `3:+rule_draft,3:-view`
pub(super) fn write_changes(changes: &[BoxChange]) -> String {
    let word =
        |c: &BoxChange| format!("{}:{}{}", c.role, if c.give { '+' } else { '-' }, c.permission);
    changes.iter().map(word).collect::<Vec<_>>().join(",")
}

/// `3:7,4:1`: the versions of the roles that would change.
pub(super) fn write_versions(changes: &[BoxChange], matrix: &RoleMatrix) -> String {
    own(matrix)
        .filter(|(role, _)| changes.iter().any(|change| change.role == *role))
        .map(|(role, column)| format!("{role}:{}", column.version))
        .collect::<Vec<_>>()
        .join(",")
}

/// Reads what [`write_changes`] wrote; anything else is left out.
#[cfg(any(feature = "ssr", test))]
pub(super) fn read_changes(text: &str) -> Vec<BoxChange> {
    text.split(',')
        .filter_map(|part| {
            let (role, what) = part.split_once(':')?;
            let (sign, permission) = what.split_at_checked(1)?;
            let give = match sign {
                "+" => true,
                "-" => false,
                _ => return None,
            };
            let permission: Permission = permission.parse().ok()?;
            let of_people = !permission.is_of_machines();
            let role = role.parse().ok()?;
            of_people.then_some(BoxChange { role, permission, give })
        })
        .collect()
}

/// Reads what [`write_versions`] wrote.
#[cfg(any(feature = "ssr", test))]
pub(super) fn read_versions(text: &str) -> std::collections::BTreeMap<CustomRoleId, i32> {
    text.split(',')
        .filter_map(|part| {
            let (role, version) = part.split_once(':')?;
            Some((role.parse().ok()?, version.parse().ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::permission::Role;
    use domain::views::users::{PersonName, RoleName};

    use super::*;

    fn matrix() -> RoleMatrix {
        let column = |role, permissions: &[Permission], holders: &[i64], version| RoleColumn {
            role: RoleName { role, name: None },
            permissions: permissions.to_vec(),
            holders: holders
                .iter()
                .map(|id| PersonName { id: UserId(*id), name: id.to_string() })
                .collect(),
            version,
        };
        RoleMatrix {
            columns: vec![
                column(Role::Viewer.into(), &[Permission::View], &[9], 0),
                column(CustomRoleId(3).into(), &[Permission::View], &[1, 2], 7),
                column(CustomRoleId(4).into(), &[Permission::View], &[2, 5], 1),
            ],
            grantable: Vec::new(),
            editable: true,
            ends_soon: Vec::new(),
            people: Vec::new(),
            why: None,
        }
    }

    #[test]
    fn what_comes_along_is_a_change_and_everybody_is_counted_once() {
        let matrix = matrix();
        let mut ticked = stored(&matrix);
        assert!(changes(&ticked, &matrix).is_empty());
        ticked.insert((CustomRoleId(3), Permission::RulePublish));
        ticked.remove(&(CustomRoleId(4), Permission::View));
        let changes = changes(&ticked, &matrix);
        assert_eq!(write_changes(&changes), "3:+rule_draft,3:+rule_publish,4:-view");
        assert_eq!(write_versions(&changes, &matrix), "3:7,4:1");
        assert_eq!(affected(&changes, &matrix).len(), 3);
        assert_eq!(read_changes(&write_changes(&changes)), changes);
        assert_eq!(read_versions("3:7,x,4:1").len(), 2);
    }

    #[test]
    fn an_address_with_boxes_of_other_roles_or_machines_gives_nothing() {
        let query = Query::of("/admin/roles").with("diff", "1").with("on", "99:view");
        assert!(ticked(&query, &matrix()).is_empty());
        assert!(read_changes("3:+prediction_send,3:view,:+view").is_empty());
    }
}
