use domain::ids::CustomRoleId;
use domain::permission::{Permission, RoleRef};
use serde_json::json;

use super::grants::permissions;
use crate::{AuditEntry, Error, ScopedTx};

/// A role of the installation's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomRole {
    /// Which.
    pub id: CustomRoleId,
    /// What people call it.
    pub name: String,
    /// What it may.
    pub permissions: Vec<Permission>,
    /// Counts its changes.
    pub version: i32,
}

type Row = (i64, String, Vec<String>, i32);

fn role_of((id, name, words, version): Row) -> CustomRole {
    CustomRole { id: CustomRoleId(id), name, permissions: permissions(&words), version }
}

/// Every role of the installation's own, by name.
///
/// # Errors
/// When the query fails.
pub async fn custom_roles(tx: &mut ScopedTx) -> Result<Vec<CustomRole>, Error> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT id, name, permissions, version FROM custom_role ORDER BY name_key")
            .fetch_all(tx.conn())
            .await?;
    Ok(rows.into_iter().map(role_of).collect())
}

/// One of them, locked until the transaction ends.
///
/// # Errors
/// When the query fails.
pub async fn lock_custom_role(
    tx: &mut ScopedTx,
    id: CustomRoleId,
) -> Result<Option<CustomRole>, Error> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, name, permissions, version FROM custom_role WHERE id = $1 FOR UPDATE",
    )
    .bind(id.0)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(role_of))
}

/// Makes a role.
///
/// # Errors
/// A constraint error `custom_role_name` when the name is taken.
pub async fn insert_custom_role(
    tx: &mut ScopedTx,
    name: &str,
    held: &[Permission],
) -> Result<CustomRoleId, Error> {
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO custom_role (name, name_key, permissions) VALUES ($1, lower($1), $2) RETURNING id",
    )
    .bind(name)
    .bind(words(held))
    .fetch_one(tx.conn())
    .await?;
    let detail = json!({ "after": { "name": name, "permissions": words(held) } });
    tx.audit(vec![AuditEntry::new("role.create", "custom_role", id).detail(detail)]).await?;
    Ok(CustomRoleId(id))
}

/// Changes name or permissions of a role. When its permissions change, the sessions of everybody
/// who holds it end; gives how many people that are.
///
/// # Errors
/// A constraint error `custom_role_name` when the name is taken.
pub async fn update_custom_role(
    tx: &mut ScopedTx,
    before: &CustomRole,
    name: &str,
    held: &[Permission],
) -> Result<u32, Error> {
    sqlx::query(
        "UPDATE custom_role SET name = $2, name_key = lower($2), permissions = $3,
                version = version + 1 WHERE id = $1",
    )
    .bind(before.id.0)
    .bind(name)
    .bind(words(held))
    .execute(tx.conn())
    .await?;
    let detail = json!({
        "before": { "name": before.name, "permissions": words(&before.permissions) },
        "after": { "name": name, "permissions": words(held) },
    });
    let mut entries =
        vec![AuditEntry::new("role.update", "custom_role", before.id.0).detail(detail)];
    let affected: Vec<i64> = if before.permissions == held {
        Vec::new()
    } else {
        sqlx::query_scalar(
            "UPDATE app_user SET rights_version = rights_version + 1
             WHERE id IN (SELECT user_id FROM role_grant WHERE custom_role_id = $1) RETURNING id",
        )
        .bind(before.id.0)
        .fetch_all(tx.conn())
        .await?
    };
    entries.extend(affected.iter().map(|&user| {
        AuditEntry::new("role.change", "app_user", user).detail(json!({ "role": name }))
    }));
    tx.audit(entries).await?;
    Ok(u32::try_from(affected.len()).unwrap_or(u32::MAX))
}

/// Removes a role that nobody was given.
///
/// # Errors
/// A constraint error when somebody was.
pub async fn delete_custom_role(tx: &mut ScopedTx, role: &CustomRole) -> Result<(), Error> {
    sqlx::query("DELETE FROM custom_role WHERE id = $1").bind(role.id.0).execute(tx.conn()).await?;
    let before = json!({ "name": role.name, "permissions": words(&role.permissions) });
    let entry = AuditEntry::new("role.delete", "custom_role", role.id.0);
    tx.audit(vec![entry.detail(json!({ "before": before }))]).await
}

/// Who holds which role now, among the people and sites the caller may see: role, id and name of
/// the person.
///
/// # Errors
/// When the query fails.
pub async fn holders(tx: &mut ScopedTx) -> Result<Vec<(RoleRef, i64, String)>, Error> {
    let sites = tx.sites();
    let rows: Vec<(Option<String>, Option<i64>, i64, String)> = sqlx::query_as(
        "SELECT DISTINCT g.role, g.custom_role_id, u.id, u.name
         FROM role_grant g JOIN app_user u ON u.id = g.user_id
         WHERE u.status <> 'disabled' AND (g.expires_at IS NULL OR g.expires_at > now())
           AND ($1::bigint[] IS NULL OR g.site_id IS NULL OR g.site_id = ANY($1))
         ORDER BY u.name, u.id",
    )
    .bind(sites)
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|(role, custom, id, name)| {
            let role = match (role, custom) {
                (Some(word), _) => word
                    .parse()
                    .map(RoleRef::BuiltIn)
                    .map_err(|e| Error::corrupt("role_grant", e))?,
                (None, custom) => CustomRoleId(custom.unwrap_or_default()).into(),
            };
            Ok((role, id, name))
        })
        .collect()
}

fn words(permissions: &[Permission]) -> Vec<&'static str> {
    permissions.iter().map(|p| p.as_str()).collect()
}
