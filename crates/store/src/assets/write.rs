//! The tree as an import reads and writes it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::AssetId;
use serde_json::Value;

use crate::{Error, ScopedTx};

/// One row of the asset table.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AssetRow {
    /// Its id.
    pub id: i64,
    /// Its site; a site's own id for a site.
    pub site_id: i64,
    /// The asset above.
    pub parent_id: Option<i64>,
    /// Site, line, machine or component.
    pub kind: String,
    /// Equipment id as written.
    pub tag: String,
    /// Equipment id as compared.
    pub tag_key: String,
    /// What people call it.
    pub name: String,
    /// Serial number as written.
    pub serial_number: Option<String>,
    /// Serial number as compared.
    pub serial_key: Option<String>,
    /// Barcode as written.
    pub barcode: Option<String>,
    /// Barcode as compared.
    pub barcode_key: Option<String>,
    /// Manufacturer.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Date of installation.
    pub installed_on: Option<NaiveDate>,
    /// Criticality of its own.
    pub own_criticality: Option<String>,
    /// Own or inherited criticality.
    pub criticality: String,
    /// Active or decommissioned.
    pub status: String,
    /// Ids from the site down to itself.
    pub path: Vec<i64>,
    /// Names from the site down to itself.
    pub path_text: String,
}

/// What only a site has.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRow {
    /// The site.
    pub id: AssetId,
    /// IANA name.
    pub time_zone: String,
    /// The calendar as a planner writes it.
    pub calendar: Value,
}

/// Lets one import at a time change the tree.
///
/// # Errors
/// What the database says.
pub async fn lock_tree(tx: &mut ScopedTx) -> Result<(), Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('asset_tree'))").execute(tx.conn()).await?;
    Ok(())
}

/// The whole tree, every site: an import must see names that other sites have taken.
///
/// # Errors
/// What the database says.
pub async fn tree(tx: &mut ScopedTx) -> Result<Vec<AssetRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT id, site_id, parent_id, kind, tag, tag_key, name, serial_number, serial_key,
                barcode, barcode_key, manufacturer, model, installed_on, own_criticality,
                criticality, status, path, path_text
         FROM asset ORDER BY id",
    )
    .fetch_all(tx.conn())
    .await?)
}

/// Zone and calendar of every site.
///
/// # Errors
/// What the database says.
pub async fn sites(tx: &mut ScopedTx) -> Result<Vec<SiteRow>, Error> {
    let rows: Vec<(i64, String, Value)> =
        sqlx::query_as("SELECT id, time_zone, calendar FROM site ORDER BY id")
            .fetch_all(tx.conn())
            .await?;
    Ok(rows
        .into_iter()
        .map(|(id, time_zone, calendar)| SiteRow { id: AssetId(id), time_zone, calendar })
        .collect())
}

/// Ids for assets that are about to be inserted.
///
/// # Errors
/// What the database says.
pub async fn reserve_ids(tx: &mut ScopedTx, count: i64) -> Result<Vec<i64>, Error> {
    Ok(sqlx::query_scalar(
        "SELECT nextval(pg_get_serial_sequence('asset', 'id')) FROM generate_series(1, $1)",
    )
    .bind(count)
    .fetch_all(tx.conn())
    .await?)
}

/// Inserts assets under ids from [`reserve_ids`].
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &mut ScopedTx, rows: &[&AssetRow]) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO asset (id, site_id, parent_id, kind, tag, tag_key, name,
            serial_number, serial_key, barcode, barcode_key, manufacturer, model, installed_on,
            own_criticality, criticality, status, path, path_text)
         OVERRIDING SYSTEM VALUE
         SELECT id, site_id, parent_id, kind, tag, tag_key, name, serial_number, serial_key,
                barcode, barcode_key, manufacturer, model, installed_on, own_criticality,
                criticality, status, path::bigint[], path_text
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                     $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
                     $13::text[], $14::date[], $15::text[], $16::text[], $17::text[], $18::text[],
                     $19::text[])
              AS t (id, site_id, parent_id, kind, tag, tag_key, name, serial_number, serial_key,
                    barcode, barcode_key, manufacturer, model, installed_on, own_criticality,
                    criticality, status, path, path_text)";
    bound(INSERT, rows).execute(tx.conn()).await?;
    Ok(())
}

/// Updates assets by id and counts up their versions.
///
/// # Errors
/// What the database says.
pub async fn update(
    tx: &mut ScopedTx,
    rows: &[&AssetRow],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    const UPDATE: &str = "UPDATE asset a SET
            site_id = t.site_id, parent_id = t.parent_id, kind = t.kind, tag = t.tag,
            tag_key = t.tag_key, name = t.name, serial_number = t.serial_number,
            serial_key = t.serial_key, barcode = t.barcode, barcode_key = t.barcode_key,
            manufacturer = t.manufacturer, model = t.model, installed_on = t.installed_on,
            own_criticality = t.own_criticality, criticality = t.criticality, status = t.status,
            path = t.path::bigint[], path_text = t.path_text,
            version = a.version + 1, updated_at = $20
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                     $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
                     $13::text[], $14::date[], $15::text[], $16::text[], $17::text[], $18::text[],
                     $19::text[])
              AS t (id, site_id, parent_id, kind, tag, tag_key, name, serial_number, serial_key,
                    barcode, barcode_key, manufacturer, model, installed_on, own_criticality,
                    criticality, status, path, path_text)
         WHERE a.id = t.id";
    bound(UPDATE, rows).bind(now).execute(tx.conn()).await?;
    Ok(())
}

type Query = sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// Binds the columns of [`AssetRow`] as `$1` to `$19`. Arrays of arrays must not be ragged, so
/// paths travel as text.
fn bound(statement: &'static str, rows: &[&AssetRow]) -> Query {
    macro_rules! column {
        ($r:ident => $e:expr) => {
            rows.iter().map(|$r| $e).collect::<Vec<_>>()
        };
    }
    sqlx::query(statement)
        .bind(column!(r => r.id))
        .bind(column!(r => r.site_id))
        .bind(column!(r => r.parent_id))
        .bind(column!(r => r.kind.clone()))
        .bind(column!(r => r.tag.clone()))
        .bind(column!(r => r.tag_key.clone()))
        .bind(column!(r => r.name.clone()))
        .bind(column!(r => r.serial_number.clone()))
        .bind(column!(r => r.serial_key.clone()))
        .bind(column!(r => r.barcode.clone()))
        .bind(column!(r => r.barcode_key.clone()))
        .bind(column!(r => r.manufacturer.clone()))
        .bind(column!(r => r.model.clone()))
        .bind(column!(r => r.installed_on))
        .bind(column!(r => r.own_criticality.clone()))
        .bind(column!(r => r.criticality.clone()))
        .bind(column!(r => r.status.clone()))
        .bind(column!(r => array(&r.path)))
        .bind(column!(r => r.path_text.clone()))
}

fn array(path: &[i64]) -> String {
    let ids: Vec<String> = path.iter().map(ToString::to_string).collect();
    format!("{{{}}}", ids.join(","))
}

/// Gives sites their calendar; they start at the built-in book.
///
/// # Errors
/// What the database says.
pub async fn insert_sites(tx: &mut ScopedTx, rows: &[SiteRow]) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO site (id, time_zone, calendar, connection_id)
         SELECT t.id, t.zone, t.calendar, c.id
         FROM unnest($1::bigint[], $2::text[], $3::jsonb[]) AS t (id, zone, calendar)
         JOIN connection c ON c.slug = 'book'",
    )
    .bind(rows.iter().map(|r| r.id.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.time_zone.clone()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.calendar.clone()).collect::<Vec<_>>())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Moves a site to another time zone; its calendar keeps its wall-clock times.
///
/// # Errors
/// What the database says.
pub async fn set_time_zone(tx: &mut ScopedTx, site: AssetId, zone: &str) -> Result<(), Error> {
    sqlx::query(
        "UPDATE site SET time_zone = $2, calendar = jsonb_set(calendar, '{zone}', to_jsonb($2::text)),
                calendar_version = calendar_version + 1
         WHERE id = $1",
    )
    .bind(site.0)
    .bind(zone)
    .execute(tx.conn())
    .await?;
    Ok(())
}
