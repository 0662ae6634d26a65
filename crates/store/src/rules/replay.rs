//! What a preview replays: stored predictions, and what people and the world did to their alerts.

use chrono::{DateTime, Utc};
use domain::ids::{ConnectionId, PredictionId};
use futures::TryStreamExt;
use sqlx::{FromRow, Row};

use crate::{Error, ScopedTx};

/// Predictions a preview looks at, at most.
pub const LIMIT: i64 = 500_000;

/// One stored prediction, borrowed from the answer.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The prediction.
    pub id: i64,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// When the machine was observed.
    pub observed_at: DateTime<Utc>,
    /// Its asset.
    pub asset_id: i64,
    /// Failure mode code.
    pub failure_mode: &'a str,
    /// 0–1.
    pub confidence: f64,
    /// Hours.
    pub rul_hours: Option<f64>,
    /// Hours.
    pub window_hours: Option<f64>,
    /// Its model.
    pub model_name: &'a str,
    /// Version of the model.
    pub model_version: Option<&'a str>,
    /// The feed.
    pub source_id: i64,
    /// Negative remaining life was sent.
    pub overdue: bool,
    /// Too old to act upon.
    pub stale: bool,
    /// The alert it attached to; none for a stale one.
    pub alert_id: Option<i64>,
    /// Its place there.
    pub seq: Option<i32>,
    /// Attributes as JSON text, when asked for.
    pub attributes: Option<&'a str>,
}

/// Streams the predictions of some sites that came in within `[from, until)`, in no order, without
/// those in quarantine.
///
/// # Errors
/// What the database says.
pub async fn predictions(
    tx: &mut ScopedTx,
    sites: &[i64],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    attributes: bool,
    mut each: impl FnMut(Seen<'_>) + Send,
) -> Result<(), Error> {
    let mut rows = sqlx::query(
        "SELECT id, received_at, observed_at, asset_id, failure_mode, confidence, rul_hours,
                window_hours, model_name, model_version, source_id, overdue, stale, alert_id, seq,
                CASE WHEN $4 THEN (payload -> 'attributes')::text END
         FROM prediction
         WHERE received_at >= $2 AND received_at < $3 AND site_id = ANY($1)
           AND asset_id IS NOT NULL AND (alert_id IS NOT NULL OR stale)
         LIMIT $5",
    )
    .bind(sites)
    .bind(from)
    .bind(until)
    .bind(attributes)
    .bind(LIMIT + 1)
    .fetch(tx.conn());
    while let Some(row) = rows.try_next().await? {
        each(Seen {
            id: row.try_get(0)?,
            received_at: row.try_get(1)?,
            observed_at: row.try_get(2)?,
            asset_id: row.try_get(3)?,
            failure_mode: row.try_get(4)?,
            confidence: row.try_get(5)?,
            rul_hours: row.try_get(6)?,
            window_hours: row.try_get(7)?,
            model_name: row.try_get(8)?,
            model_version: row.try_get(9)?,
            source_id: row.try_get(10)?,
            overdue: row.try_get(11)?,
            stale: row.try_get(12)?,
            alert_id: row.try_get(13)?,
            seq: row.try_get(14)?,
            attributes: row.try_get(15)?,
        });
    }
    Ok(())
}

/// An asset as rules see it today.
#[derive(Debug, Clone, FromRow)]
pub struct Thing {
    /// The asset.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// Its tag.
    pub tag: String,
    /// `AssetKind` as stored.
    pub kind: String,
    /// `Criticality` as stored.
    pub criticality: String,
    /// Tags from the site down to itself, when asked for.
    pub path: Vec<String>,
}

/// Assets of some sites as rules see them today.
///
/// # Errors
/// What the database says.
pub async fn things(tx: &mut ScopedTx, sites: &[i64], paths: bool) -> Result<Vec<Thing>, Error> {
    Ok(sqlx::query_as(
        "SELECT a.id, a.site_id, a.tag, a.kind, a.criticality,
                CASE WHEN $2 THEN ARRAY(
                    SELECT up.tag FROM unnest(a.path) WITH ORDINALITY AS p (id, i)
                    JOIN asset up ON up.id = p.id ORDER BY p.i) ELSE '{}' END AS path
         FROM asset a WHERE a.site_id = ANY($1)",
    )
    .bind(sites)
    .bind(paths)
    .fetch_all(tx.conn())
    .await?)
}

/// An alert as it stood at the beginning, and how it ended.
#[derive(Debug, Clone, FromRow)]
pub struct Case {
    /// The alert.
    pub id: i64,
    /// Its asset.
    pub asset_id: i64,
    /// Failure mode code.
    pub failure_mode: String,
    /// First prediction.
    pub first_seen: DateTime<Utc>,
    /// How it ended.
    pub outcome: Option<String>,
    /// When it ended.
    pub closed_at: Option<DateTime<Utc>>,
    /// Until when predictions are only recorded on it.
    pub held_off_until: Option<DateTime<Utc>>,
    /// Of predictions before the beginning.
    pub highest_confidence: Option<f64>,
    /// Of predictions before the beginning, hours.
    pub lowest_rul_hours: Option<f64>,
    /// How many they are.
    pub evaluated: i64,
    /// Rule of the decision that stood at the beginning.
    pub rule: Option<String>,
    /// Its `Effect`.
    pub effect: Option<serde_json::Value>,
    /// Confidence it was made on.
    pub confidence: Option<f64>,
    /// Remaining life it was made on, hours.
    pub rul_hours: Option<f64>,
    /// A work order stood at the beginning.
    pub ordered: bool,
}

/// Alerts of some sites that were open, or held predictions off, at some time from `from` on.
///
/// # Errors
/// What the database says.
pub async fn cases(
    tx: &mut ScopedTx,
    sites: &[i64],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Case>, Error> {
    Ok(sqlx::query_as(
        "SELECT a.id, a.asset_id, a.failure_mode, a.first_seen, a.outcome,
                CASE WHEN a.state = 'closed' THEN a.closed_at END AS closed_at, a.held_off_until,
                p.highest AS highest_confidence, p.lowest AS lowest_rul_hours,
                coalesce(p.n, 0) AS evaluated, d.rule, d.effect, d.confidence, d.rul_hours,
                coalesce(w.there, false) AS ordered
         FROM alert a
         LEFT JOIN LATERAL (
             SELECT count(*) AS n, max(confidence) AS highest, min(rul_hours) AS lowest
             FROM prediction WHERE alert_id = a.id AND received_at < $2
         ) p ON a.first_seen < $2
         LEFT JOIN LATERAL (
             SELECT rule, effect, (inputs #>> '{prediction,confidence}')::float8 AS confidence,
                    (inputs #>> '{prediction,remaining_life_hours}')::float8 AS rul_hours
             FROM decision WHERE alert_id = a.id AND decided_at < $2 ORDER BY id DESC LIMIT 1
         ) d ON a.first_seen < $2
         LEFT JOIN LATERAL (
             SELECT true AS there FROM work_order WHERE alert_id = a.id AND created_at < $2 LIMIT 1
         ) w ON a.first_seen < $2
         WHERE a.site_id = ANY($1) AND a.first_seen < $3
           AND (a.state <> 'closed' OR a.closed_at >= $2 OR a.held_off_until >= $2)",
    )
    .bind(sites)
    .bind(from)
    .bind(until)
    .fetch_all(tx.conn())
    .await?)
}

/// What a reviewer said, as far as it stands.
#[derive(Debug, Clone, FromRow)]
pub struct Said {
    /// The alert.
    pub alert_id: i64,
    /// `ReviewDecision` as stored.
    pub decision: String,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// When it is carried out.
    pub run_at: Option<DateTime<Utc>>,
    /// Until when a question is snoozed.
    pub until: Option<DateTime<Utc>>,
}

/// What reviewers said within a period.
///
/// # Errors
/// What the database says.
pub async fn said(
    tx: &mut ScopedTx,
    sites: &[i64],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Said>, Error> {
    Ok(sqlx::query_as(
        "SELECT alert_id, decision, decided_at, run_at, until FROM review
         WHERE site_id = ANY($1) AND decision IS NOT NULL AND status IN ('decided', 'done')
           AND decided_at >= $2 AND decided_at < $3",
    )
    .bind(sites)
    .bind(from)
    .bind(until)
    .fetch_all(tx.conn())
    .await?)
}

/// A work order that a person raised.
#[derive(Debug, Clone, FromRow)]
pub struct PersonOrder {
    /// The alert it serves.
    pub alert_id: i64,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Work orders that people raised within a period.
///
/// # Errors
/// What the database says.
pub async fn person_orders(
    tx: &mut ScopedTx,
    sites: &[i64],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<PersonOrder>, Error> {
    Ok(sqlx::query_as(
        "SELECT alert_id, created_at FROM work_order
         WHERE site_id = ANY($1) AND origin = 'person' AND alert_id IS NOT NULL
           AND created_at >= $2 AND created_at < $3",
    )
    .bind(sites)
    .bind(from)
    .bind(until)
    .fetch_all(tx.conn())
    .await?)
}

/// When rules created work orders of a connection that a preview does not create itself: in the day
/// before, and at sites that other policies decide for. They count against the caps.
///
/// # Errors
/// What the database says.
pub async fn cap_orders(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    sites: &[i64],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>, Error> {
    Ok(sqlx::query_scalar(
        "SELECT created_at FROM work_order
         WHERE connection_id = $1 AND origin = 'rule' AND created_at > $3 - interval '1 day'
           AND created_at < $4 AND (created_at < $3 OR site_id <> ALL($2))
         ORDER BY created_at",
    )
    .bind(connection.0)
    .bind(sites)
    .bind(from)
    .bind(until)
    .fetch_all(tx.conn())
    .await?)
}

/// The stored message of a prediction.
///
/// # Errors
/// What the database says.
pub async fn payload(
    tx: &mut ScopedTx,
    prediction: PredictionId,
    received_at: DateTime<Utc>,
) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar(
        "SELECT payload::text FROM prediction WHERE id = $1 AND received_at = $2",
    )
    .bind(prediction.0)
    .bind(received_at)
    .fetch_optional(tx.conn())
    .await?)
}

/// Names of the inbound feeds.
///
/// # Errors
/// What the database says.
pub async fn source_names(tx: &mut ScopedTx) -> Result<Vec<(i64, String)>, Error> {
    Ok(sqlx::query_as("SELECT id, name FROM source").fetch_all(tx.conn()).await?)
}
