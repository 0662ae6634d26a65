//! The spindle bearing of VMC-1050: a work order by rule, a bearing replaced in time.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Step, Story, begin, finish};
use crate::plant::Plant;
use crate::plant::features::bearing::{BearingSignature, damage_before};
use crate::plant::people::{TECHNICIAN, Tempo, repair_times};
use crate::plant::prediction::{Model, Part, instant};
use crate::plant::telemetry::{self, Reading};

/// 0.78, 18 days left, window 14 days: priority 2 in the planner queue.
pub const STORY: Story = Story {
    asset: "VMC-1050-SP02",
    mode: "spindle_bearing_fault",
    point: "VMC-1050/SP02/vib_rms",
    history_days: 48,
    model: Model { name: "spindle-ensemble", version: "4.2" },
    window_hours: 336.0,
    run_up: &[
        Step { hours_ago: 150.0, confidence: 0.21, rul_hours: 1_150.0 },
        Step { hours_ago: 121.0, confidence: 0.28, rul_hours: 960.0 },
        Step { hours_ago: 95.0, confidence: 0.34, rul_hours: 820.0 },
        Step { hours_ago: 70.0, confidence: 0.39, rul_hours: 700.0 },
        Step { hours_ago: 44.0, confidence: 0.45, rul_hours: 590.0 },
        Step { hours_ago: 19.0, confidence: 0.49, rul_hours: 500.0 },
    ],
    main: Step { hours_ago: 0.0, confidence: 0.78, rul_hours: 432.0 },
    description: "rear bearing set: inner race defect, vibration passed 4.5 mm/s",
    recommended_action: "replace rear bearing set",
    parts: &[
        Part { part: "SBC-1050", description: "spindle bearing cartridge", quantity: 1.0 },
        Part { part: "LUB-22", description: "lubrication kit", quantity: 1.0 },
    ],
    attributes: &[("line_pressure_bar", 5.1), ("spindle_hours", 18_420.0)],
    assign_to: TECHNICIAN,
    tempo: Tempo { approve: 30.0, assign: 20.0, start: 30.0, close: 50.0 },
    closure,
};

/// Plays the story from wherever it stands.
///
/// # Errors
/// When the server refuses what the story needs.
pub async fn play(plant: &Plant) -> anyhow::Result<()> {
    begin(plant, &STORY, history(plant)?).await?;
    finish(plant, &STORY).await
}

/// Velocity RMS every two hours, out of the measured slices.
///
/// # Errors
/// Slices that do not parse.
pub fn history(plant: &Plant) -> anyhow::Result<Vec<Reading>> {
    let signature = BearingSignature::load()?;
    let mut rng = plant.rng("spindle history");
    let now = plant.now();
    let from = now - TimeDelta::days(STORY.history_days);
    Ok(telemetry::history(STORY.point, from, now, TimeDelta::hours(2), |days| {
        signature.reading(damage_before(days), &mut rng)
    }))
}

fn closure(now: DateTime<Utc>) -> Value {
    let (start, end) = repair_times(now, 6.5);
    json!({
        "finding": "found",
        "actual_failure_mode": "spindle_bearing_fault",
        "action": "Replaced rear bearing set",
        "parts": [
            {"part": "SBC-1050", "description": "spindle bearing cartridge", "quantity": 1},
            {"part": "LUB-22", "description": "lubrication kit", "quantity": 1}
        ],
        "labour_hours": 6.5,
        "repair_started_at": instant(start),
        "repair_ended_at": instant(end),
        "restored_at": instant(end),
        "downtime_hours": 6.5,
        "cost": 4200,
        "currency": "USD",
        "notes": "Inner race of the rear bearing pitted, grease dark. Spindle still turned: the \
                  prediction of 0.78 came 18 days ahead. Run in, 1.9 mm/s."
    })
}
