//! A reviewer's word: given once, held so that it can be undone, then carried out.

use chrono::{DateTime, TimeDelta, Utc};
use domain::alert::{Origin, Priority, RejectReason, ReviewDecision};
use domain::ids::{AlertId, SiteId, UserId};
use domain::policy::{CreateAs, Effect, WorkType};
use domain::verdict::{Outcome, rejected};
use domain::views::alerts::Decided;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::alerts::{self as rows, Review, Said};
use store::{Actor, AuditEntry, ScopedTx, Topic};

use super::decide::message;
use super::intent::intent_for;
use crate::work_orders::{Intent, intend};
use crate::{Caller, Error, Settings};

/// Predictions of a rejected alert are only recorded for this long.
pub(crate) const HOLD_OFF: TimeDelta = TimeDelta::hours(48);

/// What a reviewer says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// Approve, reject or snooze.
    pub decision: ReviewDecision,
    /// The alert's version the reviewer saw.
    pub version: i32,
    /// Why; required to reject.
    #[serde(default)]
    pub reason: Option<RejectReason>,
    /// In their words.
    #[serde(default)]
    pub comment: Option<String>,
    /// End of a snooze; required to snooze.
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
    /// Changes to the work order, for an approval.
    #[serde(default)]
    pub edits: Edits,
}

/// What a reviewer may change before the work order is sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edits {
    /// Another priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Another due time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime<Utc>>,
    /// A crew or person instead of the planner queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assign_to: Option<String>,
}

/// Decides a review item, once (R9). The word is carried out after the time to undo.
///
/// # Errors
/// [`Error::NotFound`] outside the scope; [`Error::Conflict`] with who and when for whoever comes
/// second, and when the alert has changed since the reviewer looked; [`Error::Invalid`].
pub async fn decide(
    tx: &mut ScopedTx,
    settings: &Settings,
    caller: &Caller,
    alert: AlertId,
    verdict: Verdict,
) -> Result<Decided, Error> {
    let by = caller.user()?;
    check(&verdict, tx.now())?;
    let review = rows::lock_review(tx, alert).await?.ok_or(Error::NotFound)?;
    if review.status != "pending" {
        return Err(already(&review));
    }
    let run_at = tx.now()
        + TimeDelta::from_std(settings.scaled(settings.undo)).unwrap_or(TimeDelta::seconds(8));
    let said = Said {
        decision: verdict.decision.as_str(),
        reason: verdict.reason.map(RejectReason::as_str),
        comment: verdict.comment.clone(),
        until: verdict.until,
        edits: json!(verdict.edits),
        by,
        run_at,
    };
    if !rows::decide(tx, review.id, verdict.version, &said).await? {
        return Err(Error::Conflict {
            code: "stale_version",
            message: "The alert has changed since you looked at it.".to_owned(),
            detail: json!({"version": review.alert_version}),
        });
    }
    audit(
        tx,
        "review.decide",
        &review,
        json!({
            "alert": alert, "decision": verdict.decision, "reason": verdict.reason,
            "comment": verdict.comment, "until": verdict.until, "edits": verdict.edits,
        }),
    )
    .await?;
    Ok(Decided { alert_id: alert, decision: verdict.decision, undo_until: run_at })
}

/// Takes a decision back before it is carried out; only the one who made it may.
///
/// # Errors
/// [`Error::NotFound`] outside the scope; [`Error::Conflict`] when it is too late or not theirs.
pub async fn undo(tx: &mut ScopedTx, caller: &Caller, alert: AlertId) -> Result<(), Error> {
    let by = caller.user()?;
    let review = rows::lock_review(tx, alert).await?.ok_or(Error::NotFound)?;
    if !rows::undo(tx, review.id, by).await? {
        return Err(Error::Conflict {
            code: "cannot_undo",
            message: "It has been carried out already, or somebody else decided it.".to_owned(),
            detail: who(&review),
        });
    }
    audit(tx, "review.undo", &review, json!({"alert": alert})).await
}

/// Carries out the decisions whose time to undo is over; answers how many.
///
/// # Errors
/// When the database refuses.
pub async fn carry_out_due(tx: &mut ScopedTx) -> Result<usize, Error> {
    let alerts = rows::runnable(tx, 50).await?;
    let mut done = 0;
    for alert in alerts {
        let Some(review) = rows::lock_review(tx, alert).await? else { continue };
        let due = review.run_at.is_some_and(|at| at <= tx.now());
        if review.status == "decided" && due {
            carry_out(tx, alert, &review).await?;
            done += 1;
        }
    }
    Ok(done)
}

async fn carry_out(tx: &mut ScopedTx, alert: AlertId, review: &Review) -> Result<(), Error> {
    let decision: ReviewDecision =
        super::rulebook::word("review", review.decision.as_deref().unwrap_or_default())?;
    let by = Actor::User(UserId(review.decided_by.unwrap_or_default()));
    rows::finish(tx, review.id).await?;
    let site = SiteId(review.site_id);
    let entry = AuditEntry::new("review.carry_out", "review", review.id)
        .site(site)
        .by(by)
        .detail(json!({"alert": alert, "decision": decision, "reason": review.reason}));
    tx.audit(vec![entry]).await?;
    tx.touch(Topic::Reviews, Some(site));
    tx.touch(Topic::Alerts, Some(site));
    match decision {
        ReviewDecision::Approve => {
            let intent = approved(tx, alert, review, by).await?;
            intend(tx, vec![intent]).await?;
        }
        ReviewDecision::Reject => {
            let reason: RejectReason =
                super::rulebook::word("review", review.reason.as_deref().unwrap_or_default())?;
            let until = tx.now() + HOLD_OFF;
            close(tx, alert, site, by, Some(rejected(reason)), Some(until)).await?;
        }
        ReviewDecision::Snooze => {
            let until = review.until.unwrap_or_else(|| tx.now());
            rows::snooze(tx, alert, until).await?;
            let entry = AuditEntry::new("alert.snooze", "alert", alert.0)
                .site(site)
                .by(by)
                .detail(json!({"until": until}));
            tx.audit(vec![entry]).await?;
        }
    }
    Ok(())
}

/// The work order an approval sends, with the reviewer's changes.
async fn approved(
    tx: &mut ScopedTx,
    alert: AlertId,
    review: &Review,
    by: Actor,
) -> Result<Intent, Error> {
    let standing = rows::get(tx, alert).await?.ok_or(Error::NotFound)?;
    let latest = rows::predictions(tx, alert, 1).await?;
    let message = latest.first().map(|p| message(&p.payload)).transpose()?;
    let effect: Option<Effect> = standing
        .effect
        .map(serde_json::from_value)
        .transpose()
        .map_err(|e| store::Error::corrupt("decision", e))?;
    let create = effect.and_then(|e| e.create);
    let mut intent = match create {
        Some(create) => intent_for(alert, Origin::Review, by, &create, message.as_ref(), None),
        None => {
            let mut intent = Intent::new(alert, Origin::Review, by, Priority::MEDIUM);
            intent.create_as = CreateAs::Draft;
            intent.work_type = WorkType::Predictive;
            intent
        }
    };
    let edits: Edits = serde_json::from_value(review.edits.clone())
        .map_err(|e| store::Error::corrupt("review", e))?;
    if let Some(priority) = edits.priority {
        intent.priority = priority;
    }
    if edits.due.is_some() {
        intent.due = edits.due;
    }
    if edits.assign_to.is_some() {
        intent.assign_to = edits.assign_to;
    }
    if let Some(comment) = &review.comment {
        intent.description.push_str(&format!("\nReviewer: {comment}"));
    }
    Ok(intent)
}

pub(super) async fn close(
    tx: &mut ScopedTx,
    alert: AlertId,
    site: SiteId,
    by: Actor,
    outcome: Option<Outcome>,
    held_off_until: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    rows::close(tx, alert, outcome.map(Outcome::as_str), held_off_until).await?;
    let entry = AuditEntry::new("alert.close", "alert", alert.0)
        .site(site)
        .by(by)
        .detail(json!({"outcome": outcome, "held_off_until": held_off_until}));
    tx.audit(vec![entry]).await?;
    Ok(())
}

fn check(verdict: &Verdict, now: DateTime<Utc>) -> Result<(), Error> {
    match verdict.decision {
        ReviewDecision::Reject if verdict.reason.is_none() => {
            Err(Error::invalid("reason", "missing", "Say why it is rejected."))
        }
        ReviewDecision::Snooze => match verdict.until {
            None => Err(Error::invalid("until", "missing", "Say until when.")),
            Some(until) if until <= now => {
                Err(Error::invalid("until", "in_the_past", "Choose a time that is to come."))
            }
            Some(until) if until > now + TimeDelta::days(30) => {
                Err(Error::invalid("until", "too_far", "A snooze lasts 30 days at most."))
            }
            Some(_) => Ok(()),
        },
        _ => Ok(()),
    }
}

fn already(review: &Review) -> Error {
    let message = match (&review.decided_by_name, review.status.as_str()) {
        (Some(name), "decided" | "done") => format!("{name} has decided this already."),
        _ => "It no longer waits for a decision.".to_owned(),
    };
    Error::Conflict { code: "already_decided", message, detail: who(review) }
}

fn who(review: &Review) -> serde_json::Value {
    json!({
        "decided_by": review.decided_by_name,
        "decided_at": review.decided_at,
        "decision": review.decision,
        "status": review.status,
    })
}

async fn audit(
    tx: &mut ScopedTx,
    action: &'static str,
    review: &Review,
    detail: serde_json::Value,
) -> Result<(), Error> {
    let site = SiteId(review.site_id);
    tx.audit(vec![AuditEntry::new(action, "review", review.id).site(site).detail(detail)]).await?;
    tx.touch(Topic::Reviews, Some(site));
    tx.touch(Topic::Alerts, Some(site));
    Ok(())
}
