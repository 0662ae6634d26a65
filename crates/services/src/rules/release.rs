//! What makes a new version: publishing the draft, pausing a rule, giving a site rules of its own.

use domain::ids::{PolicyId, SiteId};
use domain::permission::Permission;
use serde_json::json;
use store::rules as rows;
use store::{AuditEntry, ScopedTx};

use super::access::{Found, all, find};
use super::publish;
use super::read::version;
use crate::{Caller, Error};

/// Longest reason, bytes.
const REASON: usize = 1_000;

fn reason(text: &str) -> Result<&str, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("reason", "missing", "Say why. Others will read it."));
    }
    if text.len() > REASON {
        return Err(Error::invalid("reason", "too_long", "That is too long for a reason."));
    }
    Ok(text)
}

/// Publishes the draft that the person has looked at. It decides about new predictions from now on;
/// what was decided stays (R8). The draft is gone afterwards.
///
/// # Errors
/// [`Error::Denied`] without the right to publish wherever the policy decides; [`Error::Conflict`]
/// when the draft or what is in force has changed; [`Error::Invalid`] with everything that is wrong.
pub async fn publish_draft(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: PolicyId,
    expected: i32,
    why: &str,
) -> Result<i32, Error> {
    let found = find(tx, id).await?;
    found.require(caller, Permission::RulePublish)?;
    let why = reason(why)?;
    let published = rows::lock(tx, id).await?.ok_or(Error::NotFound)?;
    let draft = rows::draft(tx, id).await?.ok_or(Error::NotFound)?;
    if draft.version != expected {
        let message = format!(
            "{} has saved the draft again. Look at it before you publish.",
            draft.saved_by.as_deref().unwrap_or("Somebody"),
        );
        return Err(Error::conflict("draft_changed", message));
    }
    if draft.base_version != published {
        return Err(moved_on(published));
    }
    let policy = version(tx, id, 0).await?;
    let (_, version) = release(tx, &found, &policy, why).await?;
    let removed = rows::discard(tx, id).await?.unwrap_or(draft.id);
    let detail = json!({ "policy": id, "published": version });
    tx.audit(vec![AuditEntry::new("rule.draft_published", "policy_draft", removed).detail(detail)])
        .await?;
    Ok(version)
}

fn moved_on(published: i32) -> Error {
    let message = format!(
        "Version {published} was published after this draft was begun. Compare them, and put the \
         draft on top of it before you publish."
    );
    Error::conflict("base_changed", message)
}

async fn release(
    tx: &mut ScopedTx,
    found: &Found,
    policy: &domain::policy::Policy,
    why: &str,
) -> Result<(PolicyId, i32), Error> {
    publish(tx, found.reach.connection, found.reach.site, policy, why).await
}

/// Pauses or resumes one rule of what is in force: a version of its own.
///
/// # Errors
/// As [`publish_draft`]; [`Error::NotFound`] when no rule has this name.
pub async fn pause(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: PolicyId,
    expected: i32,
    rule: &str,
    paused: bool,
    why: &str,
) -> Result<i32, Error> {
    let found = find(tx, id).await?;
    found.require(caller, Permission::RulePublish)?;
    let why = reason(why)?;
    let published = rows::lock(tx, id).await?.ok_or(Error::NotFound)?;
    if published != expected {
        return Err(Error::conflict(
            "version_changed",
            format!("Version {published} has been published meanwhile. Nothing was changed."),
        ));
    }
    let mut policy = found.policy.clone();
    let wanted = policy.rules.iter_mut().find(|r| r.name == rule).ok_or(Error::NotFound)?;
    wanted.paused = paused;
    Ok(release(tx, &found, &policy, why).await?.1)
}

/// Gives a site rules of its own: at first a copy of those that decide for it now, so that nothing
/// changes until they are edited. From then on changes of the connection's rules pass it by.
///
/// # Errors
/// [`Error::NotFound`] for a site outside the scope; [`Error::Denied`] without the right to publish
/// there; [`Error::Conflict`] when it has its own rules already.
pub async fn override_site(
    tx: &mut ScopedTx,
    caller: &Caller,
    site: SiteId,
    why: &str,
) -> Result<PolicyId, Error> {
    if !tx.scope().contains(site) {
        return Err(Error::NotFound);
    }
    if !caller.may_at(Permission::RulePublish, site) {
        return Err(Error::Denied);
    }
    let why = reason(why)?;
    let (found, served) = all(tx).await?;
    let at = served.iter().find(|s| s.site() == site).ok_or(Error::NotFound)?;
    let current = found.iter().find(|f| f.stored.id == at.policy_id).ok_or(Error::NotFound)?;
    rows::lock(tx, current.id()).await?;
    if current.reach.site.is_some() {
        let message = format!("{} has rules of its own already.", at.name);
        return Err(Error::conflict("has_override", message));
    }
    let mut policy = current.policy.clone();
    policy.name = at.name.chars().take(200).collect();
    let (id, _) = publish(tx, current.reach.connection, Some(site), &policy, why).await?;
    Ok(id)
}
