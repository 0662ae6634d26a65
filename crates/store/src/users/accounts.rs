use domain::ids::{SiteId, UserId};
use domain::permission::Role;

use crate::{AuditEntry, Error, ScopedTx};

/// One person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub id: UserId,
    /// As typed when the account was made.
    pub email: String,
    /// How the person is called on screen.
    pub name: String,
    /// `invited`, `active` or `disabled`.
    pub status: String,
    /// Sessions made at another version are dead.
    pub rights_version: i32,
}

/// One role, at one site or everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantRow {
    /// What the person is.
    pub role: Role,
    /// Where; `None` is every site.
    pub site: Option<SiteId>,
}

type Row = (i64, String, String, String, i32);

fn account_of((id, email, name, status, rights_version): Row) -> Account {
    Account { id: UserId(id), email, name, status, rights_version }
}

/// One person by id.
///
/// # Errors
/// When the query fails.
pub async fn account(tx: &mut ScopedTx, id: UserId) -> Result<Option<Account>, Error> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, email, name, status, rights_version FROM app_user WHERE id = $1",
    )
    .bind(id.0)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(account_of))
}

/// One person by address; upper and lower case are the same.
///
/// # Errors
/// When the query fails.
pub async fn account_by_email(tx: &mut ScopedTx, email: &str) -> Result<Option<Account>, Error> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, email, name, status, rights_version FROM app_user WHERE email_key = $1",
    )
    .bind(email_key(email))
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(account_of))
}

/// What makes two addresses the same account.
pub(super) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Whether somebody can sign in and administer every site.
///
/// # Errors
/// When the query fails.
pub async fn admin_exists(tx: &mut ScopedTx) -> Result<bool, Error> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM app_user u JOIN role_grant g ON g.user_id = u.id
                        WHERE g.role = 'admin' AND g.site_id IS NULL
                          AND u.status = 'active' AND u.password_hash IS NOT NULL)",
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Whether first-run set-up has a site to show.
///
/// # Errors
/// When the query fails.
pub async fn site_exists(tx: &mut ScopedTx) -> Result<bool, Error> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM site)").fetch_one(tx.conn()).await?)
}

/// Adds a person; without a password the account waits for its owner (`invited`).
///
/// # Errors
/// A constraint error `app_user_email` when the address is taken.
pub async fn insert(
    tx: &mut ScopedTx,
    email: &str,
    name: &str,
    password_hash: Option<&str>,
) -> Result<UserId, Error> {
    let status = if password_hash.is_some() { "active" } else { "invited" };
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO app_user (email, email_key, name, password_hash, status)
         VALUES ($1, $2, $3, $4, $5) RETURNING id",
    )
    .bind(email.trim())
    .bind(email_key(email))
    .bind(name)
    .bind(password_hash)
    .bind(status)
    .fetch_one(tx.conn())
    .await?;
    let detail = serde_json::json!({ "status": status });
    tx.audit(vec![AuditEntry::new("user.create", "app_user", id).detail(detail)]).await?;
    Ok(UserId(id))
}

/// The roles of a person.
///
/// # Errors
/// When the query fails, or a role is unknown to this program.
pub async fn grants(tx: &mut ScopedTx, user: UserId) -> Result<Vec<GrantRow>, Error> {
    let rows: Vec<(String, Option<i64>)> =
        sqlx::query_as("SELECT role, site_id FROM role_grant WHERE user_id = $1 ORDER BY id")
            .bind(user.0)
            .fetch_all(tx.conn())
            .await?;
    rows.into_iter().map(|(role, site)| grant_of(&role, site)).collect()
}

pub(super) fn grant_of(role: &str, site: Option<i64>) -> Result<GrantRow, Error> {
    let role = role.parse().map_err(|e| Error::corrupt("role_grant", e))?;
    Ok(GrantRow { role, site: site.map(SiteId) })
}

/// Gives a person a role and ends their sessions, as their rights have changed; a role they hold
/// already changes nothing.
///
/// # Errors
/// When a query fails.
pub async fn grant(
    tx: &mut ScopedTx,
    user: UserId,
    role: Role,
    site: Option<SiteId>,
) -> Result<bool, Error> {
    let id: Option<i64> = sqlx::query_scalar(
        "INSERT INTO role_grant (user_id, role, site_id) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(user.0)
    .bind(role.as_str())
    .bind(site.map(|s| s.0))
    .fetch_optional(tx.conn())
    .await?;
    let Some(id) = id else { return Ok(false) };
    sqlx::query("UPDATE app_user SET rights_version = rights_version + 1 WHERE id = $1")
        .bind(user.0)
        .execute(tx.conn())
        .await?;
    let detail = serde_json::json!({ "role": role.as_str(), "user": user.0 });
    let mut entry = AuditEntry::new("role.grant", "role_grant", id).detail(detail.clone());
    let mut on_user = AuditEntry::new("role.grant", "app_user", user.0).detail(detail);
    if let Some(site) = site {
        entry = entry.site(site);
        on_user = on_user.site(site);
    }
    tx.audit(vec![entry, on_user]).await?;
    Ok(true)
}

/// Sets a new password, which activates an invited account and ends every session of the person.
///
/// # Errors
/// When a query fails.
pub async fn set_password(tx: &mut ScopedTx, user: UserId, hash: &str) -> Result<(), Error> {
    sqlx::query(
        "UPDATE app_user SET password_hash = $2, rights_version = rights_version + 1,
                status = CASE status WHEN 'invited' THEN 'active' ELSE status END
         WHERE id = $1",
    )
    .bind(user.0)
    .bind(hash)
    .execute(tx.conn())
    .await?;
    tx.audit(vec![AuditEntry::new("user.password", "app_user", user.0)]).await
}

/// Whether somebody else can still administer every site.
///
/// # Errors
/// When the query fails.
pub async fn other_admin_exists(tx: &mut ScopedTx, than: UserId) -> Result<bool, Error> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM app_user u JOIN role_grant g ON g.user_id = u.id
                        WHERE g.role = 'admin' AND g.site_id IS NULL AND u.status = 'active'
                          AND u.password_hash IS NOT NULL AND u.id <> $1)",
    )
    .bind(than.0)
    .fetch_one(tx.conn())
    .await?)
}

/// Enables or disables an account; either way its sessions end.
///
/// # Errors
/// When a query fails.
pub async fn set_status(tx: &mut ScopedTx, user: UserId, active: bool) -> Result<(), Error> {
    let status = if active { "active" } else { "disabled" };
    sqlx::query(
        "UPDATE app_user SET status = $2, rights_version = rights_version + 1 WHERE id = $1",
    )
    .bind(user.0)
    .bind(status)
    .execute(tx.conn())
    .await?;
    let detail = serde_json::json!({ "status": status });
    tx.audit(vec![AuditEntry::new("user.status", "app_user", user.0).detail(detail)]).await
}

/// Active people who hold a role at a site (or everywhere), for notices and mail.
///
/// # Errors
/// When the query fails.
pub async fn people_with_role(
    tx: &mut ScopedTx,
    role: Role,
    site: SiteId,
) -> Result<Vec<Account>, Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT DISTINCT u.id, u.email, u.name, u.status, u.rights_version
         FROM app_user u JOIN role_grant g ON g.user_id = u.id
         WHERE g.role = $1 AND (g.site_id IS NULL OR g.site_id = $2) AND u.status = 'active'
         ORDER BY u.id",
    )
    .bind(role.as_str())
    .bind(site.0)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(account_of).collect())
}
