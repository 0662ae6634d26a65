//! The plan: pairs that need no person are made at once, everything else waits for one.

use std::collections::{HashMap, HashSet};

use domain::ids::ConnectionId;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::assets::reconcile as rows;
use store::{AuditEntry, ScopedTx};

use super::compare::{Compared, Registers};
use crate::Error;
use crate::connections::mapping;

/// Items per statement.
const CHUNK: usize = 5_000;

/// What a plan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Its id.
    pub plan: i64,
    /// Pairs that were made.
    pub linked: usize,
    /// Items.
    pub items: usize,
}

/// Makes the certain pairs, and puts a new plan into the place of the old one. What a person has
/// skipped stays so until it says something else; what a person has refused is not asked again. What
/// has changed since the registers were loaded is found when an item is applied.
///
/// # Errors
/// What the database says.
pub async fn keep(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    sync: i64,
    compared: Compared,
) -> Result<Made, Error> {
    let Compared { records, links, mut items, linked, equal } = compared;
    let mut made = 0;
    if !links.is_empty() {
        let done = rows::link(tx, connection, &links).await?;
        made = done.len();
        let mut hash = Sha256::new();
        for link in &done {
            hash.update(format!("{}={}\n", link.asset_id, link.cmms_id));
        }
        let entry = AuditEntry::new("asset.link_matching", "connection", connection.0)
            .detail(json!({ "sync": sync, "pairs": made }))
            .payload(hash.finalize().to_vec());
        tx.audit(vec![entry]).await?;
    }
    let aside: HashMap<_, _> = rows::set_aside(tx, connection)
        .await?
        .into_iter()
        .map(|row| ((row.kind, row.asset_id, row.cmms_id), row.detail.0))
        .collect();
    for item in &mut items {
        let key = (item.kind.to_owned(), item.asset_id, item.cmms_id.clone());
        if aside.get(&key) == Some(&item.detail) {
            item.state = "skipped";
        }
    }
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let counts = (count(records), count(linked), count(equal));
    let plan = rows::insert_plan(tx, connection, sync, counts).await?;
    for chunk in items.chunks(CHUNK) {
        rows::insert_items(tx, connection, plan, chunk).await?;
    }
    Ok(Made { plan, linked: made, items: items.len() })
}

/// Both registers as they stand now.
///
/// # Errors
/// What the database says.
pub async fn load(tx: &mut ScopedTx, connection: ConnectionId) -> Result<Registers, Error> {
    let sites = rows::served(tx, connection).await?;
    let links = rows::links(tx, connection).await?;
    let linked: HashSet<&str> = links.iter().map(|link| link.cmms_id.as_str()).collect();
    let mut theirs = rows::theirs(tx, connection).await?;
    theirs.retain(|one| !one.gone || linked.contains(one.cmms_id.as_str()));
    let refused = rows::refused_pairs(tx, connection).await?;
    Ok(Registers {
        ours: rows::ours(tx, &sites).await?,
        theirs,
        refused: refused.into_iter().map(|pair| (pair.asset_id, pair.cmms_id)).collect(),
        busy: rows::with_open_orders(tx, &sites).await?.into_iter().collect(),
        criticality: mapping::criticalities(tx, connection).await?,
        links,
    })
}
