//! Reviews nobody answered in time go to the next role; none is ever approved by itself.

use chrono::TimeDelta;
use domain::ids::SiteId;
use domain::permission::Role;
use serde_json::json;
use store::alerts::{self as rows, Overdue};
use store::notices::tell;
use store::users::{Account, people_with_role};
use store::{AuditEntry, ScopedTx, Topic};

use super::rulebook::word;
use crate::notices::notices;
use crate::{Error, Settings};

/// How long the next role has before the one after it is asked.
const AGAIN: TimeDelta = TimeDelta::hours(4);

/// Puts overdue review items before the next role that has people at the site, with a notice and a
/// mail. Answers how many items it took.
///
/// # Errors
/// When the database refuses.
pub async fn escalate_overdue(tx: &mut ScopedTx, settings: &Settings) -> Result<usize, Error> {
    let overdue = rows::overdue(tx, 100).await?;
    for item in &overdue {
        escalate(tx, settings, item).await?;
    }
    Ok(overdue.len())
}

async fn escalate(tx: &mut ScopedTx, settings: &Settings, item: &Overdue) -> Result<(), Error> {
    let site = SiteId(item.site_id);
    let asked: Role = word("review", &item.asked_role)?;
    let (role, people) = next_role(tx, asked, site).await?;
    let again = role.escalates_to().map(|_| AGAIN);
    rows::escalate(tx, item.id, role.as_str(), again).await?;
    tx.audit(vec![AuditEntry::new("review.escalate", "review", item.id).site(site).detail(
        json!({
            "alert": item.alert_id, "from": asked, "to": role,
        }),
    )])
    .await?;
    let link = format!("/review/{}", item.alert_id);
    let title = "A review is overdue and now waits for you".to_owned();
    let body = format!("{title}.\n\n{}{link}\n", settings.base_url);
    tell(tx, &notices(&people, site, "review_overdue", title, link, body)).await?;
    tx.touch(Topic::Reviews, Some(site));
    tx.touch(Topic::Alerts, Some(site));
    Ok(())
}

/// The next role that has people at the site; the last one where none has.
async fn next_role(
    tx: &mut ScopedTx,
    asked: Role,
    site: SiteId,
) -> Result<(Role, Vec<Account>), Error> {
    let mut role = asked;
    while let Some(next) = role.escalates_to() {
        role = next;
        let people = people_with_role(tx, role, site).await?;
        if !people.is_empty() {
            return Ok((role, people));
        }
    }
    Ok((role, Vec::new()))
}
