use chrono::{DateTime, Utc};
use domain::ids::{CustomRoleId, GrantId, SiteId, UserId};
use domain::permission::{Permission, Role, RoleRef};
use serde::Deserialize;
use serde_json::json;
use sqlx::FromRow;

use super::accounts::{Account, Row as AccountRow, account_of};
use crate::{AuditEntry, Error, ScopedTx};

/// One role a person holds at this moment, at one site or everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// What the person is.
    pub role: RoleRef,
    /// What that allows.
    pub permissions: Vec<Permission>,
    /// Where; `None` is every site.
    pub site: Option<SiteId>,
}

impl GrantRow {
    /// A role of the program.
    pub fn built_in(role: Role, site: Option<SiteId>) -> Self {
        Self { role: role.into(), permissions: role.permissions().to_vec(), site }
    }
}

/// What `held_roles` answers for each grant.
#[derive(Deserialize)]
struct Held {
    role: Option<String>,
    custom: Option<i64>,
    site: Option<i64>,
    permissions: Option<Vec<String>>,
}

/// Reads what `held_roles` answered.
pub(crate) fn held(value: serde_json::Value) -> Result<Vec<GrantRow>, Error> {
    let held: Vec<Held> =
        serde_json::from_value(value).map_err(|e| Error::corrupt("role_grant", e))?;
    held.into_iter()
        .map(|held| {
            let site = held.site.map(SiteId);
            match (held.role, held.custom) {
                (Some(role), _) => {
                    let role: Role = role.parse().map_err(|e| Error::corrupt("role_grant", e))?;
                    Ok(GrantRow::built_in(role, site))
                }
                (None, Some(id)) => Ok(GrantRow {
                    role: CustomRoleId(id).into(),
                    permissions: permissions(&held.permissions.unwrap_or_default()),
                    site,
                }),
                (None, None) => Err(Error::corrupt("role_grant", "no role")),
            }
        })
        .collect()
}

/// Permissions by their words; one this program does not know allows nothing.
pub(super) fn permissions(words: &[String]) -> Vec<Permission> {
    words.iter().filter_map(|word| word.parse().ok()).collect()
}

/// The roles of a person at this moment.
///
/// # Errors
/// When the query fails, or a role is unknown to this program.
pub async fn grants(tx: &mut ScopedTx, user: UserId) -> Result<Vec<GrantRow>, Error> {
    let value =
        sqlx::query_scalar("SELECT held_roles($1)").bind(user.0).fetch_one(tx.conn()).await?;
    held(value)
}

/// A role that was given, also one that has ended.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct GivenRow {
    /// The grant.
    pub id: i64,
    /// To whom.
    pub user_id: i64,
    /// The role of the program.
    pub role: Option<String>,
    /// The role of the installation.
    pub custom_role_id: Option<i64>,
    /// Its name.
    pub custom_name: Option<String>,
    /// Its permissions.
    pub custom_permissions: Option<Vec<String>>,
    /// Where; `None` is every site.
    pub site_id: Option<i64>,
    /// Name of the site.
    pub site_name: Option<String>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// It has ended.
    pub ended: bool,
}

impl GivenRow {
    /// The role.
    ///
    /// # Errors
    /// A role unknown to this program.
    pub fn role(&self) -> Result<RoleRef, Error> {
        match (&self.role, self.custom_role_id) {
            (Some(word), _) => {
                word.parse().map(RoleRef::BuiltIn).map_err(|e| Error::corrupt("role_grant", e))
            }
            (None, Some(id)) => Ok(CustomRoleId(id).into()),
            (None, None) => Err(Error::corrupt("role_grant", "no role")),
        }
    }

    /// What the role allows.
    ///
    /// # Errors
    /// A role unknown to this program.
    pub fn permissions(&self) -> Result<Vec<Permission>, Error> {
        Ok(match self.role()? {
            RoleRef::BuiltIn(role) => role.permissions().to_vec(),
            RoleRef::Custom(_) => {
                permissions(self.custom_permissions.as_deref().unwrap_or_default())
            }
        })
    }

    fn words(&self) -> serde_json::Value {
        json!({
            "role": self.role.as_ref().or(self.custom_name.as_ref()),
            "site": self.site_name,
            "ends": self.expires_at,
        })
    }
}

/// The roles given to some people that the caller may see, those that have ended included.
///
/// # Errors
/// When the query fails.
pub async fn given(tx: &mut ScopedTx, users: &[i64]) -> Result<Vec<GivenRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT g.id, g.user_id, g.role, g.custom_role_id, c.name AS custom_name,
                c.permissions AS custom_permissions, g.site_id, s.name AS site_name,
                g.expires_at, coalesce(g.expires_at <= now(), false) AS ended
         FROM role_grant g
         LEFT JOIN custom_role c ON c.id = g.custom_role_id
         LEFT JOIN asset s ON s.id = g.site_id
         WHERE g.user_id = ANY($1)
           AND ($2::bigint[] IS NULL OR g.site_id IS NULL OR g.site_id = ANY($2))
         ORDER BY g.user_id, g.id",
    )
    .bind(users)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// Roles that end within some days, the soonest first.
///
/// # Errors
/// When the query fails.
pub async fn ending(tx: &mut ScopedTx, days: i32) -> Result<Vec<(GivenRow, String)>, Error> {
    let sites = tx.sites();
    let ids: Vec<(i64, String)> = sqlx::query_as(
        "SELECT g.id, u.name FROM role_grant g JOIN app_user u ON u.id = g.user_id
         WHERE g.expires_at > now() AND g.expires_at < now() + make_interval(days => $1)
           AND u.status <> 'disabled'
           AND ($2::bigint[] IS NULL OR g.site_id IS NULL OR g.site_id = ANY($2))
         ORDER BY g.expires_at, g.id LIMIT 20",
    )
    .bind(days)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?;
    let mut found = Vec::with_capacity(ids.len());
    for (id, name) in ids {
        if let Some(row) = given_one(tx, GrantId(id)).await? {
            found.push((row, name));
        }
    }
    Ok(found)
}

/// One role that was given, if the caller may see it.
///
/// # Errors
/// When the query fails.
pub async fn given_one(tx: &mut ScopedTx, id: GrantId) -> Result<Option<GivenRow>, Error> {
    let user: Option<i64> = sqlx::query_scalar("SELECT user_id FROM role_grant WHERE id = $1")
        .bind(id.0)
        .fetch_optional(tx.conn())
        .await?;
    let Some(user) = user else { return Ok(None) };
    Ok(given(tx, &[user]).await?.into_iter().find(|row| row.id == id.0))
}

/// Gives a person a role, for ever or until an instant, and ends their sessions, as their rights
/// have changed; a role they hold already, with the same end, changes nothing.
///
/// # Errors
/// When a query fails.
pub async fn grant(
    tx: &mut ScopedTx,
    user: UserId,
    role: RoleRef,
    site: Option<SiteId>,
    expires_at: Option<DateTime<Utc>>,
) -> Result<bool, Error> {
    let id: Option<i64> = sqlx::query_scalar(
        "INSERT INTO role_grant AS g (user_id, role, custom_role_id, site_id, expires_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT role_grant_once DO UPDATE SET expires_at = excluded.expires_at
             WHERE g.expires_at IS DISTINCT FROM excluded.expires_at
         RETURNING id",
    )
    .bind(user.0)
    .bind(role.built_in().map(Role::as_str))
    .bind(role.custom().map(|id| id.0))
    .bind(site.map(|s| s.0))
    .bind(expires_at)
    .fetch_optional(tx.conn())
    .await?;
    let Some(id) = id else { return Ok(false) };
    changed_rights(tx, user).await?;
    let given = given(tx, &[user.0]).await?.into_iter().find(|row| row.id == id);
    let detail = json!({ "user": user.0, "after": given.as_ref().map(GivenRow::words) });
    tx.audit(on_both("role.grant", id, user, site, &detail)).await?;
    Ok(true)
}

/// Takes a role from a person and ends their sessions.
///
/// # Errors
/// When a query fails.
pub async fn revoke(tx: &mut ScopedTx, given: &GivenRow) -> Result<(), Error> {
    let gone = sqlx::query("DELETE FROM role_grant WHERE id = $1")
        .bind(given.id)
        .execute(tx.conn())
        .await?;
    if gone.rows_affected() == 0 {
        return Ok(());
    }
    let user = UserId(given.user_id);
    changed_rights(tx, user).await?;
    let detail = json!({ "user": user.0, "before": given.words() });
    let site = given.site_id.map(SiteId);
    tx.audit(on_both("role.revoke", given.id, user, site, &detail)).await
}

/// Ends the sessions of a person; the caller writes the audit row of the account.
async fn changed_rights(tx: &mut ScopedTx, user: UserId) -> Result<(), Error> {
    sqlx::query("UPDATE app_user SET rights_version = rights_version + 1 WHERE id = $1")
        .bind(user.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn on_both(
    action: &'static str,
    grant: i64,
    user: UserId,
    site: Option<SiteId>,
    detail: &serde_json::Value,
) -> Vec<AuditEntry> {
    [("role_grant", grant), ("app_user", user.0)]
        .into_iter()
        .map(|(entity, id)| {
            let entry = AuditEntry::new(action, entity, id).detail(detail.clone());
            match site {
                Some(site) => entry.site(site),
                None => entry,
            }
        })
        .collect()
}

/// Whether somebody can sign in and administer every site.
///
/// # Errors
/// When the query fails.
pub async fn admin_exists(tx: &mut ScopedTx) -> Result<bool, Error> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM app_user u JOIN role_grant g ON g.user_id = u.id
                        WHERE g.role = 'admin' AND g.site_id IS NULL
                          AND (g.expires_at IS NULL OR g.expires_at > now())
                          AND u.status = 'active' AND u.password_hash IS NOT NULL)",
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Whether somebody else can administer every site for good. From here to the end of the
/// transaction nobody else asks: two administrators cannot remove each other at once.
///
/// # Errors
/// When the query fails.
pub async fn other_admin_exists(tx: &mut ScopedTx, than: UserId) -> Result<bool, Error> {
    // A statement of its own: what follows sees what the one before us has committed.
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('last administrator', 0))")
        .execute(tx.conn())
        .await?;
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM app_user u JOIN role_grant g ON g.user_id = u.id
                        WHERE g.role = 'admin' AND g.site_id IS NULL AND g.expires_at IS NULL
                          AND u.status = 'active' AND u.password_hash IS NOT NULL AND u.id <> $1)",
    )
    .bind(than.0)
    .fetch_one(tx.conn())
    .await?)
}

/// Active people who hold a role at a site (or everywhere), for notices and mail. Whoever decides
/// reviews by a role of the installation counts as a reviewer.
///
/// # Errors
/// When the query fails.
pub async fn people_with_role(
    tx: &mut ScopedTx,
    role: Role,
    site: SiteId,
) -> Result<Vec<Account>, Error> {
    let rows: Vec<AccountRow> = sqlx::query_as(
        "SELECT DISTINCT u.id, u.email, u.name, u.status, u.rights_version
         FROM app_user u JOIN role_grant g ON g.user_id = u.id
         LEFT JOIN custom_role c ON c.id = g.custom_role_id
         WHERE (g.role = $1 OR ($1 = 'reviewer' AND 'review_decide' = ANY(c.permissions)))
           AND (g.site_id IS NULL OR g.site_id = $2) AND u.status = 'active'
           AND (g.expires_at IS NULL OR g.expires_at > now())
         ORDER BY u.id",
    )
    .bind(role.as_str())
    .bind(site.0)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(account_of).collect())
}
