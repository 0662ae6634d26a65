//! What the planner, the supervisor and the technician do, one step after the other.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::Plant;
use super::api::{Alert, WorkOrder};
use super::cmms::{self, Held};

/// The technician of the demo, as the planner writes the name; `scripts/demo` makes the account.
pub const TECHNICIAN: &str = "Tess Lindqvist";

/// How often a moved-on record is read again before giving up.
const CONFLICTS: u32 = 5;

/// How long a person waits for Millwright to act, in polls of half a second.
const POLLS: u32 = 240;

/// The alert of an asset and mode: the open one, else the latest.
///
/// # Errors
/// When the server refuses.
pub async fn alert_of(plant: &Plant, asset: &str, mode: &str) -> anyhow::Result<Option<Alert>> {
    let mut alerts = plant.api.alerts_of(&plant.keys.plant, asset).await?;
    alerts.retain(|alert| alert.asset.tag == asset && alert.failure_mode == mode);
    alerts.sort_by_key(|alert| (alert.state == "closed", std::cmp::Reverse(alert.id)));
    Ok(alerts.into_iter().next())
}

/// Waits until the alert of an asset and mode is as wanted.
///
/// # Errors
/// When the server refuses, or two minutes have passed.
pub async fn wait_for_alert(
    plant: &Plant,
    asset: &str,
    mode: &str,
    wanted: impl Fn(&Alert) -> bool,
) -> anyhow::Result<Alert> {
    for _ in 0..POLLS {
        if let Some(alert) = alert_of(plant, asset, mode).await?
            && wanted(&alert)
        {
            return Ok(alert);
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    anyhow::bail!("the alert of {asset} {mode} did not get where the story needs it")
}

/// Seconds of story time before each step of a work order.
#[derive(Debug, Clone, Copy)]
pub struct Tempo {
    /// Before the planner approves.
    pub approve: f64,
    /// Before the planner assigns.
    pub assign: f64,
    /// Before the technician starts.
    pub start: f64,
    /// Before the technician closes.
    pub close: f64,
}

/// What is done next with a work order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Approve,
    Assign,
    Start,
    Close,
}

impl Step {
    /// A CMMS may know no state between approved and begun; whom it names tells.
    fn of(order: &WorkOrder, held: Option<&Held>, assign_to: &str) -> Option<Self> {
        let is_theirs = order.assigned_to.as_deref() == Some(assign_to);
        match order.status.as_str() {
            "draft" => Some(Self::Approve),
            "approved" if held.is_some() && is_theirs => Some(Self::Start),
            "approved" => Some(Self::Assign),
            "assigned" => Some(Self::Start),
            "in_progress" => Some(Self::Close),
            _ => None,
        }
    }

    const fn wait(self, tempo: Tempo) -> f64 {
        match self {
            Self::Approve => tempo.approve,
            Self::Assign => tempo.assign,
            Self::Start => tempo.start,
            Self::Close => tempo.close,
        }
    }
}

/// Carries a work order from wherever it stands to closed.
///
/// # Errors
/// When the server or the CMMS refuses a step, or does not hear of it.
pub async fn carry_out(
    plant: &Plant,
    id: i64,
    assign_to: &str,
    tempo: Tempo,
    closure: impl Fn(DateTime<Utc>) -> Value,
) -> anyhow::Result<()> {
    loop {
        let order = wait_for_order(plant, id, |order| order.delivery.state == "created").await?;
        let held = cmms::holding(&plant.cmms, &order).await?;
        let Some(step) = Step::of(&order, held.as_ref(), assign_to) else { return Ok(()) };
        plant.pause(step.wait(tempo)).await;
        advance(plant, id, assign_to, &closure).await?;
        wait_for_order(plant, id, |now| {
            (&now.status, &now.assigned_to) != (&order.status, &order.assigned_to)
        })
        .await?;
    }
}

async fn wait_for_order(
    plant: &Plant,
    id: i64,
    wanted: impl Fn(&WorkOrder) -> bool,
) -> anyhow::Result<WorkOrder> {
    for _ in 0..POLLS {
        let order = plant.api.work_order(&plant.keys.plant, id).await?;
        if wanted(&order) {
            return Ok(order);
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    anyhow::bail!("work order {id} did not get where the story needs it")
}

/// Takes a work order one step further, where it is held: approve, assign, start or close. One that
/// has not got there yet is left alone.
///
/// # Errors
/// When the server or the CMMS refuses the step.
pub async fn advance(
    plant: &Plant,
    id: i64,
    assign_to: &str,
    closure: impl Fn(DateTime<Utc>) -> Value,
) -> anyhow::Result<()> {
    for _ in 0..CONFLICTS {
        let order = plant.api.work_order(&plant.keys.plant, id).await?;
        if order.delivery.state != "created" {
            return Ok(());
        }
        let held = cmms::holding(&plant.cmms, &order).await?;
        let Some(step) = Step::of(&order, held.as_ref(), assign_to) else { return Ok(()) };
        if let Some(held) = held {
            return match step {
                Step::Approve => held.approve().await,
                Step::Assign => held.assign(assign_to).await,
                Step::Start => held.start().await,
                Step::Close => held.close(&closure(plant.now())).await,
            };
        }
        let (key, body) = in_the_book(plant, &order, step, assign_to, &closure);
        let path = format!("/api/v1/work-orders/{id}/transition");
        let step = plant.step_key(&format!("{id}-{}-{}", body["to"], order.version));
        match plant.api.post(key, &path, &body, Some(&step)).await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_conflict() => {
                tracing::debug!(%error, "the work order moved on; reading it again");
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    anyhow::bail!("work order {id} keeps moving")
}

fn in_the_book<'a>(
    plant: &'a Plant,
    order: &WorkOrder,
    step: Step,
    assign_to: &str,
    closure: impl Fn(DateTime<Utc>) -> Value,
) -> (&'a SecretString, Value) {
    let keys = &plant.keys;
    let version = order.version;
    match step {
        Step::Approve => (&keys.planner, json!({"to": "approved", "version": version})),
        Step::Assign => {
            let body = json!({"to": "assigned", "version": version, "assigned_to": assign_to});
            (&keys.planner, body)
        }
        Step::Start => (&keys.technician, json!({"to": "in_progress", "version": version})),
        Step::Close => (
            &keys.technician,
            json!({"to": "closed", "version": version, "closure": closure(plant.now())}),
        ),
    }
}

/// Begin and end of a repair of `hours` that has just ended, as closure fields.
pub fn repair_times(now: DateTime<Utc>, hours: f64) -> (DateTime<Utc>, DateTime<Utc>) {
    let end = now - TimeDelta::seconds(30);
    (end - TimeDelta::seconds((hours * 3_600.0) as i64), end)
}
