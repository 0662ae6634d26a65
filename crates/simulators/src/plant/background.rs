//! Life after the stories: values, a prediction now and then, people who work off what comes.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use super::Plant;
use super::api::Alert;
use super::features::ball_screw;
use super::features::bearing::{BearingSignature, damage_before};
use super::fleet::{CASES, Case, Course, case_of};
use super::people;
use super::prediction::{self, Evidence, Model, Prediction, instant};
use super::stories::{self, ball_screw as axis, spindle, tool};
use super::telemetry::{self, Reading};

/// Wall seconds between live readings.
const LIVE_SECS: u64 = 5;

/// Live readings between two looks at what has been repaired.
const LOOK_EVERY: u64 = 12;

/// Story seconds after which the background predicts on its own.
const QUIET_START: f64 = 240.0;

/// Story seconds between two work orders of the background, at least.
const BETWEEN_ACTS: f64 = 1_500.0;

/// Review items the supervisor leaves for the visitor.
const LEFT_IN_QUEUE: usize = 3;

/// How long an asset stays quiet after its last case; longer than the hold-off of 48 h.
const REST: TimeDelta = TimeDelta::hours(72);

/// Lives until dropped.
pub async fn live(plant: &Plant) {
    futures::join!(measure(plant), predict(plant), technician(plant), supervisor(plant));
}

async fn measure(plant: &Plant) {
    let Ok(signature) = BearingSignature::load() else {
        return;
    };
    let mut rng = plant.rng("live values");
    let mut repaired = std::collections::HashMap::new();
    for round in 0_u64.. {
        if round % LOOK_EVERY == 0 {
            repaired = stories::repaired(plant).await;
        }
        let is_repaired = |point: &str| repaired.get(point).copied().unwrap_or(false);
        let now = plant.now();
        let damage = if is_repaired(spindle::STORY.point) { 0.0 } else { damage_before(0.0) };
        let wear = if is_repaired(tool::STORY.point) { 0.05 } else { tool::WEAR_NOW_MM };
        let days = if is_repaired(axis::STORY.point) { 60.0 } else { 0.0 };
        let mut readings = vec![
            Reading::new(spindle::STORY.point, now, signature.reading(damage, &mut rng)),
            Reading::new(tool::STORY.point, now, wear),
            Reading::new(axis::STORY.point, now, ball_screw::reading(days, &mut rng)),
        ];
        readings.extend(
            CASES.iter().map(|case| Reading::new(case.point, now, case.reading(1.0, &mut rng))),
        );
        if let Err(error) = telemetry::send(plant, &readings).await {
            tracing::warn!(%error, "live values were refused");
        }
        tokio::time::sleep(Duration::from_secs(LIVE_SECS)).await;
    }
}

async fn predict(plant: &Plant) {
    let mut rng = plant.rng("background");
    if let Err(error) = furnish(plant).await {
        tracing::warn!(error = format!("{error:#}"), "the shop could not be furnished");
    }
    plant.pause(QUIET_START).await;
    let mut since_act = BETWEEN_ACTS;
    loop {
        let course = match rng.index(20) {
            0..=1 => Course::Repair,
            2 => Course::FalseAlarm,
            3..=4 => Course::Wait,
            5..=7 => Course::Review,
            _ => Course::Log,
        };
        if !course.acts() || since_act >= BETWEEN_ACTS {
            let cases: Vec<&Case> = CASES.iter().filter(|case| case.course == course).collect();
            let case = cases[rng.index(cases.len())];
            match predict_case(plant, case).await {
                Ok(true) if course.acts() => since_act = 0.0,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), "a prediction was refused");
                }
            }
        }
        let wait = rng.between(60.0, 150.0);
        since_act += wait;
        plant.pause(wait).await;
    }
}

/// On the first start: a week of values for every machine, and a few cases in every list.
async fn furnish(plant: &Plant) -> anyhow::Result<()> {
    if people::alert_of(plant, CASES[0].asset, CASES[0].mode).await?.is_none() {
        let mut rng = plant.rng("fleet history");
        let now = plant.now();
        let mut readings = Vec::new();
        for case in CASES {
            let from = now - TimeDelta::days(7);
            readings.extend(telemetry::history(case.point, from, now, TimeDelta::hours(2), |d| {
                case.reading(1.0 - d / 7.0, &mut rng)
            }));
        }
        telemetry::send(plant, &readings).await?;
    }
    let reviews = CASES.iter().filter(|case| case.course == Course::Review).take(LEFT_IN_QUEUE);
    let waiting = CASES.iter().filter(|case| case.course == Course::Wait).take(2);
    for case in reviews.chain(waiting) {
        plant.pause(5.0).await;
        if people::alert_of(plant, case.asset, case.mode).await?.is_none() {
            prediction::send(plant, &of_case(plant, case)).await?;
        }
    }
    Ok(())
}

/// Sends a prediction of a case, unless the case is being worked on or has to rest; says whether it
/// was sent.
async fn predict_case(plant: &Plant, case: &Case) -> anyhow::Result<bool> {
    if case.course != Course::Log
        && let Some(alert) = people::alert_of(plant, case.asset, case.mode).await?
    {
        let resting = alert.last_seen.is_some_and(|seen| plant.now() - seen < REST);
        if alert.state != "open" && (alert.state != "closed" || resting) {
            return Ok(false);
        }
    }
    prediction::send(plant, &of_case(plant, case)).await?;
    Ok(true)
}

/// One prediction of a case, observed now.
pub fn of_case(plant: &Plant, case: &Case) -> Prediction {
    let event_id = plant.next_event_id();
    let (confidence, rul, window) = case.course.draw(&mut plant.rng(&event_id));
    let now = plant.now();
    let model = Model { name: "shop-monitor", version: "3.0" };
    let mut prediction = Prediction::new(event_id, case.asset, case.mode, confidence, now, model);
    prediction.rul_hours = Some(rul.round());
    prediction.intervention_window_hours = Some(window.min(rul.round()));
    prediction.description = Some(case.description.to_owned());
    prediction.recommended_action = Some(case.action.to_owned());
    prediction.spare_parts = case.part.into_iter().collect();
    prediction.evidence = vec![Evidence {
        point: case.point.to_owned(),
        from: instant(now - TimeDelta::days(7)),
        to: instant(now),
    }];
    prediction
}

/// Takes every work order of the background one step further, now and then.
async fn technician(plant: &Plant) {
    let mut rng = plant.rng("technician");
    loop {
        plant.pause(rng.between(45.0, 90.0)).await;
        let alerts = match plant.api.alerts_in(&plant.keys.plant, "work_order").await {
            Ok(alerts) => alerts,
            Err(error) => {
                tracing::warn!(%error, "the technician cannot see the work");
                continue;
            }
        };
        for (alert, case) in of_the_fleet(&alerts) {
            let Some(order) = alert.work_order_id else { continue };
            let step =
                people::advance(plant, order, people::TECHNICIAN, |now| case.closure(now)).await;
            if let Err(error) = step {
                tracing::warn!(error = format!("{error:#}"), order, "a work order stands still");
            }
        }
    }
}

/// Decides the oldest review of the background when more are waiting than a visitor needs.
async fn supervisor(plant: &Plant) {
    let mut rng = plant.rng("supervisor");
    loop {
        plant.pause(rng.between(420.0, 600.0)).await;
        let waiting = match plant.api.alerts_in(&plant.keys.plant, "waiting_review").await {
            Ok(alerts) => alerts,
            Err(error) => {
                tracing::warn!(%error, "the supervisor cannot see the queue");
                continue;
            }
        };
        let mut waiting = of_the_fleet(&waiting);
        if waiting.len() <= LEFT_IN_QUEUE {
            continue;
        }
        waiting.sort_by_key(|(alert, _)| alert.id);
        let (alert, _) = waiting[0];
        let body = if rng.unit() < 0.6 {
            json!({"decision": "reject", "reason": "false_alarm", "version": alert.version})
        } else {
            json!({"decision": "approve", "version": alert.version})
        };
        let path = format!("/api/v1/reviews/{}/decision", alert.id);
        let key = plant.step_key(&format!("review-{}-{}", alert.id, alert.version));
        match plant.api.post(&plant.keys.supervisor, &path, &body, Some(&key)).await {
            Err(error) if !error.is_conflict() => {
                tracing::warn!(%error, "a review was not accepted");
            }
            _ => {}
        }
    }
}

fn of_the_fleet(alerts: &[Alert]) -> Vec<(&Alert, &'static Case)> {
    alerts
        .iter()
        .filter_map(|alert| {
            case_of(&alert.asset.tag, &alert.failure_mode).map(|case| (alert, case))
        })
        .collect()
}
