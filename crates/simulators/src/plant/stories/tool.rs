//! Tool station 4 of ML-2007: not sure enough for a rule, so people decide.

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Step, Story, begin, finish};
use crate::plant::Plant;
use crate::plant::features::wear::{LIMIT_MM, WearRun};
use crate::plant::people::{self, TECHNICIAN, Tempo, repair_times};
use crate::plant::prediction::{Model, Part, instant};
use crate::plant::telemetry::Reading;

/// The measured milling case that the tool follows (cast iron, 0.75 mm deep, 0.25 mm/rev).
pub const CASE: u32 = 11;

/// Flank wear when the review is asked for, mm.
pub const WEAR_NOW_MM: f64 = 0.42;

/// 0.65: review and logbook; the supervisor raises the work order.
pub const STORY: Story = Story {
    asset: "ML-2007-T4",
    mode: "tool_wear",
    point: "ML-2007/T4/flank_wear",
    history_days: 9,
    model: Model { name: "tool-life", version: "1.8" },
    window_hours: 36.0,
    run_up: &[
        Step { hours_ago: 100.0, confidence: 0.31, rul_hours: 150.0 },
        Step { hours_ago: 62.0, confidence: 0.40, rul_hours: 112.0 },
        Step { hours_ago: 27.0, confidence: 0.47, rul_hours: 77.0 },
    ],
    main: Step { hours_ago: 0.0, confidence: 0.65, rul_hours: 50.0 },
    description: "flank wear 0.42 mm of 0.60 mm, surface finish at the limit",
    recommended_action: "change the insert of station T4",
    parts: &[Part { part: "TI-CNMG-12", description: "insert, pack of ten", quantity: 1.0 }],
    attributes: &[("flank_wear_mm", WEAR_NOW_MM), ("flank_wear_limit_mm", LIMIT_MM)],
    assign_to: TECHNICIAN,
    tempo: Tempo { approve: 25.0, assign: 20.0, start: 25.0, close: 40.0 },
    closure,
};

/// Plays the story from wherever it stands.
///
/// # Errors
/// When the server refuses what the story needs.
pub async fn play(plant: &Plant) -> anyhow::Result<()> {
    let alert = begin(plant, &STORY, history(plant)?).await?;
    if alert.work_order_id.is_none() && alert.state == "waiting_review" {
        plant.pause(60.0).await;
        raise(plant).await?;
    }
    finish(plant, &STORY).await
}

/// The request with which the supervisor raises the work order.
pub fn raised(now: DateTime<Utc>) -> Value {
    let evidence = STORY.evidence(now);
    json!({
        "asset": STORY.asset,
        "failure_mode": STORY.mode,
        "priority": 3,
        "title": "TWL-04 Change worn tool, ML-2007 station T4",
        "notes": "Failure code TWL-04. The model is 65 % sure, below the limit of the rules. Checked \
                  at the machine: chatter marks on the last three parts, wear land visible under the \
                  loupe. Change the insert before the next batch; trend attached.",
        "evidence": [evidence]
    })
}

async fn raise(plant: &Plant) -> anyhow::Result<()> {
    let still_waiting = people::alert_of(plant, STORY.asset, STORY.mode)
        .await?
        .is_some_and(|alert| alert.work_order_id.is_none() && alert.state == "waiting_review");
    if still_waiting {
        let key = plant.step_key("raise-tool");
        let body = raised(plant.now());
        plant.api.post(&plant.keys.supervisor, "/api/v1/work-orders", &body, Some(&key)).await?;
    }
    Ok(())
}

/// Flank wear after each batch, along the measured run up to now.
///
/// # Errors
/// A table that does not parse, or a run that never gets so far.
pub fn history(plant: &Plant) -> anyhow::Result<Vec<Reading>> {
    let run = WearRun::load(CASE)?;
    let reached = run.hours_to(WEAR_NOW_MM).context("the run ends before")?;
    let now = plant.now();
    Ok((0..=reached as i64)
        .rev()
        .step_by(2)
        .map(|hours_ago| {
            let wear = run.wear(reached - hours_ago as f64);
            Reading::new(STORY.point, now - TimeDelta::hours(hours_ago), wear)
        })
        .collect())
}

fn closure(now: DateTime<Utc>) -> Value {
    let (start, end) = repair_times(now, 0.4);
    json!({
        "finding": "found",
        "actual_failure_mode": "tool_wear",
        "action": "Changed the insert of station T4, offset measured again",
        "parts": [{"part": "TI-CNMG-12", "description": "insert", "quantity": 1}],
        "labour_hours": 0.4,
        "repair_started_at": instant(start),
        "repair_ended_at": instant(end),
        "restored_at": instant(end),
        "downtime_hours": 0.4,
        "cost": 85,
        "currency": "USD",
        "notes": "Wear land 0.43 mm measured: the reviewer was right to send somebody."
    })
}
