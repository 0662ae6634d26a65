//! The reviewer's desk: what waits, the question being looked at, what was decided last.

use std::str::FromStr;

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::alert::{Priority, ReviewDecision, ReviewStatus};
use domain::ids::{AlertId, SiteId};
use domain::policy::{AssignTo, CreateAs, WorkType};
use domain::views::alerts::{
    Alert, JustDecided, LastDecided, Receives, ReviewItem, ReviewQueue, Reviewing, Tally,
};
use store::ScopedTx;
use store::alerts as rows;

use super::read::{detail, get, waiting};
use super::rulebook::Rulebook;
use crate::Error;
use crate::calendars::resolve;

/// Hour of the site's day at which a snooze to a day ends.
const MORNING: u32 = 6;

/// What waits in the scope, and what was decided today.
///
/// # Errors
/// When the database refuses.
pub async fn queue(tx: &mut ScopedTx) -> Result<ReviewQueue, Error> {
    let items = waiting(tx).await?;
    let mut today = Tally::default();
    for (decision, count) in rows::decided_today(tx).await? {
        match ReviewDecision::from_str(&decision) {
            Ok(ReviewDecision::Approve) => today.approved = count,
            Ok(ReviewDecision::Reject) => today.rejected = count,
            Ok(ReviewDecision::Snooze) => today.snoozed = count,
            Err(e) => return Err(store::Error::corrupt("review", e).into()),
        }
    }
    let last = rows::last_decided(tx).await?.map(|(by, at)| LastDecided { by, at });
    Ok(ReviewQueue { items, today, last })
}

/// The question to look at (the first that waits unless one is named), and the decision that was
/// just made while it can be taken back.
///
/// # Errors
/// [`Error::NotFound`] for a question outside the scope.
pub async fn reviewing(
    tx: &mut ScopedTx,
    queue: ReviewQueue,
    wanted: Option<AlertId>,
    decided: Option<AlertId>,
) -> Result<Reviewing, Error> {
    let item = match wanted.or_else(|| queue.items.first().map(|row| row.id)) {
        Some(alert) => Some(item(tx, alert).await?),
        None => None,
    };
    let decided = match decided {
        Some(alert) => get(tx, alert).await.ok().and_then(|alert| held(&alert, tx.now())),
        None => None,
    };
    Ok(Reviewing { queue, item, decided })
}

async fn item(tx: &mut ScopedTx, alert: AlertId) -> Result<ReviewItem, Error> {
    let detail = detail(tx, alert).await?;
    let (site, now) = (detail.alert.asset.site_id, tx.now());
    let shift_end = shift_end(tx, site).await?;
    let overdue = detail.alert.review.as_ref().is_some_and(|r| r.due < now);
    let zone = zone(&detail.alert.asset.time_zone);
    let tomorrow = now.with_timezone(&zone).date_naive().succ_opt().unwrap_or_default();
    Ok(ReviewItem {
        receives: receives(&detail.alert),
        shift_end,
        tomorrow: morning(zone, tomorrow),
        overdue,
        detail,
    })
}

async fn shift_end(tx: &mut ScopedTx, site: SiteId) -> Result<Option<DateTime<Utc>>, Error> {
    let now = tx.now();
    let sites = Rulebook::default().sites(tx, &[site], now).await?;
    Ok(sites.get(&site).and_then(|site| site.calendar.shift_end))
}

/// What an approval without changes sends.
pub(super) fn receives(alert: &Alert) -> Receives {
    let create = alert.decision.as_ref().and_then(|d| d.effect.create.clone());
    let zone = zone(&alert.asset.time_zone);
    let day = |due: DateTime<Utc>| due.with_timezone(&zone).date_naive();
    create.map_or(
        Receives {
            priority: Priority::MEDIUM,
            due: None,
            due_day: None,
            assign_to: None,
            work_type: WorkType::Predictive,
            create_as: CreateAs::Draft,
        },
        |create| Receives {
            priority: create.priority,
            due: Some(create.due),
            due_day: Some(day(create.due)),
            assign_to: match create.assign_to {
                AssignTo::PlannerQueue | AssignTo::ShutdownCrew => None,
                AssignTo::Crew(name) | AssignTo::Person(name) => Some(name),
            },
            work_type: create.wo_type,
            create_as: create.create_as,
        },
    )
}

fn held(alert: &Alert, now: DateTime<Utc>) -> Option<JustDecided> {
    let review = alert.review.as_ref().filter(|r| r.status == ReviewStatus::Decided)?;
    Some(JustDecided {
        alert_id: alert.id,
        tag: alert.asset.tag.clone(),
        decision: review.decision?,
        undo_until: review.undo_until.filter(|until| *until > now)?,
    })
}

pub(super) fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// Six o'clock of a day at the site.
pub(super) fn morning(zone: Tz, date: chrono::NaiveDate) -> DateTime<Utc> {
    let six = NaiveTime::from_hms_opt(MORNING, 0, 0).unwrap_or_default();
    resolve(zone, date.and_time(six)).instant
}
