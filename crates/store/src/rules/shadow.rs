//! Runs in shadow, and what they would have decided.

use chrono::{DateTime, Utc};
use domain::ids::PolicyId;
use serde_json::Value;
use sqlx::FromRow;

use crate::{Error, ScopedTx};

/// A run in shadow.
#[derive(Debug, Clone, FromRow)]
pub struct Run {
    /// Its id.
    pub id: i64,
    /// `Policy`.
    pub body: Value,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Who started it.
    pub started_by: Option<String>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// The run of a policy, or else its last one. The caller has checked the policy.
///
/// # Errors
/// What the database says.
pub async fn run(tx: &mut ScopedTx, policy: PolicyId) -> Result<Option<Run>, Error> {
    Ok(sqlx::query_as(
        "SELECT w.id, w.body, w.started_at, u.name AS started_by, w.ended_at
         FROM policy_shadow w LEFT JOIN app_user u ON u.id = w.started_by
         WHERE w.policy_id = $1 ORDER BY w.id DESC LIMIT 1",
    )
    .bind(policy.0)
    .fetch_optional(tx.conn())
    .await?)
}

/// Starts a run; the one before must have ended. Needs an audit row for `policy_shadow`.
///
/// # Errors
/// What the database says.
pub async fn start(tx: &mut ScopedTx, policy: PolicyId, body: &Value) -> Result<i64, Error> {
    let (by, now) = (tx.actor().id(), tx.now());
    Ok(sqlx::query_scalar(
        "INSERT INTO policy_shadow (policy_id, body, started_by, started_at)
         VALUES ($1, $2, $3, $4) RETURNING id",
    )
    .bind(policy.0)
    .bind(body)
    .bind(by)
    .bind(now)
    .fetch_one(tx.conn())
    .await?)
}

/// Ends the run, if there is one; answers its id. Needs an audit row for `policy_shadow`.
///
/// # Errors
/// What the database says.
pub async fn end(tx: &mut ScopedTx, policy: PolicyId) -> Result<Option<i64>, Error> {
    let (by, now) = (tx.actor().id(), tx.now());
    Ok(sqlx::query_scalar(
        "UPDATE policy_shadow SET ended_at = $3, ended_by = $2
         WHERE policy_id = $1 AND ended_at IS NULL RETURNING id",
    )
    .bind(policy.0)
    .bind(by)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?)
}

/// How often one action met another.
#[derive(Debug, Clone, FromRow)]
pub struct Counted {
    /// What was decided.
    pub live_action: String,
    /// What the shadow would have decided.
    pub action: String,
    /// How often.
    pub n: i64,
}

/// Counts of a run at the sites of the scope.
///
/// # Errors
/// What the database says.
pub async fn counted(tx: &mut ScopedTx, run: i64) -> Result<Vec<Counted>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT live_action, action, count(*) AS n FROM shadow_decision
         WHERE shadow_id = $1 AND ($2::bigint[] IS NULL OR site_id = ANY($2))
         GROUP BY live_action, action ORDER BY live_action, action",
    )
    .bind(run)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// A decision that would have been another.
#[derive(Debug, Clone, FromRow)]
pub struct Differing {
    /// The alert.
    pub alert_id: i64,
    /// Tag of its asset.
    pub tag: String,
    /// Its failure mode.
    pub failure_mode: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What was decided.
    pub live_action: String,
    /// What the shadow would have decided.
    pub action: String,
    /// By which rule.
    pub rule: String,
}

/// The latest decisions of a run that differ, at the sites of the scope.
///
/// # Errors
/// What the database says.
pub async fn differing(tx: &mut ScopedTx, run: i64, limit: i64) -> Result<Vec<Differing>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT w.alert_id, s.tag, a.failure_mode, w.at, w.live_action, w.action, w.rule
         FROM shadow_decision w JOIN alert a ON a.id = w.alert_id JOIN asset s ON s.id = a.asset_id
         WHERE w.shadow_id = $1 AND w.live_action <> w.action
           AND ($2::bigint[] IS NULL OR w.site_id = ANY($2))
         ORDER BY w.decision_id DESC LIMIT $3",
    )
    .bind(run)
    .bind(sites)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}
