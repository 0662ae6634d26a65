//! Steps people take in the built-in book.

use chrono::{DateTime, Utc};
use domain::failure_mode;
use domain::ids::{ConnectionId, SiteId, WorkOrderId};
use domain::permission::Permission;
use domain::work_order::{Closure, DeliveryState, WorkOrderStatus};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::ScopedTx;
use store::work_orders::book;
use store::work_orders::people::{self, Target};

use super::mirror::{self, Applied};
use crate::{Caller, Error, FieldError};

/// The longest text a closure field may hold, bytes.
const TEXT: usize = 16 * 1024;

/// A step in the book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// Where it goes.
    pub to: WorkOrderStatus,
    /// What was found and done; required to close.
    #[serde(default)]
    pub closure: Option<Closure>,
    /// The version the person saw.
    pub version: i32,
    /// Person or crew; required to assign.
    #[serde(default)]
    pub assigned_to: Option<String>,
}

/// What a step needs: planning is raising, doing is working.
pub fn permission(to: WorkOrderStatus) -> Permission {
    match to {
        WorkOrderStatus::InProgress | WorkOrderStatus::Closed => Permission::WorkOrderWork,
        _ => Permission::WorkOrderRaise,
    }
}

/// Takes one step: changes the record of the book and, through [`mirror::apply`], our mirror and
/// the alert. Closing judges the prediction, reopening voids the verdict, cancelling defers.
///
/// # Errors
/// `illegal_transition`, `stale_version`, `owned_by_cmms`, `not_created_yet` and
/// `open_work_order_exists` as conflicts; [`Error::Denied`], [`Error::NotFound`],
/// [`Error::Invalid`].
pub async fn transition(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: WorkOrderId,
    step: Transition,
) -> Result<(), Error> {
    let target = people::target(tx, id).await?.ok_or(Error::NotFound)?;
    if !caller.may_at(permission(step.to), SiteId(target.site_id)) {
        return Err(Error::Denied);
    }
    allowed(&target, &step)?;
    let step = checked(step, tx.now())?;
    let record = book::change(
        tx,
        &target.external_ref,
        step.to,
        step.assigned_to.as_deref(),
        step.closure.as_ref(),
    )
    .await?
    .ok_or_else(not_created)?;
    match mirror::apply(tx, ConnectionId(target.connection_id), record).await? {
        Applied::Blocked { by, .. } => Err(Error::Conflict {
            code: "open_work_order_exists",
            message: "another work order is open for this asset and failure mode".to_owned(),
            detail: json!({ "work_order_id": by }),
        }),
        _ => Ok(()),
    }
}

fn not_created() -> Error {
    Error::conflict("not_created_yet", "the work order is still being delivered")
}

fn allowed(target: &Target, step: &Transition) -> Result<(), Error> {
    if target.system != "book" {
        let message = format!("{} keeps this work order; change it there", target.connection_name);
        return Err(Error::conflict("owned_by_cmms", message));
    }
    if target.version != step.version {
        return Err(Error::Conflict {
            code: "stale_version",
            message: "somebody changed it meanwhile".to_owned(),
            detail: json!({ "version": target.version, "status": target.status }),
        });
    }
    if target.delivery_state != DeliveryState::Created.as_str() {
        return Err(not_created());
    }
    let status: WorkOrderStatus =
        target.status.parse().map_err(|e| Error::Store(store::Error::corrupt("work_order", e)))?;
    status.transition(step.to).map_err(|error| Error::Conflict {
        code: "illegal_transition",
        message: error.to_string(),
        detail: json!({ "from": error.from, "to": error.to, "allowed": status.successors() }),
    })?;
    Ok(())
}

/// Checks the input of a step; a closure goes along with closing only.
fn checked(mut step: Transition, now: DateTime<Utc>) -> Result<Transition, Error> {
    let mut problems = Vec::new();
    step.assigned_to = step.assigned_to.map(|to| to.trim().to_owned()).filter(|to| !to.is_empty());
    if let Some(to) = &step.assigned_to {
        if to.len() > 200 || to.chars().any(char::is_control) {
            problems.push(FieldError::new("assigned_to", "invalid", "one line of 200 bytes"));
        }
    } else if step.to == WorkOrderStatus::Assigned {
        problems.push(FieldError::new("assigned_to", "required", "say who gets it"));
    }
    match (&mut step.closure, step.to) {
        (Some(closure), WorkOrderStatus::Closed) => check(closure, now, &mut problems),
        (None, WorkOrderStatus::Closed) => {
            problems.push(FieldError::new("closure", "required", "say what was found and done"));
        }
        (Some(_), _) => {
            problems.push(FieldError::new("closure", "unexpected", "only closing takes a closure"));
        }
        (None, _) => {}
    }
    if problems.is_empty() { Ok(step) } else { Err(Error::Invalid(problems)) }
}

fn check(closure: &mut Closure, now: DateTime<Utc>, problems: &mut Vec<FieldError>) {
    let mut wrong = |path: &str, code: &str, message: &str| {
        problems.push(FieldError::new(format!("closure.{path}"), code, message));
    };
    if let Some(mode) = &mut closure.actual_failure_mode {
        match failure_mode::find(mode) {
            Some(known) => known.code.clone_into(mode),
            None => wrong("actual_failure_mode", "unknown_failure_mode", "no such failure mode"),
        }
    }
    if closure.finding.is_none() && closure.actual_failure_mode.is_none() {
        wrong("finding", "required", "say what was found, or the actual failure mode");
    }
    for (path, value) in [
        ("labour_hours", closure.labour_hours),
        ("downtime_hours", closure.downtime_hours),
        ("avoided_downtime_hours", closure.avoided_downtime_hours),
        ("cost", closure.cost),
    ] {
        if value.is_some_and(|v| !v.is_finite() || !(0.0..=1e9).contains(&v)) {
            wrong(path, "out_of_range", "a number from 0");
        }
    }
    if let Some(currency) = &mut closure.currency {
        *currency = currency.trim().to_uppercase();
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            wrong("currency", "invalid", "three letters, such as USD");
        }
    } else if closure.cost.is_some_and(|cost| cost > 0.0) {
        wrong("currency", "required", "a cost needs its currency");
    }
    for (path, from, to) in [
        ("restored_at", closure.failed_at, closure.restored_at),
        ("repair_ended_at", closure.repair_started_at, closure.repair_ended_at),
    ] {
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            wrong(path, "before_start", "ends before it begins");
        }
    }
    for (path, at) in [
        ("failed_at", closure.failed_at),
        ("restored_at", closure.restored_at),
        ("repair_started_at", closure.repair_started_at),
        ("repair_ended_at", closure.repair_ended_at),
    ] {
        if at.is_some_and(|at| at > now + chrono::TimeDelta::minutes(5)) {
            wrong(path, "in_the_future", "has not happened yet");
        }
    }
    if closure.action.len() > TEXT || closure.notes.as_ref().is_some_and(|n| n.len() > TEXT) {
        wrong("action", "too_long", "at most 16 KiB");
    }
    for (at, part) in closure.parts.iter().enumerate() {
        if part.part.trim().is_empty() || !part.quantity.is_finite() || part.quantity <= 0.0 {
            wrong(&format!("parts[{at}]"), "invalid", "a part number and a quantity above 0");
        }
    }
}
