use domain::ids::{ConnectionId, SiteId};
use domain::permission::Permission;
use domain::policy::Policy;
use serde_json::json;
use store::connections::{checks, edit};
use store::{AuditEntry, ScopedTx, Topic};

use super::access::{allows, reason, require};
use super::configure::check_sites;
use super::show::show;
use crate::{Caller, Error, rules};

/// Makes a connection the active one of these sites: from now on their work orders go there. What a
/// site had as rules of its own goes along. Work orders under way stay where they are.
///
/// # Errors
/// `not_filled_in`, `not_checked` or `paused` as conflicts; [`Error::Invalid`] without a reason or a
/// site; [`Error::Denied`], [`Error::NotFound`].
pub async fn go_live(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: ConnectionId,
    sites: &[SiteId],
    why: &str,
) -> Result<(), Error> {
    require(tx, caller, Permission::Integrate, id).await?;
    if sites.is_empty() {
        return Err(Error::invalid("sites", "missing", "Choose one site at least."));
    }
    if !allows(caller, Permission::Integrate, sites) {
        return Err(Error::Denied);
    }
    check_sites(tx, sites).await?;
    let why = reason(why)?;
    ready(tx, caller, id).await?;
    let mut served = store::connections::desk::all_sites(tx, id).await?;
    served.extend(sites);
    edit::serve(tx, id, &served).await?;
    let moved = edit::go_live(tx, id, sites).await?;
    for (site, from) in &moved {
        take_rules_along(tx, *from, id, *site).await?;
    }
    let detail = json!({"reason": why, "sites": sites, "was": moved});
    let mut entries =
        vec![AuditEntry::new("connection.go_live", "connection", id.0).detail(detail)];
    entries.extend(moved.iter().map(|(site, from)| {
        AuditEntry::new("site.connect", "site", site.0)
            .site(*site)
            .detail(json!({"connection": id, "was": from, "reason": why}))
    }));
    tx.audit(entries).await?;
    tx.touch(Topic::Deliveries, None);
    Ok(())
}

async fn ready(tx: &mut ScopedTx, caller: &Caller, id: ConnectionId) -> Result<(), Error> {
    let detail = show(tx, caller, id).await?;
    if detail.row.state == "paused" {
        return Err(Error::conflict("paused", "The connection is paused. Resume it first."));
    }
    if let Some(label) = detail.missing.first() {
        let message = format!("{label} is not filled in.");
        return Err(Error::conflict("not_filled_in", message));
    }
    let passed = checks::last_check(tx, id).await?.and_then(|check| check.passed);
    if passed != Some(true) && detail.row.system != "book" {
        let message = "The last live test has not passed. Test the connection first.";
        return Err(Error::conflict("not_checked", message));
    }
    Ok(())
}

/// A site's own rules belong to a connection; they follow the site to the new one.
async fn take_rules_along(
    tx: &mut ScopedTx,
    from: ConnectionId,
    to: ConnectionId,
    site: SiteId,
) -> Result<(), Error> {
    let Some(body) = store::rules::override_of(tx, from, site).await? else { return Ok(()) };
    let policy: Policy = serde_json::from_value(body)
        .map_err(|e| Error::Store(store::Error::corrupt("policy_version", e)))?;
    rules::publish(tx, to, Some(site), &policy, "taken along to another connection").await?;
    Ok(())
}
