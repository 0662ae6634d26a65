//! Delivery lanes: leased and fenced (recipe 1.2). Waits and leases use database time.

use std::time::Duration;

use domain::ids::{ConnectionId, SiteId, WorkOrderId};
use domain::work_order::DeliveryState;
use serde_json::Value;

use crate::{Error, ScopedTx};

/// A breaker with this many failures in a row is open (recipe 1.7).
pub const BREAKER_FAILURES: i32 = 5;

/// A leased lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The work order.
    pub work_order: WorkOrderId,
    /// Fences out whoever held the lane before.
    pub token: i64,
}

/// What a claim found.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// The lanes, now leased.
    pub leases: Vec<Lease>,
    /// The breaker is half open: this is the one probe.
    pub probe: bool,
    /// The database was restored: creates are preceded by look-ups.
    pub look_first: bool,
}

/// Lets this transaction commit without waiting for the disk. Only for steps whose loss a later
/// look-up repairs.
///
/// # Errors
/// When the database refuses.
pub async fn relax(tx: &mut ScopedTx) -> Result<(), Error> {
    sqlx::query("SET LOCAL synchronous_commit = off").execute(tx.conn()).await?;
    Ok(())
}

/// Leases up to `limit` due lanes of a live connection; one if its breaker is half open, none if it
/// is open.
///
/// # Errors
/// When the database refuses.
pub async fn claim(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    limit: i64,
    lease: Duration,
) -> Result<Claim, Error> {
    let rows: Vec<(i64, i64, bool, bool)> = sqlx::query_as(
        "WITH k AS (
             SELECT failures >= $4 AS probe, COALESCE(reconcile_first > now(), false) AS look_first
             FROM connection
             WHERE id = $1 AND state = 'live' AND (open_until IS NULL OR open_until <= now())
         ), c AS (
             SELECT work_order_id FROM delivery_lane
             WHERE connection_id = $1 AND ready_at <= now()
               AND (leased_until IS NULL OR leased_until < now()) AND EXISTS (SELECT 1 FROM k)
             ORDER BY ready_at
             LIMIT (SELECT CASE WHEN probe THEN 1 ELSE $2 END FROM k)
             FOR UPDATE SKIP LOCKED
         )
         UPDATE delivery_lane l
         SET lease_token = nextval('lease_token_seq'),
             leased_until = now() + make_interval(secs => $3)
         FROM c WHERE l.work_order_id = c.work_order_id
         RETURNING l.work_order_id, l.lease_token, (SELECT probe FROM k),
                   (SELECT look_first FROM k)",
    )
    .bind(connection.0)
    .bind(limit)
    .bind(lease.as_secs_f64())
    .bind(BREAKER_FAILURES)
    .fetch_all(tx.conn())
    .await?;
    let probe = rows.iter().any(|(_, _, probe, _)| *probe);
    let look_first = rows.iter().any(|(.., look_first)| *look_first);
    let mut leases: Vec<Lease> = rows
        .into_iter()
        .map(|(id, token, ..)| Lease { work_order: WorkOrderId(id), token })
        .collect();
    leases.sort_unstable_by_key(|lease| lease.work_order);
    Ok(Claim { leases, probe, look_first })
}

/// A work order whose lane is held.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Job {
    /// Its id.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// Our reference.
    pub external_ref: String,
    /// The stored body.
    pub request: Value,
    /// Where the delivery stands.
    pub delivery_state: String,
    /// Calls that count so far.
    pub attempts: i32,
    /// Look-ups in a row that found nothing.
    pub lookups: i32,
    /// The CMMS's id, when a record came in before the create's answer.
    pub cmms_id: Option<String>,
    /// Its number then.
    pub cmms_number: Option<String>,
    /// How far a create of several calls has come.
    pub progress: Option<Value>,
}

impl Job {
    /// Where the delivery stands.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for a word we do not know.
    pub fn state(&self) -> Result<DeliveryState, Error> {
        self.delivery_state.parse().map_err(|e| Error::corrupt("work_order", e))
    }
}

/// The work orders of held lanes, by id. A statement of its own after the claim, so that it sees
/// what the previous holder wrote.
///
/// # Errors
/// When the database refuses.
pub async fn jobs(tx: &mut ScopedTx, ids: &[WorkOrderId]) -> Result<Vec<Job>, Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    Ok(sqlx::query_as(
        "SELECT w.id, w.site_id, w.external_ref, w.request, w.delivery_state, w.attempts, w.lookups,
                w.cmms_id, w.cmms_number, p.state AS progress
         FROM work_order w LEFT JOIN delivery_progress p ON p.work_order_id = w.id
         WHERE w.id = ANY($1) ORDER BY w.id",
    )
    .bind(ids)
    .fetch_all(tx.conn())
    .await?)
}

/// Marks creates as under way and opens their attempts; answers the attempt per work order.
///
/// # Errors
/// When the database refuses.
pub async fn start_creates(
    tx: &mut ScopedTx,
    ids: &[WorkOrderId],
) -> Result<Vec<(WorkOrderId, i64)>, Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "WITH w AS (
             UPDATE work_order
             SET delivery_state = 'sending', attempts = attempts + 1, next_at = NULL
             WHERE id = ANY($1) RETURNING id
         )
         INSERT INTO delivery_attempt (work_order_id, kind)
         SELECT id, 'create' FROM w RETURNING work_order_id, id",
    )
    .bind(ids)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(order, attempt)| (WorkOrderId(order), attempt)).collect())
}

/// Opens the attempts of look-ups; answers the attempt per work order.
///
/// # Errors
/// When the database refuses.
pub async fn start_look_ups(
    tx: &mut ScopedTx,
    ids: &[WorkOrderId],
) -> Result<Vec<(WorkOrderId, i64)>, Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "INSERT INTO delivery_attempt (work_order_id, kind)
         SELECT unnest($1::bigint[]), 'look_up' RETURNING work_order_id, id",
    )
    .bind(ids)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(order, attempt)| (WorkOrderId(order), attempt)).collect())
}

/// Closes the attempts that dead workers left open; answers which work orders they belong to.
///
/// # Errors
/// When the database refuses.
pub async fn abandon_attempts(tx: &mut ScopedTx, ids: &[WorkOrderId]) -> Result<(), Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query(
        "UPDATE delivery_attempt SET finished_at = clock_timestamp(), outcome = 'interrupted'
         WHERE work_order_id = ANY($1) AND finished_at IS NULL",
    )
    .bind(ids)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Stores how far a create has come; the caller holds the lane.
///
/// # Errors
/// When the database refuses.
pub async fn keep_progress(
    tx: &mut ScopedTx,
    order: WorkOrderId,
    state: &Value,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO delivery_progress (work_order_id, state) VALUES ($1, $2)
         ON CONFLICT (work_order_id) DO UPDATE SET state = $2, updated_at = now()",
    )
    .bind(order.0)
    .bind(state)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Extends leases that are still ours.
///
/// # Errors
/// When the database refuses.
pub async fn heartbeat(tx: &mut ScopedTx, leases: &[Lease], lease: Duration) -> Result<u64, Error> {
    let (ids, tokens) = split(leases);
    let done = sqlx::query(
        "UPDATE delivery_lane l SET leased_until = now() + make_interval(secs => $3)
         FROM unnest($1::bigint[], $2::bigint[]) AS n (id, token)
         WHERE l.work_order_id = n.id AND l.lease_token = n.token",
    )
    .bind(ids)
    .bind(tokens)
    .bind(lease.as_secs_f64())
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

/// Locks the lanes that are still ours, in order; whoever is missing was fenced out and must not
/// write.
///
/// # Errors
/// When the database refuses.
pub async fn still_ours(tx: &mut ScopedTx, leases: &[Lease]) -> Result<Vec<WorkOrderId>, Error> {
    let (ids, tokens) = split(leases);
    let rows: Vec<i64> = sqlx::query_scalar(
        "SELECT l.work_order_id FROM delivery_lane l
         JOIN unnest($1::bigint[], $2::bigint[]) AS n (id, token)
           ON l.work_order_id = n.id AND l.lease_token = n.token
         ORDER BY l.work_order_id FOR UPDATE OF l",
    )
    .bind(ids)
    .bind(tokens)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(WorkOrderId).collect())
}

/// How one step ended, to be written under the lock of its lane.
#[derive(Debug, Clone)]
pub struct StepRow {
    /// The work order.
    pub work_order: WorkOrderId,
    /// The attempt to close.
    pub attempt: Option<i64>,
    /// Where the delivery stands now.
    pub state: DeliveryState,
    /// Calls that count so far.
    pub attempts: i32,
    /// Look-ups in a row that found nothing.
    pub lookups: i32,
    /// Until the next call; `None` when nothing more happens by itself.
    pub wait: Option<Duration>,
    /// Stable code of what went wrong.
    pub error_code: Option<String>,
    /// The same in words.
    pub error_text: Option<String>,
    /// How the attempt ended.
    pub outcome: &'static str,
    /// What the CMMS said.
    pub detail: Option<String>,
}

/// Writes steps, closes their attempts, and hands the lanes back. Answers the sites.
///
/// # Errors
/// When the database refuses.
pub async fn finish(
    tx: &mut ScopedTx,
    steps: &[StepRow],
) -> Result<Vec<(WorkOrderId, SiteId)>, Error> {
    let mut c = Columns::default();
    for step in steps {
        c.push(step);
    }
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "UPDATE work_order w
         SET delivery_state = n.state, attempts = n.attempts, lookups = n.lookups,
             error_code = n.code, error_text = n.text,
             next_at = now() + make_interval(secs => n.wait)
         FROM unnest($1::bigint[], $2::text[], $3::int[], $4::int[], $5::float8[], $6::text[],
                     $7::text[]) AS n (id, state, attempts, lookups, wait, code, text)
         WHERE w.id = n.id RETURNING w.id, w.site_id",
    )
    .bind(&c.ids)
    .bind(&c.states)
    .bind(&c.attempts)
    .bind(&c.lookups)
    .bind(&c.waits)
    .bind(&c.codes)
    .bind(&c.texts)
    .fetch_all(tx.conn())
    .await?;
    sqlx::query(
        "UPDATE delivery_attempt a
         SET finished_at = clock_timestamp(), outcome = n.outcome, detail = n.detail
         FROM unnest($1::bigint[], $2::text[], $3::text[]) AS n (id, outcome, detail)
         WHERE a.id = n.id",
    )
    .bind(&c.calls)
    .bind(&c.outcomes)
    .bind(&c.details)
    .execute(tx.conn())
    .await?;
    sqlx::query(
        "UPDATE delivery_lane l
         SET ready_at = now() + make_interval(secs => n.wait), leased_until = NULL,
             lease_token = NULL
         FROM unnest($1::bigint[], $2::float8[]) AS n (id, wait)
         WHERE l.work_order_id = n.id",
    )
    .bind(&c.ids)
    .bind(&c.waits)
    .execute(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(id, site)| (WorkOrderId(id), SiteId(site))).collect())
}

#[derive(Default)]
struct Columns {
    ids: Vec<i64>,
    states: Vec<&'static str>,
    attempts: Vec<i32>,
    lookups: Vec<i32>,
    waits: Vec<Option<f64>>,
    codes: Vec<Option<String>>,
    texts: Vec<Option<String>>,
    calls: Vec<Option<i64>>,
    outcomes: Vec<&'static str>,
    details: Vec<Option<String>>,
}

impl Columns {
    fn push(&mut self, step: &StepRow) {
        self.ids.push(step.work_order.0);
        self.states.push(step.state.as_str());
        self.attempts.push(step.attempts);
        self.lookups.push(step.lookups);
        self.waits.push(step.wait.map(|wait| wait.as_secs_f64()));
        self.codes.push(step.error_code.clone());
        self.texts.push(step.error_text.clone());
        self.calls.push(step.attempt);
        self.outcomes.push(step.outcome);
        self.details.push(step.detail.clone());
    }
}

/// Hands lanes back untouched, for work orders on which nothing is left to do.
///
/// # Errors
/// When the database refuses.
pub async fn idle(tx: &mut ScopedTx, ids: &[WorkOrderId]) -> Result<(), Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query(
        "UPDATE delivery_lane SET ready_at = NULL, leased_until = NULL, lease_token = NULL
         WHERE work_order_id = ANY($1)",
    )
    .bind(ids)
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn split(leases: &[Lease]) -> (Vec<i64>, Vec<i64>) {
    leases.iter().map(|lease| (lease.work_order.0, lease.token)).unzip()
}
