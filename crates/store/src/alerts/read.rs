//! Alerts as the API and the screens read them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::failure_mode::{self, FailureMode};
use domain::ids::AlertId;
use serde_json::Value;
use sqlx::FromRow;

use crate::{Error, ScopedTx};

/// One alert with its asset, standing decision, newest review item and work order.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "columns of the query below; the view types carry the words")]
pub struct Row {
    pub id: i64,
    pub site_id: i64,
    pub asset_id: i64,
    pub tag: String,
    pub asset_name: String,
    pub path_text: String,
    pub criticality: String,
    pub time_zone: String,
    pub failure_mode: String,
    pub state: String,
    pub severity: String,
    pub tier: Option<String>,
    pub outcome: Option<String>,
    pub prevented: bool,
    pub origin: String,
    pub confidence: Option<f64>,
    pub rul_hours: Option<f64>,
    pub window_hours: Option<f64>,
    pub predictions: i32,
    pub first_seen: DateTime<Utc>,
    pub last_seen: DateTime<Utc>,
    pub version: i32,
    pub hold_until: Option<DateTime<Utc>>,
    pub held_off_until: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub work_order_id: Option<i64>,
    pub cmms_number: Option<String>,
    pub work_order_status: Option<String>,
    pub delivery_state: Option<String>,
    pub rule: Option<String>,
    pub action: Option<String>,
    pub note: Option<String>,
    pub policy_id: Option<i64>,
    pub policy_version: Option<i32>,
    pub effect: Option<Value>,
    pub reasons: Option<Value>,
    pub calendar: Option<Value>,
    pub decided_at: Option<DateTime<Utc>>,
    pub review_status: Option<String>,
    pub review_due: Option<DateTime<Utc>>,
    pub review_decision: Option<String>,
    pub review_reason: Option<String>,
    pub review_comment: Option<String>,
    pub review_decided_by: Option<String>,
    pub review_decided_at: Option<DateTime<Utc>>,
    pub review_run_at: Option<DateTime<Utc>>,
    pub review_role: Option<String>,
    pub review_escalations: Option<i32>,
    pub review_created_at: Option<DateTime<Utc>>,
    pub connection_name: String,
    pub failure_code: Option<String>,
}

/// Which alerts; empty lists do not restrict.
#[derive(Debug, Clone, Default)]
pub struct AlertFilter {
    /// Words in tag, asset name or failure mode.
    pub q: Option<String>,
    /// `AlertState`s.
    pub states: Vec<String>,
    /// `Severity`s.
    pub severities: Vec<String>,
    /// An asset's tag key; its descendants are included.
    pub asset: Option<String>,
    /// Older than this alert.
    pub after: Option<i64>,
    /// Review queue order (due first) instead of newest first.
    pub by_due: bool,
    /// At most.
    pub limit: i64,
}

macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT a.id, a.site_id, a.asset_id, s.tag, s.name AS asset_name, s.path_text,
                    s.criticality, site.time_zone, a.failure_mode, a.state, a.severity, a.tier,
                    a.outcome, a.prevented, a.origin, a.confidence, a.rul_hours, a.window_hours,
                    a.predictions, a.first_seen, a.last_seen, a.version, a.hold_until,
                    a.held_off_until, a.closed_at, a.work_order_id, w.cmms_number,
                    w.status AS work_order_status, w.delivery_state,
                    d.rule, d.action, d.note, d.policy_id, d.policy_version, d.effect, d.reasons,
                    d.calendar, d.decided_at,
                    r.status AS review_status, r.due AS review_due, r.decision AS review_decision,
                    r.reason AS review_reason, r.comment AS review_comment,
                    u.name AS review_decided_by, r.decided_at AS review_decided_at,
                    r.run_at AS review_run_at, r.asked_role AS review_role,
                    r.escalations AS review_escalations, r.created_at AS review_created_at,
                    c.name AS connection_name, f.code AS failure_code
             FROM alert a
             JOIN asset s ON s.id = a.asset_id
             JOIN site ON site.id = a.site_id
             JOIN connection c ON c.id = site.connection_id
             LEFT JOIN failure_code f ON f.connection_id = c.id AND f.failure_mode = a.failure_mode
             LEFT JOIN decision d ON d.id = a.decision_id
             LEFT JOIN work_order w ON w.id = a.work_order_id
             LEFT JOIN LATERAL (SELECT * FROM review WHERE alert_id = a.id ORDER BY id DESC LIMIT 1)
                  r ON true
             LEFT JOIN app_user u ON u.id = r.decided_by
             WHERE ",
            $where
        )
    };
}

/// One alert of the scope.
///
/// # Errors
/// What the database says.
pub async fn get(tx: &mut ScopedTx, alert: AlertId) -> Result<Option<Row>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(select!("a.id = $1 AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))"))
        .bind(alert.0)
        .bind(sites)
        .fetch_optional(tx.conn())
        .await?)
}

/// Alerts of the scope by their ids, in no order.
///
/// # Errors
/// What the database says.
pub async fn by_ids(tx: &mut ScopedTx, alerts: &[i64]) -> Result<Vec<Row>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(select!("a.id = ANY($1) AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))"))
        .bind(alerts)
        .bind(sites)
        .fetch_all(tx.conn())
        .await?)
}

macro_rules! matching {
    () => {
        "($1::bigint[] IS NULL OR a.site_id = ANY($1))
         AND (cardinality($2::text[]) = 0 OR a.state = ANY($2))
         AND (cardinality($3::text[]) = 0 OR a.severity = ANY($3))
         AND ($4::text IS NULL OR a.asset_id IN (
                SELECT below.id FROM asset top JOIN asset below ON below.path @> ARRAY[top.id]
                WHERE top.tag_key = $4))
         AND ($5::bigint[] IS NULL OR a.asset_id = ANY($5)
              OR ($6::text[] IS NOT NULL AND a.failure_mode = ANY($6)))"
    };
}

/// What a text names: assets by their words, failure modes by code or label. Found first and on
/// their own, so that both come from an index.
#[derive(Default)]
struct Named {
    assets: Option<Vec<i64>>,
    modes: Option<Vec<String>>,
}

impl Named {
    async fn by(tx: &mut ScopedTx, q: Option<&str>) -> Result<Self, Error> {
        let Some(q) = q.map(|q| q.trim().to_lowercase()).filter(|q| !q.is_empty()) else {
            return Ok(Self::default());
        };
        let pattern = q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let assets: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM asset
             WHERE asset_words(tag_key, name, serial_key, barcode_key) LIKE $1",
        )
        .bind(format!("%{pattern}%"))
        .persistent(false)
        .fetch_all(tx.conn())
        .await?;
        let code = q.replace(' ', "_");
        let fits = |mode: &&FailureMode| {
            mode.code.contains(&code) || mode.name.to_lowercase().contains(&q)
        };
        let mut modes: Vec<String> =
            failure_mode::ALL.iter().filter(fits).map(|mode| mode.code.to_owned()).collect();
        if assets.is_empty() && modes.is_empty() {
            // A mode outside the vocabulary is found by its whole code.
            modes.push(code);
        }
        Ok(Self { assets: Some(assets), modes: (!modes.is_empty()).then_some(modes) })
    }
}

/// Alerts of the scope: newest first, or by review due time.
///
/// # Errors
/// What the database says.
pub async fn list(tx: &mut ScopedTx, filter: &AlertFilter) -> Result<Vec<Row>, Error> {
    let sites = tx.sites();
    let named = Named::by(tx, filter.q.as_deref()).await?;
    // Which ones first: what stands around them is only read for the page that is shown.
    let newest = concat!(
        "SELECT a.id FROM alert a WHERE ",
        matching!(),
        " AND ($7::bigint IS NULL OR a.id < $7) ORDER BY a.id DESC LIMIT $8"
    );
    let by_due = concat!(
        "SELECT a.id FROM alert a JOIN review r ON r.alert_id = a.id AND r.status = 'pending'
         WHERE ",
        matching!(),
        " AND ($7::bigint IS NULL OR a.id < $7) ORDER BY r.due, a.id LIMIT $8"
    );
    let ids: Vec<i64> = sqlx::query_scalar(if filter.by_due { by_due } else { newest })
        .bind(sites)
        .bind(&filter.states)
        .bind(&filter.severities)
        .bind(&filter.asset)
        .bind(named.assets)
        .bind(named.modes)
        .bind(filter.after)
        .bind(filter.limit)
        .persistent(false)
        .fetch_all(tx.conn())
        .await?;
    let mut found = by_ids(tx, &ids).await?;
    let place: HashMap<i64, usize> = ids.into_iter().zip(0..).collect();
    found.sort_by_key(|row| place.get(&row.id).copied());
    Ok(found)
}

/// How many alerts of the scope match, counted to 10 000.
///
/// # Errors
/// What the database says.
pub async fn count(tx: &mut ScopedTx, filter: &AlertFilter) -> Result<i64, Error> {
    let sites = tx.sites();
    let named = Named::by(tx, filter.q.as_deref()).await?;
    Ok(sqlx::query_scalar(concat!(
        "SELECT count(*) FROM (SELECT FROM alert a WHERE ",
        matching!(),
        " LIMIT 10001) AS found"
    ))
    .bind(sites)
    .bind(&filter.states)
    .bind(&filter.severities)
    .bind(&filter.asset)
    .bind(named.assets)
    .bind(named.modes)
    .persistent(false)
    .fetch_one(tx.conn())
    .await?)
}

/// Open alerts of the scope per state and severity.
///
/// # Errors
/// What the database says.
pub async fn facets(tx: &mut ScopedTx) -> Result<Vec<(String, String, i64)>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT state, severity, count(*) FROM alert
         WHERE state <> 'closed' AND ($1::bigint[] IS NULL OR site_id = ANY($1))
         GROUP BY state, severity",
    )
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// Sites of the scope where more than `limit` alerts opened within the last 10 minutes.
///
/// # Errors
/// What the database says.
pub async fn floods(tx: &mut ScopedTx, limit: i64) -> Result<Vec<(String, i64)>, Error> {
    let (sites, now) = (tx.sites(), tx.now());
    Ok(sqlx::query_as(
        "SELECT s.name, count(*) FROM alert a JOIN asset s ON s.id = a.site_id
         WHERE a.state <> 'closed' AND a.first_seen > $2 - interval '10 minutes'
           AND ($1::bigint[] IS NULL OR a.site_id = ANY($1))
         GROUP BY s.id, s.name HAVING count(*) > $3 ORDER BY s.name",
    )
    .bind(sites)
    .bind(now)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// One prediction of an alert.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "columns of the query below; the view types carry the words")]
pub struct PredictionPoint {
    pub id: i64,
    pub observed_at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    pub confidence: f64,
    pub rul_hours: Option<f64>,
    pub window_hours: Option<f64>,
    pub model_name: String,
    pub model_version: Option<String>,
    pub result: Option<String>,
    pub payload: String,
}

/// The latest predictions of an alert, newest first.
///
/// # Errors
/// What the database says.
pub async fn predictions(
    tx: &mut ScopedTx,
    alert: AlertId,
    limit: i64,
) -> Result<Vec<PredictionPoint>, Error> {
    Ok(sqlx::query_as(
        "SELECT p.id, p.observed_at, p.received_at, p.confidence, p.rul_hours, p.window_hours,
                p.model_name, p.model_version, e.result, p.payload::text AS payload
         FROM prediction p LEFT JOIN evaluation e ON e.prediction_id = p.id
         WHERE p.alert_id = $1 ORDER BY p.seq DESC LIMIT $2",
    )
    .bind(alert.0)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Earlier alerts of the same failure mode at the same site, the same asset first.
///
/// # Errors
/// What the database says.
pub async fn similar(
    tx: &mut ScopedTx,
    alert: AlertId,
    limit: i64,
) -> Result<Vec<(i64, String, Option<String>, Option<DateTime<Utc>>)>, Error> {
    Ok(sqlx::query_as(
        "SELECT b.id, s.tag, b.outcome, b.closed_at
         FROM alert a JOIN alert b ON b.failure_mode = a.failure_mode AND b.site_id = a.site_id
              AND b.state = 'closed' AND b.id <> a.id
         JOIN asset s ON s.id = b.asset_id
         WHERE a.id = $1
         ORDER BY (b.asset_id = a.asset_id) DESC, b.id DESC LIMIT $2",
    )
    .bind(alert.0)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}
