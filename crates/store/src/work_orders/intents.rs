//! Asking for work orders. Unique indexes decide who asks first; the loser attaches to what is
//! there (R7).

use chrono::{DateTime, Utc};
use domain::ids::{AlertId, AssetId, ConnectionId, SiteId, WorkOrderId};
use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;

use crate::{Error, ScopedTx};

/// What an intent needs to know about its alert.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct IntentFacts {
    /// The alert.
    pub alert_id: i64,
    /// Its site.
    pub site_id: i64,
    /// Name of the site.
    pub site_name: String,
    /// Its asset.
    pub asset_id: i64,
    /// Tag of the asset.
    pub tag: String,
    /// Name of the asset.
    pub asset_name: String,
    /// Place of the asset in words.
    pub path_text: String,
    /// Failure mode code.
    pub failure_mode: String,
    /// The event that opened the alert.
    pub first_event_id: String,
    /// Remaining life of the latest prediction, hours.
    pub rul_hours: Option<f64>,
    /// The site's active connection.
    pub connection_id: i64,
    /// The CMMS's code for the failure mode.
    pub failure_code: Option<String>,
    /// Work orders this alert had so far.
    pub attempts: i32,
    /// The open work order for the same asset and mode, if there is one.
    pub open_id: Option<i64>,
    /// The installation's key for references.
    pub reference_key: Vec<u8>,
}

/// Reads what intents for these alerts need; alerts out of scope are left out.
///
/// # Errors
/// When the database refuses.
pub async fn facts(tx: &mut ScopedTx, alerts: &[AlertId]) -> Result<Vec<IntentFacts>, Error> {
    let ids: Vec<i64> = alerts.iter().map(|a| a.0).collect();
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT a.id AS alert_id, a.site_id, place.name AS site_name, a.asset_id, s.tag,
                s.name AS asset_name, s.path_text, a.failure_mode, a.first_event_id, a.rul_hours,
                t.connection_id, f.code AS failure_code, i.reference_key,
                COALESCE((SELECT max(w.attempt_no) FROM work_order w WHERE w.alert_id = a.id), 0)
                    AS attempts,
                (SELECT w.id FROM work_order w
                 WHERE w.connection_id = t.connection_id AND w.asset_id = a.asset_id
                   AND w.failure_mode = a.failure_mode
                   AND w.status NOT IN ('closed', 'cancelled')
                   AND w.delivery_state NOT IN ('rejected', 'dead')) AS open_id
         FROM alert a
         JOIN asset s ON s.id = a.asset_id
         JOIN asset place ON place.id = a.site_id
         JOIN site t ON t.id = a.site_id
         CROSS JOIN installation i
         LEFT JOIN failure_code f
                ON f.connection_id = t.connection_id AND f.failure_mode = a.failure_mode
         WHERE a.id = ANY($1) AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))",
    )
    .bind(ids)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// A work order to insert.
#[derive(Debug, Clone, Serialize)]
pub struct NewWorkOrder {
    /// The alert it serves.
    pub alert_id: i64,
    /// Its site.
    pub site_id: i64,
    /// The CMMS that will hold it.
    pub connection_id: i64,
    /// Its asset.
    pub asset_id: i64,
    /// Failure mode code.
    pub failure_mode: String,
    /// 1 for the alert's first work order.
    pub attempt_no: i32,
    /// Our reference, derived.
    pub external_ref: String,
    /// Where it comes from.
    pub origin: &'static str,
    /// Kind of actor who asked.
    pub requested_kind: &'static str,
    /// Id of that actor.
    pub requested_by: Option<i64>,
    /// What is to be done.
    pub title: String,
    /// What is to be done, and why.
    pub description: String,
    /// 1–5.
    pub priority: i16,
    /// Kind of work.
    pub work_type: &'static str,
    /// The CMMS's failure code.
    pub failure_code: Option<String>,
    /// When the work is due.
    pub due: Option<DateTime<Utc>>,
    /// Beginning of the planned stretch.
    pub scheduled_from: Option<DateTime<Utc>>,
    /// Its end.
    pub scheduled_until: Option<DateTime<Utc>>,
    /// `planner_queue`, a crew or a person.
    pub assigned_to: Option<String>,
    /// Parts that will be needed.
    pub spare_parts: Value,
    /// The body to be sent, fixed.
    pub request: Value,
    /// What was asked for, where a mapping made the body of it.
    pub asked: Option<Value>,
    /// The idempotency key of a person's request.
    pub request_key: Option<String>,
    /// Trends to attach.
    pub evidence: Value,
    /// When to draw them; `None` when there are none.
    pub attach_at: Option<DateTime<Utc>>,
    /// Status it starts with.
    pub status: String,
    /// The CMMS holds it already, as this.
    #[serde(flatten)]
    pub held: Held,
    /// The mapping that rendered the body; 0 is none.
    pub mapping_version: i32,
    /// Not created by then is shouted about (R21).
    pub deadline: DateTime<Utc>,
    /// Business time.
    pub created_at: DateTime<Utc>,
}

/// What the CMMS holds already; all empty for a work order to be created.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Held {
    /// The CMMS's id.
    pub cmms_id: Option<String>,
    /// The CMMS's number.
    pub cmms_number: Option<String>,
    /// Status in the CMMS's words.
    pub cmms_status: Option<String>,
    /// Version of the record.
    pub record_version: i64,
}

/// An inserted work order.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Inserted {
    /// Its id.
    pub id: i64,
    /// The alert it serves.
    pub alert_id: i64,
}

/// Inserts work orders and their lanes; those an existing row stands in the way of are left out.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    tx: &mut ScopedTx,
    mut orders: Vec<NewWorkOrder>,
) -> Result<Vec<Inserted>, Error> {
    orders.sort_by(|a, b| {
        (a.connection_id, a.asset_id, &a.failure_mode).cmp(&(
            b.connection_id,
            b.asset_id,
            &b.failure_mode,
        ))
    });
    let inserted: Vec<Inserted> = sqlx::query_as(
        "INSERT INTO work_order (alert_id, site_id, connection_id, asset_id, failure_mode,
             attempt_no, external_ref, origin, requested_kind, requested_by, title, description,
             priority, work_type, failure_code, due, scheduled_from, scheduled_until, assigned_to,
             spare_parts, request, asked, request_key, evidence, attach_at, status, mapping_version, deadline,
             created_at, cmms_id,
             cmms_number, cmms_status, record_version, delivery_state, next_at)
         SELECT alert_id, site_id, connection_id, asset_id, failure_mode,
             attempt_no, external_ref, origin, requested_kind, requested_by, title, description,
             priority, work_type, failure_code, due, scheduled_from, scheduled_until, assigned_to,
             spare_parts, request, asked, request_key, evidence, attach_at, status, mapping_version, deadline,
             created_at, cmms_id,
             cmms_number, cmms_status, record_version,
             CASE WHEN cmms_id IS NULL THEN 'queued' ELSE 'created' END,
             CASE WHEN cmms_id IS NULL THEN now() END
         FROM jsonb_to_recordset($1) AS n (alert_id bigint, site_id bigint, connection_id bigint,
             asset_id bigint, failure_mode text, attempt_no integer, external_ref text, origin text,
             requested_kind text, requested_by bigint, title text, description text,
             priority smallint, work_type text, failure_code text, due timestamptz,
             scheduled_from timestamptz, scheduled_until timestamptz, assigned_to text,
             spare_parts jsonb, request jsonb, asked jsonb, request_key text, evidence jsonb, attach_at timestamptz, status text,
             mapping_version integer, deadline timestamptz, created_at timestamptz, cmms_id text, cmms_number text,
             cmms_status text, record_version bigint)
         ORDER BY connection_id, asset_id, failure_mode
         ON CONFLICT DO NOTHING
         RETURNING id, alert_id",
    )
    .bind(Json(orders))
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<i64> = inserted.iter().map(|w| w.id).collect();
    sqlx::query(
        "INSERT INTO delivery_lane (work_order_id, connection_id, ready_at)
         SELECT id, connection_id, next_at FROM work_order WHERE id = ANY($1) ORDER BY id",
    )
    .bind(ids)
    .execute(tx.conn())
    .await?;
    Ok(inserted)
}

/// A work order that was there first.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Existing {
    /// Its id.
    pub id: i64,
    /// The alert that was to get a new one.
    pub alert_id: i64,
    /// Whether it carries the very reference that was asked for.
    pub same_reference: bool,
}

/// The rows that stood in the way, one per alert: the same reference before the open work order of
/// the same asset and mode before the alert's latest.
///
/// # Errors
/// When the database refuses.
pub async fn standing_in_the_way(
    tx: &mut ScopedTx,
    orders: &[(AlertId, ConnectionId, AssetId, &str, &str)],
) -> Result<Vec<Existing>, Error> {
    let (mut alerts, mut connections, mut assets, mut modes, mut references) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (alert, connection, asset, mode, reference) in orders {
        alerts.push(alert.0);
        connections.push(connection.0);
        assets.push(asset.0);
        modes.push((*mode).to_owned());
        references.push((*reference).to_owned());
    }
    Ok(sqlx::query_as(
        "SELECT DISTINCT ON (n.alert_id) w.id, n.alert_id,
                w.external_ref = n.external_ref AS same_reference
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
              AS n (alert_id, connection_id, asset_id, failure_mode, external_ref)
         JOIN work_order w ON (w.connection_id = n.connection_id
                               AND (w.external_ref = n.external_ref
                                    OR (w.asset_id = n.asset_id AND w.failure_mode = n.failure_mode
                                        AND w.status NOT IN ('closed', 'cancelled')
                                        AND w.delivery_state NOT IN ('rejected', 'dead'))))
                           OR w.alert_id = n.alert_id
         ORDER BY n.alert_id, w.external_ref = n.external_ref DESC,
                  (w.status NOT IN ('closed', 'cancelled')
                   AND w.delivery_state NOT IN ('rejected', 'dead')) DESC, w.id DESC",
    )
    .bind(alerts)
    .bind(connections)
    .bind(assets)
    .bind(modes)
    .bind(references)
    .fetch_all(tx.conn())
    .await?)
}

/// An alert and the work order it now waits for.
#[derive(Debug, Clone, Copy)]
pub struct Attachment {
    /// The alert.
    pub alert: AlertId,
    /// The work order.
    pub work_order: WorkOrderId,
    /// 1–5; `None` leaves the alert's severity as it is.
    pub severity: Option<&'static str>,
}

/// Puts alerts into the state `work_order`.
///
/// # Errors
/// When the database refuses.
pub async fn attach(
    tx: &mut ScopedTx,
    mut attachments: Vec<Attachment>,
) -> Result<Vec<(AlertId, SiteId)>, Error> {
    attachments.sort_by_key(|a| a.alert);
    let (mut alerts, mut orders, mut severities) = (Vec::new(), Vec::new(), Vec::new());
    for attachment in attachments {
        alerts.push(attachment.alert.0);
        orders.push(attachment.work_order.0);
        severities.push(attachment.severity);
    }
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "UPDATE alert a
         SET state = 'work_order', work_order_id = n.work_order_id, version = a.version + 1,
             tier = 'act', severity = COALESCE(n.severity, a.severity), hold_until = NULL,
             hold_origin = NULL, outcome = NULL, prevented = false, closed_at = NULL,
             held_off_until = NULL
         FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS n (alert_id, work_order_id, severity)
         WHERE a.id = n.alert_id
         RETURNING a.id, a.site_id",
    )
    .bind(alerts)
    .bind(orders)
    .bind(severities)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(alert, site)| (AlertId(alert), SiteId(site))).collect())
}
