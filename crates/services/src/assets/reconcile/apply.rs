//! Applying items of a plan: each is checked again against both sides as they are now, and goes
//! through the same doors as a change by hand.

use std::collections::{BTreeMap, HashMap};

use domain::asset::AssetKey;
use domain::ids::{AssetId, ConnectionId, SiteId};
use domain::permission::Permission;
use domain::views::reconcile::{ApplyReport, FieldChange, ItemKind, ItemState, NotApplied};
use serde_json::json;
use store::assets::reconcile::{self as rows, LockedItem, NewLink};
use store::{AuditEntry, ScopedTx};

use super::decide::linked;
use crate::assets::{ImportRow, decommission, import};
use crate::{Caller, Error};

/// Which items.
#[derive(Debug, Clone)]
pub enum Selection {
    /// These, also those that need a person: this is one.
    Items(Vec<i64>),
    /// Every open item of a plan, or of one kind of it, that needs no choice.
    Group {
        /// The plan.
        plan: i64,
        /// One kind, or all.
        kind: Option<ItemKind>,
    },
}

/// Applies items. `accepted` says how many open work orders may stay open on what an item retires;
/// `under` is the tag of the asset under which new ones go that have no place.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`] when the selection is empty. What stands in the way of
/// single items is in the report.
pub async fn apply(
    tx: &mut ScopedTx,
    caller: &Caller,
    selection: Selection,
    accepted: &HashMap<i64, i64>,
    under: Option<&str>,
) -> Result<ApplyReport, Error> {
    caller.scope(Permission::AssetEdit)?;
    store::assets::lock_tree(tx).await?;
    let items = match selection {
        Selection::Items(ids) => rows::lock_items(tx, &ids).await?,
        Selection::Group { plan, kind } => {
            rows::lock_group(tx, plan, kind.map(ItemKind::as_str)).await?
        }
    };
    let Some(plan) = items.first().map(|item| item.plan_id) else { return Err(Error::NotFound) };
    let connection = ConnectionId(items[0].connection_id);
    let items: Vec<LockedItem> = items.into_iter().filter(|item| item.plan_id == plan).collect();
    let fresh = rows::fresh_items(tx, plan).await?;
    let mut work = Work::new(connection, items);
    work.pair(tx).await?;
    work.rewrite(tx, caller, under).await?;
    work.retire(tx, caller, accepted).await?;
    rows::decide(tx, &work.applied, ItemState::Applied.as_str()).await?;
    rows::decide(tx, &work.stale, ItemState::Stale.as_str()).await?;
    rows::keep_fresh(tx, &fresh).await?;
    let report = work.report();
    let detail = json!({
        "applied": work.applied.len(), "refused": report.refused.len(), "stale": report.stale,
    });
    tx.audit(vec![AuditEntry::new("asset.plan_apply", "asset_plan", plan).detail(detail)]).await?;
    Ok(report)
}

/// Items on their way, by what has to be done.
struct Work {
    connection: ConnectionId,
    open: BTreeMap<i64, LockedItem>,
    applied: Vec<i64>,
    stale: Vec<i64>,
    refused: Vec<NotApplied>,
}

impl Work {
    fn new(connection: ConnectionId, items: Vec<LockedItem>) -> Self {
        let mut work = Self {
            connection,
            open: BTreeMap::new(),
            applied: Vec::new(),
            stale: Vec::new(),
            refused: Vec::new(),
        };
        for item in items {
            let same = item.asset_version == item.asset_version_now
                && item.cmms_version == item.cmms_version_now;
            if item.state != ItemState::Open.as_str() {
                work.refuse(&item, "decided", "somebody has decided this already");
            } else if item.superseded || !same {
                work.stale.push(item.id);
            } else if matches!(item.kind.as_str(), "conflict" | "duplicate") {
                work.refuse(&item, "needs_choice", "pair the right two by hand, or skip it");
            } else {
                work.open.insert(item.id, item);
            }
        }
        work
    }

    fn refuse(&mut self, item: &LockedItem, code: &str, message: impl Into<String>) {
        let tag = item.tag.clone().or_else(|| item.cmms_tag.clone()).unwrap_or_default();
        let (item, code) = (item.id, code.to_owned());
        self.refused.push(NotApplied { item, tag, code, message: message.into() });
    }

    fn of(&self, kind: ItemKind) -> Vec<LockedItem> {
        self.open.values().filter(|item| item.kind == kind.as_str()).cloned().collect()
    }

    /// Accepted suggestions.
    async fn pair(&mut self, tx: &mut ScopedTx) -> Result<(), Error> {
        for item in self.of(ItemKind::Suggestion) {
            self.open.remove(&item.id);
            let (Some(asset_id), Some(cmms_id)) = (item.asset_id, item.cmms_id.clone()) else {
                continue;
            };
            let pair = NewLink {
                asset_id,
                cmms_id: cmms_id.clone(),
                method: "suggestion",
                score: item.score,
            };
            if rows::link(tx, self.connection, &[pair]).await?.is_empty() {
                self.refuse(&item, "pair_taken", "one of the two is paired with another already");
                continue;
            }
            self.applied.push(item.id);
            let site = item.site_id.unwrap_or_default();
            let entry = linked(self.connection, asset_id, site, &cmms_id, "suggestion");
            tx.audit(vec![entry]).await?;
        }
        Ok(())
    }

    /// Added, changed and moved assets, as one import.
    async fn rewrite(
        &mut self,
        tx: &mut ScopedTx,
        caller: &Caller,
        under: Option<&str>,
    ) -> Result<(), Error> {
        let mut file: Vec<(Vec<i64>, ImportRow)> = Vec::new();
        let mut by_asset: HashMap<i64, usize> = HashMap::new();
        for item in [self.of(ItemKind::Changed), self.of(ItemKind::Moved)].concat() {
            let Some(asset) = item.asset_id else { continue };
            let place = *by_asset.entry(asset).or_insert_with(|| {
                let row = ImportRow { tag: item.tag.clone(), ..ImportRow::default() };
                file.push((Vec::new(), row));
                file.len() - 1
            });
            let (ids, row) = &mut file[place];
            ids.push(item.id);
            item.detail.changes.iter().for_each(|change| set(row, change));
        }
        self.new_rows(tx, under, &mut file).await?;
        let rows_of_file: Vec<ImportRow> = file
            .iter()
            .zip(1..)
            .map(|((_, row), number)| ImportRow { row: number, ..row.clone() })
            .collect();
        if rows_of_file.is_empty() {
            return Ok(());
        }
        let report = import(tx, caller, rows_of_file, false).await?;
        let mut wrong: HashMap<u32, (String, String)> = HashMap::new();
        for error in report.errors {
            wrong.entry(error.row).or_insert((error.code, error.message));
        }
        let mut new = Vec::new();
        for ((ids, row), number) in file.into_iter().zip(1u32..) {
            for id in ids {
                let Some(item) = self.open.remove(&id) else { continue };
                if let Some((code, message)) = wrong.get(&number) {
                    self.refuse(&item, code, message.clone());
                    continue;
                }
                self.applied.push(id);
                if item.kind == ItemKind::Added.as_str() {
                    new.extend(item.cmms_id.zip(row.tag.clone()));
                }
            }
        }
        self.link_new(tx, new).await
    }

    /// Rows for new assets; one whose tag is taken would change that asset and is refused.
    async fn new_rows(
        &mut self,
        tx: &mut ScopedTx,
        under: Option<&str>,
        file: &mut Vec<(Vec<i64>, ImportRow)>,
    ) -> Result<(), Error> {
        let added = self.of(ItemKind::Added);
        let keys: Vec<String> =
            added.iter().filter_map(|item| key(item.cmms_tag.as_deref()?)).collect();
        let taken: HashMap<String, String> =
            rows::tagged(tx, &keys).await?.into_iter().map(|(key, _, tag)| (key, tag)).collect();
        let above: Vec<i64> =
            added.iter().filter_map(|item| item.detail.under.map(|id| id.0)).collect();
        let tags: HashMap<i64, String> = rows::tags_of(tx, &above).await?.into_iter().collect();
        let names: HashMap<String, String> = added
            .iter()
            .filter_map(|item| Some((item.cmms_id.clone()?, item.cmms_tag.clone()?)))
            .collect();
        for item in added {
            let tag = item.cmms_tag.clone().unwrap_or_default();
            if let Some(other) = key(&tag).and_then(|key| taken.get(&key)) {
                let message = format!("{other} has this tag already: pair the two by hand");
                self.open.remove(&item.id);
                self.refuse(&item, "tag_taken", message);
                continue;
            }
            let detail = &item.detail;
            let parent = match (&detail.under, &detail.under_new) {
                (Some(id), _) => tags.get(&id.0).cloned(),
                (None, Some(record)) => names.get(record).cloned(),
                (None, None) => under.map(str::to_owned),
            };
            let Some(parent) = parent else {
                self.open.remove(&item.id);
                let message = "say under which asset it goes, or apply the one above it, too";
                self.refuse(&item, "no_place", message);
                continue;
            };
            let kind = detail.asset_kind.unwrap_or(domain::asset::AssetKind::Machine);
            let row = ImportRow {
                tag: Some(tag),
                kind: Some(kind.as_str().to_owned()),
                parent: Some(parent),
                name: item.cmms_name.clone(),
                serial_number: item.serial.clone(),
                barcode: item.barcode.clone(),
                manufacturer: item.manufacturer.clone(),
                model: item.model.clone(),
                installed_on: item.installed_on.map(|day| day.to_string()),
                criticality: item
                    .criticality
                    .as_ref()
                    .map(|word| word.to_lowercase())
                    .filter(|word| word.parse::<domain::asset::Criticality>().is_ok()),
                ..ImportRow::default()
            };
            file.push((vec![item.id], row));
        }
        Ok(())
    }

    async fn link_new(&self, tx: &mut ScopedTx, new: Vec<(String, String)>) -> Result<(), Error> {
        let by_key: HashMap<String, String> =
            new.into_iter().filter_map(|(id, tag)| Some((key(&tag)?, id))).collect();
        let keys: Vec<String> = by_key.keys().cloned().collect();
        let pairs: Vec<NewLink> = rows::tagged(tx, &keys)
            .await?
            .into_iter()
            .filter_map(|(key, asset_id, _)| {
                let cmms_id = by_key.get(&key)?.clone();
                Some(NewLink { asset_id, cmms_id, method: "added", score: 100 })
            })
            .collect();
        if !pairs.is_empty() {
            rows::link(tx, self.connection, &pairs).await?;
        }
        Ok(())
    }

    /// Retires what is missing, where its open work orders were accepted by their number.
    async fn retire(
        &mut self,
        tx: &mut ScopedTx,
        caller: &Caller,
        accepted: &HashMap<i64, i64>,
    ) -> Result<(), Error> {
        for item in self.of(ItemKind::Missing) {
            self.open.remove(&item.id);
            let Some(asset) = item.asset_id.map(AssetId) else { continue };
            let Some(current) = store::assets::current(tx, asset).await? else { continue };
            if !caller.may_at(Permission::AssetEdit, SiteId(current.row.site_id)) {
                return Err(Error::Denied);
            }
            let (orders, _) = store::assets::decommission_counts(tx, asset).await?;
            if orders != accepted.get(&item.id).copied().unwrap_or(0) {
                let message =
                    format!("{orders} work orders are open on it: say that they may stay");
                self.refuse(&item, "open_work_orders", message);
                continue;
            }
            decommission(tx, caller, asset, current.version, orders).await?;
            self.applied.push(item.id);
        }
        Ok(())
    }

    fn report(&self) -> ApplyReport {
        ApplyReport {
            applied: i64::try_from(self.applied.len()).unwrap_or(i64::MAX),
            refused: self.refused.clone(),
            stale: i64::try_from(self.stale.len()).unwrap_or(i64::MAX),
        }
    }
}

fn key(tag: &str) -> Option<String> {
    AssetKey::normalise(tag).ok().map(|key| key.as_str().to_owned())
}

fn set(row: &mut ImportRow, change: &FieldChange) {
    let field = match change.field.as_str() {
        "name" => &mut row.name,
        "serial_number" => &mut row.serial_number,
        "barcode" => &mut row.barcode,
        "manufacturer" => &mut row.manufacturer,
        "model" => &mut row.model,
        "installed_on" => &mut row.installed_on,
        "criticality" => &mut row.criticality,
        "status" => &mut row.status,
        "parent" => &mut row.parent,
        _ => return,
    };
    field.clone_from(&change.new);
}
