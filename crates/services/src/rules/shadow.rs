//! Runs in shadow: a draft is asked about every decision beside what is in force, and does nothing.

use domain::ids::PolicyId;
use domain::permission::Permission;
use serde_json::json;
use store::rules as rows;
use store::{AuditEntry, ScopedTx};

use super::access::{Found, find};
use super::read::{problems, version};
use crate::{Caller, Error};

/// Puts the draft, as it is saved now, into shadow; a run before it ends.
///
/// # Errors
/// [`Error::Denied`] without the right to draft wherever the policy decides; [`Error::NotFound`]
/// when there is no draft; [`Error::Invalid`] with everything that is wrong with it.
pub async fn start_shadow(tx: &mut ScopedTx, caller: &Caller, id: PolicyId) -> Result<(), Error> {
    let found = find(tx, id).await?;
    found.require(caller, Permission::RuleDraft)?;
    rows::lock(tx, id).await?;
    let draft = version(tx, id, 0).await?;
    let wrong = problems(&draft);
    if !wrong.is_empty() {
        return Err(super::refused(wrong));
    }
    end(tx, &found).await?;
    let run = rows::start(tx, id, &json!(draft)).await?;
    let base = found.stored.version;
    let detail = json!({ "policy": id, "beside": base, "name": draft.name });
    tx.audit(vec![entry(&found, "rule.shadow", run).detail(detail)]).await?;
    Ok(())
}

/// Ends the run in shadow. What it would have decided stays to be read.
///
/// # Errors
/// As [`start_shadow`]; [`Error::NotFound`] when there is no run.
pub async fn end_shadow(tx: &mut ScopedTx, caller: &Caller, id: PolicyId) -> Result<(), Error> {
    let found = find(tx, id).await?;
    found.require(caller, Permission::RuleDraft)?;
    rows::lock(tx, id).await?;
    if end(tx, &found).await? { Ok(()) } else { Err(Error::NotFound) }
}

async fn end(tx: &mut ScopedTx, found: &Found) -> Result<bool, Error> {
    let Some(run) = rows::end(tx, found.id()).await? else { return Ok(false) };
    let detail = json!({ "policy": found.id() });
    tx.audit(vec![entry(found, "rule.shadow_end", run).detail(detail)]).await?;
    Ok(true)
}

fn entry(found: &Found, action: &'static str, run: i64) -> AuditEntry {
    let entry = AuditEntry::new(action, "policy_shadow", run);
    match found.reach.site {
        Some(site) => entry.site(site),
        None => entry,
    }
}
