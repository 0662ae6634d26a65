//! One prediction read back, and how far decisions lag behind.

use chrono::{DateTime, Utc};
use domain::ids::{PredictionId, SourceId};
use serde_json::Value;

use crate::{Error, ScopedTx};

/// A stored prediction with what became of it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PredictionRow {
    /// Its id.
    pub id: i64,
    /// The id the source gave it.
    pub event_id: String,
    /// Name of the source.
    pub source: String,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// Tag of the asset, when known.
    pub tag: Option<String>,
    /// Path of the asset as words.
    pub path: Option<String>,
    /// The failure mode in the taxonomy, when known.
    pub failure_mode: Option<String>,
    /// Why it is in quarantine.
    pub quarantine: Option<String>,
    /// When it was replayed.
    pub replayed_at: Option<DateTime<Utc>>,
    /// When a person dismissed it.
    pub dismissed_at: Option<DateTime<Utc>>,
    /// It came too late to act on.
    pub stale: bool,
    /// The remaining life was negative.
    pub overdue: bool,
    /// The alert it attached to.
    pub alert_id: Option<i64>,
    /// Its place there, from 1.
    pub seq: Option<i32>,
    /// What evaluation said.
    pub evaluation: Option<String>,
    /// The message.
    pub payload: Value,
}

/// One prediction within the caller's sites. One without a site is found by callers of every site
/// and by its own source.
///
/// # Errors
/// What the database says.
pub async fn get(
    tx: &mut ScopedTx,
    id: PredictionId,
    own_source: Option<SourceId>,
) -> Result<Option<PredictionRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT p.id, p.event_id, s.name AS source, p.received_at, a.tag, a.path_text AS path,
                p.failure_mode, p.quarantine, p.replayed_at, p.dismissed_at, p.stale, p.overdue,
                p.alert_id, p.seq, e.result AS evaluation, p.payload
         FROM prediction p
         JOIN source s ON s.id = p.source_id
         LEFT JOIN asset a ON a.id = p.asset_id
         LEFT JOIN evaluation e ON e.prediction_id = p.id
         WHERE p.id = $1
           AND ($2::bigint[] IS NULL OR p.site_id = ANY($2)
                OR (p.site_id IS NULL AND p.source_id = $3))",
    )
    .bind(id.0)
    .bind(sites)
    .bind(own_source.map(|s| s.0))
    .fetch_optional(tx.conn())
    .await?)
}

/// How many lanes have waited for their decision longer than `seconds`, counted up to `limit`.
///
/// # Errors
/// What the database says.
pub async fn overdue_lanes(tx: &mut ScopedTx, seconds: f64, limit: i64) -> Result<i64, Error> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM (
            SELECT 1 FROM decision_lane
            WHERE ready_at < now() - make_interval(secs => $1) LIMIT $2) late",
    )
    .bind(seconds)
    .bind(limit)
    .fetch_one(tx.conn())
    .await?)
}
