//! The mirror of every work order that a CMMS holds, and how it meets our own.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::cmms_record::CmmsRecord;
use domain::ids::ConnectionId;
use domain::work_order::Closure;
use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;

use crate::{Error, ScopedTx};

/// Fewer characters of a reference prove nothing.
const SHORTEST_TAIL: usize = 10;

/// One work order of a CMMS, to be mirrored.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs, reason = "columns of cmms_order")]
pub struct CmmsOrder {
    pub cmms_id: String,
    pub number: String,
    pub external_ref: Option<String>,
    pub title: Option<String>,
    pub work_type: Option<String>,
    pub status: Option<&'static str>,
    pub cmms_status: Option<String>,
    pub priority: Option<String>,
    pub assigned_to: Option<String>,
    pub cmms_asset: Option<String>,
    pub failure_code: Option<String>,
    pub opened_at: Option<DateTime<Utc>>,
    pub due: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub labour_hours: Option<f64>,
    pub downtime_hours: Option<f64>,
    pub cost: Option<f64>,
    pub currency: Option<String>,
    pub parts: Value,
    pub closure: Option<Value>,
    pub version: i64,
    pub changed_at: DateTime<Utc>,
    pub origin: &'static str,
}

/// Mirrors work orders, one row per id; an older version changes nothing. What a list row leaves
/// out stays as a fuller reading had it. Answers how many are new or changed.
///
/// # Errors
/// When the database refuses.
pub async fn put(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    orders: &[CmmsOrder],
) -> Result<u64, Error> {
    let done = sqlx::query(
        "INSERT INTO cmms_order AS o (connection_id, cmms_id, number, external_ref, title,
             work_type, status, cmms_status, priority, assigned_to, cmms_asset, failure_code,
             opened_at, due, started_at, finished_at, labour_hours, downtime_hours, cost, currency,
             parts, closure, version, changed_at, origin)
         SELECT $1, cmms_id, number, external_ref, title, work_type, status, cmms_status, priority,
             assigned_to, cmms_asset, failure_code, opened_at, due, started_at, finished_at,
             labour_hours, downtime_hours, cost, currency, parts, NULLIF(closure, 'null'::jsonb),
             version, changed_at, origin
         FROM jsonb_to_recordset($2) AS n (cmms_id text, number text, external_ref text, title text,
             work_type text, status text, cmms_status text, priority text, assigned_to text,
             cmms_asset text, failure_code text, opened_at timestamptz, due timestamptz,
             started_at timestamptz, finished_at timestamptz, labour_hours float8,
             downtime_hours float8, cost float8, currency text, parts jsonb, closure jsonb,
             version bigint, changed_at timestamptz, origin text)
         ORDER BY cmms_id
         ON CONFLICT (connection_id, cmms_id) DO UPDATE
         SET number = excluded.number, title = excluded.title, status = excluded.status,
             cmms_status = excluded.cmms_status, assigned_to = excluded.assigned_to,
             external_ref = COALESCE(excluded.external_ref, o.external_ref),
             work_type = COALESCE(excluded.work_type, o.work_type),
             priority = COALESCE(excluded.priority, o.priority),
             cmms_asset = COALESCE(excluded.cmms_asset, o.cmms_asset),
             asset_id = CASE WHEN COALESCE(excluded.cmms_asset, o.cmms_asset)
                                  IS NOT DISTINCT FROM o.cmms_asset THEN o.asset_id END,
             failure_code = COALESCE(excluded.failure_code, o.failure_code),
             opened_at = COALESCE(excluded.opened_at, o.opened_at),
             due = COALESCE(excluded.due, o.due),
             started_at = COALESCE(excluded.started_at, o.started_at),
             finished_at = COALESCE(excluded.finished_at, o.finished_at),
             labour_hours = COALESCE(excluded.labour_hours, o.labour_hours),
             downtime_hours = COALESCE(excluded.downtime_hours, o.downtime_hours),
             cost = COALESCE(excluded.cost, o.cost),
             currency = COALESCE(excluded.currency, o.currency),
             parts = CASE WHEN excluded.parts = '[]' THEN o.parts ELSE excluded.parts END,
             closure = CASE WHEN excluded.status = 'closed'
                            THEN COALESCE(excluded.closure, o.closure) END,
             version = excluded.version, changed_at = excluded.changed_at,
             origin = excluded.origin, seen_at = now()
         WHERE o.version < excluded.version
            OR o.version = excluded.version
               AND (o.status IS DISTINCT FROM excluded.status
                    OR excluded.closure IS NOT NULL AND o.closure IS DISTINCT FROM excluded.closure
                    OR excluded.external_ref IS NOT NULL AND o.external_ref IS NULL
                    OR excluded.failure_code IS NOT NULL AND o.failure_code IS NULL)",
    )
    .bind(connection.0)
    .bind(Json(orders))
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

/// Pairs mirrored work orders with our assets: `keys` are the CMMS's asset id and the tag key it
/// stands for where the register has no pair of it.
///
/// # Errors
/// When the database refuses.
pub async fn pair(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    keys: &[(String, String)],
) -> Result<(), Error> {
    let (assets, tags): (Vec<&str>, Vec<&str>) =
        keys.iter().map(|(asset, tag)| (asset.as_str(), tag.as_str())).unzip();
    sqlx::query(
        "UPDATE cmms_order o SET asset_id = a.id
         FROM unnest($2::text[], $3::text[]) AS n (cmms_asset, tag_key)
         LEFT JOIN asset_link l ON l.connection_id = $1 AND l.cmms_id = n.cmms_asset
                               AND l.unlinked_at IS NULL
         JOIN asset a ON a.id = l.asset_id OR (l.id IS NULL AND a.tag_key = n.tag_key)
         WHERE o.connection_id = $1 AND o.cmms_asset = n.cmms_asset
           AND o.asset_id IS DISTINCT FROM a.id",
    )
    .bind(connection.0)
    .bind(assets)
    .bind(tags)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The versions that are mirrored, by id.
///
/// # Errors
/// When the database refuses.
pub async fn versions(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    cmms_ids: &[String],
) -> Result<HashMap<String, i64>, Error> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT cmms_id, version FROM cmms_order WHERE connection_id = $1 AND cmms_id = ANY($2)",
    )
    .bind(connection.0)
    .bind(cmms_ids)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().collect())
}

/// What the mirror knows of records that no work order of ours stands for yet. What it knows was
/// not ours when it came in; a create's answer may make it so.
///
/// # Errors
/// When the database refuses.
pub async fn unclaimed(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    cmms_ids: &[String],
) -> Result<Vec<CmmsRecord>, Error> {
    let rows: Vec<MirroredRecord> = sqlx::query_as(
        "SELECT cmms_id, number, status, cmms_status, version, assigned_to, closure, changed_at
         FROM cmms_order o
         WHERE connection_id = $1 AND cmms_id = ANY($2)
           AND NOT EXISTS (SELECT FROM work_order w
                           WHERE w.connection_id = $1 AND w.cmms_id = o.cmms_id)",
    )
    .bind(connection.0)
    .bind(cmms_ids)
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(CmmsRecord::try_from).collect()
}

#[derive(sqlx::FromRow)]
struct MirroredRecord {
    cmms_id: String,
    number: String,
    status: Option<String>,
    cmms_status: Option<String>,
    version: i64,
    assigned_to: Option<String>,
    closure: Option<Json<Closure>>,
    changed_at: DateTime<Utc>,
}

impl TryFrom<MirroredRecord> for CmmsRecord {
    type Error = Error;

    fn try_from(row: MirroredRecord) -> Result<Self, Error> {
        let status = row.status.map(|status| status.parse()).transpose();
        Ok(Self {
            external_ref: None,
            cmms_id: row.cmms_id,
            number: row.number,
            status: status.map_err(|e| Error::corrupt("cmms_order", e))?,
            cmms_status: row.cmms_status,
            version: row.version,
            assigned_to: row.assigned_to,
            closure: row.closure.map(|Json(closure)| closure),
            updated_at: row.changed_at,
        })
    }
}

/// A work order of ours and what the CMMS showed of it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Ours {
    /// Its id.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// Our reference.
    pub external_ref: String,
    /// The CMMS's id, once it has one.
    pub cmms_id: Option<String>,
    /// Version of the record seen last.
    pub record_version: i64,
    /// Our title.
    pub title: String,
    /// Our priority.
    pub priority: i16,
    /// Our due date.
    pub due: Option<DateTime<Utc>>,
    /// What the CMMS showed first.
    pub shown: Option<Value>,
    /// What has changed there since.
    pub drift: Option<Value>,
}

/// The work orders of ours that records speak of, by the CMMS's id or by reference. A CMMS with a
/// short field keeps only the end of a reference.
///
/// # Errors
/// When the database refuses.
pub async fn ours(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    cmms_ids: &[String],
    references: &[String],
) -> Result<Vec<Ours>, Error> {
    let tails: Vec<&str> =
        references.iter().filter(|text| text.len() >= SHORTEST_TAIL).map(String::as_str).collect();
    Ok(sqlx::query_as(
        "SELECT id, site_id, external_ref, cmms_id, record_version, title, priority, due, shown,
                drift
         FROM work_order w
         WHERE connection_id = $1
           AND (cmms_id = ANY($2)
                OR id IN (SELECT t.id FROM unnest($3::text[]) AS n (tail)
                          JOIN work_order t ON t.connection_id = $1
                               AND right(t.external_ref, 10) = right(n.tail, 10)
                               AND right(t.external_ref, length(n.tail)) = n.tail))
         ORDER BY id",
    )
    .bind(connection.0)
    .bind(cmms_ids)
    .bind(tails)
    .fetch_all(tx.conn())
    .await?)
}

/// Notes what the CMMS shows of a work order beside what we asked for.
///
/// # Errors
/// When the database refuses.
pub async fn note(
    tx: &mut ScopedTx,
    id: i64,
    shown: &Value,
    drift: Option<&Value>,
) -> Result<(), Error> {
    sqlx::query("UPDATE work_order SET shown = $2, drift = $3 WHERE id = $1")
        .bind(id)
        .bind(Json(shown))
        .bind(drift.map(Json))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Our failure modes behind the CMMS's codes. A code of several modes stands for none of them.
///
/// # Errors
/// When the database refuses.
pub async fn modes(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    codes: &[String],
) -> Result<HashMap<String, String>, Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT code, min(failure_mode) FROM failure_code
         WHERE connection_id = $1 AND code = ANY($2)
         GROUP BY code HAVING count(*) = 1",
    )
    .bind(connection.0)
    .bind(codes)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().collect())
}

/// An open work order of the CMMS for the same asset and failure code as an alert's.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Standing {
    /// The alert.
    pub alert_id: i64,
    /// The CMMS's id.
    pub cmms_id: String,
    /// The CMMS's number.
    pub number: String,
    /// What is to be done.
    pub title: Option<String>,
    /// Status in our words.
    pub status: String,
    /// Status in the CMMS's words.
    pub cmms_status: Option<String>,
    /// Person or crew who has it.
    pub assigned_to: Option<String>,
    /// When the work is due.
    pub due: Option<DateTime<Utc>>,
    /// Version of the record.
    pub version: i64,
}

/// Open work orders of the CMMS that none of ours stands for, by alert: the oldest for the alert's
/// asset and failure code on its connection. `keys` are alert, connection, asset, failure code.
///
/// # Errors
/// When the database refuses.
pub async fn standing(
    tx: &mut ScopedTx,
    keys: &[(i64, i64, i64, &str)],
) -> Result<Vec<Standing>, Error> {
    let (mut alerts, mut connections, mut assets, mut codes) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (alert, connection, asset, code) in keys {
        alerts.push(*alert);
        connections.push(*connection);
        assets.push(*asset);
        codes.push(*code);
    }
    Ok(sqlx::query_as(
        "SELECT DISTINCT ON (n.alert_id) n.alert_id, o.cmms_id, o.number, o.title, o.status,
                o.cmms_status, o.assigned_to, o.due, o.version
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[])
              AS n (alert_id, connection_id, asset_id, code)
         JOIN cmms_order o ON o.connection_id = n.connection_id AND o.asset_id = n.asset_id
              AND o.failure_code = n.code
              AND o.status IN ('draft', 'approved', 'assigned', 'in_progress')
         WHERE NOT EXISTS (SELECT FROM work_order w
                           WHERE w.connection_id = o.connection_id AND w.cmms_id = o.cmms_id)
         ORDER BY n.alert_id, o.opened_at NULLS LAST, o.id",
    )
    .bind(alerts)
    .bind(connections)
    .bind(assets)
    .bind(codes)
    .fetch_all(tx.conn())
    .await?)
}

/// A mirrored work order, for pages.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of cmms_order, and the work order of ours behind it")]
pub struct MirroredOrder {
    pub cmms_id: String,
    pub number: String,
    pub external_ref: Option<String>,
    pub title: Option<String>,
    pub work_type: Option<String>,
    pub status: Option<String>,
    pub cmms_status: Option<String>,
    pub priority: Option<String>,
    pub assigned_to: Option<String>,
    pub cmms_asset: Option<String>,
    pub asset_id: Option<i64>,
    pub failure_code: Option<String>,
    pub opened_at: Option<DateTime<Utc>>,
    pub due: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub labour_hours: Option<f64>,
    pub cost: Option<f64>,
    pub currency: Option<String>,
    pub closure: Option<Value>,
    pub version: i64,
    pub changed_at: DateTime<Utc>,
    pub work_order_id: Option<i64>,
}

/// Mirrored work orders of a connection, newest change first, within the caller's sites; those of
/// assets nobody has paired yet belong to no site and are seen by whoever sees every site.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    limit: i64,
) -> Result<Vec<MirroredOrder>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT o.cmms_id, o.number, o.external_ref, o.title, o.work_type, o.status,
                o.cmms_status, o.priority, o.assigned_to, o.cmms_asset, o.asset_id,
                o.failure_code, o.opened_at, o.due, o.finished_at, o.labour_hours, o.cost,
                o.currency, o.closure, o.version, o.changed_at, w.id AS work_order_id
         FROM cmms_order o
         LEFT JOIN asset a ON a.id = o.asset_id
         LEFT JOIN work_order w ON w.connection_id = o.connection_id AND w.cmms_id = o.cmms_id
         WHERE o.connection_id = $1 AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))
         ORDER BY o.changed_at DESC, o.id DESC LIMIT $3",
    )
    .bind(connection.0)
    .bind(sites)
    .bind(limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Marks held records that nothing has claimed for so many hours; answers how many.
///
/// # Errors
/// When the database refuses.
pub async fn quarantine_held(tx: &mut ScopedTx, hours: f64) -> Result<u64, Error> {
    let done = sqlx::query(
        "UPDATE held_record SET quarantined_at = now()
         WHERE quarantined_at IS NULL AND received_at < now() - make_interval(secs => $1 * 3600)",
    )
    .bind(hours)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}
