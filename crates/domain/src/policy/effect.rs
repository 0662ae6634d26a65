//! An action made concrete for one asset at one instant.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::facts::after;
use super::{
    Action, AssignTo, CreateAs, CreateSpec, Due, Facts, HoldSpec, HoldUntil, ReviewSpec, WorkType,
};
use crate::alert::{Origin, Priority, Severity, Tier, words};
use crate::calendar::Shutdown;

/// A review is due after this many hours where the calendar has no shifts.
const REVIEW_HOURS_WITHOUT_SHIFTS: i64 = 16;
/// A next-day review is due after this many hours where production never starts.
const NEXT_DAY_HOURS: i64 = 24;

words! {
    /// What a decision does.
    DecisionAction {
        /// A work order is created now.
        Create = "create",
        /// A person is asked.
        Review = "review",
        /// It waits for a known instant.
        Hold = "hold",
        /// It is kept for the record.
        Log = "log",
    }
}

/// An action made concrete for one asset at one instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// What happens.
    pub action: DecisionAction,
    /// Priority of the work or the question; `None` for log.
    pub priority: Option<Priority>,
    /// The work order: created now (`create`), when the hold ends (`hold`), or when a reviewer
    /// approves (`review`, next-day review). `None` for log.
    pub create: Option<CreateEffect>,
    /// When the review item is due (`review`, and `hold` for a next-day review).
    pub review_due: Option<DateTime<Utc>>,
    /// What is waited for (`hold`).
    pub hold: Option<HoldEffect>,
}

/// A work order to be created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreateEffect {
    /// Its priority.
    pub priority: Priority,
    /// Status it starts with.
    pub create_as: CreateAs,
    /// Who gets it; never `shutdown_crew`.
    pub assign_to: AssignTo,
    /// Kind of work.
    pub wo_type: WorkType,
    /// When the work is due.
    pub due: DateTime<Utc>,
}

/// A hold with its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HoldEffect {
    /// What is waited for.
    pub until: HoldUntil,
    /// When it fires. A next-day review item is opened at once and is due at this instant.
    pub fires_at: DateTime<Utc>,
    /// The shutdown the work is planned for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shutdown: Option<Shutdown>,
}

impl Effect {
    /// What the action means to people.
    pub fn tier(&self) -> Tier {
        match (self.action, &self.hold) {
            (DecisionAction::Log, _) => Tier::Log,
            (DecisionAction::Review, _) => Tier::Review,
            (DecisionAction::Hold, Some(hold)) if hold.until == HoldUntil::NextDayReview => {
                Tier::Review
            }
            (DecisionAction::Create | DecisionAction::Hold, _) => Tier::Act,
        }
    }

    /// How the alert is shown.
    pub fn severity(&self) -> Severity {
        self.priority.map_or(Severity::Low, Priority::severity)
    }

    /// Where the work order of this effect comes from.
    pub fn origin(&self) -> Origin {
        match (self.action, self.hold.as_ref().map(|hold| hold.until)) {
            (DecisionAction::Hold, Some(HoldUntil::WeeklyBatch)) => Origin::Batch,
            (DecisionAction::Hold, Some(HoldUntil::NextShutdown)) => Origin::Shutdown,
            (DecisionAction::Hold, _) | (DecisionAction::Review, _) => Origin::Review,
            (DecisionAction::Create | DecisionAction::Log, _) => Origin::Rule,
        }
    }

    pub(super) fn of(action: &Action, facts: &Facts, now: DateTime<Utc>) -> Self {
        match action {
            Action::Log(_) => Self {
                action: DecisionAction::Log,
                priority: None,
                create: None,
                review_due: None,
                hold: None,
            },
            Action::Review(spec) => Self::review(&CreateSpec::from(spec), facts, now),
            Action::Create(spec) => Self::create_now(spec, facts, now),
            Action::Hold(spec) => Self::held(spec, facts, now),
        }
    }

    /// Asks a reviewer, keeping what would have been created.
    pub(super) fn into_review(self, facts: &Facts, now: DateTime<Utc>) -> Self {
        Self {
            action: DecisionAction::Review,
            review_due: Some(review_due(facts, now)),
            hold: None,
            ..self
        }
    }

    fn review(spec: &CreateSpec, facts: &Facts, now: DateTime<Utc>) -> Self {
        Self::create_now(spec, facts, now).into_review(facts, now)
    }

    fn create_now(spec: &CreateSpec, facts: &Facts, now: DateTime<Utc>) -> Self {
        let create = resolve(spec, facts, now, None);
        Self {
            action: DecisionAction::Create,
            priority: Some(create.priority),
            create: Some(create),
            review_due: None,
            hold: None,
        }
    }

    fn held(spec: &HoldSpec, facts: &Facts, now: DateTime<Utc>) -> Self {
        let calendar = &facts.calendar;
        let (awaited, shutdown) = match spec.until {
            HoldUntil::NextDayReview => {
                let start = calendar.next_production_start;
                (Some(start.unwrap_or(now + TimeDelta::hours(NEXT_DAY_HOURS))), None)
            }
            HoldUntil::WeeklyBatch => (calendar.next_batch, None),
            HoldUntil::NextShutdown => {
                let end = facts.prediction.window_end();
                let inside = end.and_then(|end| calendar.shutdown_inside(now, end));
                let shutdown = inside.or_else(|| calendar.next_shutdown(now));
                (shutdown.map(|s| s.from), shutdown)
            }
        };
        let Some(awaited) = awaited.filter(|at| !facts.prediction.ends_before(*at)) else {
            return match &spec.urgent {
                Some(urgent) => Self::create_now(urgent, facts, now),
                None => Self::review(&spec.create, facts, now),
            };
        };
        let fires_at = match spec.until {
            HoldUntil::NextShutdown => after(awaited, -spec.lead_hours).unwrap_or(awaited),
            HoldUntil::NextDayReview | HoldUntil::WeeklyBatch => awaited,
        }
        .max(now);
        let create = resolve(&spec.create, facts, fires_at, shutdown);
        Self {
            action: DecisionAction::Hold,
            priority: Some(create.priority),
            create: Some(create),
            review_due: (spec.until == HoldUntil::NextDayReview).then_some(fires_at),
            hold: Some(HoldEffect { until: spec.until, fires_at, shutdown: shutdown.cloned() }),
        }
    }
}

impl From<&ReviewSpec> for CreateSpec {
    fn from(spec: &ReviewSpec) -> Self {
        Self {
            priority: spec.priority,
            create_as: CreateAs::default(),
            assign_to: spec.assign_to.clone(),
            wo_type: spec.wo_type,
            due: spec.due,
        }
    }
}

fn resolve(
    spec: &CreateSpec,
    facts: &Facts,
    created: DateTime<Utc>,
    shutdown: Option<&Shutdown>,
) -> CreateEffect {
    let priority = spec.priority.resolve(facts.asset.criticality.is_critical());
    let due = match spec.due {
        Due::WindowEnd => None,
        Due::ShutdownEnd => shutdown.map(|s| s.until),
        Due::Hours(hours) => after(created, hours),
    };
    let due = due
        .or_else(|| facts.prediction.window_end())
        .unwrap_or_else(|| created + usual_time(priority))
        .max(created);
    let assign_to = match &spec.assign_to {
        AssignTo::ShutdownCrew => {
            shutdown.and_then(|s| s.crew.clone()).map_or(AssignTo::PlannerQueue, AssignTo::Crew)
        }
        other => other.clone(),
    };
    CreateEffect { priority, create_as: spec.create_as, assign_to, wo_type: spec.wo_type, due }
}

fn usual_time(priority: Priority) -> TimeDelta {
    TimeDelta::days(match priority.get() {
        1 => 1,
        2 => 7,
        3 => 30,
        _ => 90,
    })
}

/// The end of the next shift or a quarter of the remaining life, whichever is sooner.
fn review_due(facts: &Facts, now: DateTime<Utc>) -> DateTime<Utc> {
    let shift = facts.calendar.next_shift_end;
    let shift = shift.unwrap_or(now + TimeDelta::hours(REVIEW_HOURS_WITHOUT_SHIFTS));
    let quarter = facts.prediction.life_end().map(|end| now + (end - now) / 4);
    quarter.map_or(shift, |quarter| shift.min(quarter)).max(now)
}
