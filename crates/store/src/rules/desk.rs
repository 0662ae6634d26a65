//! Policies as the desk shows them.

use chrono::{DateTime, Utc};
use domain::ids::{PolicyId, SiteId};
use serde_json::Value;
use sqlx::FromRow;

use crate::{Error, ScopedTx};

/// A policy with what is in force, its draft and its shadow.
#[derive(Debug, Clone, FromRow)]
pub struct StoredPolicy {
    /// Its id.
    pub id: i64,
    /// The connection it belongs to.
    pub connection_id: i64,
    /// Name of the connection.
    pub connection: String,
    /// The site it is an override of.
    pub site_id: Option<i64>,
    /// The version in force.
    pub version: i32,
    /// `Policy` in force.
    pub body: Value,
    /// Why it was published.
    pub reason: String,
    /// When.
    pub published_at: DateTime<Utc>,
    /// By whom.
    pub published_by: Option<String>,
    /// Version of the draft.
    pub draft_version: Option<i32>,
    /// What the draft was made from.
    pub draft_base: Option<i32>,
    /// When it was saved.
    pub saved_at: Option<DateTime<Utc>>,
    /// By whom.
    pub saved_by: Option<String>,
    /// When the run in shadow began.
    pub shadow_since: Option<DateTime<Utc>>,
}

/// Policies that decide for a site of the scope; all, or one.
async fn select(tx: &mut ScopedTx, only: Option<PolicyId>) -> Result<Vec<StoredPolicy>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT p.id, p.connection_id, c.name AS connection, p.site_id, p.version, v.body, v.reason,
                v.published_at, u.name AS published_by, d.version AS draft_version,
                d.base_version AS draft_base, d.saved_at, du.name AS saved_by,
                w.started_at AS shadow_since
         FROM policy p
         JOIN connection c ON c.id = p.connection_id
         JOIN policy_version v ON v.policy_id = p.id AND v.version = p.version
         LEFT JOIN app_user u ON u.id = v.published_by
         LEFT JOIN policy_draft d ON d.policy_id = p.id
         LEFT JOIN app_user du ON du.id = d.saved_by
         LEFT JOIN policy_shadow w ON w.policy_id = p.id AND w.ended_at IS NULL
         WHERE ($2::bigint IS NULL OR p.id = $2)
           AND ($1::bigint[] IS NULL OR EXISTS (
                SELECT FROM site s WHERE s.connection_id = p.connection_id AND s.id = ANY($1)
                    AND (p.site_id IS NULL OR p.site_id = s.id)))
         ORDER BY c.name, c.id, p.site_id NULLS FIRST",
    )
    .bind(sites)
    .bind(only.map(|id| id.0))
    .fetch_all(tx.conn())
    .await?)
}

/// Every policy that decides for a site of the scope, those of connections before their overrides.
///
/// # Errors
/// What the database says.
pub async fn policies(tx: &mut ScopedTx) -> Result<Vec<StoredPolicy>, Error> {
    select(tx, None).await
}

/// One policy, if it decides for a site of the scope.
///
/// # Errors
/// What the database says.
pub async fn policy(tx: &mut ScopedTx, id: PolicyId) -> Result<Option<StoredPolicy>, Error> {
    Ok(select(tx, Some(id)).await?.pop())
}

/// A site and the policy that decides for it.
#[derive(Debug, Clone, FromRow)]
pub struct Served {
    /// The site.
    pub site_id: i64,
    /// Its name.
    pub name: String,
    /// Its zone.
    pub time_zone: String,
    /// Its connection.
    pub connection_id: i64,
    /// The policy in force there.
    pub policy_id: i64,
}

impl Served {
    /// Typed site.
    pub fn site(&self) -> SiteId {
        SiteId(self.site_id)
    }
}

/// Every site, in or out of the scope, and the policy that decides for it: what a policy reaches
/// decides who may change it. Callers show only the sites of the scope.
///
/// # Errors
/// What the database says.
pub async fn served(tx: &mut ScopedTx) -> Result<Vec<Served>, Error> {
    Ok(sqlx::query_as(
        "SELECT s.id AS site_id, a.name, s.time_zone, s.connection_id, p.id AS policy_id
         FROM site s JOIN asset a ON a.id = s.id
         JOIN LATERAL (
             SELECT id FROM policy
             WHERE connection_id = s.connection_id AND (site_id = s.id OR site_id IS NULL)
             ORDER BY site_id NULLS LAST LIMIT 1
         ) p ON true
         ORDER BY a.name, s.id",
    )
    .fetch_all(tx.conn())
    .await?)
}

/// What one rule of a policy did since an instant.
#[derive(Debug, Clone, FromRow)]
pub struct Month {
    /// The policy.
    pub policy_id: i64,
    /// Name of the rule.
    pub rule: String,
    /// Decisions.
    pub matched: i64,
    /// Alerts whose standing decision it is, with a work order.
    pub work_orders: i64,
    /// Of those alerts, the confirmed ones.
    pub confirmed: i64,
    /// Of those alerts, the ones judged right or wrong.
    pub judged: i64,
}

/// What the rules did since an instant, at the sites of the scope.
///
/// # Errors
/// What the database says.
pub async fn month(tx: &mut ScopedTx, since: DateTime<Utc>) -> Result<Vec<Month>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT d.policy_id, d.rule, count(*) AS matched,
                count(a.work_order_id) FILTER (WHERE a.decision_id = d.id) AS work_orders,
                count(*) FILTER (WHERE a.decision_id = d.id AND a.outcome = 'confirmed') AS confirmed,
                count(*) FILTER (WHERE a.decision_id = d.id
                                   AND a.outcome IN ('confirmed', 'false_positive')) AS judged
         FROM decision d JOIN alert a ON a.id = d.alert_id
         WHERE d.decided_at >= $2 AND ($1::bigint[] IS NULL OR a.site_id = ANY($1))
         GROUP BY d.policy_id, d.rule",
    )
    .bind(sites)
    .bind(since)
    .fetch_all(tx.conn())
    .await?)
}

/// A published version.
#[derive(Debug, Clone, FromRow)]
pub struct StoredVersion {
    /// Its number.
    pub version: i32,
    /// `Policy`.
    pub body: Value,
    /// Why it was published.
    pub reason: String,
    /// When.
    pub published_at: DateTime<Utc>,
    /// By whom.
    pub published_by: Option<String>,
    /// When the next one was published.
    pub replaced_at: Option<DateTime<Utc>>,
}

/// Published versions up to a number, newest first. The caller has checked the policy.
///
/// # Errors
/// What the database says.
pub async fn versions(
    tx: &mut ScopedTx,
    policy: PolicyId,
    up_to: i32,
    limit: i64,
) -> Result<Vec<StoredVersion>, Error> {
    Ok(sqlx::query_as(
        "SELECT v.version, v.body, v.reason, v.published_at, u.name AS published_by,
                n.published_at AS replaced_at
         FROM policy_version v LEFT JOIN app_user u ON u.id = v.published_by
         LEFT JOIN policy_version n ON n.policy_id = v.policy_id AND n.version = v.version + 1
         WHERE v.policy_id = $1 AND v.version <= $2 ORDER BY v.version DESC LIMIT $3",
    )
    .bind(policy.0)
    .bind(up_to)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// The rules of one version. The caller has checked the policy.
///
/// # Errors
/// What the database says.
pub async fn body(
    tx: &mut ScopedTx,
    policy: PolicyId,
    version: i32,
) -> Result<Option<Value>, Error> {
    Ok(sqlx::query_scalar("SELECT body FROM policy_version WHERE policy_id = $1 AND version = $2")
        .bind(policy.0)
        .bind(version)
        .fetch_optional(tx.conn())
        .await?)
}

/// What rules can name at some sites.
#[derive(Debug, Clone, Default, FromRow)]
pub struct Vocabulary {
    /// Tags of sites, lines and machines.
    pub assets: Vec<String>,
    /// Models that predicted something there.
    pub models: Vec<String>,
    /// Inbound feeds.
    pub sources: Vec<String>,
    /// `CalendarSpec` of each site.
    pub calendars: Vec<Value>,
    /// People who can be given work.
    pub people: Vec<String>,
}

/// What rules can name at some sites, each list up to 500 words.
///
/// # Errors
/// What the database says.
pub async fn vocabulary(tx: &mut ScopedTx, sites: &[i64]) -> Result<Vocabulary, Error> {
    Ok(sqlx::query_as(
        "SELECT ARRAY(SELECT tag FROM asset WHERE site_id = ANY($1) AND status = 'active'
                          AND kind <> 'component' ORDER BY path_text LIMIT 500) AS assets,
                ARRAY(SELECT DISTINCT model_name FROM alert WHERE site_id = ANY($1)
                          AND model_name IS NOT NULL ORDER BY 1 LIMIT 500) AS models,
                ARRAY(SELECT name FROM source ORDER BY name LIMIT 500) AS sources,
                ARRAY(SELECT calendar FROM site WHERE id = ANY($1)) AS calendars,
                ARRAY(SELECT DISTINCT u.email FROM app_user u JOIN role_grant g ON g.user_id = u.id
                      WHERE u.status = 'active' AND (g.site_id IS NULL OR g.site_id = ANY($1))
                      ORDER BY 1 LIMIT 500) AS people",
    )
    .bind(sites)
    .fetch_one(tx.conn())
    .await?)
}
