//! Taking rows of a CMMS in, page by page, in the transaction that moves the page on.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use cmms::engine::OrderRow;
use domain::asset::AssetKey;
use domain::ids::{ConnectionId, SiteId};
use serde_json::json;
use store::work_orders::cmms_orders::{self, Ours};
use store::{AuditEntry, ScopedTx, Topic};

use super::drift;
use super::row::{mirrored, names_the_mode};
use crate::Error;
use crate::work_orders::mirror;

/// How rows came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// From a list.
    List,
    /// One by one.
    Reading,
    /// From a file.
    File,
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::List => "sync",
            Self::Reading => "read",
            Self::File => "import",
        }
    }
}

/// What a page brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Rows.
    pub rows: usize,
    /// Those that were new or had changed.
    pub changed: u64,
    /// Those that moved a work order of ours.
    pub ours: usize,
    /// The latest change among them, by the CMMS's clock.
    pub newest: Option<DateTime<Utc>>,
}

/// Rows of a list that says less than a reading of the single record. All others say nothing new, and
/// taking them would forget what a reading has said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// To be read before the page is taken: ours, and open ones.
    pub now: HashSet<String>,
    /// To be read when there is time: finished work of others.
    pub later: Vec<String>,
}

/// Which rows of a list's page have to be read one by one, because the list leaves closure, failure
/// code or reference out and they have changed.
///
/// # Errors
/// When the database refuses.
pub async fn wanted(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    rows: &[OrderRow],
) -> Result<Wanted, Error> {
    let ids = ids(rows);
    let known = cmms_orders::versions(tx, connection, &ids).await?;
    let ours: HashMap<String, i64> = cmms_orders::ours(tx, connection, &ids, &[])
        .await?
        .into_iter()
        .filter_map(|ours| Some((ours.cmms_id?, ours.record_version)))
        .collect();
    let mut wanted = Wanted::default();
    for row in rows {
        let (id, version) = (&row.record.cmms_id, row.record.version);
        let is_news = known.get(id).is_none_or(|known| *known < version);
        let moves_ours = ours.get(id).is_some_and(|known| is_news || *known < version);
        let open = row.record.status.is_none_or(|status| status.is_open());
        if moves_ours || is_news && open {
            wanted.now.insert(id.clone());
        } else if is_news {
            wanted.later.push(id.clone());
        }
    }
    Ok(wanted)
}

/// Mirrors rows and moves those of our work orders that they speak of. Any order, twice, or a
/// second time after a crash: an older version changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn take(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    rows: Vec<OrderRow>,
    source: Source,
    priority_there: &(dyn Fn(i16) -> Option<String> + Sync),
) -> Result<Taken, Error> {
    let mut taken = Taken { rows: rows.len(), ..Taken::default() };
    let mut rows = newest(rows);
    if rows.is_empty() {
        return Ok(taken);
    }
    name_the_modes(tx, connection, &mut rows).await?;
    let references: Vec<String> =
        rows.iter().filter_map(|row| row.record.external_ref.clone()).collect();
    let ours = cmms_orders::ours(tx, connection, &ids(&rows), &references).await?;
    let pairs = pairs(&ours, &rows);
    let mut records = Vec::with_capacity(pairs.len());
    for (order, place) in &pairs {
        let row = &mut rows[*place];
        row.record.external_ref = Some(order.external_ref.clone());
        records.push(row.record.clone());
    }
    taken.ours = records.len();
    mirror::apply_all(tx, connection, records).await?;
    for (order, place) in pairs {
        look_for_drift(tx, order, &rows[place], priority_there).await?;
    }
    let mirror: Vec<_> = rows.iter().map(|row| mirrored(row, source.as_str())).collect();
    taken.changed = cmms_orders::put(tx, connection, &mirror).await?;
    cmms_orders::pair(tx, connection, &asset_keys(&rows)).await?;
    taken.newest = rows.iter().map(|row| row.record.updated_at).max();
    Ok(taken)
}

/// One row per record: the newest.
fn newest(rows: Vec<OrderRow>) -> Vec<OrderRow> {
    let mut by_id: HashMap<String, OrderRow> = HashMap::with_capacity(rows.len());
    for row in rows {
        match by_id.get(&row.record.cmms_id) {
            Some(known) if known.record.version > row.record.version => {}
            _ => drop(by_id.insert(row.record.cmms_id.clone(), row)),
        }
    }
    let mut rows: Vec<OrderRow> = by_id.into_values().collect();
    rows.sort_by(|a, b| a.record.cmms_id.cmp(&b.record.cmms_id));
    rows
}

fn ids(rows: &[OrderRow]) -> Vec<String> {
    rows.iter().map(|row| row.record.cmms_id.clone()).collect()
}

fn asset_keys(rows: &[OrderRow]) -> Vec<(String, String)> {
    let assets: HashSet<&str> = rows.iter().filter_map(|row| row.asset.as_deref()).collect();
    let key = |asset: &str| {
        let key = AssetKey::normalise(asset).ok()?;
        Some((asset.to_owned(), key.as_str().to_owned()))
    };
    assets.into_iter().filter_map(key).collect()
}

/// Our work orders with the place of their row: by the CMMS's id, else by the reference or the end
/// of it. A second record with the same reference is not ours.
fn pairs<'a>(ours: &'a [Ours], rows: &[OrderRow]) -> Vec<(&'a Ours, usize)> {
    let by_id: HashMap<&str, usize> =
        rows.iter().enumerate().map(|(place, row)| (row.record.cmms_id.as_str(), place)).collect();
    let ends = |order: &Ours, row: &OrderRow| {
        let tail = row.record.external_ref.as_deref().unwrap_or_default();
        !tail.is_empty() && order.external_ref.ends_with(tail)
    };
    ours.iter()
        .filter_map(|order| {
            let place = match &order.cmms_id {
                Some(id) => by_id.get(id.as_str()).copied(),
                None => rows.iter().position(|row| ends(order, row)),
            };
            Some((order, place?))
        })
        .collect()
}

/// Puts our word for what was found into closures that name it by the CMMS's failure code only.
async fn name_the_modes(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    rows: &mut [OrderRow],
) -> Result<(), Error> {
    let nameless = rows.iter().filter(|row| !names_the_mode(row));
    let codes: Vec<String> = nameless.filter_map(|row| row.failure_code.clone()).collect();
    if codes.is_empty() {
        return Ok(());
    }
    let modes = cmms_orders::modes(tx, connection, &codes).await?;
    for row in rows.iter_mut().filter(|row| !names_the_mode(row)) {
        let mode = row.failure_code.as_ref().and_then(|code| modes.get(code));
        if let (Some(closure), Some(mode)) = (&mut row.record.closure, mode) {
            closure.actual_failure_mode = Some(mode.clone());
        }
    }
    Ok(())
}

async fn look_for_drift(
    tx: &mut ScopedTx,
    order: &Ours,
    row: &OrderRow,
    priority_there: &(dyn Fn(i16) -> Option<String> + Sync),
) -> Result<(), Error> {
    if row.record.version < order.record_version {
        return Ok(());
    }
    let compared = drift::compare(order, row, priority_there(order.priority));
    let drifted = compared.drift != order.drift;
    if !drifted && order.shown.as_ref() == Some(&compared.shown) {
        return Ok(());
    }
    cmms_orders::note(tx, order.id, &compared.shown, compared.drift.as_ref()).await?;
    if drifted {
        let site = SiteId(order.site_id);
        let detail = compared.drift.unwrap_or_else(|| json!({}));
        let entry =
            AuditEntry::new("work_order.drift", "work_order", order.id).site(site).detail(detail);
        tx.audit(vec![entry]).await?;
        tx.touch(Topic::WorkOrders, Some(site));
    }
    Ok(())
}
