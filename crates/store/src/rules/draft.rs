//! Drafts: one per policy, saved under an optimistic version.

use chrono::{DateTime, Utc};
use domain::ids::PolicyId;
use serde_json::Value;
use sqlx::FromRow;

use crate::{Error, ScopedTx};

/// A draft as stored.
#[derive(Debug, Clone, FromRow)]
pub struct Draft {
    /// Its id, for the audit log.
    pub id: i64,
    /// Counts up with every save.
    pub version: i32,
    /// The published version it was made from.
    pub base_version: i32,
    /// `Policy`.
    pub body: Value,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
    /// By whom.
    pub saved_by: Option<String>,
}

/// Locks a policy against other publications and saves; answers the version in force.
///
/// # Errors
/// What the database says.
pub async fn lock(tx: &mut ScopedTx, policy: PolicyId) -> Result<Option<i32>, Error> {
    Ok(sqlx::query_scalar("SELECT version FROM policy WHERE id = $1 FOR UPDATE")
        .bind(policy.0)
        .fetch_optional(tx.conn())
        .await?)
}

/// The draft of a policy. The caller has checked the policy.
///
/// # Errors
/// What the database says.
pub async fn draft(tx: &mut ScopedTx, policy: PolicyId) -> Result<Option<Draft>, Error> {
    Ok(sqlx::query_as(
        "SELECT d.id, d.version, d.base_version, d.body, d.saved_at, u.name AS saved_by
         FROM policy_draft d LEFT JOIN app_user u ON u.id = d.saved_by WHERE d.policy_id = $1",
    )
    .bind(policy.0)
    .fetch_optional(tx.conn())
    .await?)
}

/// Saves the draft; the caller holds the lock of the policy and has compared versions. Answers its
/// id and new version. Needs an audit row for `policy_draft`.
///
/// # Errors
/// What the database says.
pub async fn save(
    tx: &mut ScopedTx,
    policy: PolicyId,
    base: i32,
    body: &Value,
) -> Result<(i64, i32), Error> {
    let (by, now) = (tx.actor().id(), tx.now());
    Ok(sqlx::query_as(
        "INSERT INTO policy_draft AS d (policy_id, base_version, body, saved_by, saved_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (policy_id) DO UPDATE SET version = d.version + 1, base_version = $2, body = $3,
             saved_by = $4, saved_at = $5
         RETURNING id, version",
    )
    .bind(policy.0)
    .bind(base)
    .bind(body)
    .bind(by)
    .bind(now)
    .fetch_one(tx.conn())
    .await?)
}

/// Puts the draft on top of another published version. Needs an audit row for `policy_draft`.
///
/// # Errors
/// What the database says.
pub async fn rebase(tx: &mut ScopedTx, policy: PolicyId, base: i32) -> Result<(), Error> {
    sqlx::query(
        "UPDATE policy_draft SET base_version = $2, version = version + 1 WHERE policy_id = $1",
    )
    .bind(policy.0)
    .bind(base)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Removes the draft; answers its id. Needs an audit row for `policy_draft`.
///
/// # Errors
/// What the database says.
pub async fn discard(tx: &mut ScopedTx, policy: PolicyId) -> Result<Option<i64>, Error> {
    Ok(sqlx::query_scalar("DELETE FROM policy_draft WHERE policy_id = $1 RETURNING id")
        .bind(policy.0)
        .fetch_optional(tx.conn())
        .await?)
}
