use chrono::{DateTime, Utc};
use domain::ids::{AssetId, SiteId};

use crate::{Error, ScopedTx};

/// Something that happened, read from where it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of alerts, reviews, work orders and hand-overs")]
pub struct AutoRow {
    pub at: DateTime<Utc>,
    pub kind: String,
    pub asset: Option<String>,
    pub failure_mode: Option<String>,
    pub confidence: Option<f64>,
    pub rul_hours: Option<f64>,
    pub alert_id: Option<i64>,
    pub order_id: Option<i64>,
    pub number: Option<String>,
    pub priority: Option<i16>,
    pub by_name: Option<String>,
    pub detail: Option<String>,
    pub due: Option<DateTime<Utc>>,
    pub labour_hours: Option<f64>,
    pub raisable: bool,
}

/// What the program did and people decided at some sites in `[from, until)`, newest first; with
/// `asset`, only what concerns it or what is below it. Work orders raised from an entry are left
/// out: the entry tells them.
///
/// # Errors
/// When the database refuses.
pub async fn automatic(
    tx: &mut ScopedTx,
    sites: &[SiteId],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    asset: Option<AssetId>,
    limit: i64,
) -> Result<Vec<AutoRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT f.at, f.kind, s.tag AS asset, f.failure_mode, a.confidence, a.rul_hours, f.alert_id,
                w.id AS order_id, w.cmms_number AS number, w.priority, f.by_name, f.detail, f.due,
                f.labour_hours, f.kind = 'review_asked' AND a.state = 'waiting_review'
                    AND f.pending AS raisable
         FROM (
             SELECT r.created_at AS at, 'review_asked' AS kind, c.asset_id, c.failure_mode,
                    c.id AS alert_id, NULL::bigint AS order_id, NULL::text AS by_name,
                    NULL::text AS detail, r.due, NULL::float8 AS labour_hours,
                    r.status = 'pending' AS pending
             FROM review r JOIN alert c ON c.id = r.alert_id
             WHERE r.site_id = ANY($1) AND r.created_at >= $2 AND r.created_at < $3
             UNION ALL
             SELECT r.decided_at,
                    CASE r.decision WHEN 'approve' THEN 'review_approved'
                                    WHEN 'reject' THEN 'review_rejected' ELSE 'review_snoozed' END,
                    c.asset_id, c.failure_mode, c.id, NULL, u.name,
                    concat_ws(': ', r.reason, nullif(r.comment, '')), r.until, NULL, false
             FROM review r JOIN alert c ON c.id = r.alert_id
             LEFT JOIN app_user u ON u.id = r.decided_by
             WHERE r.site_id = ANY($1) AND r.decided_at >= $2 AND r.decided_at < $3
               AND r.decision IS NOT NULL
             UNION ALL
             SELECT d.decided_at, 'held', c.asset_id, c.failure_mode, c.id, NULL, NULL, d.rule,
                    CASE WHEN c.decision_id = d.id THEN c.hold_until END, NULL, false
             FROM decision d JOIN alert c ON c.id = d.alert_id
             WHERE d.action = 'hold' AND d.decided_at >= $2 AND d.decided_at < $3
               AND c.site_id = ANY($1)
             UNION ALL
             SELECT o.created_at, 'order_raised', o.asset_id, o.failure_mode, o.alert_id, o.id,
                    CASE WHEN o.requested_kind = 'user' THEN u.name END, o.origin, o.due, NULL, false
             FROM work_order o
             LEFT JOIN app_user u ON o.requested_kind = 'user' AND u.id = o.requested_by
             WHERE o.site_id = ANY($1) AND o.created_at >= $2 AND o.created_at < $3
               AND NOT EXISTS (SELECT 1 FROM logbook_entry e WHERE e.work_order_id = o.id)
             UNION ALL
             SELECT o.closed_at, 'order_closed', o.asset_id, o.failure_mode, o.alert_id, o.id,
                    (SELECT u.name FROM audit_event e JOIN app_user u ON u.id = e.actor_id
                     WHERE e.entity = 'work_order' AND e.entity_id = o.id AND e.actor_kind = 'user'
                       AND e.action = 'work_order.close' ORDER BY e.id DESC LIMIT 1),
                    o.closure ->> 'action', NULL, (o.closure ->> 'labour_hours')::float8, false
             FROM work_order o
             WHERE o.site_id = ANY($1) AND o.closed_at >= $2 AND o.closed_at < $3 AND o.status = 'closed'
             UNION ALL
             SELECT t.at, 'delivery_failed', o.asset_id, o.failure_mode, o.alert_id, o.id, NULL,
                    o.error_text, NULL, NULL, false
             FROM work_order o
             JOIN LATERAL (SELECT max(coalesce(x.finished_at, x.started_at)) AS at
                           FROM delivery_attempt x WHERE x.work_order_id = o.id) t ON true
             WHERE o.site_id = ANY($1) AND o.status <> 'cancelled'
               AND o.delivery_state IN ('rejected', 'needs_person', 'dead')
               AND o.created_at >= $2 - interval '7 days' AND t.at >= $2 AND t.at < $3
             UNION ALL
             SELECT h.outgoing_at, 'handed_over', NULL, NULL, NULL, NULL, u.name,
                    cardinality(h.carried)::text, NULL, NULL, false
             FROM logbook_hand_over h JOIN app_user u ON u.id = h.outgoing_id
             WHERE h.site_id = ANY($1) AND h.outgoing_at >= $2 AND h.outgoing_at < $3 AND $4 IS NULL
             UNION ALL
             SELECT h.incoming_at, 'taken_over', NULL, NULL, NULL, NULL, u.name, o.name, NULL, NULL,
                    false
             FROM logbook_hand_over h JOIN app_user u ON u.id = h.incoming_id
             JOIN app_user o ON o.id = h.outgoing_id
             WHERE h.site_id = ANY($1) AND h.incoming_at >= $2 AND h.incoming_at < $3 AND $4 IS NULL
         ) AS f
         LEFT JOIN asset s ON s.id = f.asset_id
         LEFT JOIN alert a ON a.id = f.alert_id
         LEFT JOIN work_order w ON w.id = f.order_id
         WHERE $4::bigint IS NULL OR s.path @> ARRAY[$4]
         ORDER BY f.at DESC, f.alert_id DESC LIMIT $5",
    )
    .bind(sites.iter().map(|site| site.0).collect::<Vec<_>>())
    .bind(from)
    .bind(until)
    .bind(asset.map(|id| id.0))
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}
