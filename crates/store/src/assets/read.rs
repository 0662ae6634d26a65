//! Lists of assets.

use chrono::NaiveDate;
use domain::ids::AssetId;

use super::SearchFilter;
use crate::{Error, ScopedTx};

/// Which assets to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetFilter {
    /// Only this site, by the key of its tag.
    pub site_key: Option<String>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this status.
    pub status: Option<String>,
    /// Only the one whose tag, serial number or barcode has this key.
    pub key: Option<String>,
    /// Only those whose path or serial number contains this text.
    pub contains: Option<String>,
    /// Only ids above this one.
    pub after: Option<AssetId>,
    /// At most so many.
    pub limit: i64,
}

/// An asset as lists show it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ListedAsset {
    /// Its id.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// Tag of the site.
    pub site: String,
    /// Tag of the asset above.
    pub parent: Option<String>,
    /// Site, line, machine or component.
    pub kind: String,
    /// Equipment id.
    pub tag: String,
    /// What people call it.
    pub name: String,
    /// Serial number.
    pub serial_number: Option<String>,
    /// Barcode.
    pub barcode: Option<String>,
    /// Manufacturer.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Date of installation.
    pub installed_on: Option<NaiveDate>,
    /// Effective criticality.
    pub criticality: String,
    /// Active or decommissioned.
    pub status: String,
    /// Names from the site down, joined by ` / `.
    pub path: String,
    /// Zone of the site, for sites.
    pub time_zone: Option<String>,
}

/// Assets within the caller's sites, by id.
///
/// # Errors
/// What the database says.
pub async fn list(tx: &mut ScopedTx, filter: &AssetFilter) -> Result<Vec<ListedAsset>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT a.id, a.site_id, s.tag AS site, p.tag AS parent, a.kind, a.tag, a.name,
                a.serial_number, a.barcode, a.manufacturer, a.model, a.installed_on,
                a.criticality, a.status, a.path_text AS path, z.time_zone
         FROM asset a
         JOIN asset s ON s.id = a.site_id
         LEFT JOIN asset p ON p.id = a.parent_id
         LEFT JOIN site z ON z.id = a.id
         WHERE ($1::bigint[] IS NULL OR a.site_id = ANY($1))
           AND ($2::text IS NULL OR s.tag_key = $2)
           AND ($3::text IS NULL OR a.kind = $3)
           AND ($4::text IS NULL OR a.status = $4)
           AND ($5::text IS NULL OR $5 IN (a.tag_key, a.serial_key, a.barcode_key))
           AND ($6::text IS NULL OR strpos(lower(a.path_text), lower($6)) > 0
                OR strpos(lower(a.tag), lower($6)) > 0
                OR strpos(lower(coalesce(a.serial_number, '')), lower($6)) > 0)
           AND ($7::bigint IS NULL OR a.id > $7)
         ORDER BY a.id LIMIT $8",
    )
    .bind(sites)
    .bind(filter.site_key.as_deref())
    .bind(filter.kind.as_deref())
    .bind(filter.status.as_deref())
    .bind(filter.key.as_deref())
    .bind(filter.contains.as_deref())
    .bind(filter.after.map(|id| id.0))
    .bind(filter.limit)
    .fetch_all(tx.conn())
    .await?)
}

/// One asset within the caller's sites.
///
/// # Errors
/// What the database says.
pub async fn get(tx: &mut ScopedTx, id: AssetId) -> Result<Option<ListedAsset>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT a.id, a.site_id, s.tag AS site, p.tag AS parent, a.kind, a.tag, a.name,
                a.serial_number, a.barcode, a.manufacturer, a.model, a.installed_on,
                a.criticality, a.status, a.path_text AS path, z.time_zone
         FROM asset a
         JOIN asset s ON s.id = a.site_id
         LEFT JOIN asset p ON p.id = a.parent_id
         LEFT JOIN site z ON z.id = a.id
         WHERE a.id = $1 AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))",
    )
    .bind(id.0)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// An asset as an export writes it: what an import reads.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
#[allow(missing_docs, reason = "the columns of the import file, by the same names")]
pub struct ExportRow {
    pub id: i64,
    pub tag: String,
    pub kind: String,
    pub parent: Option<String>,
    pub name: String,
    pub serial_number: Option<String>,
    pub barcode: Option<String>,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub installed_on: Option<NaiveDate>,
    pub own_criticality: Option<String>,
    pub status: String,
    pub time_zone: Option<String>,
}

/// Up to `limit` assets of the scope with ids above `after`, by id; of the filter only kind,
/// criticality, status, words and place count.
///
/// # Errors
/// What the database says.
pub async fn export_page(
    tx: &mut ScopedTx,
    filter: &SearchFilter,
    after: i64,
    limit: i64,
) -> Result<Vec<ExportRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT a.id, a.tag, a.kind, p.tag AS parent, a.name, a.serial_number, a.barcode,
                a.manufacturer, a.model, a.installed_on, a.own_criticality, a.status, z.time_zone
         FROM asset a LEFT JOIN asset p ON p.id = a.parent_id LEFT JOIN site z ON z.id = a.id
         WHERE a.id > $1 AND ($2::bigint[] IS NULL OR a.site_id = ANY($2))
           AND (cardinality($3::text[]) = 0
                OR asset_words(a.tag_key, a.name, a.serial_key, a.barcode_key) LIKE ALL($3))
           AND ($4::bigint IS NULL OR (a.path @> ARRAY[$4] AND (a.id <> $4 OR NOT $5)))
           AND (NOT $5 OR a.parent_id = $4)
           AND ($6::text IS NULL OR a.kind = $6)
           AND ($7::text IS NULL OR a.criticality = $7)
           AND ($8::text IS NULL OR a.status = $8)
         ORDER BY a.id LIMIT $9",
    )
    .bind(after)
    .bind(sites)
    .bind(filter.every_pattern())
    .bind(filter.under.map(|id| id.0))
    .bind(filter.direct)
    .bind(filter.kind.as_deref())
    .bind(filter.criticality.as_deref())
    .bind(filter.status.as_deref())
    .bind(limit)
    .persistent(false)
    .fetch_all(tx.conn())
    .await?)
}
