//! What the page of an asset shows beside the asset itself; everything below it is included.

use chrono::{DateTime, Utc};
use domain::ids::AssetId;
use domain::work_order::Closure;
use sqlx::types::Json;

use crate::{Error, ScopedTx};

/// An open alert.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of the query below; the view type carries the words")]
pub struct AlertRow {
    pub id: i64,
    pub tag: String,
    pub failure_mode: String,
    pub severity: String,
    pub state: String,
    pub confidence: Option<f64>,
    pub life: Option<f64>,
    pub first_seen: DateTime<Utc>,
}

/// Open alerts, worst first.
///
/// # Errors
/// What the database says.
pub async fn open_alerts(
    tx: &mut ScopedTx,
    asset: AssetId,
    limit: i64,
) -> Result<Vec<AlertRow>, Error> {
    let (sites, now) = (tx.sites(), tx.now());
    Ok(sqlx::query_as(
        "SELECT a.id, s.tag, a.failure_mode, a.severity, a.state, a.confidence, a.first_seen,
                greatest(a.rul_hours - extract(epoch FROM $4 - a.observed_at)::float8 / 3600, 0) AS life
         FROM alert a JOIN asset s ON s.id = a.asset_id
         WHERE s.path @> ARRAY[$1::bigint] AND a.state <> 'closed'
           AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))
         ORDER BY array_position(ARRAY['critical', 'high', 'medium', 'low'], a.severity),
                  life NULLS LAST, a.id DESC
         LIMIT $3",
    )
    .bind(asset.0)
    .bind(sites)
    .bind(limit)
    .bind(now)
    .fetch_all(tx.conn())
    .await?)
}

/// An open work order.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of the query below; the view type carries the words")]
pub struct OrderRow {
    pub id: i64,
    pub cmms_number: Option<String>,
    pub tag: String,
    pub title: String,
    pub priority: i16,
    pub status: String,
    pub delivery_state: String,
    pub due: Option<DateTime<Utc>>,
}

/// Open work orders, the most urgent first.
///
/// # Errors
/// What the database says.
pub async fn open_orders(
    tx: &mut ScopedTx,
    asset: AssetId,
    limit: i64,
) -> Result<Vec<OrderRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT w.id, w.cmms_number, s.tag, w.title, w.priority, w.status, w.delivery_state, w.due
         FROM work_order w JOIN asset s ON s.id = w.asset_id
         WHERE s.path @> ARRAY[$1::bigint] AND w.status NOT IN ('closed', 'cancelled')
           AND ($2::bigint[] IS NULL OR w.site_id = ANY($2))
         ORDER BY w.priority, w.due NULLS LAST, w.id DESC LIMIT $3",
    )
    .bind(asset.0)
    .bind(sites)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// A closed alert with its work order.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of the query below; the view type carries the words")]
pub struct FailureRow {
    pub alert_id: i64,
    pub tag: String,
    pub failure_mode: String,
    pub outcome: Option<String>,
    pub prevented: bool,
    pub order_id: Option<i64>,
    pub cmms_number: Option<String>,
    pub closure: Option<Json<Closure>>,
    pub closed_at: DateTime<Utc>,
}

/// Closed alerts that somebody looked at, newest first.
///
/// # Errors
/// What the database says.
pub async fn past_failures(
    tx: &mut ScopedTx,
    asset: AssetId,
    limit: i64,
) -> Result<Vec<FailureRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT a.id AS alert_id, s.tag, a.failure_mode, a.outcome, a.prevented,
                w.id AS order_id, w.cmms_number, w.closure, a.closed_at
         FROM alert a JOIN asset s ON s.id = a.asset_id
         LEFT JOIN work_order w ON w.id = a.work_order_id
         WHERE s.path @> ARRAY[$1::bigint] AND a.state = 'closed' AND a.closed_at IS NOT NULL
           AND a.outcome IS DISTINCT FROM 'no_action'
           AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))
         ORDER BY a.closed_at DESC, a.id DESC LIMIT $3",
    )
    .bind(asset.0)
    .bind(sites)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// A prediction.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of the query below; the view type carries the words")]
pub struct PredictionRow {
    pub alert_id: i64,
    pub tag: String,
    pub failure_mode: String,
    pub confidence: f64,
    pub rul_hours: Option<f64>,
    pub model_name: String,
    pub model_version: Option<String>,
    pub observed_at: DateTime<Utc>,
}

/// The newest predictions: of the `limit` alerts that were seen last, so that the history of a
/// whole site stays a short look.
///
/// # Errors
/// What the database says.
pub async fn predictions(
    tx: &mut ScopedTx,
    asset: AssetId,
    limit: i64,
) -> Result<Vec<PredictionRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "WITH latest AS (
             SELECT a.id, s.tag, a.failure_mode FROM alert a JOIN asset s ON s.id = a.asset_id
             WHERE s.path @> ARRAY[$1::bigint] AND a.origin = 'prediction'
               AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))
             ORDER BY a.last_seen DESC LIMIT $3
         )
         SELECT l.id AS alert_id, l.tag, l.failure_mode, p.confidence, p.rul_hours, p.model_name,
                p.model_version, p.observed_at
         FROM latest l JOIN LATERAL (
             SELECT * FROM prediction WHERE alert_id = l.id ORDER BY seq DESC LIMIT $3
         ) p ON true
         ORDER BY p.observed_at DESC, p.id DESC LIMIT $3",
    )
    .bind(asset.0)
    .bind(sites)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// When a model looked at an asset, or at anything below it, last.
///
/// # Errors
/// What the database says.
pub async fn last_prediction(
    tx: &mut ScopedTx,
    asset: AssetId,
) -> Result<Option<DateTime<Utc>>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_scalar(
        "SELECT max(a.last_seen) FROM alert a JOIN asset s ON s.id = a.asset_id
         WHERE s.path @> ARRAY[$1::bigint] AND a.origin = 'prediction'
           AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))",
    )
    .bind(asset.0)
    .bind(sites)
    .fetch_one(tx.conn())
    .await?)
}
