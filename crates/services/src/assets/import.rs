//! Bringing in assets. Good rows are taken, bad ones are reported; nothing is ever deleted.

use std::collections::{HashMap, HashSet};

use domain::asset::{AssetKey, AssetKind, AssetStatus};
use domain::calendar::CalendarSpec;
use domain::ids::{AssetId, SiteId};
use domain::permission::Permission;
use domain::views::assets::{ImportError, ImportReport};
use serde_json::json;
use store::assets::{self as rows, AssetRow, SiteRow};
use store::{AuditEntry, Scope, ScopedTx};

use super::ImportRow;
use super::derive::derive;
use super::row::{Checked, Problems, check};
use crate::{Caller, Error};

/// The most rows of one import.
const LARGEST: usize = 200_000;

/// Imports assets by tag: new ones are made, known ones changed, none removed. With `dry_run`
/// nothing is written. New sites start with production round the clock, connected to the
/// built-in book.
///
/// # Errors
/// [`Error::Denied`] without the right to edit assets, [`Error::Invalid`] for a file too large.
pub async fn import(
    tx: &mut ScopedTx,
    caller: &Caller,
    file: Vec<ImportRow>,
    dry_run: bool,
) -> Result<ImportReport, Error> {
    let scope = caller.scope(Permission::AssetEdit)?;
    if file.len() > LARGEST {
        return Err(Error::invalid("", "too_many_rows", format!("at most {LARGEST} rows")));
    }
    let mut report = ImportReport {
        dry_run,
        rows: u32::try_from(file.len()).unwrap_or(u32::MAX),
        ..ImportReport::default()
    };
    let mut checked = Vec::with_capacity(file.len());
    let mut seen = HashSet::new();
    for row in file {
        let Some(row) = check(row, &mut report.errors) else { continue };
        if seen.insert(row.key.clone()) {
            checked.push(row);
        } else {
            let mut problems = Problems::of(row.row, Some(&row.tag), &mut report.errors);
            problems.add("tag", "doubled_tag", "the file names this tag before");
        }
    }

    rows::lock_tree(tx).await?;
    let stored: HashMap<i64, AssetRow> =
        rows::tree(tx).await?.into_iter().map(|a| (a.id, a)).collect();
    let known: HashSet<&str> = stored.values().map(|a| a.tag_key.as_str()).collect();
    let new = checked.iter().filter(|row| !known.contains(row.key.as_str())).count();
    let ids = if dry_run {
        (1..=i64::try_from(new).unwrap_or(0)).map(|n| -n).collect()
    } else {
        rows::reserve_ids(tx, i64::try_from(new).unwrap_or(0)).await?
    };
    let mut tree = Tree::new(stored.clone(), scope, ids);
    let taken = tree.take(checked, &mut report.errors);
    derive(&mut tree.assets);

    let mut inserted: Vec<&AssetRow> = Vec::new();
    let mut updated: Vec<&AssetRow> = Vec::new();
    for asset in tree.assets.values() {
        let named = taken.contains(&asset.id);
        match stored.get(&asset.id) {
            None => inserted.push(asset),
            Some(before) if before != asset => {
                updated.push(asset);
                if named {
                    report.updated += 1;
                } else {
                    report.changed_along += 1;
                }
            }
            Some(_) => report.unchanged += u32::from(named),
        }
    }
    report.created = u32::try_from(inserted.len()).unwrap_or(u32::MAX);
    inserted.sort_unstable_by_key(|a| a.id);
    updated.sort_unstable_by_key(|a| a.id);
    report.errors.sort_by_key(|error| error.row);
    if dry_run {
        return Ok(report);
    }
    write(tx, &stored, &inserted, &updated).await?;
    zones(tx, &tree, &inserted).await?;
    Ok(report)
}

async fn write(
    tx: &mut ScopedTx,
    stored: &HashMap<i64, AssetRow>,
    inserted: &[&AssetRow],
    updated: &[&AssetRow],
) -> Result<(), Error> {
    let now = tx.now();
    if !inserted.is_empty() {
        rows::insert(tx, inserted).await?;
    }
    if !updated.is_empty() {
        rows::update(tx, updated, now).await?;
    }
    let mut entries: Vec<AuditEntry> = inserted
        .iter()
        .map(|asset| {
            AuditEntry::new("asset.create", "asset", asset.id)
                .site(SiteId(asset.site_id))
                .detail(json!({ "tag": asset.tag, "kind": asset.kind }))
        })
        .collect();
    entries.extend(updated.iter().map(|asset| {
        AuditEntry::new("asset.update", "asset", asset.id)
            .site(SiteId(asset.site_id))
            .detail(changes(stored.get(&asset.id), asset))
    }));
    tx.audit(entries).await?;
    Ok(())
}

/// The columns that changed, with both values.
pub(super) fn changes(before: Option<&AssetRow>, after: &AssetRow) -> serde_json::Value {
    let mut changes = json!({ "tag": after.tag });
    let Some(before) = before else { return changes };
    macro_rules! compare {
        ($($column:ident),*) => {$(
            if before.$column != after.$column {
                changes[stringify!($column)] = json!([before.$column, after.$column]);
            }
        )*};
    }
    if before.tag != after.tag {
        changes["tag"] = json!([before.tag, after.tag]);
    }
    compare!(
        parent_id,
        name,
        serial_number,
        barcode,
        manufacturer,
        model,
        installed_on,
        own_criticality,
        criticality,
        status,
        path_text
    );
    changes
}

/// Gives a new site its calendar: production round the clock in its zone.
pub(super) async fn open_site(
    tx: &mut ScopedTx,
    site: i64,
    zone: Option<&str>,
) -> Result<(), Error> {
    let mut calendar = CalendarSpec::round_the_clock_utc();
    if let Some(zone) = zone {
        zone.clone_into(&mut calendar.zone);
    }
    let value =
        serde_json::to_value(&calendar).map_err(|error| store::Error::corrupt("site", error))?;
    let entry = AuditEntry::new("site.create", "site", site)
        .site(SiteId(site))
        .detail(json!({ "time_zone": calendar.zone }));
    let row = SiteRow { id: AssetId(site), time_zone: calendar.zone, calendar: value };
    rows::insert_sites(tx, &[row]).await?;
    tx.audit(vec![entry]).await?;
    Ok(())
}

/// Calendars of new sites, and zones of known ones.
async fn zones(tx: &mut ScopedTx, tree: &Tree, inserted: &[&AssetRow]) -> Result<(), Error> {
    let mut entries = Vec::new();
    for asset in inserted.iter().filter(|a| a.kind == AssetKind::Site.as_str()) {
        open_site(tx, asset.id, tree.zones.get(&asset.id).map(String::as_str)).await?;
    }
    for site in rows::sites(tx).await? {
        if let Some(zone) = tree.zones.get(&site.id.0)
            && *zone != site.time_zone
        {
            rows::set_time_zone(tx, site.id, zone).await?;
            entries.push(
                AuditEntry::new("site.time_zone", "site", site.id.0)
                    .site(SiteId(site.id.0))
                    .detail(json!({ "time_zone": [site.time_zone, zone] })),
            );
        }
    }
    tx.audit(entries).await?;
    Ok(())
}

/// The tree while rows are put into it, parents before children.
struct Tree {
    assets: HashMap<i64, AssetRow>,
    by_key: HashMap<String, i64>,
    zones: HashMap<i64, String>,
    scope: Scope,
    ids: Vec<i64>,
}

impl Tree {
    fn new(assets: HashMap<i64, AssetRow>, scope: Scope, mut ids: Vec<i64>) -> Self {
        let by_key = assets.values().map(|a| (a.tag_key.clone(), a.id)).collect();
        ids.reverse();
        Self { assets, by_key, zones: HashMap::new(), scope, ids }
    }

    /// Takes the rows whose parents are there, again and again. Answers the ids of those taken.
    fn take(&mut self, rows: Vec<Checked>, errors: &mut Vec<ImportError>) -> HashSet<i64> {
        let mut taken = HashSet::new();
        let mut waiting = rows;
        loop {
            let names: HashSet<String> = waiting.iter().map(|row| row.key.clone()).collect();
            let (ready, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|row| {
                self.parent_key(row).is_none_or(|parent| !names.contains(&parent))
            });
            if ready.is_empty() {
                for row in later {
                    let mut problems = Problems::of(row.row, Some(&row.tag), errors);
                    problems.add("parent", "cycle", "the assets above lead back to itself");
                }
                return taken;
            }
            for row in ready {
                let mut problems = Problems::of(row.row, Some(&row.tag), errors);
                if let Some(id) = self.put(row, &mut problems) {
                    taken.insert(id);
                }
            }
            waiting = later;
        }
    }

    fn parent_key(&self, row: &Checked) -> Option<String> {
        match &row.parent {
            Some(parent) => parent.clone(),
            None => None,
        }
    }

    fn put(&mut self, row: Checked, problems: &mut Problems<'_>) -> Option<i64> {
        let before = self.by_key.get(&row.key).and_then(|id| self.assets.get(id)).cloned();
        let kind = match (&before, row.kind) {
            (Some(asset), Some(kind)) if asset.kind != kind.as_str() => {
                problems.add("kind", "kind_changed", "an asset keeps its kind");
                return None;
            }
            (Some(asset), _) => asset.kind.parse().ok()?,
            (None, Some(kind)) => kind,
            (None, None) => {
                problems.add("kind", "missing", "a new asset needs a kind");
                return None;
            }
        };
        let parent = match &row.parent {
            Some(Some(key)) => match self.by_key.get(key).and_then(|id| self.assets.get(id)) {
                Some(parent) => Some(parent),
                None => {
                    problems.add("parent", "unknown_parent", "there is no asset with that tag");
                    return None;
                }
            },
            Some(None) => None,
            None => before.as_ref().and_then(|a| a.parent_id).and_then(|id| self.assets.get(&id)),
        };
        if !kind.may_hang_under(parent.and_then(|p| p.kind.parse().ok())) {
            let message = match kind.parents() {
                [] => "a site stands at the top".to_owned(),
                parents => {
                    let names: Vec<&str> = parents.iter().map(|p| p.as_str()).collect();
                    format!("a {kind} stands under a {}", names.join(" or a "))
                }
            };
            problems.add("parent", "wrong_parent", message);
            return None;
        }
        if let (Some(parent), Some(asset)) = (parent, &before)
            && self.stands_under(parent.id, asset.id)
        {
            problems.add("parent", "cycle", "the assets above lead back to itself");
            return None;
        }
        let site = parent.map(|p| p.site_id);
        if let Some(asset) = &before
            && site.is_some_and(|site| site != asset.site_id)
        {
            problems.add("parent", "other_site", "an asset keeps its site");
            return None;
        }
        let at = site.or(before.as_ref().map(|a| a.site_id));
        let allowed = match at {
            Some(site) => self.scope.contains(SiteId(site)),
            None => self.scope == Scope::All,
        };
        if !allowed {
            problems.add("tag", "other_site", "this caller may not edit assets there");
            return None;
        }
        if row.time_zone.is_some() && kind != AssetKind::Site {
            problems.add("time_zone", "sites_only", "only a site has a time zone");
            return None;
        }
        let parent_id = parent.map(|p| p.id);
        let id = match &before {
            Some(asset) => asset.id,
            None => self.ids.pop()?,
        };
        let asset = merged(before, row.clone(), id, kind, site.unwrap_or(id), parent_id);
        if let Some(zone) = row.time_zone {
            self.zones.insert(id, zone);
        }
        self.by_key.insert(row.key, id);
        self.assets.insert(id, asset);
        Some(id)
    }

    fn stands_under(&self, mut id: i64, above: i64) -> bool {
        loop {
            if id == above {
                return true;
            }
            match self.assets.get(&id).and_then(|asset| asset.parent_id) {
                Some(parent) => id = parent,
                None => return false,
            }
        }
    }
}

pub(super) fn merged(
    before: Option<AssetRow>,
    row: Checked,
    id: i64,
    kind: AssetKind,
    site_id: i64,
    parent_id: Option<i64>,
) -> AssetRow {
    let mut asset = before.unwrap_or_else(|| AssetRow {
        id,
        site_id,
        parent_id,
        kind: kind.as_str().to_owned(),
        tag: row.tag.clone(),
        tag_key: row.key.clone(),
        name: row.tag.clone(),
        serial_number: None,
        serial_key: None,
        barcode: None,
        barcode_key: None,
        manufacturer: None,
        model: None,
        installed_on: None,
        own_criticality: None,
        criticality: String::new(),
        status: AssetStatus::Active.as_str().to_owned(),
        path: Vec::new(),
        path_text: String::new(),
    });
    asset.parent_id = parent_id;
    asset.tag.clone_from(&row.tag);
    asset.tag_key.clone_from(&row.key);
    if let Some(name) = row.name {
        asset.name = name.unwrap_or(row.tag);
    }
    if let Some(serial) = row.serial_number {
        asset.serial_key = serial.as_deref().and_then(normalised);
        asset.serial_number = serial;
    }
    if let Some(barcode) = row.barcode {
        asset.barcode_key = barcode.as_deref().and_then(normalised);
        asset.barcode = barcode;
    }
    if let Some(manufacturer) = row.manufacturer {
        asset.manufacturer = manufacturer;
    }
    if let Some(model) = row.model {
        asset.model = model;
    }
    if let Some(installed_on) = row.installed_on {
        asset.installed_on = installed_on;
    }
    if let Some(criticality) = row.criticality {
        asset.own_criticality = criticality.map(|c| c.as_str().to_owned());
    }
    if let Some(status) = row.status {
        asset.status = status.as_str().to_owned();
    }
    asset
}

fn normalised(text: &str) -> Option<String> {
    AssetKey::normalise(text).ok().map(|key| key.as_str().to_owned())
}
