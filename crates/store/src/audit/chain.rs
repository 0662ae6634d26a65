use chrono::{DateTime, Utc};
use domain::ids::AlertId;
use serde_json::Value;
use sqlx::FromRow;

use crate::{Error, ScopedTx};

/// One step of a case.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ChainRow {
    /// The event; none for a prediction.
    pub id: Option<i64>,
    /// When.
    pub at: DateTime<Utc>,
    /// Kind of who acted.
    pub actor_kind: String,
    /// Their id.
    pub actor_id: Option<i64>,
    /// What.
    pub action: String,
    /// Table of the row.
    pub entity: String,
    /// Its id.
    pub entity_id: i64,
    /// Figures.
    pub detail: Value,
}

/// The case a row belongs to, if it is one of a site of the caller.
///
/// # Errors
/// When the query fails.
pub async fn alert_of(tx: &mut ScopedTx, entity: &str, id: i64) -> Result<Option<AlertId>, Error> {
    let sites = tx.sites();
    let alert: Option<i64> = sqlx::query_scalar(
        "SELECT a.id FROM alert a
         WHERE a.id = CASE $1::text
             WHEN 'alert' THEN $2::bigint
             WHEN 'decision' THEN (SELECT alert_id FROM decision WHERE id = $2)
             WHEN 'review' THEN (SELECT alert_id FROM review WHERE id = $2)
             WHEN 'work_order' THEN (SELECT alert_id FROM work_order WHERE id = $2)
             WHEN 'prediction' THEN (SELECT alert_id FROM prediction WHERE id = $2)
         END AND ($3::bigint[] IS NULL OR a.site_id = ANY($3))",
    )
    .bind(entity)
    .bind(id)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?;
    Ok(alert.map(AlertId))
}

/// Everything that happened in a case, from its first prediction to the verdict, oldest first: the
/// first `limit` steps.
///
/// # Errors
/// When the query fails.
pub async fn chain(tx: &mut ScopedTx, alert: AlertId, limit: i64) -> Result<Vec<ChainRow>, Error> {
    Ok(sqlx::query_as(
        "WITH part (entity, entity_id) AS (
             SELECT 'alert', $1::bigint
             UNION ALL SELECT 'decision', id FROM decision WHERE alert_id = $1
             UNION ALL SELECT 'review', id FROM review WHERE alert_id = $1
             UNION ALL SELECT 'work_order', id FROM work_order WHERE alert_id = $1
         )
         SELECT id, at, actor_kind, actor_id, action, entity, entity_id, detail FROM (
             SELECT NULL::bigint AS id, p.received_at AS at, 'source' AS actor_kind,
                    p.source_id AS actor_id, 'prediction.receive' AS action,
                    'alert' AS entity, $1::bigint AS entity_id,
                    jsonb_build_object('confidence', p.confidence, 'rul_hours', p.rul_hours,
                        'model', concat_ws(' ', p.model_name, p.model_version)) AS detail
             FROM prediction p WHERE p.alert_id = $1 AND p.seq = 1
             UNION ALL
             SELECT e.id, e.at, e.actor_kind, e.actor_id, e.action, e.entity, e.entity_id, e.detail
             FROM part JOIN audit_event e ON e.entity = part.entity AND e.entity_id = part.entity_id
         ) AS steps
         ORDER BY id IS NULL DESC, at, id LIMIT $2",
    )
    .bind(alert.0)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}
