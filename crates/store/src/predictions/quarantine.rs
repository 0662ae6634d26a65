//! Predictions kept aside: visible, with a reason, not acted on, replayable.

use chrono::{DateTime, Utc};
use domain::ids::{AlertId, AssetId, PredictionId, SiteId, SourceId};
use serde_json::Value;

use crate::{Error, ScopedTx};

/// Which ones to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuarantineFilter {
    /// Only this reason.
    pub reason: Option<String>,
    /// Only this source.
    pub source: Option<String>,
    /// `false`: waiting ones; `true`: replayed and dismissed ones.
    pub handled: bool,
    /// Only ids below this one.
    pub before: Option<PredictionId>,
    /// At most so many.
    pub limit: i64,
}

/// One prediction in quarantine.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct QuarantinedRow {
    /// Its id.
    pub id: i64,
    /// Why.
    pub reason: String,
    /// The source.
    pub source_id: i64,
    /// Name of the source.
    pub source: String,
    /// The id the source gave it.
    pub event_id: String,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// When it was observed, as sent.
    pub observed_at: DateTime<Utc>,
    /// The asset as sent.
    pub asset: Option<String>,
    /// The failure mode as sent.
    pub failure_mode: Option<String>,
    /// 0–1.
    pub confidence: f64,
    /// Model name.
    pub model_name: String,
    /// The message.
    pub payload: Value,
    /// When it was replayed.
    pub replayed_at: Option<DateTime<Utc>>,
    /// When a person dismissed it.
    pub dismissed_at: Option<DateTime<Utc>>,
    /// The alert it attached to when replayed.
    pub alert_id: Option<i64>,
}

/// Newest first, within the caller's sites. One without a site needs every site.
///
/// # Errors
/// What the database says.
pub async fn list(
    tx: &mut ScopedTx,
    filter: &QuarantineFilter,
) -> Result<Vec<QuarantinedRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT p.id, p.quarantine AS reason, p.source_id, s.name AS source, p.event_id,
                p.received_at, p.observed_at, p.payload->>'asset' AS asset,
                p.payload->>'failure_mode_sent' AS failure_mode, p.confidence, p.model_name, p.payload,
                p.replayed_at, p.dismissed_at, p.alert_id
         FROM prediction p JOIN source s ON s.id = p.source_id
         WHERE p.quarantine IS NOT NULL
           AND (p.replayed_at IS NOT NULL OR p.dismissed_at IS NOT NULL) = $2
           AND ($1::bigint[] IS NULL OR p.site_id = ANY($1))
           AND ($3::text IS NULL OR p.quarantine = $3)
           AND ($4::text IS NULL OR s.name = $4)
           AND ($5::bigint IS NULL OR p.id < $5)
         ORDER BY p.id DESC LIMIT $6",
    )
    .bind(sites)
    .bind(filter.handled)
    .bind(filter.reason.as_deref())
    .bind(filter.source.as_deref())
    .bind(filter.before.map(|id| id.0))
    .bind(filter.limit)
    .fetch_all(tx.conn())
    .await?)
}

/// How many wait, by reason and source.
///
/// # Errors
/// What the database says.
pub async fn counts(tx: &mut ScopedTx) -> Result<Vec<(String, String, i64)>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT p.quarantine, s.name, count(*)
         FROM prediction p JOIN source s ON s.id = p.source_id
         WHERE p.quarantine IS NOT NULL AND p.replayed_at IS NULL AND p.dismissed_at IS NULL
           AND ($1::bigint[] IS NULL OR p.site_id = ANY($1))
         GROUP BY 1, 2 ORDER BY 1, 2",
    )
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// A prediction in quarantine, locked.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Its id.
    pub id: PredictionId,
    /// The source.
    pub source: SourceId,
    /// The id the source gave it.
    pub event_id: String,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// The site, when known.
    pub site: Option<SiteId>,
    /// Why.
    pub reason: String,
    /// It came too late to act on.
    pub stale: bool,
    /// It has been replayed already.
    pub replayed: bool,
    /// A person dismissed it.
    pub dismissed: bool,
    /// The alert it attached to.
    pub alert: Option<AlertId>,
    /// The message.
    pub payload: Value,
}

/// Locks one quarantined prediction within the caller's sites.
///
/// # Errors
/// What the database says.
pub async fn lock_waiting(tx: &mut ScopedTx, id: PredictionId) -> Result<Option<Waiting>, Error> {
    type Row = (
        i64,
        i64,
        String,
        DateTime<Utc>,
        Option<i64>,
        String,
        bool,
        bool,
        bool,
        Option<i64>,
        Value,
    );
    let sites = tx.sites();
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, source_id, event_id, received_at, site_id, quarantine, stale,
                replayed_at IS NOT NULL, dismissed_at IS NOT NULL, alert_id, payload
         FROM prediction
         WHERE id = $1 AND quarantine IS NOT NULL
           AND ($2::bigint[] IS NULL OR site_id = ANY($2))
         FOR UPDATE",
    )
    .bind(id.0)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(
        |(
            id,
            source,
            event_id,
            received_at,
            site,
            reason,
            stale,
            replayed,
            dismissed,
            alert,
            payload,
        )| {
            Waiting {
                id: PredictionId(id),
                source: SourceId(source),
                event_id,
                received_at,
                site: site.map(SiteId),
                reason,
                stale,
                replayed,
                dismissed,
                alert: alert.map(AlertId),
                payload,
            }
        },
    ))
}

/// What a replay found out about a quarantined prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// The prediction.
    pub id: PredictionId,
    /// The site.
    pub site: SiteId,
    /// The asset.
    pub asset: AssetId,
    /// The failure mode in the taxonomy.
    pub failure_mode: String,
    /// The alert, and the place there; none when it is stale.
    pub alert: Option<(AlertId, i32)>,
    /// Its evaluation, when there is nothing to decide.
    pub result: Option<&'static str>,
}

/// Ends the quarantine of a locked prediction.
///
/// # Errors
/// What the database says.
pub async fn mark_replayed(
    tx: &mut ScopedTx,
    replayed: &Replayed,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "WITH q AS (
            UPDATE prediction SET replayed_at = $2, site_id = $3, asset_id = $4, failure_mode = $5,
                   alert_id = $6, seq = $7
            WHERE id = $1 RETURNING id, alert_id
         )
         INSERT INTO evaluation (prediction_id, alert_id, result)
         SELECT id, alert_id, $8 FROM q WHERE $8::text IS NOT NULL",
    )
    .bind(replayed.id.0)
    .bind(now)
    .bind(replayed.site.0)
    .bind(replayed.asset.0)
    .bind(&replayed.failure_mode)
    .bind(replayed.alert.map(|a| a.0.0))
    .bind(replayed.alert.map(|a| a.1))
    .bind(replayed.result)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Marks a locked prediction as dismissed.
///
/// # Errors
/// What the database says.
pub async fn dismiss(tx: &mut ScopedTx, id: PredictionId, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query("UPDATE prediction SET dismissed_at = $2 WHERE id = $1")
        .bind(id.0)
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What waiting predictions have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameWord<'a> {
    /// The failure mode as sent.
    FailureMode(&'a str),
    /// The asset as compared.
    AssetKey(&'a str),
}

/// Waiting predictions of a source with the same word, oldest first.
///
/// # Errors
/// What the database says.
pub async fn waiting_with(
    tx: &mut ScopedTx,
    source: SourceId,
    same: SameWord<'_>,
    limit: i64,
) -> Result<Vec<PredictionId>, Error> {
    let sites = tx.sites();
    let (mode, key) = match same {
        SameWord::FailureMode(word) => (Some(word), None),
        SameWord::AssetKey(key) => (None, Some(key)),
    };
    let ids: Vec<i64> = sqlx::query_scalar(
        "SELECT id FROM prediction
         WHERE quarantine IS NOT NULL AND replayed_at IS NULL AND dismissed_at IS NULL
           AND source_id = $1
           AND ($2::text IS NULL OR payload->>'failure_mode_sent' = $2)
           AND ($3::text IS NULL OR payload->>'asset_key' = $3)
           AND ($4::bigint[] IS NULL OR site_id = ANY($4))
         ORDER BY id LIMIT $5",
    )
    .bind(source.0)
    .bind(mode)
    .bind(key)
    .bind(sites)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(PredictionId).collect())
}
