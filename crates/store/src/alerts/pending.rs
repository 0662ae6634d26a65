//! What there is to decide: lanes, their open alerts, the predictions not yet evaluated.

use chrono::{DateTime, Utc};
use domain::ids::{AlertId, AssetId, ConnectionId, DecisionId, PredictionId, SiteId, WorkOrderId};
use sqlx::FromRow;

use crate::{Error, ScopedTx};

/// An open alert with everything a decision needs besides its predictions.
#[derive(Debug, Clone, FromRow)]
pub struct OpenAlert {
    /// The alert.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// The asset.
    pub asset_id: i64,
    /// Failure mode code.
    pub failure_mode: String,
    /// `AlertState` as stored.
    pub state: String,
    /// `Severity` as stored.
    pub severity: String,
    /// Predictions attached.
    pub predictions: i32,
    /// Predictions evaluated.
    pub evaluated: i32,
    /// First prediction.
    pub first_seen: DateTime<Utc>,
    /// The standing decision.
    pub decision_id: Option<i64>,
    /// Rule of the standing decision.
    pub decision_rule: Option<String>,
    /// Action of the standing decision.
    pub decision_action: Option<String>,
    /// Confidence when it was made.
    pub decided_confidence: Option<f64>,
    /// Remaining life when it was made, hours.
    pub decided_rul_hours: Option<f64>,
    /// Its work order, and whether that one still absorbs predictions.
    pub work_order_id: Option<i64>,
    /// `false` once the delivery was refused or died.
    pub absorbs: bool,
    /// The open review item's status.
    pub review_status: Option<String>,
    /// When the open review item is due.
    pub review_due: Option<DateTime<Utc>>,
    /// Tag of the asset.
    pub tag: String,
    /// `AssetKind` as stored.
    pub kind: String,
    /// `Criticality` as stored, inherited where the asset has none of its own.
    pub criticality: String,
    /// Whether another open work order stands on the asset.
    pub open_work: bool,
}

impl OpenAlert {
    /// Typed id.
    pub fn alert(&self) -> AlertId {
        AlertId(self.id)
    }

    /// Typed site.
    pub fn site(&self) -> SiteId {
        SiteId(self.site_id)
    }

    /// The standing decision.
    pub fn decision(&self) -> Option<DecisionId> {
        self.decision_id.map(DecisionId)
    }

    /// The work order.
    pub fn work_order(&self) -> Option<WorkOrderId> {
        self.work_order_id.map(WorkOrderId)
    }
}

/// A prediction that waits for its evaluation.
#[derive(Debug, Clone, FromRow)]
pub struct Pending {
    /// The prediction.
    pub id: i64,
    /// Its alert.
    pub alert_id: i64,
    /// 0–1.
    pub confidence: f64,
    /// Hours.
    pub rul_hours: Option<f64>,
    /// Hours.
    pub window_hours: Option<f64>,
    /// When observed.
    pub observed_at: DateTime<Utc>,
    /// Negative remaining life was sent.
    pub overdue: bool,
    /// Model.
    pub model_name: String,
    /// Model version.
    pub model_version: Option<String>,
    /// Name of the source.
    pub source: String,
    /// The message as JSON text, where it was asked for.
    pub payload: Option<String>,
}

/// Locks up to `limit` lanes that have something to decide. The lock is the lease: a worker that
/// dies gives them back with its connection.
///
/// # Errors
/// What the database says.
pub async fn claim_lanes(tx: &mut ScopedTx, limit: i64) -> Result<Vec<(AssetId, String)>, Error> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT asset_id, failure_mode FROM decision_lane
         WHERE ready_at <= now() ORDER BY ready_at LIMIT $1 FOR UPDATE SKIP LOCKED",
    )
    .bind(limit)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(asset, mode)| (AssetId(asset), mode)).collect())
}

/// Puts claimed lanes to rest.
///
/// # Errors
/// What the database says.
pub async fn rest_lanes(tx: &mut ScopedTx, lanes: &[(AssetId, String)]) -> Result<(), Error> {
    sqlx::query(
        "UPDATE decision_lane l SET ready_at = NULL
         FROM unnest($1::bigint[], $2::text[]) AS q (asset_id, failure_mode)
         WHERE l.asset_id = q.asset_id AND l.failure_mode = q.failure_mode",
    )
    .bind(lanes.iter().map(|l| l.0.0).collect::<Vec<_>>())
    .bind(lanes.iter().map(|l| l.1.as_str()).collect::<Vec<_>>())
    .execute(tx.conn())
    .await?;
    Ok(())
}

macro_rules! open_alert_sql {
    ($from:literal) => {
        concat!(
            "SELECT a.id, a.site_id, a.asset_id, a.failure_mode, a.state, a.severity, a.predictions,
                    a.evaluated, a.first_seen, a.decision_id, d.rule AS decision_rule,
                    d.action AS decision_action, a.decided_confidence, a.decided_rul_hours,
                    a.work_order_id,
                    coalesce(w.delivery_state NOT IN ('rejected', 'dead'), false) AS absorbs,
                    r.status AS review_status, r.due AS review_due,
                    s.tag, s.kind, s.criticality,
                    EXISTS (SELECT FROM work_order o WHERE o.asset_id = a.asset_id
                            AND o.status NOT IN ('closed', 'cancelled')
                            AND o.delivery_state NOT IN ('rejected', 'dead')) AS open_work
             FROM ",
            $from,
            " LEFT JOIN decision d ON d.id = a.decision_id
              LEFT JOIN work_order w ON w.id = a.work_order_id
              LEFT JOIN review r ON r.alert_id = a.id AND r.status IN ('pending', 'decided')
              JOIN asset s ON s.id = a.asset_id
              WHERE a.state <> 'closed' ORDER BY a.id FOR UPDATE OF a"
        )
    };
}

/// Locks the open alerts of claimed lanes, in order of their ids.
///
/// # Errors
/// What the database says.
pub async fn lock_open(
    tx: &mut ScopedTx,
    lanes: &[(AssetId, String)],
) -> Result<Vec<OpenAlert>, Error> {
    Ok(sqlx::query_as(open_alert_sql!(
        "unnest($1::bigint[], $2::text[]) AS q (asset_id, failure_mode)
         JOIN alert a ON a.asset_id = q.asset_id AND a.failure_mode = q.failure_mode"
    ))
    .bind(lanes.iter().map(|l| l.0.0).collect::<Vec<_>>())
    .bind(lanes.iter().map(|l| l.1.as_str()).collect::<Vec<_>>())
    .fetch_all(tx.conn())
    .await?)
}

/// Locks one open alert of the scope, if it is there and open.
///
/// # Errors
/// What the database says.
pub async fn lock_one(tx: &mut ScopedTx, alert: AlertId) -> Result<Option<OpenAlert>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(open_alert_sql!(
        "(SELECT $1::bigint AS id, $2::bigint[] AS sites) q
         JOIN alert a ON a.id = q.id AND (q.sites IS NULL OR a.site_id = ANY (q.sites))"
    ))
    .bind(alert.0)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// The predictions of these alerts that come after the evaluated ones, in order of arrival; with
/// their messages only where a policy looks into them.
///
/// # Errors
/// What the database says.
pub async fn pending(
    tx: &mut ScopedTx,
    alerts: &[(AlertId, i32)],
    with_payload: bool,
) -> Result<Vec<Pending>, Error> {
    Ok(sqlx::query_as(
        "SELECT p.id, p.alert_id, p.confidence, p.rul_hours, p.window_hours, p.observed_at,
                p.overdue, p.model_name, p.model_version, s.name AS source,
                CASE WHEN $3 THEN p.payload::text END AS payload
         FROM unnest($1::bigint[], $2::int[]) AS q (alert_id, evaluated)
         JOIN prediction p ON p.alert_id = q.alert_id AND p.seq > q.evaluated
         JOIN source s ON s.id = p.source_id
         ORDER BY p.alert_id, p.seq",
    )
    .bind(alerts.iter().map(|a| a.0.0).collect::<Vec<_>>())
    .bind(alerts.iter().map(|a| a.1).collect::<Vec<_>>())
    .bind(with_payload)
    .fetch_all(tx.conn())
    .await?)
}

/// The messages of predictions, as JSON text.
///
/// # Errors
/// What the database says.
pub async fn payloads(
    tx: &mut ScopedTx,
    predictions: &[PredictionId],
) -> Result<Vec<(PredictionId, String)>, Error> {
    if predictions.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT id, payload::text FROM prediction WHERE id = ANY($1)")
            .bind(predictions.iter().map(|p| p.0).collect::<Vec<_>>())
            .fetch_all(tx.conn())
            .await?;
    Ok(rows.into_iter().map(|(id, payload)| (PredictionId(id), payload)).collect())
}

/// Non-stale predictions of the same assets and failure modes within the last 7 days, newest
/// observation first; asked only for policies that count repeats.
///
/// # Errors
/// What the database says.
pub async fn recent(tx: &mut ScopedTx, alerts: &[AlertId]) -> Result<Vec<Pending>, Error> {
    let since = tx.now() - chrono::TimeDelta::days(7);
    Ok(sqlx::query_as(
        "SELECT p.id, a.id AS alert_id, p.confidence, p.rul_hours, p.window_hours, p.observed_at,
                p.overdue, p.model_name, p.model_version, s.name AS source, NULL AS payload
         FROM unnest($1::bigint[]) AS q (id)
         JOIN alert a ON a.id = q.id
         JOIN alert b ON b.asset_id = a.asset_id AND b.failure_mode = a.failure_mode
         JOIN prediction p ON p.alert_id = b.id AND NOT p.stale
              AND p.observed_at > $2 AND p.received_at > $2 - interval '1 day'
         JOIN source s ON s.id = p.source_id
         ORDER BY a.id, p.observed_at DESC, p.id DESC",
    )
    .bind(alerts.iter().map(|a| a.0).collect::<Vec<_>>())
    .bind(since)
    .fetch_all(tx.conn())
    .await?)
}

/// What a site brings to its decisions.
#[derive(Debug, Clone, FromRow)]
pub struct SiteRules {
    /// The site.
    pub site_id: i64,
    /// Version of the calendar.
    pub calendar_version: i32,
    /// `CalendarSpec` as JSON text.
    pub calendar: String,
    /// The connection that serves the site.
    pub connection_id: i64,
    /// Automatic work orders an hour.
    pub cap_per_hour: i32,
    /// Automatic work orders a day.
    pub cap_per_day: i32,
    /// The policy in force: the site's own, else the connection's.
    pub policy_id: i64,
    /// Its version.
    pub policy_version: i32,
    /// `Policy` as JSON text.
    pub policy: String,
    /// The policy in shadow beside it, if there is one.
    pub shadow_id: Option<i64>,
    /// As JSON text.
    pub shadow: Option<String>,
}

impl SiteRules {
    /// Typed connection.
    pub fn connection(&self) -> ConnectionId {
        ConnectionId(self.connection_id)
    }
}

/// Calendar, policy and caps of sites.
///
/// # Errors
/// What the database says.
pub async fn site_rules(tx: &mut ScopedTx, sites: &[SiteId]) -> Result<Vec<SiteRules>, Error> {
    Ok(sqlx::query_as(
        "SELECT s.id AS site_id, s.calendar_version, s.calendar::text AS calendar, s.connection_id,
                c.cap_per_hour, c.cap_per_day, p.id AS policy_id, p.version AS policy_version,
                v.body::text AS policy, w.id AS shadow_id, w.body::text AS shadow
         FROM site s JOIN connection c ON c.id = s.connection_id
         JOIN LATERAL (
             SELECT id, version FROM policy
             WHERE connection_id = s.connection_id AND (site_id = s.id OR site_id IS NULL)
             ORDER BY site_id NULLS LAST LIMIT 1
         ) p ON true
         JOIN policy_version v ON v.policy_id = p.id AND v.version = p.version
         LEFT JOIN policy_shadow w ON w.policy_id = p.id AND w.ended_at IS NULL
         WHERE s.id = ANY($1)",
    )
    .bind(sites.iter().map(|s| s.0).collect::<Vec<_>>())
    .fetch_all(tx.conn())
    .await?)
}

/// Serialises automatic creation on a connection until the transaction ends.
///
/// # Errors
/// What the database says.
pub async fn lock_caps(tx: &mut ScopedTx, connection: ConnectionId) -> Result<(), Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('cap'), $1::int)")
        .bind(connection.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Counts the work orders that rules created within the last hour and the last day, and answers the
/// id up to which they are counted.
///
/// # Errors
/// What the database says.
pub async fn count_created(
    tx: &mut ScopedTx,
    connection: ConnectionId,
) -> Result<(i64, i64, i64), Error> {
    let now = tx.now();
    Ok(sqlx::query_as(
        "SELECT count(*) FILTER (WHERE created_at > $2 - interval '1 hour'), count(*),
                (SELECT coalesce(max(id), 0) FROM work_order)
         FROM work_order
         WHERE connection_id = $1 AND origin = 'rule' AND created_at > $2 - interval '1 day'",
    )
    .bind(connection.0)
    .bind(now)
    .fetch_one(tx.conn())
    .await?)
}

/// Counts the work orders that rules created after an id, and answers the id up to which they are
/// counted. Under the lock of [`lock_caps`] those of a connection appear in the order of their ids.
///
/// # Errors
/// What the database says.
pub async fn created_since(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    id: i64,
) -> Result<(i64, i64), Error> {
    Ok(sqlx::query_as(
        "SELECT count(*) FILTER (WHERE connection_id = $1 AND origin = 'rule'),
                coalesce(max(id), $2)
         FROM (SELECT id, connection_id, origin FROM work_order WHERE id > $2 OFFSET 0) AS new",
    )
    .bind(connection.0)
    .bind(id)
    .fetch_one(tx.conn())
    .await?)
}

/// Tags from the site down to each asset; asked only for policies that name subtrees.
///
/// # Errors
/// What the database says.
pub async fn path_tags(
    tx: &mut ScopedTx,
    assets: &[AssetId],
) -> Result<Vec<(AssetId, Vec<String>)>, Error> {
    let rows: Vec<(i64, Vec<String>)> = sqlx::query_as(
        "SELECT a.id, array_agg(up.tag ORDER BY p.i)
         FROM asset a, unnest(a.path) WITH ORDINALITY AS p (id, i)
         JOIN asset up ON up.id = p.id
         WHERE a.id = ANY($1) GROUP BY a.id",
    )
    .bind(assets.iter().map(|a| a.0).collect::<Vec<_>>())
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(id, tags)| (AssetId(id), tags)).collect())
}

impl Pending {
    /// The prediction.
    pub fn prediction(&self) -> PredictionId {
        PredictionId(self.id)
    }
}
