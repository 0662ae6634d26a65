//! The tree, level by level: an open node brings the first 200 assets below it.

use std::collections::HashMap;

use domain::ids::AssetId;
use domain::views::assets::{AssetTree, OpenWork, TreeRow};
use store::ScopedTx;
use store::assets::{self as rows, BranchRow, OpenRow};

use crate::Error;

/// Children of one node that are shown; the rest is found by lists.
pub const AT_ONCE: i64 = 200;
/// Nodes that can be open at once.
const OPEN: usize = 200;

/// The tree with `open` nodes open. Ids that are not there, or not for this caller, are left out;
/// `towards` opens everything above an asset. Without anything to open, a single site is open.
///
/// # Errors
/// What the database says.
pub async fn tree(
    tx: &mut ScopedTx,
    open: &[AssetId],
    towards: Option<AssetId>,
) -> Result<AssetTree, Error> {
    let roots = rows::branches(tx, None, AT_ONCE).await?;
    let mut wanted: Vec<i64> = open.iter().map(|id| id.0).take(OPEN).collect();
    if let Some(target) = towards {
        let above = rows::ancestors(tx, &[target.0]).await?;
        wanted.extend(above.iter().map(|step| step.id).filter(|id| *id != target.0));
    }
    if let [only] = roots.as_slice()
        && wanted.is_empty()
    {
        wanted.push(only.id);
    }
    wanted.sort_unstable();
    wanted.dedup();
    let below = match wanted.as_slice() {
        [] => Vec::new(),
        wanted => rows::branches(tx, Some(wanted), AT_ONCE).await?,
    };
    let mut children: HashMap<i64, Vec<BranchRow>> = HashMap::new();
    for row in below {
        if let Some(parent) = row.parent_id {
            children.entry(parent).or_default().push(row);
        }
    }
    let mut visible = Vec::new();
    let mut opened = Vec::new();
    let mut waiting: Vec<BranchRow> = roots.into_iter().rev().collect();
    while let Some(row) = waiting.pop() {
        if let Some(children) = children.remove(&row.id) {
            opened.push(AssetId(row.id));
            waiting.extend(children.into_iter().rev());
        }
        visible.push(row);
    }
    Ok(AssetTree { rows: views(tx, visible).await?, open: opened })
}

/// What stands directly below one asset.
///
/// # Errors
/// [`Error::NotFound`] when it does not exist, or not for this caller.
pub async fn branch(tx: &mut ScopedTx, parent: AssetId) -> Result<Vec<TreeRow>, Error> {
    rows::head(tx, parent).await?.ok_or(Error::NotFound)?;
    let children = rows::branches(tx, Some(&[parent.0]), AT_ONCE).await?;
    views(tx, children).await
}

async fn views(tx: &mut ScopedTx, found: Vec<BranchRow>) -> Result<Vec<TreeRow>, Error> {
    let ids: Vec<i64> = found.iter().map(|row| row.id).collect();
    let open = open_work(tx, &ids).await?;
    found.into_iter().map(|row| view(row, &open)).collect()
}

fn view(row: BranchRow, open: &HashMap<i64, OpenWork>) -> Result<TreeRow, Error> {
    let corrupt = |error: domain::UnknownWord| store::Error::corrupt("asset", error);
    Ok(TreeRow {
        id: AssetId(row.id),
        parent: row.parent_id.map(AssetId),
        level: row.level,
        tag: row.tag,
        name: row.name,
        kind: row.kind.parse().map_err(corrupt)?,
        criticality: row.criticality.parse().map_err(corrupt)?,
        status: row.status.parse().map_err(corrupt)?,
        children: row.children,
        position: row.position,
        siblings: row.siblings,
        open: open.get(&row.id).copied().unwrap_or_default(),
    })
}

/// What is open on assets and below them.
pub(super) async fn open_work(
    tx: &mut ScopedTx,
    assets: &[i64],
) -> Result<HashMap<i64, OpenWork>, Error> {
    let corrupt = |error: domain::UnknownWord| store::Error::corrupt("alert", error);
    let view = |row: OpenRow| {
        let worst = row.worst.map(|word| word.parse()).transpose().map_err(corrupt)?;
        let work = OpenWork {
            worst,
            alerts: row.alerts,
            orders: row.orders,
            least_life_hours: row.least_life,
        };
        Ok((row.id, work))
    };
    rows::open_work(tx, assets).await?.into_iter().map(view).collect()
}
