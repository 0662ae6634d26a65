//! What happens to alerts by the clock.

use chrono::TimeDelta;
use domain::alert::Origin;
use domain::ids::{AlertId, SiteId};
use domain::policy::Effect;
use domain::verdict::Outcome;
use serde_json::json;
use store::alerts::{self as rows, Ask, Due};
use store::{Actor, AuditEntry, ScopedTx, Topic};

use super::decide::message;
use super::intent::intent_for;
use super::review::close;
use super::rulebook::word;
use crate::Error;
use crate::work_orders::{Intent, intend};

/// A log-only alert without predictions for this long is over.
const QUIET: TimeDelta = TimeDelta::days(14);
/// Time for an answer to a question that was snoozed.
const ANSWER: TimeDelta = TimeDelta::hours(8);
/// Alerts handled per transaction.
const BATCH: i64 = 200;

/// Fires held decisions whose instant has come, as they were decided: the weekly batch and work for
/// a planned shutdown. Only a decommissioned asset cancels one. Answers how many it took.
///
/// # Errors
/// When the database refuses.
pub async fn fire_holds(tx: &mut ScopedTx) -> Result<usize, Error> {
    let due = rows::due_holds(tx, BATCH).await?;
    let mut intents = Vec::new();
    let mut woken = Vec::new();
    for held in &due {
        let (alert, site) = (AlertId(held.id), SiteId(held.site_id));
        tx.touch(Topic::Alerts, Some(site));
        if !held.active {
            close(tx, alert, site, Actor::System, Some(Outcome::NoAction), None).await?;
            continue;
        }
        if held.hold_origin == rows::SNOOZE {
            woken.push(alert);
            continue;
        }
        let origin: Origin = word("alert", &held.hold_origin)?;
        tx.audit(vec![
            AuditEntry::new("alert.release", "alert", held.id)
                .site(site)
                .detail(json!({"origin": origin, "decision": held.decision_id})),
        ])
        .await?;
        intents.push(released(held, origin)?);
    }
    intend(tx, intents).await?;
    ask_again(tx, &woken).await?;
    Ok(due.len())
}

/// Snoozed questions come back, with as much time for the answer as a shift.
async fn ask_again(tx: &mut ScopedTx, alerts: &[AlertId]) -> Result<(), Error> {
    if alerts.is_empty() {
        return Ok(());
    }
    rows::wake(tx, alerts).await?;
    let due = tx.now() + ANSWER;
    let asks: Vec<Ask> = alerts.iter().map(|&alert| Ask { alert, due }).collect();
    let mut audit = Vec::new();
    for asked in rows::ask(tx, &asks).await? {
        let site = SiteId(asked.site_id);
        let detail = json!({"alert": asked.alert_id});
        audit.push(AuditEntry::new("review.ask", "review", asked.id).site(site).detail(detail));
        audit.push(AuditEntry::new("alert.wake", "alert", asked.alert_id).site(site));
        tx.touch(Topic::Reviews, Some(site));
    }
    Ok(tx.audit(audit).await?)
}

fn released(held: &Due, origin: Origin) -> Result<Intent, Error> {
    let effect: Effect = serde_json::from_value(held.effect.clone())
        .map_err(|e| store::Error::corrupt("decision", e))?;
    let create = effect
        .create
        .ok_or_else(|| store::Error::corrupt("decision", "a held decision without work"))?;
    let message = held.payload.as_deref().map(message).transpose()?;
    let shutdown = effect.hold.and_then(|h| h.shutdown);
    Ok(intent_for(
        AlertId(held.id),
        origin,
        Actor::System,
        &create,
        message.as_ref(),
        shutdown.as_ref(),
    ))
}

/// Closes logged alerts that have been quiet for 14 days; answers how many.
///
/// # Errors
/// When the database refuses.
pub async fn close_quiet(tx: &mut ScopedTx) -> Result<usize, Error> {
    let quiet = rows::quiet(tx, QUIET, BATCH).await?;
    for &(alert, site) in &quiet {
        close(tx, alert, site, Actor::System, Some(Outcome::NoAction), None).await?;
        tx.touch(Topic::Alerts, Some(site));
    }
    Ok(quiet.len())
}
