//! What happens by the clock: holds that fire, quiet alerts that close.

use chrono::TimeDelta;
use domain::ids::{AlertId, SiteId};
use serde_json::Value;
use sqlx::FromRow;

use crate::{Error, ScopedTx};

/// A held alert whose instant has come, with its stored decision.
#[derive(Debug, Clone, FromRow)]
pub struct Due {
    /// The alert.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// The decision that stands.
    pub decision_id: i64,
    /// `batch` or `shutdown`.
    pub hold_origin: String,
    /// `Effect`.
    pub effect: Value,
    /// The message of the prediction that was decided on, JSON text.
    pub payload: Option<String>,
    /// Whether the asset still works here.
    pub active: bool,
    /// Tag of the asset.
    pub tag: String,
}

/// Locks held alerts whose instant has come.
///
/// # Errors
/// What the database says.
pub async fn due_holds(tx: &mut ScopedTx, limit: i64) -> Result<Vec<Due>, Error> {
    let now = tx.now();
    Ok(sqlx::query_as(
        "SELECT a.id, a.site_id, a.decision_id, a.hold_origin, d.effect, p.payload::text AS payload,
                s.status = 'active' AS active, s.tag
         FROM alert a JOIN decision d ON d.id = a.decision_id
         JOIN asset s ON s.id = a.asset_id
         LEFT JOIN prediction p ON p.id = d.prediction_id
         WHERE a.state = 'held' AND a.hold_until <= $1
         ORDER BY a.hold_until, a.id LIMIT $2 FOR UPDATE OF a SKIP LOCKED",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Locks logged alerts that have had no prediction for `quiet`.
///
/// # Errors
/// What the database says.
pub async fn quiet(
    tx: &mut ScopedTx,
    quiet: TimeDelta,
    limit: i64,
) -> Result<Vec<(AlertId, SiteId)>, Error> {
    let before = tx.now() - quiet;
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT id, site_id FROM alert
         WHERE state = 'open' AND last_seen < $1 AND evaluated = predictions
         ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(id, site)| (AlertId(id), SiteId(site))).collect())
}
