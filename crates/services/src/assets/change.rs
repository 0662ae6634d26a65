//! Making, editing and moving single assets. What follows from the place in the tree (path,
//! inherited criticality) is recomputed for everything below in the same transaction.

use domain::asset::{AssetKey, AssetKind, AssetStatus};
use domain::ids::{AssetId, SiteId};
use domain::permission::Permission;
use domain::views::assets::{AssetDraft, AssetForm, ImportError};
use serde_json::{Value, json};
use store::assets::{self as rows, AssetRow, Versioned};
use store::{AuditEntry, Scope, ScopedTx};

use super::ImportRow;
use super::derive::derive_below;
use super::import::{changes, merged, open_site};
use super::row::{Checked, check};
use super::search::{step, steps};
use crate::{Caller, Error, FieldError};

/// What the form of a new asset below `parent`, or of an existing one, starts with.
///
/// # Errors
/// [`Error::NotFound`] when one of them does not exist, or not for this caller; [`Error::Denied`]
/// without the right to edit there.
pub async fn draft(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: Option<AssetId>,
    parent: Option<AssetId>,
) -> Result<AssetDraft, Error> {
    let stored = match id {
        Some(id) => Some(rows::current(tx, id).await?.ok_or(Error::NotFound)?),
        None => None,
    };
    let parent = match &stored {
        Some(stored) => stored.row.parent_id.map(AssetId),
        None => parent,
    };
    let mut above = match parent {
        Some(parent) => rows::ancestors(tx, &[parent.0]).await?,
        None => Vec::new(),
    };
    if parent.is_some() && above.is_empty() {
        return Err(Error::NotFound);
    }
    let parent = above.pop();
    let site = stored.as_ref().map(|s| s.row.site_id).or(parent.as_ref().map(|p| p.site_id));
    may_edit(caller, site)?;
    let corrupt = |error: domain::UnknownWord| store::Error::corrupt("asset", error);
    let parent_kind: Option<AssetKind> =
        parent.as_ref().map(|p| p.kind.parse()).transpose().map_err(corrupt)?;
    let kinds = match &stored {
        Some(stored) => vec![stored.row.kind.parse().map_err(corrupt)?],
        None => AssetKind::ALL.iter().copied().filter(|k| k.may_hang_under(parent_kind)).collect(),
    };
    let inherits = match &parent {
        Some(parent) if kinds.contains(&AssetKind::Component) => {
            Some(parent.criticality.parse().map_err(corrupt)?)
        }
        _ => None,
    };
    let mut path = steps(above)?;
    let parent = parent.map(step).transpose()?;
    path.extend(parent.clone());
    Ok(AssetDraft {
        id,
        version: stored.as_ref().map_or(0, |s| s.version),
        parent,
        above: path,
        inherits,
        form: stored.map_or_else(|| fresh(&kinds), |stored| written(stored.row)),
        kinds,
    })
}

fn fresh(kinds: &[AssetKind]) -> AssetForm {
    AssetForm {
        kind: kinds.first().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        time_zone: "UTC".to_owned(),
        ..AssetForm::default()
    }
}

fn written(row: AssetRow) -> AssetForm {
    AssetForm {
        tag: row.tag,
        kind: row.kind,
        name: row.name,
        serial_number: row.serial_number.unwrap_or_default(),
        barcode: row.barcode.unwrap_or_default(),
        manufacturer: row.manufacturer.unwrap_or_default(),
        model: row.model.unwrap_or_default(),
        installed_on: row.installed_on.map(|day| day.to_string()).unwrap_or_default(),
        criticality: row.own_criticality.unwrap_or_default(),
        time_zone: String::new(),
    }
}

fn may_edit(caller: &Caller, site: Option<i64>) -> Result<(), Error> {
    let scope = caller.scope(Permission::AssetEdit)?;
    let allowed = match site {
        Some(site) => scope.contains(SiteId(site)),
        None => scope == Scope::All,
    };
    if allowed { Ok(()) } else { Err(Error::Denied) }
}

/// Makes an asset below `parent`, or a site. A new site starts in production round the clock.
///
/// # Errors
/// [`Error::Invalid`] by field; [`Error::NotFound`], [`Error::Denied`].
pub async fn create(
    tx: &mut ScopedTx,
    caller: &Caller,
    parent: Option<AssetId>,
    form: AssetForm,
) -> Result<AssetId, Error> {
    rows::lock_tree(tx).await?;
    let above = match parent {
        Some(parent) => Some(rows::current(tx, parent).await?.ok_or(Error::NotFound)?.row),
        None => None,
    };
    may_edit(caller, above.as_ref().map(|a| a.site_id))?;
    let row = checked(form, true)?;
    let kind = row.kind.ok_or_else(|| Error::invalid("kind", "missing", "choose what it is"))?;
    let parent_kind = above.as_ref().and_then(|a| a.kind.parse().ok());
    if !kind.may_hang_under(parent_kind) {
        return Err(Error::invalid("kind", "wrong_parent", stands_under(kind)));
    }
    if above.as_ref().is_some_and(|a| a.status != AssetStatus::Active.as_str()) {
        let message = "the asset above is decommissioned; recommission it first";
        return Err(Error::invalid("kind", "retired_parent", message));
    }
    not_taken(tx, &row.key, None).await?;
    let zone = row.time_zone.clone();
    let id = rows::reserve_ids(tx, 1).await?.pop().ok_or(Error::Unavailable)?;
    let site = above.as_ref().map_or(id, |a| a.site_id);
    let mut new = [merged(None, row, id, kind, site, parent.map(|p| p.0))];
    derive_below(&mut new, above.as_ref());
    let [asset] = &new;
    rows::insert(tx, &[asset]).await?;
    let entry = AuditEntry::new("asset.create", "asset", id)
        .site(SiteId(asset.site_id))
        .detail(json!({ "tag": asset.tag, "kind": asset.kind, "path_text": asset.path_text }));
    tx.audit(vec![entry]).await?;
    if kind == AssetKind::Site {
        open_site(tx, id, zone.as_deref()).await?;
    }
    Ok(AssetId(id))
}

/// Changes what is written about an asset; its kind and place stay.
///
/// # Errors
/// [`Error::Invalid`] by field; `stale_version` when somebody changed it since; [`Error::NotFound`],
/// [`Error::Denied`].
pub async fn edit(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: AssetId,
    version: i32,
    form: AssetForm,
) -> Result<(), Error> {
    let before = open(tx, caller, id, version).await?.row;
    let row = checked(form, false)?;
    not_taken(tx, &row.key, Some(id)).await?;
    let kind = before.kind.parse().map_err(|error| store::Error::corrupt("asset", error))?;
    let (site, parent) = (before.site_id, before.parent_id);
    let after = merged(Some(before), row, id.0, kind, site, parent);
    rewrite(tx, id, after, parent.map(AssetId), "asset.update", Value::Null).await
}

/// Where an asset goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlace {
    /// The version that was seen.
    pub version: i32,
    /// Tag of the asset above.
    pub parent: String,
}

/// Moves an asset with everything below it under another asset of its site.
///
/// # Errors
/// [`Error::Invalid`] for a place that cannot be: unknown, of the wrong kind, below itself, at
/// another site, out of use, or where it is already. `stale_version`, [`Error::NotFound`],
/// [`Error::Denied`].
pub async fn place(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: AssetId,
    to: &NewPlace,
) -> Result<(), Error> {
    let before = open(tx, caller, id, to.version).await?.row;
    let refuse = |code: &str, message: String| Err(Error::invalid("parent", code, message));
    let key = match AssetKey::normalise(&to.parent) {
        Ok(key) => key,
        Err(error) => return refuse(error.code(), format!("this tag {error}")),
    };
    let Some(above) = rows::with_tag(tx, key.as_str()).await? else {
        return refuse("unknown_parent", "there is no asset with this tag".to_owned());
    };
    let above = above.row;
    let corrupt = |error: domain::UnknownWord| store::Error::corrupt("asset", error);
    let kind: AssetKind = before.kind.parse().map_err(corrupt)?;
    if above.path.contains(&id.0) {
        return refuse("cycle", format!("{} stands below {} itself", above.tag, before.tag));
    }
    if !kind.may_hang_under(Some(above.kind.parse().map_err(corrupt)?)) {
        return refuse("wrong_parent", stands_under(kind));
    }
    if above.site_id != before.site_id {
        return refuse("other_site", "an asset keeps its site".to_owned());
    }
    if before.parent_id == Some(above.id) {
        return refuse("same_place", format!("it hangs under {} already", above.tag));
    }
    if above.status != before.status && above.status != AssetStatus::Active.as_str() {
        return refuse("retired_parent", format!("{} is decommissioned", above.tag));
    }
    let mut after = before;
    after.parent_id = Some(above.id);
    rewrite(tx, id, after, Some(AssetId(above.id)), "asset.move", Value::Null).await
}

/// Locks the tree and an asset that a person has seen in `version`.
pub(super) async fn open(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: AssetId,
    version: i32,
) -> Result<Versioned, Error> {
    rows::lock_tree(tx).await?;
    let stored = rows::locked(tx, id).await?.ok_or(Error::NotFound)?;
    may_edit(caller, Some(stored.row.site_id))?;
    if stored.version != version {
        let last = rows::changes(tx, id, None, 1).await?.pop();
        let who = last.and_then(|change| change.actor).unwrap_or_else(|| "Somebody".to_owned());
        let message = format!(
            "{who} changed {} after you opened it. Nothing was saved; load the page again to see \
             it as it is now.",
            stored.row.tag
        );
        return Err(Error::conflict("stale_version", message));
    }
    Ok(stored)
}

/// Stores a changed asset and what follows from it below, with an audit row for each that differs.
pub(super) async fn rewrite(
    tx: &mut ScopedTx,
    id: AssetId,
    after: AssetRow,
    parent: Option<AssetId>,
    action: &'static str,
    extra: Value,
) -> Result<(), Error> {
    let above = match parent {
        Some(parent) => Some(rows::current(tx, parent).await?.ok_or(Error::NotFound)?.row),
        None => None,
    };
    let before = rows::subtree(tx, id).await?;
    let mut now = before.clone();
    if let Some(first) = now.first_mut() {
        *first = after;
    }
    derive_below(&mut now, above.as_ref());
    store_changed(tx, &before, &now, action, extra).await
}

/// Updates the rows that differ; `action` is that of the first.
pub(super) async fn store_changed(
    tx: &mut ScopedTx,
    before: &[AssetRow],
    after: &[AssetRow],
    action: &'static str,
    extra: Value,
) -> Result<(), Error> {
    let first = after.first().map(|asset| asset.id);
    let mut entries = Vec::new();
    let mut updated = Vec::new();
    for (old, new) in before.iter().zip(after).filter(|(old, new)| old != new) {
        let own = first == Some(new.id);
        let mut detail = changes(Some(old), new);
        if own && let (Some(detail), Some(extra)) = (detail.as_object_mut(), extra.as_object()) {
            detail.extend(extra.clone());
        }
        let action = match action {
            "asset.move" if !own => "asset.update",
            action => action,
        };
        entries.push(
            AuditEntry::new(action, "asset", new.id).site(SiteId(new.site_id)).detail(detail),
        );
        updated.push(new);
    }
    if updated.is_empty() {
        return Ok(());
    }
    updated.sort_unstable_by_key(|asset| asset.id);
    let now = tx.now();
    rows::update(tx, &updated, now).await?;
    tx.audit(entries).await?;
    Ok(())
}

fn stands_under(kind: AssetKind) -> String {
    match kind.parents() {
        [] => "a site stands at the top".to_owned(),
        parents => {
            let names: Vec<&str> = parents.iter().map(|p| p.as_str()).collect();
            format!("a {kind} stands under a {}", names.join(" or a "))
        }
    }
}

async fn not_taken(tx: &mut ScopedTx, key: &str, but: Option<AssetId>) -> Result<(), Error> {
    if rows::taken(tx, key, but).await? {
        return Err(Error::invalid("tag", "tag_taken", "another asset has this tag"));
    }
    Ok(())
}

/// The form as a row of an import is checked; an existing asset keeps kind and zone.
fn checked(form: AssetForm, new: bool) -> Result<Checked, Error> {
    let row = ImportRow {
        row: 0,
        tag: Some(form.tag),
        kind: new.then_some(form.kind.clone()),
        parent: None,
        name: Some(form.name),
        serial_number: Some(form.serial_number),
        barcode: Some(form.barcode),
        manufacturer: Some(form.manufacturer),
        model: Some(form.model),
        installed_on: Some(form.installed_on),
        criticality: Some(form.criticality),
        status: None,
        time_zone: (new && form.kind == AssetKind::Site.as_str()).then_some(form.time_zone),
    };
    let mut errors: Vec<ImportError> = Vec::new();
    match check(row, &mut errors) {
        Some(row) => Ok(row),
        None => Err(Error::Invalid(
            errors.into_iter().map(|e| FieldError::new(e.path, e.code, e.message)).collect(),
        )),
    }
}
