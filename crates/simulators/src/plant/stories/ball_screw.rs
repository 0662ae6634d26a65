//! Axis X of MC-3001: no hurry, so the site's own rule keeps it for the weekend crew.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Step, Story, begin, finish};
use crate::plant::Plant;
use crate::plant::features::ball_screw;
use crate::plant::people::{Tempo, repair_times};
use crate::plant::prediction::{Model, Part, instant};
use crate::plant::telemetry::{self, Reading};

/// 0.72 with 45 days left: the site's override makes it scheduled work, priority 3.
pub const STORY: Story = Story {
    asset: "MC-3001-AX-X",
    mode: "backlash_growth",
    point: "MC-3001/AX-X/backlash",
    history_days: 48,
    model: Model { name: "axis-health", version: "2.1" },
    window_hours: 720.0,
    run_up: &[
        Step { hours_ago: 140.0, confidence: 0.33, rul_hours: 1_300.0 },
        Step { hours_ago: 68.0, confidence: 0.46, rul_hours: 1_170.0 },
    ],
    main: Step { hours_ago: 0.0, confidence: 0.72, rul_hours: 1_080.0 },
    description: "backlash of axis X 14 µm and growing, limit 25 µm",
    recommended_action: "replace ball screw nut, set preload",
    parts: &[Part { part: "BSN-4020", description: "ball screw nut", quantity: 1.0 }],
    attributes: &[("backlash_um", 14.0), ("backlash_limit_um", ball_screw::LIMIT_UM)],
    assign_to: "weekend crew",
    tempo: Tempo { approve: 30.0, assign: 20.0, start: 30.0, close: 50.0 },
    closure,
};

/// Plays the story from wherever it stands.
///
/// # Errors
/// When the server refuses what the story needs.
pub async fn play(plant: &Plant) -> anyhow::Result<()> {
    begin(plant, &STORY, history(plant)).await?;
    finish(plant, &STORY).await
}

/// Backlash of the weekly check, filled in every eight hours.
pub fn history(plant: &Plant) -> Vec<Reading> {
    let mut rng = plant.rng("ball screw history");
    let now = plant.now();
    let from = now - TimeDelta::days(STORY.history_days);
    telemetry::history(STORY.point, from, now, TimeDelta::hours(8), |days| {
        ball_screw::reading(days, &mut rng)
    })
}

fn closure(now: DateTime<Utc>) -> Value {
    let (start, end) = repair_times(now, 4.2);
    json!({
        "finding": "found",
        "actual_failure_mode": STORY.mode,
        "action": "Replaced ball screw nut of axis X, preload set, ball-bar test passed",
        "parts": [{"part": "BSN-4020", "description": "ball screw nut", "quantity": 1}],
        "labour_hours": 4.2,
        "repair_started_at": instant(start),
        "repair_ended_at": instant(end),
        "restored_at": instant(end),
        "downtime_hours": 4.2,
        "avoided_downtime_hours": 14,
        "cost": 1850,
        "currency": "USD",
        "notes": "4.2 h of planned work by the weekend crew in the shutdown, against 14 h estimated \
                  for an unplanned stop. The demo plays it faster than the calendar."
    })
}
