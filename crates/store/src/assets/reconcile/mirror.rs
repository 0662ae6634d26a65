//! The register as it was read, page by page.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::ConnectionId;

use super::TheirRow;
use crate::{Error, ScopedTx};

/// A record of the register.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MirrorRow {
    /// Its id.
    pub cmms_id: String,
    /// The number on its plate, else the id.
    pub tag: String,
    /// Name.
    pub name: String,
    /// Serial number.
    pub serial: Option<String>,
    /// Barcode.
    pub barcode: Option<String>,
    /// Maker.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// When it was installed.
    pub installed_on: Option<NaiveDate>,
    /// How critical it is, in its own words.
    pub criticality: Option<String>,
    /// The record it is part of.
    pub parent_id: Option<String>,
    /// Where it stands.
    pub location: Option<String>,
    /// It is no longer in use.
    pub retired: bool,
    /// When it last changed.
    pub changed_at: Option<DateTime<Utc>>,
}

/// Takes a page; answers how many records are new or changed. A record named twice counts once, the
/// later one.
///
/// # Errors
/// What the database says.
pub async fn take(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    sync: i64,
    rows: &[MirrorRow],
) -> Result<i64, Error> {
    macro_rules! column {
        ($field:ident) => {
            rows.iter().map(|row| row.$field.clone()).collect::<Vec<_>>()
        };
    }
    Ok(sqlx::query_scalar(
        "WITH page AS (
             SELECT DISTINCT ON (cmms_id) *
             FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                         $10::date[], $11::text[], $12::text[], $13::text[], $14::bool[], $15::timestamptz[])
                  WITH ORDINALITY AS t (cmms_id, tag, name, serial, barcode, manufacturer, model, installed_on,
                                        criticality, parent_id, location, retired, changed_at, place)
             ORDER BY cmms_id, place DESC
         ), taken AS (
             INSERT INTO cmms_asset AS c (connection_id, sync_id, cmms_id, tag, name, serial, barcode,
                 manufacturer, model, installed_on, criticality, parent_id, location, retired, changed_at)
             SELECT $1, $2, cmms_id, tag, name, serial, barcode, manufacturer, model, installed_on,
                    criticality, parent_id, location, retired, changed_at
             FROM page
             ON CONFLICT (connection_id, cmms_id) DO UPDATE SET
                 version = c.version + (ROW(c.tag, c.name, c.serial, c.barcode, c.manufacturer, c.model,
                         c.installed_on, c.criticality, c.parent_id, c.location, c.retired, c.gone_at)
                     IS DISTINCT FROM ROW(excluded.tag, excluded.name, excluded.serial, excluded.barcode,
                         excluded.manufacturer, excluded.model, excluded.installed_on, excluded.criticality,
                         excluded.parent_id, excluded.location, excluded.retired, excluded.gone_at))::int,
                 sync_id = excluded.sync_id, tag = excluded.tag, name = excluded.name,
                 serial = excluded.serial, barcode = excluded.barcode, manufacturer = excluded.manufacturer,
                 model = excluded.model, installed_on = excluded.installed_on,
                 criticality = excluded.criticality, parent_id = excluded.parent_id,
                 location = excluded.location, retired = excluded.retired,
                 changed_at = excluded.changed_at, gone_at = NULL
             RETURNING c.cmms_id, c.version
         )
         SELECT count(*) FROM taken t
         LEFT JOIN cmms_asset was ON was.connection_id = $1 AND was.cmms_id = t.cmms_id
         WHERE was.version IS DISTINCT FROM t.version",
    )
    .bind(connection.0)
    .bind(sync)
    .bind(column!(cmms_id))
    .bind(column!(tag))
    .bind(column!(name))
    .bind(column!(serial))
    .bind(column!(barcode))
    .bind(column!(manufacturer))
    .bind(column!(model))
    .bind(column!(installed_on))
    .bind(column!(criticality))
    .bind(column!(parent_id))
    .bind(column!(location))
    .bind(column!(retired))
    .bind(column!(changed_at))
    .fetch_one(tx.conn())
    .await?)
}

/// After a full reading: marks what it has not seen as gone. Answers how many.
///
/// # Errors
/// What the database says.
pub async fn tick_off(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    sync: i64,
) -> Result<u64, Error> {
    let now = tx.now();
    let done = sqlx::query(
        "UPDATE cmms_asset SET gone_at = $3, version = version + 1
         WHERE connection_id = $1 AND sync_id <> $2 AND gone_at IS NULL",
    )
    .bind(connection.0)
    .bind(sync)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

/// When the newest record of the register changed, by the clock over there.
///
/// # Errors
/// What the database says.
pub async fn newest_change(
    tx: &mut ScopedTx,
    connection: ConnectionId,
) -> Result<Option<DateTime<Utc>>, Error> {
    Ok(sqlx::query_scalar("SELECT max(changed_at) FROM cmms_asset WHERE connection_id = $1")
        .bind(connection.0)
        .fetch_one(tx.conn())
        .await?)
}

/// The register, by id.
///
/// # Errors
/// What the database says.
pub async fn theirs(tx: &mut ScopedTx, connection: ConnectionId) -> Result<Vec<TheirRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT cmms_id, tag, name, serial, barcode, manufacturer, model, installed_on, criticality,
                parent_id, location, retired, version, gone_at IS NOT NULL AS gone
         FROM cmms_asset WHERE connection_id = $1 ORDER BY cmms_id",
    )
    .bind(connection.0)
    .fetch_all(tx.conn())
    .await?)
}
