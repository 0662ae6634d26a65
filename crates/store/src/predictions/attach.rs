//! Lanes, and the open alert a prediction attaches to.

use chrono::{DateTime, Utc};
use domain::ids::{AlertId, AssetId, SiteId, SourceId};

use crate::{Error, ScopedTx};

/// What a group of predictions brings to the open alert of one asset and failure mode.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// The asset.
    pub asset: AssetId,
    /// The failure mode, in the taxonomy.
    pub failure_mode: String,
    /// The site.
    pub site: SiteId,
    /// Names the alert if this opens it.
    pub first_event_id: String,
    /// The source of that event.
    pub source: SourceId,
    /// Confidence of the latest of them by `observed_at`.
    pub confidence: f64,
    /// Its remaining life, hours.
    pub rul_hours: Option<f64>,
    /// Its window, hours.
    pub window_hours: Option<f64>,
    /// When it was observed.
    pub observed_at: DateTime<Utc>,
    /// Its model.
    pub model_name: String,
    /// Highest confidence of the group.
    pub highest_confidence: f64,
    /// Lowest remaining life of the group, hours.
    pub lowest_rul_hours: Option<f64>,
    /// How many they are.
    pub count: i32,
    /// The hold-off that was considered and outdone; a newer one makes the attachment fail.
    pub outdone: Option<AlertId>,
}

/// The alert after attaching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The asset.
    pub asset: AssetId,
    /// The failure mode.
    pub failure_mode: String,
    /// The alert.
    pub alert: AlertId,
    /// How many predictions it holds now, these included.
    pub predictions: i32,
    /// Whether this opened it.
    pub opened: bool,
}

/// Makes the lanes ready and locks them; `lanes` must be sorted and distinct.
///
/// # Errors
/// What the database says.
pub async fn wake_lanes(tx: &mut ScopedTx, lanes: &[(AssetId, &str)]) -> Result<(), Error> {
    let assets: Vec<i64> = lanes.iter().map(|l| l.0.0).collect();
    let modes: Vec<&str> = lanes.iter().map(|l| l.1).collect();
    sqlx::query(
        "INSERT INTO decision_lane AS l (asset_id, failure_mode, ready_at)
         SELECT asset_id, failure_mode, now()
         FROM unnest($1::bigint[], $2::text[]) AS q (asset_id, failure_mode)
         ON CONFLICT (asset_id, failure_mode)
         DO UPDATE SET ready_at = least(l.ready_at, excluded.ready_at)",
    )
    .bind(assets)
    .bind(modes)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Attaches each group to the open alert, or opens one. The lanes must be locked and the groups
/// sorted by asset and failure mode. A group is missing from the answer when its open alert was
/// closed into a hold-off meanwhile: the transaction must then be tried again from the start.
///
/// # Errors
/// What the database says.
pub async fn attach(
    tx: &mut ScopedTx,
    groups: &[Attachment],
    now: DateTime<Utc>,
) -> Result<Vec<Attached>, Error> {
    macro_rules! column {
        ($g:ident => $e:expr) => {
            groups.iter().map(|$g| $e).collect::<Vec<_>>()
        };
    }
    let rows: Vec<(i64, String, i64, i32, bool)> = sqlx::query_as(
        "INSERT INTO alert AS a (site_id, asset_id, failure_mode, state, first_event_id, source_id,
                confidence, rul_hours, window_hours, observed_at, model_name,
                highest_confidence, lowest_rul_hours, predictions, first_seen, last_seen)
         SELECT site_id, asset_id, failure_mode, 'open', event_id, source_id,
                confidence, rul_hours, window_hours, observed_at, model_name,
                highest, lowest, n, $15, $15
         FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::float8[],
                     $7::float8[], $8::float8[], $9::timestamptz[], $10::text[], $11::float8[],
                     $12::float8[], $13::int[], $14::bigint[]) WITH ORDINALITY
              AS q (site_id, asset_id, failure_mode, event_id, source_id, confidence,
                    rul_hours, window_hours, observed_at, model_name, highest, lowest, n, outdone, i)
         WHERE NOT EXISTS (
                   SELECT FROM alert h WHERE h.asset_id = q.asset_id
                      AND h.failure_mode = q.failure_mode AND h.state = 'closed'
                      AND h.held_off_until > $15 AND h.id > coalesce(q.outdone, 0))
            OR EXISTS (
                   SELECT FROM alert o WHERE o.asset_id = q.asset_id
                      AND o.failure_mode = q.failure_mode AND o.state <> 'closed')
         ORDER BY i
         ON CONFLICT (asset_id, failure_mode) WHERE state <> 'closed' DO UPDATE SET
            confidence = CASE WHEN a.observed_at > excluded.observed_at
                              THEN a.confidence ELSE excluded.confidence END,
            rul_hours = CASE WHEN a.observed_at > excluded.observed_at
                             THEN a.rul_hours ELSE excluded.rul_hours END,
            window_hours = CASE WHEN a.observed_at > excluded.observed_at
                                THEN a.window_hours ELSE excluded.window_hours END,
            model_name = CASE WHEN a.observed_at > excluded.observed_at
                              THEN a.model_name ELSE excluded.model_name END,
            observed_at = greatest(a.observed_at, excluded.observed_at),
            highest_confidence = greatest(a.highest_confidence, excluded.highest_confidence),
            lowest_rul_hours = least(a.lowest_rul_hours, excluded.lowest_rul_hours),
            predictions = a.predictions + excluded.predictions,
            last_seen = greatest(a.last_seen, excluded.last_seen)
         RETURNING a.asset_id, a.failure_mode, a.id, a.predictions, a.xmax = 0",
    )
    .bind(column!(g => g.site.0))
    .bind(column!(g => g.asset.0))
    .bind(column!(g => g.failure_mode.as_str()))
    .bind(column!(g => g.first_event_id.as_str()))
    .bind(column!(g => g.source.0))
    .bind(column!(g => g.confidence))
    .bind(column!(g => g.rul_hours))
    .bind(column!(g => g.window_hours))
    .bind(column!(g => g.observed_at))
    .bind(column!(g => g.model_name.as_str()))
    .bind(column!(g => g.highest_confidence))
    .bind(column!(g => g.lowest_rul_hours))
    .bind(column!(g => g.count))
    .bind(column!(g => g.outdone.map(|id| id.0)))
    .bind(now)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|(asset, failure_mode, alert, predictions, opened)| Attached {
            asset: AssetId(asset),
            failure_mode,
            alert: AlertId(alert),
            predictions,
            opened,
        })
        .collect())
}

/// Counter of a closed alert after predictions were recorded on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// The closed alert.
    pub alert: AlertId,
    /// How many predictions it holds now, these included.
    pub predictions: i32,
}

/// Counts predictions of a running hold-off on their closed alerts; ids sorted and distinct.
///
/// # Errors
/// What the database says.
pub async fn record_held_off(
    tx: &mut ScopedTx,
    counts: &[(AlertId, i32)],
    now: DateTime<Utc>,
) -> Result<Vec<Recorded>, Error> {
    let ids: Vec<i64> = counts.iter().map(|c| c.0.0).collect();
    let numbers: Vec<i32> = counts.iter().map(|c| c.1).collect();
    let rows: Vec<(i64, i32)> = sqlx::query_as(
        "WITH locked AS (SELECT id FROM alert WHERE id = ANY($1) ORDER BY id FOR UPDATE)
         UPDATE alert a
         SET predictions = a.predictions + q.n, evaluated = a.evaluated + q.n,
             last_seen = greatest(a.last_seen, $3)
         FROM unnest($1::bigint[], $2::int[]) AS q (id, n) JOIN locked USING (id)
         WHERE a.id = q.id
         RETURNING a.id, a.predictions",
    )
    .bind(ids)
    .bind(numbers)
    .bind(now)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, predictions)| Recorded { alert: AlertId(id), predictions })
        .collect())
}
