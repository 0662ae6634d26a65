//! The invariants of the product as queries over its own tables (R24).

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::{Error, ScopedTx};

/// One rule and the query that counts its violations at `$1`.
const RULES: &[(&str, &str)] = &[
    (
        "alert_without_work_order",
        "SELECT count(*) FROM alert WHERE state = 'work_order' AND $1::timestamptz IS NOT NULL
         AND NOT EXISTS (SELECT FROM work_order w WHERE w.id = alert.work_order_id)",
    ),
    (
        "two_open_work_orders",
        "SELECT count(*) FROM (
            SELECT FROM work_order WHERE status NOT IN ('closed', 'cancelled')
              AND delivery_state NOT IN ('rejected', 'dead') AND $1::timestamptz IS NOT NULL
            GROUP BY connection_id, asset_id, failure_mode HAVING count(*) > 1) AS twice",
    ),
    (
        "prediction_not_evaluated",
        "SELECT count(*) FROM alert WHERE state <> 'closed' AND evaluated < predictions
         AND last_seen < $1 - interval '5 minutes'",
    ),
    (
        "waiting_without_question",
        "SELECT count(*) FROM alert WHERE state = 'waiting_review' AND $1::timestamptz IS NOT NULL
         AND NOT EXISTS (SELECT FROM review r WHERE r.alert_id = alert.id
                         AND r.status IN ('pending', 'decided'))",
    ),
    (
        "review_not_carried_out",
        "SELECT count(*) FROM review
         WHERE status = 'decided' AND run_at < $1 - interval '5 minutes'",
    ),
    (
        "hold_not_fired",
        "SELECT count(*) FROM alert
         WHERE state = 'held' AND hold_until < $1 - interval '5 minutes'",
    ),
    (
        "late_delivery_not_shouted",
        "SELECT count(*) FROM work_order WHERE delivery_state IN ('queued', 'sending', 'unknown')
         AND deadline < $1 - interval '2 minutes' AND shouted_at IS NULL",
    ),
    (
        "delivery_without_lane",
        "SELECT count(*) FROM work_order w WHERE delivery_state IN ('queued', 'sending', 'unknown')
         AND $1::timestamptz IS NOT NULL
         AND NOT EXISTS (SELECT FROM delivery_lane l WHERE l.work_order_id = w.id
                         AND (l.ready_at IS NOT NULL OR l.leased_until IS NOT NULL))",
    ),
    (
        "unaudited_alert",
        "SELECT count(*) FROM alert a WHERE first_seen > $1 - interval '10 minutes'
         AND NOT EXISTS (SELECT FROM audit_event e WHERE e.entity = 'alert' AND e.entity_id = a.id)",
    ),
    (
        "unaudited_work_order",
        "SELECT count(*) FROM work_order w WHERE created_at > $1 - interval '10 minutes'
         AND NOT EXISTS (SELECT FROM audit_event e
                         WHERE e.entity = 'work_order' AND e.entity_id = w.id)",
    ),
];

/// Counts the violations of every rule and keeps what was found, for the banner.
///
/// # Errors
/// What the database says.
pub async fn run(tx: &mut ScopedTx) -> Result<Vec<(&'static str, i64)>, Error> {
    let now = tx.now();
    let mut found = Vec::with_capacity(RULES.len());
    for &(rule, query) in RULES {
        let count: i64 = sqlx::query_scalar(query).bind(now).fetch_one(tx.conn()).await?;
        if count > 0 {
            sqlx::query(
                "INSERT INTO invariant_violation AS v (rule, count) VALUES ($1, $2)
                 ON CONFLICT (rule) DO UPDATE SET count = $2, seen_at = now()",
            )
            .bind(rule)
            .bind(count)
            .execute(tx.conn())
            .await?;
        } else {
            sqlx::query("DELETE FROM invariant_violation WHERE rule = $1")
                .bind(rule)
                .execute(tx.conn())
                .await?;
        }
        found.push((rule, count));
    }
    Ok(found)
}

/// A rule that does not hold.
#[derive(Debug, Clone, FromRow)]
pub struct Violation {
    /// The rule.
    pub rule: String,
    /// How many rows break it.
    pub count: i64,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// What the last run found.
///
/// # Errors
/// What the database says.
pub async fn violations(tx: &mut ScopedTx) -> Result<Vec<Violation>, Error> {
    Ok(sqlx::query_as("SELECT rule, count, since FROM invariant_violation ORDER BY since")
        .fetch_all(tx.conn())
        .await?)
}

/// Makes room for the months to come in the tables that are divided by time.
///
/// # Errors
/// What the database says.
pub async fn ensure_partitions(tx: &mut ScopedTx) -> Result<(), Error> {
    sqlx::query("SELECT ensure_partitions(now())").execute(tx.conn()).await?;
    Ok(())
}
