use chrono::{DateTime, Utc};
use domain::ids::AuditId;
use serde_json::Value;
use sqlx::{FromRow, Postgres, QueryBuilder};

use super::filter::{AuditFilter, push_where};
use crate::{Error, ScopedTx};

/// Place of an event in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// When.
    pub at: DateTime<Utc>,
    /// Which, among those of the same instant.
    pub id: i64,
}

/// One event.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct EventRow {
    /// Which.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// `user`, `key`, `source` or `system`.
    pub actor_kind: String,
    /// Whose id it is depends on the kind.
    pub actor_id: Option<i64>,
    /// `<feature>.<verb>`.
    pub action: String,
    /// Table of the row that changed.
    pub entity: String,
    /// Its id.
    pub entity_id: i64,
    /// The site it concerns.
    pub site_id: Option<i64>,
    /// Name of that site.
    pub site: Option<String>,
    /// `ok`, or how it ended.
    pub outcome: String,
    /// Before, after, reasons.
    pub detail: Value,
    /// SHA-256 of the bytes that came in.
    pub payload_sha256: Option<Vec<u8>>,
    /// The request.
    pub request_id: Option<String>,
    /// From where.
    pub address: Option<String>,
}

/// The time events are stamped with.
///
/// # Errors
/// When the query fails.
pub async fn now(tx: &mut ScopedTx) -> Result<DateTime<Utc>, Error> {
    Ok(sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(tx.conn()).await?)
}

const COLUMNS: &str = "SELECT e.id, e.at, e.actor_kind, e.actor_id, e.action, e.entity, \
    e.entity_id, e.site_id, s.name AS site, e.outcome, e.detail, e.payload_sha256, e.request_id, \
    e.address FROM ";

/// Events the caller may see, newest first, from below `after` on.
///
/// # Errors
/// When the query fails.
pub async fn page(
    tx: &mut ScopedTx,
    filter: &AuditFilter,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<EventRow>, Error> {
    let sites = tx.sites();
    // The index alone finds the rows of the page; only those are then read.
    let mut query =
        QueryBuilder::<Postgres>::new("WITH hit AS MATERIALIZED (SELECT e.id FROM audit_event e");
    push_where(&mut query, filter, sites.as_deref());
    if let Some(cursor) = after {
        query.push(" AND (e.at, e.id) < (").push_bind(cursor.at);
        query.push(", ").push_bind(cursor.id).push(")");
    }
    query.push(" ORDER BY e.at DESC, e.id DESC LIMIT ").push_bind(limit).push(") ");
    query.push(COLUMNS).push(
        "hit JOIN audit_event e ON e.id = hit.id LEFT JOIN asset s ON s.id = e.site_id
         ORDER BY e.at DESC, e.id DESC",
    );
    Ok(query.build_query_as().fetch_all(tx.conn()).await?)
}

/// One event the caller may see.
///
/// # Errors
/// When the query fails.
pub async fn event(tx: &mut ScopedTx, id: AuditId) -> Result<Option<EventRow>, Error> {
    let sites = tx.sites();
    let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
    query.push("audit_event e LEFT JOIN asset s ON s.id = e.site_id WHERE e.id = ").push_bind(id.0);
    if let Some(sites) = sites {
        query.push(" AND e.site_id = ANY(").push_bind(sites).push(")");
    }
    Ok(query.build_query_as().fetch_optional(tx.conn()).await?)
}

/// A value of a facet and how often it was found.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FacetRow {
    /// `action`, `outcome`, `actor` or `object`.
    pub facet: String,
    /// The word; for an actor its kind.
    pub word: String,
    /// Id of an actor; 0 for none.
    pub id: i64,
    /// How often.
    pub count: i64,
}

/// How many events match, counted to `most + 1` at most.
///
/// # Errors
/// When the query fails.
pub async fn count(tx: &mut ScopedTx, filter: &AuditFilter, most: i64) -> Result<i64, Error> {
    let sites = tx.sites();
    let mut query =
        QueryBuilder::<Postgres>::new("SELECT count(*) FROM (SELECT FROM audit_event e");
    push_where(&mut query, filter, sites.as_deref());
    query.push(" LIMIT ").push_bind(most + 1).push(") AS hit");
    Ok(query.build_query_scalar().fetch_one(tx.conn()).await?)
}

/// What the newest `most` matching events are, most frequent first.
///
/// # Errors
/// When the query fails.
pub async fn facets(
    tx: &mut ScopedTx,
    filter: &AuditFilter,
    most: i64,
) -> Result<Vec<FacetRow>, Error> {
    let sites = tx.sites();
    let mut query = QueryBuilder::<Postgres>::new(
        "WITH hit AS MATERIALIZED (
             SELECT e.action, e.outcome, e.actor_kind, coalesce(e.actor_id, 0) AS actor_id, e.entity
             FROM audit_event e",
    );
    push_where(&mut query, filter, sites.as_deref());
    query.push(" ORDER BY e.at DESC, e.id DESC LIMIT ").push_bind(most);
    query.push(
        ") SELECT 'action' AS facet, action AS word, 0::bigint AS id, count(*) AS count
           FROM hit GROUP BY action
         UNION ALL SELECT 'outcome', outcome, 0, count(*) FROM hit GROUP BY outcome
         UNION ALL SELECT 'object', entity, 0, count(*) FROM hit GROUP BY entity
         UNION ALL SELECT 'actor', actor_kind, actor_id, count(*) FROM hit
           GROUP BY actor_kind, actor_id
         ORDER BY count DESC, word, id",
    );
    Ok(query.build_query_as().fetch_all(tx.conn()).await?)
}
