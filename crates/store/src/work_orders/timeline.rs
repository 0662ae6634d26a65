//! Everything that happened to a work order, from the first prediction to the verdict.

use chrono::{DateTime, Utc};
use domain::ids::WorkOrderId;
use serde_json::Value;

use crate::{Error, ScopedTx};

/// One thing that happened.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TimelineFact {
    /// The work order.
    pub work_order_id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What: `predicted`, `decided`, `review_asked`, `review_<decision>`, `create`, `look_up`, or
    /// the action of an audit row.
    pub what: String,
    /// Kind of actor.
    pub actor_kind: String,
    /// Name of the actor, if it has one.
    pub actor: Option<String>,
    /// Figures for the sentence.
    pub detail: Value,
}

/// The facts of some work orders, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn facts(tx: &mut ScopedTx, orders: &[WorkOrderId]) -> Result<Vec<TimelineFact>, Error> {
    let ids: Vec<i64> = orders.iter().map(|id| id.0).collect();
    Ok(sqlx::query_as(
        "SELECT work_order_id, at, what, actor_kind, actor, detail FROM (
             SELECT w.id AS work_order_id, 0 AS place, a.first_seen AS at, 'predicted' AS what,
                    'source' AS actor_kind, concat_ws(' ', p.model_name, p.model_version) AS actor,
                    jsonb_build_object('failure_mode', a.failure_mode, 'confidence', p.confidence,
                                       'rul_hours', p.rul_hours) AS detail
             FROM work_order w JOIN alert a ON a.id = w.alert_id
             JOIN prediction p ON p.alert_id = a.id AND p.seq = 1 WHERE w.id = ANY($1)
             UNION ALL
             SELECT w.id, 1, d.decided_at, 'decided', 'system', 'Policy v' || d.policy_version,
                    jsonb_build_object('rule', d.rule, 'action', d.action, 'note', d.note,
                                       'priority', d.effect -> 'priority')
             FROM work_order w JOIN decision d ON d.alert_id = w.alert_id WHERE w.id = ANY($1)
             UNION ALL
             SELECT w.id, 2, r.created_at, 'review_asked', 'system', NULL,
                    jsonb_build_object('role', r.asked_role)
             FROM work_order w JOIN review r ON r.alert_id = w.alert_id WHERE w.id = ANY($1)
             UNION ALL
             SELECT w.id, 3, r.decided_at, 'review_' || r.decision, 'user', u.name,
                    jsonb_build_object('reason', r.reason, 'comment', r.comment)
             FROM work_order w JOIN review r ON r.alert_id = w.alert_id
             LEFT JOIN app_user u ON u.id = r.decided_by
             WHERE w.id = ANY($1) AND r.decided_at IS NOT NULL AND r.decision IS NOT NULL
             UNION ALL
             SELECT t.work_order_id, 5, t.started_at, t.kind, 'system', NULL,
                    jsonb_build_object('outcome', t.outcome, 'detail', t.detail, 'seconds',
                        extract(epoch FROM t.finished_at - t.started_at))
             FROM delivery_attempt t WHERE t.work_order_id = ANY($1)
             UNION ALL
             SELECT e.entity_id, CASE e.action WHEN 'work_order.queue' THEN 4 ELSE 6 END, e.at,
                    e.action, e.actor_kind, u.name, e.detail
             FROM audit_event e
             LEFT JOIN app_user u ON e.actor_kind = 'user' AND u.id = e.actor_id
             WHERE e.entity = 'work_order' AND e.entity_id = ANY($1)
             UNION ALL
             SELECT w.id, 7, e.at, e.action, e.actor_kind, u.name, e.detail
             FROM work_order w
             JOIN audit_event e ON e.entity = 'alert' AND e.entity_id = w.alert_id
             LEFT JOIN app_user u ON e.actor_kind = 'user' AND u.id = e.actor_id
             WHERE w.id = ANY($1) AND e.action IN ('alert.verdict', 'alert.reopen')
               AND e.detail ->> 'work_order' = w.id::text
         ) AS f
         ORDER BY work_order_id, at, place",
    )
    .bind(ids)
    .fetch_all(tx.conn())
    .await?)
}
