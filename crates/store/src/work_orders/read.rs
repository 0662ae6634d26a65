//! Reading work orders for pages and the API.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::ids::{AttachmentId, WorkOrderId};
use domain::views::work_orders::{AttachmentRef, Attempt, Drifted, WorkOrderFilter};
use domain::work_order::{Closure, SparePart};
use serde_json::Value;
use sqlx::types::Json;

use crate::{Error, ScopedTx};

/// A total is counted up to here.
pub const COUNTED: i64 = 10_000;

/// A work order with what stands around it.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of work_order and the names next to them")]
pub struct OrderRow {
    pub id: i64,
    pub site_id: i64,
    pub alert_id: Option<i64>,
    pub external_ref: String,
    pub origin: String,
    pub requester: Option<String>,
    pub title: String,
    pub description: String,
    pub priority: i16,
    pub work_type: String,
    pub failure_mode: String,
    pub failure_code: Option<String>,
    pub due: Option<DateTime<Utc>>,
    pub scheduled_from: Option<DateTime<Utc>>,
    pub scheduled_until: Option<DateTime<Utc>>,
    pub assigned_to: Option<String>,
    pub spare_parts: Json<Vec<SparePart>>,
    pub request: Value,
    pub delivery_state: String,
    pub attempts: i32,
    pub next_at: Option<DateTime<Utc>>,
    pub error_text: Option<String>,
    pub deadline: DateTime<Utc>,
    pub cmms_number: Option<String>,
    pub status: String,
    pub cmms_status: Option<String>,
    pub closure: Option<Json<Closure>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub unmapped_status: bool,
    pub drift: Option<Json<BTreeMap<String, Drifted>>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub tag: String,
    pub path_text: String,
    pub site_name: String,
    pub time_zone: String,
    pub system: String,
    pub connection_name: String,
    pub outcome: Option<String>,
    pub prevented: Option<bool>,
    pub rule: Option<String>,
    pub policy_version: Option<i32>,
}

macro_rules! orders {
    ($rest:literal) => {
        concat!(
            "SELECT w.id, w.site_id, w.alert_id, w.external_ref, w.origin, u.name AS requester,
                    w.title, w.description, w.priority, w.work_type, w.failure_mode, w.failure_code,
                    w.due, w.scheduled_from, w.scheduled_until, w.assigned_to, w.spare_parts,
                    w.request, w.delivery_state, w.attempts, w.next_at, w.error_text, w.deadline,
                    w.cmms_number, w.status, w.cmms_status, w.closure, w.closed_at, w.version,
                    w.unmapped_status, w.drift,
                    w.created_at, s.tag, s.path_text, place.name AS site_name, t.time_zone,
                    k.system, k.name AS connection_name, a.outcome, a.prevented, d.rule,
                    d.policy_version
             FROM work_order w
             JOIN asset s ON s.id = w.asset_id
             JOIN asset place ON place.id = w.site_id
             JOIN site t ON t.id = w.site_id
             JOIN connection k ON k.id = w.connection_id
             LEFT JOIN app_user u ON w.requested_kind = 'user' AND u.id = w.requested_by
             LEFT JOIN alert a ON a.id = w.alert_id
             LEFT JOIN decision d ON d.id = a.decision_id ",
            $rest
        )
    };
}

/// What a filter asks of `work_order w`: on its own, so that the rows around it are only read for
/// the page that is shown.
macro_rules! matching {
    () => {
        "($1::bigint[] IS NULL OR w.site_id = ANY($1))
         AND ($2::text[] IS NULL OR w.status = ANY($2))
         AND ($3::text[] IS NULL OR w.origin = ANY($3))
         AND ($4::text[] IS NULL OR w.delivery_state = ANY($4))
         AND ($5::text IS NULL OR w.title ILIKE $5 OR w.cmms_number ILIKE $5
              OR w.asset_id IN (SELECT id FROM asset
                  WHERE asset_words(tag_key, name, serial_key, barcode_key) LIKE lower($5)))
         AND ($6::bigint IS NULL OR w.alert_id = $6)
         AND ($7::bigint IS NULL OR w.site_id = $7)
         AND ($8::bigint IS NULL OR w.asset_id IN (SELECT id FROM asset WHERE path @> ARRAY[$8]))
         AND ($9::timestamptz IS NULL
              OR w.due < $9 AND w.status NOT IN ('closed', 'cancelled'))"
    };
}

struct Filter {
    sites: Option<Vec<i64>>,
    status: Option<Vec<&'static str>>,
    origin: Option<Vec<&'static str>>,
    delivery: Option<Vec<&'static str>>,
    q: Option<String>,
    due_before: Option<DateTime<Utc>>,
}

impl Filter {
    fn new(tx: &ScopedTx, filter: &WorkOrderFilter) -> Self {
        fn words<T: Copy>(list: &[T], word: fn(T) -> &'static str) -> Option<Vec<&'static str>> {
            (!list.is_empty()).then(|| list.iter().map(|&item| word(item)).collect())
        }
        let q = filter.q.trim();
        let q = q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        Self {
            sites: tx.sites(),
            status: words(&filter.status, |s| s.as_str()),
            origin: words(&filter.origin, |o| o.as_str()),
            delivery: words(&filter.delivery, |d| d.as_str()),
            q: (!q.is_empty()).then(|| format!("%{q}%")),
            due_before: filter.overdue.then(|| tx.now()),
        }
    }
}

/// A page of work orders, newest first, one more than `limit` if there are more.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    tx: &mut ScopedTx,
    filter: &WorkOrderFilter,
    limit: i64,
) -> Result<Vec<OrderRow>, Error> {
    let f = Filter::new(tx, filter);
    let ids: Vec<i64> = sqlx::query_scalar(concat!(
        "SELECT w.id FROM work_order w WHERE ",
        matching!(),
        " AND ($10::bigint IS NULL OR w.id < $10) ORDER BY w.id DESC LIMIT $11"
    ))
    .bind(f.sites)
    .bind(f.status)
    .bind(f.origin)
    .bind(f.delivery)
    .bind(f.q)
    .bind(filter.alert.map(|id| id.0))
    .bind(filter.site.map(|id| id.0))
    .bind(filter.asset.map(|id| id.0))
    .bind(f.due_before)
    .bind(filter.after.map(|id| id.0))
    .bind(limit + 1)
    .persistent(false)
    .fetch_all(tx.conn())
    .await?;
    Ok(sqlx::query_as(orders!("WHERE w.id = ANY($1) ORDER BY w.id DESC"))
        .bind(ids)
        .fetch_all(tx.conn())
        .await?)
}

/// How many work orders match, counted to [`COUNTED`] and one.
///
/// # Errors
/// When the database refuses.
pub async fn count(tx: &mut ScopedTx, filter: &WorkOrderFilter) -> Result<i64, Error> {
    let f = Filter::new(tx, filter);
    Ok(sqlx::query_scalar(concat!(
        "SELECT count(*) FROM (SELECT FROM work_order w WHERE ",
        matching!(),
        " LIMIT $10) AS found"
    ))
    .bind(f.sites)
    .bind(f.status)
    .bind(f.origin)
    .bind(f.delivery)
    .bind(f.q)
    .bind(filter.alert.map(|id| id.0))
    .bind(filter.site.map(|id| id.0))
    .bind(filter.asset.map(|id| id.0))
    .bind(f.due_before)
    .bind(COUNTED + 1)
    .persistent(false)
    .fetch_one(tx.conn())
    .await?)
}

/// One work order; `None` when there is none in scope.
///
/// # Errors
/// When the database refuses.
pub async fn one(tx: &mut ScopedTx, id: WorkOrderId) -> Result<Option<OrderRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(orders!("WHERE w.id = $1 AND ($2::bigint[] IS NULL OR w.site_id = ANY($2))"))
        .bind(id.0)
        .bind(sites)
        .fetch_optional(tx.conn())
        .await?)
}

type AttemptRow = (String, DateTime<Utc>, Option<DateTime<Utc>>, Option<String>, Option<String>);

/// The calls to the CMMS, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn attempts(tx: &mut ScopedTx, id: WorkOrderId) -> Result<Vec<Attempt>, Error> {
    let rows: Vec<AttemptRow> = sqlx::query_as(
        "SELECT kind, started_at, finished_at, outcome, detail FROM delivery_attempt
         WHERE work_order_id = $1 ORDER BY id",
    )
    .bind(id.0)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|(kind, started_at, finished_at, outcome, detail)| Attempt {
            kind,
            started_at,
            seconds: finished_at.map(|end| (end - started_at).as_seconds_f64().max(0.0)),
            outcome,
            detail,
        })
        .collect())
}

/// The files kept with a work order, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn attachments(tx: &mut ScopedTx, id: WorkOrderId) -> Result<Vec<AttachmentRef>, Error> {
    let rows: Vec<(i64, String, String, i32)> = sqlx::query_as(
        "SELECT id, name, content_type, length(content) FROM attachment
         WHERE work_order_id = $1 ORDER BY id",
    )
    .bind(id.0)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, name, content_type, size)| AttachmentRef {
            id: AttachmentId(id),
            name,
            content_type,
            size,
        })
        .collect())
}
