//! Writing into the logbook.

use domain::asset::AssetKey;
use domain::ids::{AssetId, LogbookEntryId, SiteId, WorkOrderId};
use domain::permission::Permission;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::logbook::{self as rows, NewEntry};
use store::{AuditEntry, ScopedTx, Topic};

use super::shifts::Roster;
use crate::{Caller, Error, FieldError};

const TEXT: usize = 4 * 1024;
const TAG: usize = 40;
const KEY: usize = 100;

/// What a person writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Write {
    /// What happened.
    pub text: String,
    /// Tag, serial number or barcode of the asset it is about.
    pub asset: String,
    /// One word to find it by.
    pub tag: String,
    /// The next shift must know of it.
    pub point: bool,
    /// The entry it corrects.
    pub strikes: Option<LogbookEntryId>,
    /// Of the form: the same content with the same key is one entry.
    pub key: String,
}

/// Appends an entry to the shift under way at the site. The same form sent twice is one entry.
///
/// # Errors
/// [`Error::Invalid`] with every problem; `already_corrected` as a conflict; [`Error::Denied`].
pub async fn write(
    tx: &mut ScopedTx,
    caller: &Caller,
    site: SiteId,
    input: Write,
) -> Result<LogbookEntryId, Error> {
    if !caller.may_at(Permission::LogbookWrite, site) {
        return Err(Error::Denied);
    }
    let asset = checked(tx, site, &input).await?;
    if let Some(struck) = input.strikes {
        match rows::entry(tx, struck).await? {
            Some((of, _)) if of == site => {}
            _ => return Err(Error::NotFound),
        }
    }
    append(tx, caller, site, &input, asset, None).await
}

/// Appends a checked entry, with the work order raised together with it.
pub(super) async fn append(
    tx: &mut ScopedTx,
    caller: &Caller,
    site: SiteId,
    input: &Write,
    asset: Option<AssetId>,
    order: Option<WorkOrderId>,
) -> Result<LogbookEntryId, Error> {
    let author = caller.user()?;
    let shift = Roster::of(tx, site).await?.current();
    let (text, tag) = (input.text.trim(), input.tag.trim().to_lowercase());
    let send_key = send_key(input);
    let new = NewEntry {
        site,
        shift_date: shift.date,
        shift_name: &shift.name,
        author,
        body: text,
        tag: Some(tag.as_str()).filter(|tag| !tag.is_empty()),
        asset,
        strikes: input.strikes,
        order,
        send_key: &send_key,
    };
    let added = rows::append(tx, &new).await.map_err(|error| match error.constraint() {
        Some("logbook_entry_struck_once") => Error::conflict(
            "already_corrected",
            "This entry is corrected already. Correct the newer one.",
        ),
        _ => error.into(),
    })?;
    let Some(id) = added else {
        return rows::sent(tx, author, &send_key).await?.ok_or(Error::NotFound);
    };
    let detail = json!({
        "shift": shift.key, "text": text, "tag": tag, "asset": asset, "strikes": input.strikes,
        "work_order": order,
    });
    let mut audit =
        vec![AuditEntry::new("logbook.write", "logbook_entry", id.0).site(site).detail(detail)];
    if input.point {
        let point = rows::add_point(tx, site, id).await?;
        let entry = AuditEntry::new("logbook.open_point", "logbook_point", point);
        audit.push(entry.site(site).detail(json!({ "entry": id })));
    }
    tx.audit(audit).await?;
    tx.touch(Topic::Logbook, Some(site));
    Ok(id)
}

async fn checked(tx: &mut ScopedTx, site: SiteId, input: &Write) -> Result<Option<AssetId>, Error> {
    let mut problems = Vec::new();
    let text = input.text.trim();
    if text.is_empty() || text.len() > TEXT {
        problems.push(FieldError::new("text", "invalid", "Say what happened, in up to 4 KiB."));
    }
    let tag = input.tag.trim();
    if tag.len() > TAG || tag.chars().any(char::is_control) {
        problems.push(FieldError::new("tag", "invalid", "A word or two, up to 40 bytes."));
    }
    if input.key.len() > KEY {
        problems.push(FieldError::new("key", "invalid", "At most 100 bytes."));
    }
    let named = input.asset.trim();
    let mut asset = None;
    if !named.is_empty() {
        if let Ok(key) = AssetKey::normalise(named) {
            asset = rows::asset(tx, site, key.as_str()).await?;
        }
        if asset.is_none() {
            let message = "There is no such asset at this site.";
            problems.push(FieldError::new("asset", "unknown_asset", message));
        }
    }
    if problems.is_empty() { Ok(asset) } else { Err(Error::Invalid(problems)) }
}

/// The key of the form with the hash of its content: another text sent with the same key is another
/// entry, so nothing typed is ever lost.
fn send_key(input: &Write) -> String {
    let mut hash = Sha256::new();
    for part in [&input.text, &input.asset, &input.tag] {
        hash.update(part.trim());
        hash.update([0]);
    }
    hash.update(input.strikes.map_or(0, |id| id.0).to_be_bytes());
    format!("{}:{}", input.key, hex::encode(&hash.finalize()[..12]))
}
