use domain::ids::UserId;
use serde_json::json;

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

pub(super) type Row = (i64, String, String, String, i32);

pub(super) fn account_of((id, email, name, status, rights_version): Row) -> Account {
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
    let detail = json!({ "after": { "status": status } });
    tx.audit(vec![AuditEntry::new("user.create", "app_user", id).detail(detail)]).await?;
    Ok(UserId(id))
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
    let detail = json!({ "after": { "password": "changed" } });
    tx.audit(vec![AuditEntry::new("user.password", "app_user", user.0).detail(detail)]).await
}

/// Enables or disables an account; either way its sessions end.
///
/// # Errors
/// When a query fails.
pub async fn set_status(tx: &mut ScopedTx, user: UserId, active: bool) -> Result<(), Error> {
    // Somebody who has not chosen a password yet goes on waiting for it.
    let (before, after): (String, String) = sqlx::query_as(
        "UPDATE app_user u SET rights_version = u.rights_version + 1,
                status = CASE WHEN NOT $2 THEN 'disabled'
                              WHEN u.password_hash IS NULL THEN 'invited' ELSE 'active' END
         FROM (SELECT id, status FROM app_user WHERE id = $1 FOR UPDATE) AS old
         WHERE u.id = old.id RETURNING old.status, u.status",
    )
    .bind(user.0)
    .bind(active)
    .fetch_one(tx.conn())
    .await?;
    let detail = json!({ "before": { "status": before }, "after": { "status": after } });
    tx.audit(vec![AuditEntry::new("user.status", "app_user", user.0).detail(detail)]).await
}

/// Gives a person another name or address. The log says that they changed, not to what: names and
/// addresses live in the table of people alone.
///
/// # Errors
/// A constraint error `app_user_email` when the address is taken.
pub async fn rename(tx: &mut ScopedTx, user: UserId, email: &str, name: &str) -> Result<(), Error> {
    sqlx::query("UPDATE app_user SET email = $2, email_key = $3, name = $4 WHERE id = $1")
        .bind(user.0)
        .bind(email.trim())
        .bind(email_key(email))
        .bind(name)
        .execute(tx.conn())
        .await?;
    let detail = json!({ "after": { "name_and_address": "changed" } });
    tx.audit(vec![AuditEntry::new("user.rename", "app_user", user.0).detail(detail)]).await
}

/// The stored hash of a password, of an account in use.
///
/// # Errors
/// When the query fails.
pub async fn password_hash(tx: &mut ScopedTx, user: UserId) -> Result<Option<String>, Error> {
    let hash: Option<Option<String>> = sqlx::query_scalar(
        "SELECT password_hash FROM app_user WHERE id = $1 AND status = 'active'",
    )
    .bind(user.0)
    .fetch_optional(tx.conn())
    .await?;
    Ok(hash.flatten())
}
