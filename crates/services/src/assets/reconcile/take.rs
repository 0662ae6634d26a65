//! Reading the register into its mirror.

use std::time::Duration;

use chrono::NaiveDate;
use cmms::engine::{AssetRow, Batch};
use domain::ids::ConnectionId;
use domain::permission::Permission;
use store::ScopedTx;
use store::assets::reconcile::{self as rows, MirrorRow, SyncRow};

use crate::{Caller, Error};

/// Longest text that is kept of one field.
const LONGEST: usize = 200;

/// Begins the readings that are due by the cadence of their connections.
///
/// # Errors
/// What the database says.
pub async fn begin_due(tx: &mut ScopedTx) -> Result<usize, Error> {
    let mut begun = 0;
    for (connection, full) in rows::due(tx).await? {
        begun += usize::from(begin(tx, connection, full).await?);
    }
    Ok(begun)
}

async fn begin(tx: &mut ScopedTx, connection: ConnectionId, full: bool) -> Result<bool, Error> {
    let since = if full { None } else { rows::newest_change(tx, connection).await? };
    Ok(rows::begin(tx, connection, since).await?.is_some())
}

/// A person wants the whole register read now. `false` while a reading is under way.
///
/// # Errors
/// [`Error::Denied`] without the right to edit assets; [`Error::NotFound`].
pub async fn read_again(
    tx: &mut ScopedTx,
    caller: &Caller,
    connection: ConnectionId,
) -> Result<bool, Error> {
    caller.scope(Permission::AssetEdit)?;
    if !rows::registers(tx).await?.iter().any(|register| register.id == connection.0) {
        return Err(Error::NotFound);
    }
    begin(tx, connection, true).await
}

/// Takes one page with the place where the next one begins; after the last one the reading is
/// compared. `false`: another process has taken it already.
///
/// # Errors
/// What the database says.
pub async fn take_page(
    tx: &mut ScopedTx,
    sync: &SyncRow,
    batch: Batch<AssetRow>,
    lease: Duration,
) -> Result<bool, Error> {
    let connection = ConnectionId(sync.connection_id);
    let page: Vec<MirrorRow> = batch.rows.into_iter().map(mirrored).collect();
    let cursor = serde_json::to_value(batch.next.clone().unwrap_or_default())
        .map_err(|error| store::Error::corrupt("asset_sync", error))?;
    let changed = rows::take(tx, connection, sync.id, &page).await?;
    let counts = (i64::try_from(page.len()).unwrap_or(0), changed);
    if !rows::advance(tx, sync, &cursor, counts, lease).await? {
        return Ok(false);
    }
    if batch.next.is_none() {
        if sync.since.is_none() {
            rows::tick_off(tx, connection, sync.id).await?;
        }
        rows::read_through(tx, sync.id).await?;
    }
    Ok(true)
}

fn mirrored(row: AssetRow) -> MirrorRow {
    let tag = row.tag.unwrap_or_else(|| row.id.clone());
    MirrorRow {
        tag: short(tag),
        name: short(row.name),
        serial: row.serial.map(short),
        barcode: row.barcode.map(short),
        manufacturer: row.manufacturer.map(short),
        model: row.model.map(short),
        installed_on: row.installed.as_deref().and_then(day),
        criticality: row.criticality.map(short),
        parent_id: row.parent,
        location: row.location.map(short),
        retired: row.retired,
        changed_at: row.changed,
        cmms_id: row.id,
    }
}

/// The day at the beginning of a date or time.
fn day(text: &str) -> Option<NaiveDate> {
    text.get(..10)?.parse().ok()
}

/// Without characters the database or a page cannot hold, and no longer than our own fields.
fn short(text: String) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}
