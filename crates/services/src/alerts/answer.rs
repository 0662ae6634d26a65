//! A reviewer's word as a form gives it: dates are days at the site, and what the form repeats
//! without a change is no change.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::alert::{Priority, RejectReason, ReviewDecision};
use domain::ids::AlertId;
use domain::views::alerts::{Alert, Decided};
use store::ScopedTx;

use super::desk::{morning, receives, zone};
use super::read::get;
use super::review::{Edits, Verdict, decide};
use crate::calendars::resolve;
use crate::{Caller, Error, Settings};

/// Until when a question is put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// That instant.
    Instant(DateTime<Utc>),
    /// The morning of that day at the site.
    Day(NaiveDate),
}

/// What a reviewer says in a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Approve, reject or snooze.
    pub decision: ReviewDecision,
    /// The alert's version the reviewer saw.
    pub version: i32,
    /// Why; required to reject.
    pub reason: Option<RejectReason>,
    /// In their words.
    pub comment: Option<String>,
    /// End of a snooze; required to snooze.
    pub until: Option<Until>,
    /// Priority of the work order.
    pub priority: Option<Priority>,
    /// Day on which the work is due, at the site.
    pub due: Option<NaiveDate>,
    /// A crew or person; empty for the planner queue.
    pub assign_to: Option<String>,
}

impl Answer {
    /// A decision and nothing else.
    pub const fn new(decision: ReviewDecision, version: i32) -> Self {
        Self {
            decision,
            version,
            reason: None,
            comment: None,
            until: None,
            priority: None,
            due: None,
            assign_to: None,
        }
    }
}

/// Decides a review item with what a form says; see [`decide`].
///
/// # Errors
/// As [`decide`].
pub async fn answer(
    tx: &mut ScopedTx,
    settings: &Settings,
    caller: &Caller,
    alert: AlertId,
    answer: Answer,
) -> Result<Decided, Error> {
    let standing = get(tx, alert).await?;
    let zone = zone(&standing.asset.time_zone);
    let edits = match answer.decision {
        ReviewDecision::Approve => edits(&standing, &answer),
        ReviewDecision::Reject | ReviewDecision::Snooze => Edits::default(),
    };
    let verdict = Verdict {
        decision: answer.decision,
        version: answer.version,
        reason: answer.reason,
        comment: text(answer.comment),
        until: answer.until.map(|until| match until {
            Until::Instant(at) => at,
            Until::Day(date) => morning(zone, date),
        }),
        edits,
    };
    decide(tx, settings, caller, alert, verdict).await
}

fn edits(alert: &Alert, answer: &Answer) -> Edits {
    let (sent, zone) = (receives(alert), zone(&alert.asset.time_zone));
    let evening = NaiveTime::from_hms_opt(23, 59, 0).unwrap_or_default();
    Edits {
        priority: answer.priority.filter(|p| *p != sent.priority),
        due: answer
            .due
            .filter(|date| Some(*date) != sent.due_day)
            .map(|date| resolve(zone, date.and_time(evening)).instant),
        assign_to: text(answer.assign_to.clone())
            .filter(|name| Some(name) != sent.assign_to.as_ref()),
    }
}

fn text(value: Option<String>) -> Option<String> {
    value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty())
}
