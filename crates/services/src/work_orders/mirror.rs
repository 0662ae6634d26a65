//! Applying what a CMMS says about its records: the one way our mirror changes, whoever brings the
//! record (create answer, look-up, poll, re-read after a webhook, a person in the built-in book).
//!
//! Records may come in any order, twice, or before the create's answer: a record version never
//! overwrites a newer one, and a record without a known work order is held by its id until the
//! create's answer names it. Everything happens in the caller's transaction.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::cmms_record::CmmsRecord;
use domain::failure_mode;
use domain::ids::{AlertId, ConnectionId, SiteId, WorkOrderId};
use domain::verdict::{self, Verdict};
use domain::work_order::{Closure, DeliveryState, WorkOrderStatus};
use serde_json::{Value, json};
use store::work_orders::cmms_orders;
use store::work_orders::mirror::{self as rows, AlertVerdict, MirrorRow, MirrorWrite, Reopened};
use store::{AuditEntry, ScopedTx, Topic};

use super::fold::Mirror;
use crate::Error;

/// Predictions are recorded only for this long after a closure.
const HOLD_OFF: TimeDelta = TimeDelta::hours(48);

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The mirror is as the record says.
    Changed(WorkOrderId),
    /// The mirror already was as new or newer.
    Known(WorkOrderId),
    /// The record reopens a work order, but another one is open for the same asset and mode.
    Blocked {
        /// The one that stays closed.
        order: WorkOrderId,
        /// The one that is open.
        by: WorkOrderId,
    },
    /// No work order is known by that id yet; the record is held.
    Held,
}

/// Applies one record.
///
/// # Errors
/// When the database refuses.
pub async fn apply(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    record: CmmsRecord,
) -> Result<Applied, Error> {
    let applied = apply_all(tx, connection, vec![record]).await?;
    applied.last().copied().ok_or(Error::NotFound)
}

/// Applies records of one connection, in any order. Answers one result per work order, and one
/// per held record.
///
/// # Errors
/// When the database refuses.
pub async fn apply_all(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    mut records: Vec<CmmsRecord>,
) -> Result<Vec<Applied>, Error> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    records.extend(rows::release(tx, connection, &ids(&records)).await?);
    records.extend(cmms_orders::unclaimed(tx, connection, &ids(&records)).await?);
    let (references, cmms_ids) = (references(&records), ids(&records));
    let ending: Vec<CmmsRecord> =
        records.iter().filter(|r| r.status.is_some_and(|s| !s.is_open())).cloned().collect();
    let ends: Vec<String> = self::references(&ending).into_iter().chain(ids(&ending)).collect();
    rows::lock_alerts(tx, connection, &references, &cmms_ids, &ends).await?;
    let orders = rows::lock(tx, connection, &references, &cmms_ids).await?;
    let mut applied = Vec::new();
    let mut by_order: HashMap<i64, Vec<CmmsRecord>> = HashMap::new();
    for (record, order) in matched(records, &orders) {
        match order {
            Some(order) => by_order.entry(order).or_default().push(record),
            None => {
                rows::hold(tx, connection, &record).await?;
                applied.push(Applied::Held);
            }
        }
    }
    let (mut writes, mut audits, mut effects) = (Vec::new(), Vec::new(), Vec::new());
    for row in &orders {
        let Some(records) = by_order.remove(&row.id) else { continue };
        let id = WorkOrderId(row.id);
        let before = Mirror::try_from(row)?;
        let after = before.clone().fold(records);
        let revived = revived(&row.delivery_state);
        if after == before && !revived {
            applied.push(Applied::Known(id));
            continue;
        }
        let reopens = !before.status.is_open() && after.status.is_open();
        let absorbs_again = revived && row.delivery_state != DeliveryState::NeedsPerson.as_str();
        if (reopens || absorbs_again && after.status.is_open())
            && let Some(by) = rows::other_open(tx, id).await?
        {
            audits.push(blocked(row, &after, by));
            applied.push(Applied::Blocked { order: id, by });
            continue;
        }
        audits.push(audit(row, &before, &after));
        writes.push(write(row, &before, &after, revived, tx)?);
        if before.status != after.status || before.closure != after.closure {
            effects.push((row, before, after));
        }
        applied.push(Applied::Changed(id));
    }
    if !writes.is_empty() {
        rows::write(tx, &writes).await?;
    }
    tx.audit(audits).await?;
    for (row, before, after) in effects {
        effect(tx, row, &before, &after).await?;
    }
    for row in &orders {
        tx.touch(Topic::WorkOrders, Some(SiteId(row.site_id)));
    }
    Ok(applied)
}

fn references(records: &[CmmsRecord]) -> Vec<String> {
    records.iter().filter_map(|r| r.external_ref.clone()).collect()
}

fn ids(records: &[CmmsRecord]) -> Vec<String> {
    records.iter().map(|r| r.cmms_id.clone()).collect()
}

/// Finds the work order of each record: by reference, else by the CMMS's id as stored or as another
/// record of the set names it.
fn matched(records: Vec<CmmsRecord>, orders: &[MirrorRow]) -> Vec<(CmmsRecord, Option<i64>)> {
    let by_reference: HashMap<&str, i64> =
        orders.iter().map(|o| (o.external_ref.as_str(), o.id)).collect();
    let mut by_id: HashMap<String, i64> =
        orders.iter().filter_map(|o| Some((o.cmms_id.clone()?, o.id))).collect();
    for record in &records {
        let known = record.external_ref.as_deref().and_then(|r| by_reference.get(r));
        if let Some(order) = known {
            by_id.insert(record.cmms_id.clone(), *order);
        }
    }
    records
        .into_iter()
        .map(|record| {
            let order = by_id.get(&record.cmms_id).copied();
            (record, order)
        })
        .collect()
}

/// A record proves that the CMMS holds what we had given up on.
fn revived(delivery_state: &str) -> bool {
    [DeliveryState::Rejected, DeliveryState::Dead, DeliveryState::NeedsPerson]
        .iter()
        .any(|state| state.as_str() == delivery_state)
}

fn write(
    row: &MirrorRow,
    before: &Mirror,
    after: &Mirror,
    revived: bool,
    tx: &ScopedTx,
) -> Result<MirrorWrite, Error> {
    let closes =
        before.status != WorkOrderStatus::Closed && after.status == WorkOrderStatus::Closed;
    let delivery_state = if revived { "created" } else { row.delivery_state.as_str() };
    Ok(MirrorWrite {
        id: row.id,
        cmms_id: after.cmms_id.clone().unwrap_or_default(),
        cmms_number: after.number.clone().unwrap_or_default(),
        status: after.status.as_str(),
        cmms_status: after.cmms_status.clone(),
        record_version: after.version,
        closure: after.closure.as_ref().map(|closure| json!(closure)),
        assigned_to: after.assigned_to.clone(),
        unmapped_status: after.unmapped,
        closed_at: closes.then(|| tx.now()),
        delivery_state: delivery_state.to_owned(),
    })
}

fn verb(before: &Mirror, after: &Mirror) -> &'static str {
    use WorkOrderStatus::{Approved, Assigned, Cancelled, Closed, Draft, InProgress};
    match (before.status, after.status) {
        (Closed | Cancelled, to) if to.is_open() => "work_order.reopen",
        (from, to) if from == to && before.assigned_to == after.assigned_to => "work_order.mirror",
        (_, Draft) => "work_order.mirror",
        (_, Approved) => "work_order.approve",
        (_, Assigned) => "work_order.assign",
        (_, InProgress) => "work_order.start",
        (_, Closed) => "work_order.close",
        (_, Cancelled) => "work_order.cancel",
    }
}

fn audit(row: &MirrorRow, before: &Mirror, after: &Mirror) -> AuditEntry {
    AuditEntry::new(verb(before, after), "work_order", row.id).site(SiteId(row.site_id)).detail(
        json!({
            "from": before.status, "to": after.status, "number": after.number,
            "assigned_to": after.assigned_to, "record_version": after.version,
            "closure": after.closure, "unmapped_status": after.unmapped.then_some(&after.cmms_status),
        }),
    )
}

fn blocked(row: &MirrorRow, after: &Mirror, by: WorkOrderId) -> AuditEntry {
    AuditEntry::new("work_order.reopen_blocked", "work_order", row.id)
        .site(SiteId(row.site_id))
        .outcome("blocked")
        .detail(json!({ "to": after.status, "open": by }))
}

async fn effect(
    tx: &mut ScopedTx,
    row: &MirrorRow,
    before: &Mirror,
    after: &Mirror,
) -> Result<(), Error> {
    let Some(alert) = row.alert_id.map(AlertId) else { return Ok(()) };
    let order = WorkOrderId(row.id);
    let judged = match after.status {
        WorkOrderStatus::Closed => Some(judge(&row.failure_mode, after.closure.as_ref())),
        WorkOrderStatus::Cancelled => Some(verdict::cancelled().into()),
        _ => None,
    };
    let (action, site, detail) = match judged {
        Some(judged) => {
            let verdict = AlertVerdict {
                alert,
                work_order: order,
                outcome: judged.outcome.as_str(),
                prevented: judged.prevented,
                held_off_until: tx.now() + HOLD_OFF,
            };
            let Some(site) = rows::close_alert(tx, &verdict).await? else { return Ok(()) };
            ("alert.verdict", site, verdict_detail(order, judged))
        }
        None if before.status.is_open() => return Ok(()),
        None => match rows::reopen_alert(tx, alert, order).await? {
            Reopened::Open(site) => ("alert.reopen", site, json!({ "work_order": order })),
            Reopened::StaysClosed(site) => (
                "alert.reopen",
                site,
                json!({ "work_order": order, "stays_closed": "a younger alert is open" }),
            ),
            Reopened::NotOurs => return Ok(()),
        },
    };
    tx.audit(vec![AuditEntry::new(action, "alert", alert.0).site(site).detail(detail)]).await?;
    tx.touch(Topic::Alerts, Some(site));
    Ok(())
}

/// A work order that ended here, without the CMMS.
#[derive(Debug, Clone, Copy)]
pub(super) struct CancelledHere {
    pub order: WorkOrderId,
    pub alert: Option<i64>,
}

/// Ends the alert of a work order that was given up before the CMMS held it.
pub(super) async fn cancelled_here(tx: &mut ScopedTx, ended: CancelledHere) -> Result<(), Error> {
    let Some(alert) = ended.alert.map(AlertId) else { return Ok(()) };
    let judged: Verdict = verdict::cancelled().into();
    let verdict = AlertVerdict {
        alert,
        work_order: ended.order,
        outcome: judged.outcome.as_str(),
        prevented: false,
        held_off_until: tx.now() + HOLD_OFF,
    };
    if let Some(site) = rows::close_alert(tx, &verdict).await? {
        let detail = verdict_detail(ended.order, judged);
        let entry = AuditEntry::new("alert.verdict", "alert", alert.0).site(site).detail(detail);
        tx.audit(vec![entry]).await?;
        tx.touch(Topic::Alerts, Some(site));
    }
    Ok(())
}

fn verdict_detail(order: WorkOrderId, verdict: Verdict) -> Value {
    json!({ "work_order": order, "outcome": verdict.outcome, "prevented": verdict.prevented })
}

/// Without a closure it cannot be told.
fn judge(predicted: &str, closure: Option<&Closure>) -> Verdict {
    match closure {
        Some(closure) => {
            let mut closure = closure.clone();
            if let Some(known) = closure.actual_failure_mode.as_deref().and_then(failure_mode::find)
            {
                closure.actual_failure_mode = Some(known.code.to_owned());
            }
            verdict::judge(predicted, &closure)
        }
        None => verdict::Outcome::Inconclusive.into(),
    }
}
