//! What reviewers decided lately.

use chrono::{DateTime, Utc};

use crate::{Error, ScopedTx};

/// Decisions since midnight at each site of the scope, by kind.
///
/// # Errors
/// What the database says.
pub async fn decided_today(tx: &mut ScopedTx) -> Result<Vec<(String, i64)>, Error> {
    let (sites, now) = (tx.sites(), tx.now());
    Ok(sqlx::query_as(
        "SELECT r.decision, count(*) FROM review r JOIN site s ON s.id = r.site_id
         WHERE r.status IN ('decided', 'done') AND r.decision IS NOT NULL
           AND r.decided_at >= date_trunc('day', $2::timestamptz AT TIME ZONE s.time_zone) AT TIME ZONE s.time_zone
           AND ($1::bigint[] IS NULL OR r.site_id = ANY($1))
         GROUP BY r.decision",
    )
    .bind(sites)
    .bind(now)
    .fetch_all(tx.conn())
    .await?)
}

/// Who decided last in the scope, and when.
///
/// # Errors
/// What the database says.
pub async fn last_decided(tx: &mut ScopedTx) -> Result<Option<(String, DateTime<Utc>)>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT u.name, r.decided_at FROM review r JOIN app_user u ON u.id = r.decided_by
         WHERE r.decided_at IS NOT NULL AND ($1::bigint[] IS NULL OR r.site_id = ANY($1))
         ORDER BY r.decided_at DESC LIMIT 1",
    )
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}
