//! Review items: asked, decided once, carried out after the time to undo.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{AlertId, UserId};
use serde_json::Value;
use sqlx::FromRow;

use crate::{Error, ScopedTx};

/// A question to be asked, or to be kept up to date.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// The alert.
    pub alert: AlertId,
    /// When an answer is due.
    pub due: DateTime<Utc>,
}

/// A review item after asking.
#[derive(Debug, Clone, FromRow)]
pub struct Asked {
    /// The item.
    pub id: i64,
    /// Its alert.
    pub alert_id: i64,
    /// Its site.
    pub site_id: i64,
    /// Whether it is new.
    pub opened: bool,
}

/// Opens review items, or moves the due time of open ones forward. Alerts in order of their ids.
///
/// # Errors
/// What the database says.
pub async fn ask(tx: &mut ScopedTx, asks: &[Ask]) -> Result<Vec<Asked>, Error> {
    if asks.is_empty() {
        return Ok(Vec::new());
    }
    let now = tx.now();
    Ok(sqlx::query_as(
        "INSERT INTO review AS r (alert_id, site_id, status, due, next_escalation, created_at)
         SELECT a.id, a.site_id, 'pending', q.due, q.due, $3
         FROM unnest($1::bigint[], $2::timestamptz[]) AS q (alert_id, due)
         JOIN alert a ON a.id = q.alert_id
         ORDER BY a.id
         ON CONFLICT (alert_id) WHERE status IN ('pending', 'decided')
         DO UPDATE SET due = least(r.due, excluded.due),
                       next_escalation = CASE WHEN r.escalations = 0
                           THEN least(r.next_escalation, excluded.due) ELSE r.next_escalation END
         RETURNING r.id, r.alert_id, r.site_id, r.xmax = 0 AS opened",
    )
    .bind(asks.iter().map(|a| a.alert.0).collect::<Vec<_>>())
    .bind(asks.iter().map(|a| a.due).collect::<Vec<_>>())
    .bind(now)
    .fetch_all(tx.conn())
    .await?)
}

/// Ends open items because a work order exists now; answers their ids.
///
/// # Errors
/// What the database says.
pub async fn supersede(tx: &mut ScopedTx, alerts: &[AlertId]) -> Result<Vec<(i64, i64)>, Error> {
    if alerts.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as(
        "UPDATE review SET status = 'superseded', next_escalation = NULL, run_at = NULL
         WHERE alert_id = ANY($1) AND status = 'pending' RETURNING id, alert_id",
    )
    .bind(alerts.iter().map(|a| a.0).collect::<Vec<_>>())
    .fetch_all(tx.conn())
    .await?)
}

/// The newest review item of an alert.
#[derive(Debug, Clone, FromRow)]
pub struct Review {
    /// The item.
    pub id: i64,
    /// Its alert.
    pub alert_id: i64,
    /// Its site.
    pub site_id: i64,
    /// Version of the alert.
    pub alert_version: i32,
    /// `ReviewStatus` as stored.
    pub status: String,
    /// When an answer is due.
    pub due: DateTime<Utc>,
    /// `ReviewDecision` as stored.
    pub decision: Option<String>,
    /// `RejectReason` as stored.
    pub reason: Option<String>,
    /// In the reviewer's words.
    pub comment: Option<String>,
    /// End of a snooze.
    pub until: Option<DateTime<Utc>>,
    /// What the reviewer changed.
    pub edits: Value,
    /// Who decided.
    pub decided_by: Option<i64>,
    /// Their name.
    pub decided_by_name: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it is carried out.
    pub run_at: Option<DateTime<Utc>>,
}

/// Locks the alert and answers its newest review item; `None` when there is none in the scope. The
/// lock comes first, in a statement of its own: what is read then is what the one before committed.
///
/// # Errors
/// What the database says.
pub async fn lock(tx: &mut ScopedTx, alert: AlertId) -> Result<Option<Review>, Error> {
    let sites = tx.sites();
    sqlx::query("SELECT FROM alert WHERE id = $1 FOR UPDATE")
        .bind(alert.0)
        .execute(tx.conn())
        .await?;
    Ok(sqlx::query_as(
        "SELECT r.id, r.alert_id, r.site_id, a.version AS alert_version, r.status, r.due,
                r.decision, r.reason, r.comment, r.until, r.edits, r.decided_by,
                u.name AS decided_by_name, r.decided_at, r.run_at
         FROM alert a JOIN review r ON r.alert_id = a.id
         LEFT JOIN app_user u ON u.id = r.decided_by
         WHERE a.id = $1 AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))
         ORDER BY r.id DESC LIMIT 1",
    )
    .bind(alert.0)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// What a reviewer said.
#[derive(Debug, Clone)]
pub struct Said {
    /// `ReviewDecision` as stored.
    pub decision: &'static str,
    /// `RejectReason` as stored.
    pub reason: Option<&'static str>,
    /// In their words.
    pub comment: Option<String>,
    /// End of a snooze.
    pub until: Option<DateTime<Utc>>,
    /// What they changed about the work order.
    pub edits: Value,
    /// Who.
    pub by: UserId,
    /// When it is carried out.
    pub run_at: DateTime<Utc>,
}

/// Decides a pending item of that alert version; `false` when somebody was faster (R9).
///
/// # Errors
/// What the database says.
pub async fn decide(
    tx: &mut ScopedTx,
    review: i64,
    alert_version: i32,
    said: &Said,
) -> Result<bool, Error> {
    let now = tx.now();
    let done = sqlx::query(
        "UPDATE review r SET status = 'decided', decision = $3, reason = $4, comment = $5,
                until = $6, edits = $7, decided_by = $8, decided_at = $9, run_at = $10
         FROM alert a
         WHERE r.id = $1 AND r.status = 'pending' AND a.id = r.alert_id AND a.version = $2",
    )
    .bind(review)
    .bind(alert_version)
    .bind(said.decision)
    .bind(said.reason)
    .bind(&said.comment)
    .bind(said.until)
    .bind(&said.edits)
    .bind(said.by.0)
    .bind(now)
    .bind(said.run_at)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a decision back that has not been carried out, if this person made it.
///
/// # Errors
/// What the database says.
pub async fn undo(tx: &mut ScopedTx, review: i64, by: UserId) -> Result<bool, Error> {
    let done = sqlx::query(
        "UPDATE review SET status = 'pending', decision = NULL, reason = NULL, comment = NULL,
                until = NULL, edits = '{}', decided_by = NULL, decided_at = NULL, run_at = NULL
         WHERE id = $1 AND status = 'decided' AND decided_by = $2",
    )
    .bind(review)
    .bind(by.0)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Alerts whose review decision is due to be carried out.
///
/// # Errors
/// What the database says.
pub async fn runnable(tx: &mut ScopedTx, limit: i64) -> Result<Vec<AlertId>, Error> {
    let now = tx.now();
    let ids: Vec<i64> = sqlx::query_scalar(
        "SELECT alert_id FROM review WHERE status = 'decided' AND run_at <= $1
         ORDER BY run_at LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(AlertId).collect())
}

/// Marks a decision as carried out.
///
/// # Errors
/// What the database says.
pub async fn finish(tx: &mut ScopedTx, review: i64) -> Result<(), Error> {
    sqlx::query("UPDATE review SET status = 'done', next_escalation = NULL WHERE id = $1")
        .bind(review)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// An item nobody answered in time.
#[derive(Debug, Clone, FromRow)]
pub struct Overdue {
    /// The item.
    pub id: i64,
    /// Its alert.
    pub alert_id: i64,
    /// Its site.
    pub site_id: i64,
    /// The role that was asked.
    pub asked_role: String,
    /// How often it went on already.
    pub escalations: i32,
}

/// Locks items that should go to the next role.
///
/// # Errors
/// What the database says.
pub async fn overdue(tx: &mut ScopedTx, limit: i64) -> Result<Vec<Overdue>, Error> {
    let now = tx.now();
    Ok(sqlx::query_as(
        "SELECT id, alert_id, site_id, asked_role, escalations FROM review
         WHERE status = 'pending' AND next_escalation <= $1
         ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Puts an item before another role; it goes on again after `again`, if nobody answers.
///
/// # Errors
/// What the database says.
pub async fn escalate(
    tx: &mut ScopedTx,
    review: i64,
    role: &str,
    again: Option<TimeDelta>,
) -> Result<(), Error> {
    let next = again.map(|wait| tx.now() + wait);
    sqlx::query(
        "UPDATE review SET asked_role = $2, escalations = escalations + 1, next_escalation = $3
         WHERE id = $1",
    )
    .bind(review)
    .bind(role)
    .bind(next)
    .execute(tx.conn())
    .await?;
    Ok(())
}
