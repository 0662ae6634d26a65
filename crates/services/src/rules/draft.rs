//! Drafts: saved as often as people like; nothing decides by them.

use domain::ids::PolicyId;
use domain::permission::Permission;
use domain::policy::{Policy, PolicyError};
use serde_json::json;
use store::rules as rows;
use store::{AuditEntry, ScopedTx};

use super::access::{Found, find};
use super::preview::{self, Step};
use super::read::{problems, version};
use super::text;
use crate::{Caller, Error};
use domain::views::rules::Preview;

/// A saved draft: its version, and what keeps it from being published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Counts up with every save.
    pub version: i32,
    /// What is wrong with it; a draft may be unfinished.
    pub problems: Vec<PolicyError>,
}

/// Saves the draft of a policy. `expected` is the version the person started from, 0 for none.
///
/// # Errors
/// [`Error::Denied`] without the right to draft wherever the policy decides; [`Error::Conflict`]
/// when somebody else has saved or published meanwhile.
pub async fn save_draft(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: PolicyId,
    expected: i32,
    policy: Policy,
) -> Result<Saved, Error> {
    save(tx, caller, id, expected, policy, json!({})).await
}

async fn save(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: PolicyId,
    expected: i32,
    mut policy: Policy,
    how: serde_json::Value,
) -> Result<Saved, Error> {
    let found = find(tx, id).await?;
    found.require(caller, Permission::RuleDraft)?;
    let published = rows::lock(tx, id).await?.ok_or(Error::NotFound)?;
    let standing = rows::draft(tx, id).await?;
    let current = standing.as_ref().map_or(0, |draft| draft.version);
    if current != expected {
        return Err(conflict(standing.as_ref()));
    }
    let base = standing.map_or(published, |draft| draft.base_version);
    policy.version = u32::try_from(published).unwrap_or(0);
    let (draft, version) = rows::save(tx, id, base, &json!(policy)).await?;
    let mut detail = json!({ "policy": id, "version": version, "base": base });
    if let (Some(detail), Some(how)) = (detail.as_object_mut(), how.as_object()) {
        detail.extend(how.clone());
    }
    tx.audit(vec![entry(&found, "rule.draft", draft).detail(detail)]).await?;
    Ok(Saved { version, problems: problems(&policy) })
}

fn entry(found: &Found, action: &'static str, draft: i64) -> AuditEntry {
    let entry = AuditEntry::new(action, "policy_draft", draft);
    match found.reach.site {
        Some(site) => entry.site(site),
        None => entry,
    }
}

fn conflict(standing: Option<&rows::Draft>) -> Error {
    match standing {
        Some(draft) => Error::Conflict {
            code: "draft_changed",
            message: format!(
                "{} has saved this draft meanwhile. Nothing was saved.",
                draft.saved_by.as_deref().unwrap_or("Somebody"),
            ),
            detail: json!({ "version": draft.version, "saved_at": draft.saved_at }),
        },
        None => Error::conflict(
            "draft_changed",
            "This draft has been published or discarded meanwhile. Nothing was saved.",
        ),
    }
}

/// Takes a text as the draft.
///
/// # Errors
/// [`Error::Invalid`] with the line of everything that is wrong; else as [`save_draft`].
pub async fn import_draft(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: PolicyId,
    expected: i32,
    text: &str,
) -> Result<Saved, Error> {
    let policy = text::from_text(text).map_err(text::invalid)?;
    save(tx, caller, id, expected, policy, json!({ "imported": true })).await
}

/// Takes an older version as the draft, in the place of the one there is.
///
/// # Errors
/// As [`save_draft`]; [`Error::NotFound`] when there is no such version.
pub async fn restore(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: PolicyId,
    wanted: i32,
) -> Result<Saved, Error> {
    find(tx, id).await?.require(caller, Permission::RuleDraft)?;
    rows::lock(tx, id).await?;
    let policy = version(tx, id, wanted.max(1)).await?;
    let expected = rows::draft(tx, id).await?.map_or(0, |draft| draft.version);
    save(tx, caller, id, expected, policy, json!({ "restored": wanted })).await
}

/// Puts the draft on top of what was published since it was begun.
///
/// # Errors
/// As [`save_draft`]; [`Error::NotFound`] when there is no draft.
pub async fn rebase(tx: &mut ScopedTx, caller: &Caller, id: PolicyId) -> Result<(), Error> {
    let found = find(tx, id).await?;
    found.require(caller, Permission::RuleDraft)?;
    let published = rows::lock(tx, id).await?.ok_or(Error::NotFound)?;
    let draft = rows::draft(tx, id).await?.ok_or(Error::NotFound)?;
    rows::rebase(tx, id, published).await?;
    let detail = json!({ "policy": id, "from": draft.base_version, "to": published });
    Ok(tx.audit(vec![entry(&found, "rule.rebase", draft.id).detail(detail)]).await?)
}

/// Throws the draft away.
///
/// # Errors
/// As [`rebase`].
pub async fn discard(tx: &mut ScopedTx, caller: &Caller, id: PolicyId) -> Result<(), Error> {
    let found = find(tx, id).await?;
    found.require(caller, Permission::RuleDraft)?;
    rows::lock(tx, id).await?;
    let draft = rows::discard(tx, id).await?.ok_or(Error::NotFound)?;
    let detail = json!({ "policy": id });
    Ok(tx.audit(vec![entry(&found, "rule.discard", draft).detail(detail)]).await?)
}

/// What a policy would have done with the predictions of the last days, beside the one in force.
/// `each` is told what became of every prediction. Dropping the future ends the work.
///
/// # Errors
/// [`Error::NotFound`] when the policy decides for no site of the scope; [`Error::Invalid`] when
/// the draft cannot be evaluated or there is too much to look at.
pub async fn preview(
    tx: &mut ScopedTx,
    id: PolicyId,
    draft: &Policy,
    days: i32,
    each: impl FnMut(Step) + Send,
) -> Result<Preview, Error> {
    let found = find(tx, id).await?;
    let wrong = problems(draft);
    if !wrong.is_empty() {
        return Err(super::refused(wrong));
    }
    preview::run(tx, &found.reach, &found.policy, draft, days, each).await
}
