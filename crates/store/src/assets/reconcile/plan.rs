//! Both registers as they are compared, and the plan that comes of it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::ConnectionId;
use domain::views::reconcile::ItemDetail;
use sqlx::types::Json;

use crate::{Error, ScopedTx};

/// One of our assets at a site that the connection serves.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of the table")]
pub struct OurRow {
    pub id: i64,
    pub site_id: i64,
    pub parent_id: Option<i64>,
    pub kind: String,
    pub tag: String,
    pub name: String,
    pub serial_number: Option<String>,
    pub barcode: Option<String>,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub installed_on: Option<NaiveDate>,
    pub criticality: String,
    pub status: String,
    pub version: i32,
}

/// A record of the register.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of the table")]
pub struct TheirRow {
    pub cmms_id: String,
    pub tag: String,
    pub name: String,
    pub serial: Option<String>,
    pub barcode: Option<String>,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub installed_on: Option<NaiveDate>,
    pub criticality: Option<String>,
    pub parent_id: Option<String>,
    pub location: Option<String>,
    pub retired: bool,
    pub version: i32,
    pub gone: bool,
}

/// A connection with a register.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RegisterRow {
    /// Its id.
    pub id: i64,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
}

/// External connections that serve a site of the caller's.
///
/// # Errors
/// What the database says.
pub async fn registers(tx: &mut ScopedTx) -> Result<Vec<RegisterRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT c.id, c.slug, c.name FROM connection c
         WHERE c.base_url IS NOT NULL
           AND ($1::bigint[] IS NULL
                OR EXISTS (SELECT 1 FROM connection_site s WHERE s.connection_id = c.id AND s.site_id = ANY($1))
                OR EXISTS (SELECT 1 FROM site s WHERE s.connection_id = c.id AND s.id = ANY($1)))
         ORDER BY c.name, c.id",
    )
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// The sites that a connection serves, or is the active one of.
///
/// # Errors
/// What the database says.
pub async fn served(tx: &mut ScopedTx, connection: ConnectionId) -> Result<Vec<i64>, Error> {
    Ok(sqlx::query_scalar(
        "SELECT site_id FROM connection_site WHERE connection_id = $1
         UNION SELECT id FROM site WHERE connection_id = $1 ORDER BY 1",
    )
    .bind(connection.0)
    .fetch_all(tx.conn())
    .await?)
}

/// Our assets at some sites, by id.
///
/// # Errors
/// What the database says.
pub async fn ours(tx: &mut ScopedTx, sites: &[i64]) -> Result<Vec<OurRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT id, site_id, parent_id, kind, tag, name, serial_number, barcode, manufacturer, model,
                installed_on, criticality, status, version
         FROM asset WHERE site_id = ANY($1) ORDER BY id",
    )
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// Assets at some sites that have an open work order on them or below.
///
/// # Errors
/// What the database says.
pub async fn with_open_orders(tx: &mut ScopedTx, sites: &[i64]) -> Result<Vec<i64>, Error> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT unnest(a.path) FROM work_order w JOIN asset a ON a.id = w.asset_id
         WHERE w.status NOT IN ('closed', 'cancelled') AND a.site_id = ANY($1)",
    )
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// Our assets by their tags as compared, of any site.
///
/// # Errors
/// What the database says.
pub async fn tagged(
    tx: &mut ScopedTx,
    keys: &[String],
) -> Result<Vec<(String, i64, String)>, Error> {
    Ok(sqlx::query_as("SELECT tag_key, id, tag FROM asset WHERE tag_key = ANY($1)")
        .bind(keys)
        .fetch_all(tx.conn())
        .await?)
}

/// Tags by id.
///
/// # Errors
/// What the database says.
pub async fn tags_of(tx: &mut ScopedTx, ids: &[i64]) -> Result<Vec<(i64, String)>, Error> {
    Ok(sqlx::query_as("SELECT id, tag FROM asset WHERE id = ANY($1)")
        .bind(ids)
        .fetch_all(tx.conn())
        .await?)
}

/// A plan as it stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of the table")]
pub struct PlanRow {
    pub id: i64,
    pub connection_id: i64,
    pub made_at: DateTime<Utc>,
    pub records: i32,
    pub linked: i32,
    pub equal: i32,
}

/// The plan of a connection that counts.
///
/// # Errors
/// What the database says.
pub async fn current_plan(
    tx: &mut ScopedTx,
    connection: ConnectionId,
) -> Result<Option<PlanRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT id, connection_id, made_at, records, linked, equal FROM asset_plan
         WHERE connection_id = $1 AND superseded_at IS NULL",
    )
    .bind(connection.0)
    .fetch_optional(tx.conn())
    .await?)
}

/// Puts a new plan into the place of the old one; what was neither applied nor refused there is part
/// of the new one, or no longer so.
///
/// # Errors
/// What the database says.
pub async fn insert_plan(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    sync: i64,
    (records, linked, equal): (i32, i32, i32),
) -> Result<i64, Error> {
    let now = tx.now();
    sqlx::query(
        "DELETE FROM asset_plan_item i USING asset_plan p
         WHERE p.id = i.plan_id AND p.connection_id = $1 AND p.superseded_at IS NULL
           AND i.state IN ('open', 'stale', 'skipped')",
    )
    .bind(connection.0)
    .execute(tx.conn())
    .await?;
    sqlx::query(
        "UPDATE asset_plan SET superseded_at = $2 WHERE connection_id = $1 AND superseded_at IS NULL",
    )
    .bind(connection.0)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(sqlx::query_scalar(
        "INSERT INTO asset_plan (connection_id, sync_id, made_at, records, linked, equal)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(connection.0)
    .bind(sync)
    .bind(now)
    .bind(records)
    .bind(linked)
    .bind(equal)
    .fetch_one(tx.conn())
    .await?)
}

/// An item of a new plan.
#[derive(Debug, Clone, PartialEq)]
pub struct NewItem {
    /// `added`, `changed`, …
    pub kind: &'static str,
    /// Its site, where it is known.
    pub site_id: Option<i64>,
    /// Our asset.
    pub asset_id: Option<i64>,
    /// Their id.
    pub cmms_id: Option<String>,
    /// What it says.
    pub detail: ItemDetail,
    /// Percent.
    pub score: i16,
    /// A person must look.
    pub choice: bool,
    /// Version of our asset as compared.
    pub asset_version: Option<i32>,
    /// Version of their record as compared.
    pub cmms_version: Option<i32>,
    /// `open`, or `skipped` when a person has skipped the same before.
    pub state: &'static str,
}

/// Adds items to a plan.
///
/// # Errors
/// What the database says.
pub async fn insert_items(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    plan: i64,
    items: &[NewItem],
) -> Result<(), Error> {
    macro_rules! column {
        ($item:ident => $value:expr) => {
            items.iter().map(|$item| $value).collect::<Vec<_>>()
        };
    }
    sqlx::query(
        "INSERT INTO asset_plan_item (plan_id, connection_id, kind, site_id, asset_id, cmms_id, detail, score,
                                      choice, asset_version, cmms_version, state)
         SELECT $1, $2, t.* FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::jsonb[],
             $8::smallint[], $9::bool[], $10::int[], $11::int[], $12::text[]) AS t",
    )
    .bind(plan)
    .bind(connection.0)
    .bind(column!(item => item.kind))
    .bind(column!(item => item.site_id))
    .bind(column!(item => item.asset_id))
    .bind(column!(item => item.cmms_id.clone()))
    .bind(column!(item => Json(&item.detail)))
    .bind(column!(item => item.score))
    .bind(column!(item => item.choice))
    .bind(column!(item => item.asset_version))
    .bind(column!(item => item.cmms_version))
    .bind(column!(item => item.state))
    .execute(tx.conn())
    .await?;
    Ok(())
}
