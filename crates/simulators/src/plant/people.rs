//! What the planner, the supervisor and the technician do, one step after the other.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::Plant;
use super::api::{Alert, WorkOrder};

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

/// Carries a work order from wherever it stands to closed.
///
/// # Errors
/// When the server refuses a step.
pub async fn carry_out(
    plant: &Plant,
    id: i64,
    assign_to: &str,
    tempo: Tempo,
    closure: impl Fn(DateTime<Utc>) -> Value,
) -> anyhow::Result<()> {
    loop {
        let order = plant.api.work_order(&plant.keys.plant, id).await?;
        let wait = match order.status.as_str() {
            "draft" => tempo.approve,
            "approved" => tempo.assign,
            "assigned" => tempo.start,
            "in_progress" => tempo.close,
            _ => return Ok(()),
        };
        plant.pause(wait).await;
        advance(plant, id, assign_to, &closure).await?;
    }
}

/// Takes a work order one step further: approve, assign, start or close.
///
/// # Errors
/// When the server refuses the step.
pub async fn advance(
    plant: &Plant,
    id: i64,
    assign_to: &str,
    closure: impl Fn(DateTime<Utc>) -> Value,
) -> anyhow::Result<()> {
    for _ in 0..CONFLICTS {
        let order = plant.api.work_order(&plant.keys.plant, id).await?;
        let Some((key, body)) = next_step(plant, &order, assign_to, &closure) else {
            return Ok(());
        };
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

fn next_step<'a>(
    plant: &'a Plant,
    order: &WorkOrder,
    assign_to: &str,
    closure: impl Fn(DateTime<Utc>) -> Value,
) -> Option<(&'a SecretString, Value)> {
    let keys = &plant.keys;
    let version = order.version;
    match order.status.as_str() {
        "draft" => Some((&keys.planner, json!({"to": "approved", "version": version}))),
        "approved" => {
            let body = json!({"to": "assigned", "version": version, "assigned_to": assign_to});
            Some((&keys.planner, body))
        }
        "assigned" => Some((&keys.technician, json!({"to": "in_progress", "version": version}))),
        "in_progress" => Some((
            &keys.technician,
            json!({"to": "closed", "version": version, "closure": closure(plant.now())}),
        )),
        _ => None,
    }
}

/// Begin and end of a repair of `hours` that has just ended, as closure fields.
pub fn repair_times(now: DateTime<Utc>, hours: f64) -> (DateTime<Utc>, DateTime<Utc>) {
    let end = now - TimeDelta::seconds(30);
    (end - TimeDelta::seconds((hours * 3_600.0) as i64), end)
}
