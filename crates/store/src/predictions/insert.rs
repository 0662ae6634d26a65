//! The rows themselves.

use chrono::{DateTime, Utc};
use domain::ids::{AlertId, AssetId, PredictionId, SiteId, SourceId};

use crate::{Error, ScopedTx};

/// One prediction as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPrediction {
    /// From the event key.
    pub id: PredictionId,
    /// When it was observed.
    pub observed_at: DateTime<Utc>,
    /// The source.
    pub source: SourceId,
    /// The id the source gave it.
    pub event_id: String,
    /// The site, when known.
    pub site: Option<SiteId>,
    /// The asset, when known.
    pub asset: Option<AssetId>,
    /// The failure mode in the taxonomy, when known.
    pub failure_mode: Option<String>,
    /// 0–1.
    pub confidence: f64,
    /// Remaining useful life, hours, not negative.
    pub rul_hours: Option<f64>,
    /// Intervention window, hours.
    pub window_hours: Option<f64>,
    /// Model name.
    pub model_name: String,
    /// Model version.
    pub model_version: Option<String>,
    /// The remaining life was negative.
    pub overdue: bool,
    /// It came too late to act on.
    pub stale: bool,
    /// Why it is not acted on.
    pub quarantine: Option<&'static str>,
    /// The alert, and the place there.
    pub alert: Option<(AlertId, i32)>,
    /// Its evaluation, when there is nothing to decide: `held_off` or `stale`.
    pub result: Option<&'static str>,
    /// The message, JSON.
    pub payload: String,
}

/// Stores predictions, with the evaluation of those that need no decision.
///
/// # Errors
/// What the database says.
pub async fn insert(
    tx: &mut ScopedTx,
    rows: &[NewPrediction],
    received_at: DateTime<Utc>,
) -> Result<(), Error> {
    macro_rules! column {
        ($r:ident => $e:expr) => {
            rows.iter().map(|$r| $e).collect::<Vec<_>>()
        };
    }
    sqlx::query(
        "WITH q AS (
            SELECT * FROM unnest(
                $2::bigint[], $3::timestamptz[], $4::bigint[], $5::text[], $6::bigint[],
                $7::bigint[], $8::text[], $9::float8[], $10::float8[], $11::float8[], $12::text[],
                $13::text[], $14::bool[], $15::bool[], $16::text[], $17::bigint[], $18::int[],
                $19::text[], $20::text[])
            AS t (id, observed_at, source_id, event_id, site_id, asset_id, failure_mode, confidence,
                  rul_hours, window_hours, model_name, model_version, overdue, stale, quarantine,
                  alert_id, seq, result, payload)
         ), stored AS (
            INSERT INTO prediction (id, received_at, observed_at, source_id, event_id, site_id,
                asset_id, failure_mode, confidence, rul_hours, window_hours, model_name,
                model_version, overdue, stale, quarantine, alert_id, seq, payload)
            SELECT id, $1, observed_at, source_id, event_id, site_id, asset_id, failure_mode,
                confidence, rul_hours, window_hours, model_name, model_version, overdue, stale,
                quarantine, alert_id, seq, payload::jsonb
            FROM q
         )
         INSERT INTO evaluation (prediction_id, alert_id, result)
         SELECT id, alert_id, result FROM q WHERE result IS NOT NULL",
    )
    .bind(received_at)
    .bind(column!(r => r.id.0))
    .bind(column!(r => r.observed_at))
    .bind(column!(r => r.source.0))
    .bind(column!(r => r.event_id.as_str()))
    .bind(column!(r => r.site.map(|s| s.0)))
    .bind(column!(r => r.asset.map(|a| a.0)))
    .bind(column!(r => r.failure_mode.as_deref()))
    .bind(column!(r => r.confidence))
    .bind(column!(r => r.rul_hours))
    .bind(column!(r => r.window_hours))
    .bind(column!(r => r.model_name.as_str()))
    .bind(column!(r => r.model_version.as_deref()))
    .bind(column!(r => r.overdue))
    .bind(column!(r => r.stale))
    .bind(column!(r => r.quarantine))
    .bind(column!(r => r.alert.map(|a| a.0.0)))
    .bind(column!(r => r.alert.map(|a| a.1)))
    .bind(column!(r => r.result))
    .bind(column!(r => r.payload.as_str()))
    .execute(tx.conn())
    .await?;
    Ok(())
}
