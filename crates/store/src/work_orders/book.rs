//! The built-in book: what a CMMS would hold.

use chrono::{DateTime, Utc};
use domain::cmms_record::CmmsRecord;
use domain::ids::SiteId;
use domain::work_order::{Closure, WorkOrderStatus};
use serde_json::Value;
use sqlx::types::Json;

use crate::{Error, ScopedTx};

#[derive(sqlx::FromRow)]
struct BookRow {
    id: i64,
    external_ref: String,
    status: String,
    assigned_to: Option<String>,
    closure: Option<Json<Closure>>,
    version: i64,
    updated_at: DateTime<Utc>,
}

impl TryFrom<BookRow> for CmmsRecord {
    type Error = Error;

    fn try_from(row: BookRow) -> Result<Self, Error> {
        let status: WorkOrderStatus =
            row.status.parse().map_err(|e| Error::corrupt("book_order", e))?;
        Ok(Self {
            external_ref: Some(row.external_ref),
            cmms_id: row.id.to_string(),
            number: format!("WO-{}", row.id),
            status: Some(status),
            cmms_status: Some(row.status),
            version: row.version,
            assigned_to: row.assigned_to,
            closure: row.closure.map(|Json(closure)| closure),
            updated_at: row.updated_at,
        })
    }
}

/// A record to be written into the book.
#[derive(Debug, Clone)]
pub struct NewBookOrder {
    /// Our reference, unique.
    pub external_ref: String,
    /// Its site.
    pub site: SiteId,
    /// Everything that was sent.
    pub body: Value,
    /// Status it starts with.
    pub status: WorkOrderStatus,
    /// `planner_queue`, a crew or a person.
    pub assigned_to: Option<String>,
}

/// Writes records; a reference that is there already keeps its record. Answers the records of all
/// references, in no particular order.
///
/// # Errors
/// When the database refuses.
pub async fn create(tx: &mut ScopedTx, orders: &[NewBookOrder]) -> Result<Vec<CmmsRecord>, Error> {
    let mut orders: Vec<&NewBookOrder> = orders.iter().collect();
    orders.sort_by(|a, b| a.external_ref.cmp(&b.external_ref));
    let (mut references, mut sites, mut bodies, mut statuses, mut assigned) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for order in orders {
        references.push(order.external_ref.clone());
        sites.push(order.site.0);
        bodies.push(order.body.clone());
        statuses.push(order.status.as_str());
        assigned.push(order.assigned_to.clone());
    }
    let now = tx.now();
    sqlx::query(
        "INSERT INTO book_order (external_ref, site_id, body, status, assigned_to, created_at,
                                 updated_at)
         SELECT external_ref, site_id, body, status, assigned_to, $6, $6
         FROM unnest($1::text[], $2::bigint[], $3::jsonb[], $4::text[], $5::text[])
              AS n (external_ref, site_id, body, status, assigned_to)
         ON CONFLICT (external_ref) DO NOTHING",
    )
    .bind(&references)
    .bind(sites)
    .bind(bodies)
    .bind(statuses)
    .bind(assigned)
    .bind(now)
    .execute(tx.conn())
    .await?;
    by_references(tx, &references).await
}

/// The records that carry one of the references.
///
/// # Errors
/// When the database refuses.
pub async fn by_references(
    tx: &mut ScopedTx,
    references: &[String],
) -> Result<Vec<CmmsRecord>, Error> {
    let rows: Vec<BookRow> = sqlx::query_as(
        "SELECT id, external_ref, status, assigned_to, closure, version, updated_at
         FROM book_order WHERE external_ref = ANY($1)",
    )
    .bind(references)
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(CmmsRecord::try_from).collect()
}

/// The record with that id.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(tx: &mut ScopedTx, id: i64) -> Result<Option<CmmsRecord>, Error> {
    let row: Option<BookRow> = sqlx::query_as(
        "SELECT id, external_ref, status, assigned_to, closure, version, updated_at
         FROM book_order WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(tx.conn())
    .await?;
    row.map(CmmsRecord::try_from).transpose()
}

/// Changes a record as a person asked; answers it as it is now. `None` if there is no such record.
///
/// # Errors
/// When the database refuses.
pub async fn change(
    tx: &mut ScopedTx,
    external_ref: &str,
    status: WorkOrderStatus,
    assigned_to: Option<&str>,
    closure: Option<&Closure>,
) -> Result<Option<CmmsRecord>, Error> {
    let now = tx.now();
    let row: Option<BookRow> = sqlx::query_as(
        "UPDATE book_order
         SET status = $2, assigned_to = COALESCE($3, assigned_to), closure = $4,
             version = version + 1, updated_at = $5
         WHERE external_ref = $1
         RETURNING id, external_ref, status, assigned_to, closure, version, updated_at",
    )
    .bind(external_ref)
    .bind(status.as_str())
    .bind(assigned_to)
    .bind(closure.map(Json))
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    row.map(CmmsRecord::try_from).transpose()
}
