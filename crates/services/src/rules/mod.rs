//! Policies and calendars: read, drafted, tried out, published, paused, put into shadow.

mod access;
mod draft;
mod preview;
mod read;
mod release;
mod shadow;
mod text;

pub use domain::policy::to_toml;
pub use draft::{Saved, discard, import_draft, preview, rebase, restore, save_draft};
pub use preview::{Did, Step};
pub use read::{compare, editing, export, list, page, publishing, versions};
pub use release::{override_site, pause, publish_draft};
pub use shadow::{end_shadow, start_shadow};
pub use text::{TextError, from_text, to_json};

use domain::asset::AssetKey;
use domain::calendar::CalendarSpec;
use domain::ids::{ConnectionId, PolicyId, SiteId};
use domain::policy::{Policy, PolicyError, bands, default_policy};
use serde_json::json;
use store::rules as rows;
use store::{AuditEntry, ScopedTx};

use crate::calendars::Calendar;
use crate::{Error, FieldError};

/// Gives every connection that has no policy the default one. Run at each start.
///
/// # Errors
/// When the database refuses.
pub async fn ensure_defaults(tx: &mut ScopedTx) -> Result<(), Error> {
    for connection in rows::connections_without(tx).await? {
        publish(tx, connection, None, &default_policy(), "the default policy").await?;
    }
    Ok(())
}

/// Publishes a policy for a connection or one site of it. It decides on predictions from now on;
/// what was decided stays (R8).
///
/// # Errors
/// [`Error::Invalid`] with every problem of the policy.
pub async fn publish(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    site: Option<SiteId>,
    policy: &Policy,
    reason: &str,
) -> Result<(PolicyId, i32), Error> {
    policy.validate().map_err(refused)?;
    let (id, version) =
        rows::publish(tx, connection, site, &policy.name, &json!(policy), &bands(policy), reason)
            .await?;
    let mut entry = AuditEntry::new("rule.publish", "policy", id.0)
        .detail(json!({"version": version, "reason": reason, "name": policy.name}));
    if let Some(site) = site {
        entry = entry.site(site);
    }
    tx.audit(vec![entry]).await?;
    Ok((id, version))
}

/// What is wrong with a policy, as problems of an input.
fn refused(problems: Vec<PolicyError>) -> Error {
    let fields = problems.into_iter().map(|p| FieldError::new(p.path, "invalid_policy", p.message));
    Error::Invalid(fields.collect())
}

/// Publishes a policy as the override of one site, named by its tag.
///
/// # Errors
/// [`Error::NotFound`] when there is no such site; else as [`publish`].
pub async fn publish_for_site(
    tx: &mut ScopedTx,
    site_tag: &str,
    policy: &Policy,
    reason: &str,
) -> Result<(PolicyId, i32), Error> {
    let (site, connection) = site(tx, site_tag).await?;
    publish(tx, connection, Some(site), policy, reason).await
}

/// Replaces the calendar of a site, named by its tag.
///
/// # Errors
/// [`Error::NotFound`] when there is no such site; [`Error::Invalid`] for an unknown zone or a
/// shutdown that ends before it starts.
pub async fn set_calendar(
    tx: &mut ScopedTx,
    site_tag: &str,
    calendar: CalendarSpec,
) -> Result<(), Error> {
    let (site, _) = site(tx, site_tag).await?;
    let checked = Calendar::new(calendar)
        .map_err(|e| Error::invalid(site_tag, "invalid_calendar", e.to_string()))?;
    crate::calendars::replace(tx, site, checked.spec()).await
}

async fn site(tx: &mut ScopedTx, tag: &str) -> Result<(SiteId, ConnectionId), Error> {
    let key = AssetKey::normalise(tag)
        .map_err(|_| Error::invalid("site", "invalid_tag", "This is no asset tag."))?;
    rows::site_by_tag(tx, key.as_str()).await?.ok_or(Error::NotFound)
}
