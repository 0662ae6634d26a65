use chrono::{DateTime, Utc};

use crate::{Error, ScopedTx};

/// How many happened so many two-minute steps before the end of the hour: 0 is the newest.
pub type Beat = (i32, i64);

/// Predictions taken into account, the newest of all: beyond that they are not counted one by one.
macro_rules! newest {
    () => {
        "(SELECT received_at, site_id, source_id FROM prediction
          WHERE received_at > $1 - interval '32 days' ORDER BY id DESC LIMIT 10001)"
    };
}

macro_rules! back {
    ($at:literal) => {
        concat!("least(29, floor(extract(epoch FROM $1 - ", $at, ") / 120)::int)")
    };
}

/// Predictions of the hour before `until`.
///
/// # Errors
/// When the database refuses.
pub async fn arrivals(tx: &mut ScopedTx, until: DateTime<Utc>) -> Result<Vec<Beat>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        back!("p.received_at"),
        ", count(*) FROM ",
        newest!(),
        " p WHERE p.received_at <= $1 AND p.received_at > $1 - interval '1 hour'
            AND ($2::bigint[] IS NULL OR p.site_id = ANY($2)) GROUP BY 1"
    ))
    .bind(until)
    .bind(&sites)
    .fetch_all(tx.conn())
    .await?)
}

/// A source and when it last said something.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SourceSeen {
    /// Its name.
    pub name: String,
    /// How it speaks to us.
    pub kind: String,
    /// Its last message, of whatever kind.
    pub last_at: Option<DateTime<Utc>>,
}

/// Sources that may speak for the sites, or lately did.
///
/// # Errors
/// When the database refuses.
pub async fn sources(tx: &mut ScopedTx) -> Result<Vec<SourceSeen>, Error> {
    let (sites, now) = (tx.sites(), tx.now());
    Ok(sqlx::query_as(concat!(
        "SELECT s.name, s.kind, greatest(k.last_at, r.last_at) AS last_at
         FROM source s
         LEFT JOIN (SELECT source_id, max(last_used_at) AS last_at FROM api_key
                    WHERE revoked_at IS NULL
                      AND scopes && ARRAY['predictions', 'telemetry', 'production']
                      AND ($2::bigint[] IS NULL OR site_ids IS NULL OR site_ids && $2)
                    GROUP BY source_id) k ON k.source_id = s.id
         LEFT JOIN (SELECT source_id, max(received_at) AS last_at FROM ",
        newest!(),
        " p WHERE $2::bigint[] IS NULL OR p.site_id = ANY($2) GROUP BY source_id) r
              ON r.source_id = s.id
         WHERE k.source_id IS NOT NULL OR r.source_id IS NOT NULL
         ORDER BY last_at DESC NULLS LAST, s.name LIMIT 50"
    ))
    .bind(now)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// Alerts opened in the hour before `until`.
///
/// # Errors
/// When the database refuses.
pub async fn alerts_opened(
    tx: &mut ScopedTx,
    sites: &[i64],
    until: DateTime<Utc>,
) -> Result<Vec<Beat>, Error> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        back!("first_seen"),
        ", count(*) FROM (
             SELECT first_seen FROM alert
             WHERE first_seen <= $1 AND first_seen > $1 - interval '1 hour' AND site_id = ANY($2)
             LIMIT 10001) a GROUP BY 1"
    ))
    .bind(until)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// What was decided how often.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Decided {
    /// Two-minute steps before the end of the hour.
    pub back: i32,
    /// `create`, `review`, `hold` or `log`.
    pub action: String,
    /// How often.
    pub count: i64,
}

/// Decisions of the hour before `until`.
///
/// # Errors
/// When the database refuses.
pub async fn decided(
    tx: &mut ScopedTx,
    sites: &[i64],
    until: DateTime<Utc>,
) -> Result<Vec<Decided>, Error> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        back!("d.decided_at"),
        " AS back, d.action, count(*) AS count
         FROM (SELECT alert_id, action, decided_at FROM decision
               WHERE decided_at <= $1 AND decided_at > $1 - interval '1 hour' LIMIT 10001) d
         JOIN alert a ON a.id = d.alert_id
         WHERE a.site_id = ANY($2) GROUP BY 1, 2"
    ))
    .bind(until)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// Since when the oldest case waits for its decision; `None` when nothing does.
///
/// # Errors
/// When the database refuses.
pub async fn deciding_since(
    tx: &mut ScopedTx,
    sites: &[i64],
) -> Result<Option<DateTime<Utc>>, Error> {
    Ok(sqlx::query_scalar(
        "SELECT l.ready_at FROM (SELECT asset_id, ready_at FROM decision_lane
                                 WHERE ready_at <= now() ORDER BY ready_at LIMIT 1000) l
         JOIN asset s ON s.id = l.asset_id
         WHERE s.site_id = ANY($1) ORDER BY l.ready_at LIMIT 1",
    )
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// Questions that wait for a reviewer.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Asked {
    /// How many.
    pub waiting: i64,
    /// How many are past their time.
    pub overdue: i64,
    /// The alert of the oldest.
    pub alert: Option<i64>,
    /// When the oldest was asked.
    pub since: Option<DateTime<Utc>>,
    /// When the oldest is due.
    pub due: Option<DateTime<Utc>>,
}

/// Questions that wait now.
///
/// # Errors
/// When the database refuses.
pub async fn reviews_waiting(tx: &mut ScopedTx, sites: &[i64]) -> Result<Asked, Error> {
    let now = tx.now();
    Ok(sqlx::query_as(
        "WITH found AS (SELECT alert_id, created_at, due FROM review
                        WHERE status = 'pending' AND site_id = ANY($1) LIMIT 10000)
         SELECT c.waiting, c.overdue, o.alert_id AS alert, o.created_at AS since, o.due
         FROM (SELECT count(*) AS waiting, count(*) FILTER (WHERE due < $2) AS overdue FROM found) c
         LEFT JOIN LATERAL (SELECT * FROM found ORDER BY created_at, alert_id LIMIT 1) o ON true",
    )
    .bind(sites)
    .bind(now)
    .fetch_one(tx.conn())
    .await?)
}

/// Questions asked in the hour before `until`.
///
/// # Errors
/// When the database refuses.
pub async fn reviews_asked(
    tx: &mut ScopedTx,
    sites: &[i64],
    until: DateTime<Utc>,
) -> Result<Vec<Beat>, Error> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        back!("created_at"),
        ", count(*) FROM (
             SELECT created_at FROM review
             WHERE created_at <= $1 AND created_at > $1 - interval '1 hour' AND site_id = ANY($2)
             LIMIT 10001) r GROUP BY 1"
    ))
    .bind(until)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// Work orders asked for in the hour before `until` that the CMMS holds.
///
/// # Errors
/// When the database refuses.
pub async fn orders_created(
    tx: &mut ScopedTx,
    sites: &[i64],
    until: DateTime<Utc>,
) -> Result<Vec<Beat>, Error> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        back!("created_at"),
        ", count(*) FROM (
             SELECT created_at FROM work_order
             WHERE created_at <= $1 AND created_at > $1 - interval '1 hour' AND site_id = ANY($2)
               AND delivery_state = 'created' LIMIT 10001) w GROUP BY 1"
    ))
    .bind(until)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// Work orders on their way to the CMMS.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Delivering {
    /// How many.
    pub waiting: i64,
    /// How many are past their delivery deadline.
    pub late: i64,
    /// When the oldest was asked for.
    pub since: Option<DateTime<Utc>>,
}

/// Work orders that are not delivered yet.
///
/// # Errors
/// When the database refuses.
pub async fn delivering(tx: &mut ScopedTx, sites: &[i64]) -> Result<Delivering, Error> {
    let now = tx.now();
    Ok(sqlx::query_as(
        "SELECT count(*) AS waiting, count(*) FILTER (WHERE deadline < $2) AS late,
                min(created_at) AS since
         FROM (SELECT site_id, deadline, created_at FROM work_order
               WHERE delivery_state IN ('queued', 'sending', 'unknown')
               ORDER BY deadline LIMIT 10000) w
         WHERE site_id = ANY($1)",
    )
    .bind(sites)
    .bind(now)
    .fetch_one(tx.conn())
    .await?)
}

/// Work orders closed in the hour before `until`, and when the last one was closed.
///
/// # Errors
/// When the database refuses.
pub async fn orders_closed(
    tx: &mut ScopedTx,
    sites: &[i64],
    until: DateTime<Utc>,
) -> Result<(Vec<Beat>, Option<DateTime<Utc>>), Error> {
    let beats = sqlx::query_as(concat!(
        "SELECT ",
        back!("closed_at"),
        ", count(*) FROM (
             SELECT closed_at FROM work_order
             WHERE closed_at <= $1 AND closed_at > $1 - interval '1 hour' AND site_id = ANY($2)
               AND status = 'closed' LIMIT 10001) w GROUP BY 1"
    ))
    .bind(until)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?;
    let last = sqlx::query_scalar(
        "SELECT max(last) FROM unnest($1::bigint[]) AS s (id)
         CROSS JOIN LATERAL (SELECT closed_at AS last FROM work_order
                             WHERE site_id = s.id AND closed_at IS NOT NULL
                             ORDER BY closed_at DESC LIMIT 1) w",
    )
    .bind(sites)
    .fetch_one(tx.conn())
    .await?;
    Ok((beats, last))
}

/// A connection and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ConnectionRow {
    /// Its name.
    pub name: String,
    /// `shadow`, `live` or `paused`.
    pub state: String,
    /// Failures in a row.
    pub failures: i32,
    /// No call is made until then.
    pub open_until: Option<DateTime<Utc>>,
    /// Its last answer, among the newest calls of all connections.
    pub last_at: Option<DateTime<Utc>>,
}

/// The connections that serve the sites.
///
/// # Errors
/// When the database refuses.
pub async fn connections(tx: &mut ScopedTx, sites: &[i64]) -> Result<Vec<ConnectionRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT c.name, c.state, c.failures, c.open_until, t.last_at
         FROM connection c
         LEFT JOIN (SELECT w.connection_id, max(n.finished_at) AS last_at
                    FROM (SELECT work_order_id, finished_at, outcome FROM delivery_attempt
                          ORDER BY id DESC LIMIT 500) n
                    JOIN work_order w ON w.id = n.work_order_id
                    WHERE n.outcome IN ('created', 'rejected')
                    GROUP BY w.connection_id) t ON t.connection_id = c.id
         WHERE EXISTS (SELECT 1 FROM site s WHERE s.connection_id = c.id AND s.id = ANY($1))
         ORDER BY c.id LIMIT 20",
    )
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}
