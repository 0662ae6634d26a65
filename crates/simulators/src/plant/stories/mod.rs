//! Three stories, each from its first sign to its verdict.
//!
//! A story asks Millwright where it stands and does the next thing. So it can be stopped at any
//! point, and once its alert is closed it is over for good.

pub mod ball_screw;
pub mod spindle;
pub mod tool;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::Plant;
use super::api::Alert;
use super::people::{self, Tempo};
use super::prediction::{self, Evidence, Model, Part, Prediction, instant};
use super::telemetry::{self, Reading};

/// One prediction of a story's run-up.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// How long ago it was observed, hours; under a week, or it would count as stale.
    pub hours_ago: f64,
    /// 0 to 1.
    pub confidence: f64,
    /// Remaining useful life, hours.
    pub rul_hours: f64,
}

/// What a story is made of.
pub struct Story {
    /// Equipment id.
    pub asset: &'static str,
    /// Failure mode code.
    pub mode: &'static str,
    /// Path of the signal.
    pub point: &'static str,
    /// How many days of the signal are shown.
    pub history_days: i64,
    /// The model that predicts.
    pub model: Model,
    /// Intervention window, hours.
    pub window_hours: f64,
    /// Low-confidence predictions of the past days, oldest first.
    pub run_up: &'static [Step],
    /// The prediction that matters.
    pub main: Step,
    /// What is wrong.
    pub description: &'static str,
    /// What to do.
    pub recommended_action: &'static str,
    /// What to bring.
    pub parts: &'static [Part],
    /// Further values of the main prediction.
    pub attributes: &'static [(&'static str, f64)],
    /// Whom the planner assigns, a person or a crew.
    pub assign_to: &'static str,
    /// How fast people work.
    pub tempo: Tempo,
    /// What the technician records.
    pub closure: fn(DateTime<Utc>) -> Value,
}

impl Story {
    /// The back-dated predictions, oldest first.
    pub fn run_up(&self, plant: &Plant) -> Vec<Prediction> {
        self.run_up.iter().map(|step| self.prediction(plant, *step)).collect()
    }

    /// The prediction that matters, observed just now.
    pub fn main(&self, plant: &Plant) -> Prediction {
        let mut prediction = self.prediction(plant, self.main);
        prediction.recommended_action = Some(self.recommended_action.to_owned());
        prediction.spare_parts = self.parts.to_vec();
        prediction.attributes = self
            .attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect();
        prediction
    }

    fn prediction(&self, plant: &Plant, step: Step) -> Prediction {
        let observed = plant.now() - TimeDelta::seconds((step.hours_ago * 3_600.0) as i64);
        let mut prediction = Prediction::new(
            plant.next_event_id(),
            self.asset,
            self.mode,
            step.confidence,
            observed,
            self.model.clone(),
        );
        prediction.rul_hours = Some(step.rul_hours);
        prediction.intervention_window_hours = Some(self.window_hours.min(step.rul_hours));
        prediction.description = Some(self.description.to_owned());
        prediction.evidence = vec![self.evidence(observed)];
        prediction
    }

    /// The stretch of signal before `until`.
    pub fn evidence(&self, until: DateTime<Utc>) -> Evidence {
        Evidence {
            point: self.point.to_owned(),
            from: instant(until - TimeDelta::days(self.history_days.min(30))),
            to: instant(until),
        }
    }
}

/// Plays all stories at once; what goes wrong in one is logged and does not touch the others.
pub async fn play_all(plant: &Plant) {
    let told = |name: &'static str, result: anyhow::Result<()>| match result {
        Ok(()) => tracing::info!(story = name, "a story is told"),
        Err(error) => tracing::warn!(story = name, error = format!("{error:#}"), "a story stopped"),
    };
    futures::join!(
        async { told("spindle bearing", spindle::play(plant).await) },
        async {
            plant.pause(20.0).await;
            told("worn tool", tool::play(plant).await);
        },
        async {
            plant.pause(40.0).await;
            told("ball screw", ball_screw::play(plant).await);
        },
    );
}

/// Makes the alert of a story stand: history, run-up and main prediction, as far as they are
/// missing.
async fn begin(plant: &Plant, story: &Story, history: Vec<Reading>) -> anyhow::Result<Alert> {
    let found = people::alert_of(plant, story.asset, story.mode).await?;
    if found.is_none() {
        telemetry::send(plant, &history).await?;
        for prediction in story.run_up(plant) {
            prediction::send(plant, &prediction).await?;
        }
        people::wait_for_alert(plant, story.asset, story.mode, |a| a.decision.is_some()).await?;
        plant.pause(6.0).await;
    }
    let predicted = |alert: &Alert| alert.confidence >= Some(story.main.confidence);
    let complete = found.as_ref().is_some_and(predicted);
    if !complete {
        prediction::send(plant, &story.main(plant)).await?;
    }
    people::wait_for_alert(plant, story.asset, story.mode, |alert| {
        alert.state != "open" && predicted(alert)
    })
    .await
}

/// Waits for the work order of a story and carries it to its verdict.
async fn finish(plant: &Plant, story: &Story) -> anyhow::Result<()> {
    let alert = people::wait_for_alert(plant, story.asset, story.mode, |alert| {
        alert.work_order_id.is_some() || alert.state == "closed"
    })
    .await?;
    let Some(order) = alert.work_order_id else {
        return Ok(());
    };
    people::carry_out(plant, order, story.assign_to, story.tempo, story.closure).await?;
    let alert =
        people::wait_for_alert(plant, story.asset, story.mode, |a| a.outcome.is_some()).await?;
    tracing::info!(asset = story.asset, outcome = ?alert.outcome, "the verdict is in");
    Ok(())
}

/// Which of the stories' signals (by point) are healthy again, so that live values continue their
/// history.
pub async fn repaired(plant: &Plant) -> HashMap<&'static str, bool> {
    let mut states = HashMap::new();
    for story in [&spindle::STORY, &tool::STORY, &ball_screw::STORY] {
        if let Ok(alert) = people::alert_of(plant, story.asset, story.mode).await {
            states.insert(story.point, alert.is_some_and(|a| a.state == "closed"));
        }
    }
    states
}

#[cfg(test)]
mod tests;
