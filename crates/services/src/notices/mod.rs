//! Telling people: new questions, late and failed deliveries. Decisions stay fast because nobody is
//! told inside them; what has not been told yet is marked on the row itself.

use std::collections::BTreeMap;

use domain::failure_mode;
use domain::ids::{SiteId, WorkOrderId};
use domain::permission::Role;
use store::notices::{self as rows, NewNotice, Untold};
use store::users::{Account, people_with_role};
use store::{AuditEntry, ScopedTx};

pub use store::notices::Notice;

use crate::{Caller, Error, Settings};

/// More questions than this at once for one site are told in one notice: a flood.
const FLOOD: usize = 10;
/// Rows handled per transaction.
const BATCH: i64 = 200;

/// Tells the people who are asked about new review items. Answers how many items it took.
///
/// # Errors
/// When the database refuses.
pub async fn tell_reviews(tx: &mut ScopedTx, settings: &Settings) -> Result<usize, Error> {
    let untold = rows::take_untold_reviews(tx, BATCH).await?;
    let count = untold.len();
    for (site, items) in by_site(untold) {
        let people = asked_people(tx, site).await?;
        let notices = if items.len() > FLOOD {
            grouped(&people, site, items.len(), settings)
        } else {
            items.iter().flat_map(|item| question(&people, site, item, settings)).collect()
        };
        rows::tell(tx, &notices).await?;
    }
    Ok(count)
}

/// Shouts about work orders that are not in their CMMS past their deadline (R21) and about failed
/// deliveries. Answers how many.
///
/// # Errors
/// When the database refuses.
pub async fn tell_deliveries(tx: &mut ScopedTx, settings: &Settings) -> Result<usize, Error> {
    let late = rows::take_late(tx, BATCH).await?;
    let failed = rows::take_failed(tx, BATCH).await?;
    let count = late.len() + failed.len();
    metrics::counter!("work_orders_late_total").increment(late.len() as u64);
    for (kind, items) in [("delivery_late", late), ("delivery_failed", failed)] {
        for (site, items) in by_site(items) {
            let people = planners(tx, site).await?;
            let audit = items.iter().map(|item| {
                AuditEntry::new("work_order.shout", "work_order", item.id)
                    .site(site)
                    .detail(serde_json::json!({"kind": kind, "delivery": item.word}))
            });
            tx.audit(audit.collect()).await?;
            let notices: Vec<_> = items
                .iter()
                .flat_map(|item| delivery(&people, site, kind, item, settings))
                .collect();
            rows::tell(tx, &notices).await?;
        }
    }
    Ok(count)
}

/// Tells planners that a CMMS holds a work order twice, and which records can be cancelled there.
///
/// # Errors
/// When the database refuses.
pub async fn tell_duplicate(
    tx: &mut ScopedTx,
    order: WorkOrderId,
    site: SiteId,
    title: &str,
    keep: &str,
    cancel: &[String],
) -> Result<(), Error> {
    let people = planners(tx, site).await?;
    let link = format!("/work-orders/{order}");
    let line = format!("Twice in the CMMS: {title}");
    let body = format!(
        "{line}.\nWe keep {keep}, the older one. Please cancel {} there.\n",
        cancel.join(", ")
    );
    rows::tell(tx, &notices(&people, site, "duplicate_in_cmms", line, link, body)).await?;
    Ok(())
}

/// The caller's unread notices, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn unread(tx: &mut ScopedTx, caller: &Caller) -> Result<Vec<Notice>, Error> {
    match caller.user() {
        Ok(user) => Ok(rows::unread(tx, user, 50).await?),
        Err(_) => Ok(Vec::new()),
    }
}

/// Marks the caller's notices up to `last` as read.
///
/// # Errors
/// When the database refuses.
pub async fn mark_read(tx: &mut ScopedTx, caller: &Caller, last: i64) -> Result<(), Error> {
    Ok(rows::mark_read(tx, caller.user()?, last).await?)
}

fn by_site(items: Vec<Untold>) -> BTreeMap<SiteId, Vec<Untold>> {
    let mut map: BTreeMap<SiteId, Vec<Untold>> = BTreeMap::new();
    for item in items {
        map.entry(SiteId(item.site_id)).or_default().push(item);
    }
    map
}

/// Who decides reviews first: the lowest role that has people at the site.
pub(crate) async fn asked_people(tx: &mut ScopedTx, site: SiteId) -> Result<Vec<Account>, Error> {
    let mut role = Some(Role::Reviewer);
    while let Some(asked) = role {
        let people = people_with_role(tx, asked, site).await?;
        if !people.is_empty() {
            return Ok(people);
        }
        role = asked.escalates_to();
    }
    Ok(Vec::new())
}

async fn planners(tx: &mut ScopedTx, site: SiteId) -> Result<Vec<Account>, Error> {
    let people = people_with_role(tx, Role::Planner, site).await?;
    if people.is_empty() { Ok(people_with_role(tx, Role::Admin, site).await?) } else { Ok(people) }
}

fn name(item: &Untold) -> String {
    let mode =
        failure_mode::find(&item.failure_mode).map_or(item.failure_mode.as_str(), |m| m.name);
    format!("{mode}, {}", item.tag)
}

fn question(
    people: &[Account],
    site: SiteId,
    item: &Untold,
    settings: &Settings,
) -> Vec<NewNotice> {
    let link = format!("/review/{}", item.alert_id.unwrap_or_default());
    let title = format!("Please decide: {}", name(item));
    let body = format!(
        "{}\n\nAn answer is due {}.\n{}{link}\n",
        name(item),
        item.due.format("%a %-d %b %Y, %H:%M UTC"),
        settings.base_url,
    );
    notices(people, site, "review", title, link, body)
}

fn grouped(people: &[Account], site: SiteId, count: usize, settings: &Settings) -> Vec<NewNotice> {
    let link = "/review".to_owned();
    let title = format!("{count} alerts at once are waiting for a decision");
    let body = format!("{title}.\n\n{}{link}\n", settings.base_url);
    notices(people, site, "review", title, link, body)
}

fn delivery(
    people: &[Account],
    site: SiteId,
    kind: &'static str,
    item: &Untold,
    settings: &Settings,
) -> Vec<NewNotice> {
    let link = format!("/work-orders/{}", item.id);
    let what = match kind {
        "delivery_late" => "Work order is not in the CMMS yet",
        _ => "Work order could not be delivered",
    };
    let title = format!("{what}: {}", name(item));
    let body = format!("{title}.\nDelivery: {}.\n\n{}{link}\n", item.word, settings.base_url);
    notices(people, site, kind, title, link, body)
}

pub(crate) fn notices(
    people: &[Account],
    site: SiteId,
    kind: &'static str,
    title: String,
    link: String,
    body: String,
) -> Vec<NewNotice> {
    people
        .iter()
        .map(|person| NewNotice {
            user: person.id,
            site: Some(site),
            kind,
            title: title.clone(),
            link: link.clone(),
            mail_body: Some(body.clone()),
        })
        .collect()
}
