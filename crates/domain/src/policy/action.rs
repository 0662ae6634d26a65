//! What a rule does when it matches.

use serde::{Deserialize, Serialize};

use crate::alert::{Priority, words};

/// What a rule does when it matches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Keep it for the record.
    Log(Nothing),
    /// Ask a person.
    Review(ReviewSpec),
    /// Create a work order now.
    Create(CreateSpec),
    /// Wait for a known instant.
    Hold(HoldSpec),
}

impl Action {
    /// Keep it for the record.
    pub const fn log() -> Self {
        Self::Log(Nothing {})
    }
}

/// An action without settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Ask a person; an approval creates what `create` says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewSpec {
    /// Priority of the question, and of the work order an approval creates.
    pub priority: PrioritySpec,
    /// Who gets the work order.
    #[serde(default, skip_serializing_if = "AssignTo::is_default")]
    pub assign_to: AssignTo,
    /// Kind of work.
    #[serde(default, skip_serializing_if = "WorkType::is_default")]
    pub wo_type: WorkType,
    /// When the work is due.
    #[serde(default, skip_serializing_if = "Due::is_default")]
    pub due: Due,
}

/// Create a work order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateSpec {
    /// Its priority.
    pub priority: PrioritySpec,
    /// Status it starts with.
    #[serde(default, skip_serializing_if = "CreateAs::is_default")]
    pub create_as: CreateAs,
    /// Who gets it.
    #[serde(default, skip_serializing_if = "AssignTo::is_default")]
    pub assign_to: AssignTo,
    /// Kind of work.
    #[serde(default, skip_serializing_if = "WorkType::is_default")]
    pub wo_type: WorkType,
    /// When the work is due.
    #[serde(default, skip_serializing_if = "Due::is_default")]
    pub due: Due,
}

impl CreateSpec {
    /// Everything but the priority at its default.
    pub fn with_priority(priority: PrioritySpec) -> Self {
        Self {
            priority,
            create_as: CreateAs::default(),
            assign_to: AssignTo::default(),
            wo_type: WorkType::default(),
            due: Due::default(),
        }
    }
}

impl ReviewSpec {
    /// Everything but the priority at its default.
    pub fn with_priority(priority: PrioritySpec) -> Self {
        Self {
            priority,
            assign_to: AssignTo::default(),
            wo_type: WorkType::default(),
            due: Due::default(),
        }
    }
}

/// Wait for a known instant, unless the machine cannot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldSpec {
    /// What is waited for.
    pub until: HoldUntil,
    /// For `next_shutdown`: how long before its start the work order is created, hours, so that
    /// parts and crew can be arranged.
    #[serde(default = "HoldSpec::default_lead", skip_serializing_if = "HoldSpec::is_default_lead")]
    pub lead_hours: f64,
    /// What is created, or asked about, when the hold ends.
    pub create: CreateSpec,
    /// Created now instead when remaining life or window ends before that instant, or when there
    /// is no such instant. Without it a reviewer is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<CreateSpec>,
}

impl HoldSpec {
    /// Three days.
    pub const fn default_lead() -> f64 {
        72.0
    }

    fn is_default_lead(hours: &f64) -> bool {
        *hours == Self::default_lead()
    }
}

words! {
    /// What a hold waits for.
    HoldUntil {
        /// A review item due at the next production start.
        NextDayReview = "next_day_review",
        /// The weekly batch.
        WeeklyBatch = "weekly_batch",
        /// The next planned shutdown.
        NextShutdown = "next_shutdown",
    }
}

words! {
    /// Status a work order starts with.
    #[derive(Default)]
    CreateAs {
        /// A planner approves it.
        #[default]
        Draft = "draft",
        /// It may be worked on.
        Approved = "approved",
    }
}

words! {
    /// Kind of work.
    #[derive(Default)]
    WorkType {
        /// Because of a condition or prediction, before the failure.
        #[default]
        Predictive = "predictive",
        /// Because something is broken.
        Corrective = "corrective",
        /// Because it is time.
        Preventive = "preventive",
        /// A look, no repair yet.
        Inspection = "inspection",
    }
}

/// A priority, fixed or by criticality of the asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PrioritySpec {
    /// The same for every asset.
    Fixed(Priority),
    /// By criticality of the asset.
    ByCriticality(ByCriticality),
}

/// One priority for critical assets (criticality critical or high), one for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByCriticality {
    /// For critical assets.
    pub critical: Priority,
    /// For the others.
    pub otherwise: Priority,
}

impl PrioritySpec {
    /// The priority for an asset.
    pub const fn resolve(self, critical: bool) -> Priority {
        match self {
            Self::Fixed(priority) => priority,
            Self::ByCriticality(by) if critical => by.critical,
            Self::ByCriticality(by) => by.otherwise,
        }
    }
}

/// Who gets a work order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignTo {
    /// Planners of the site, who assign it.
    #[default]
    PlannerQueue,
    /// The crew of the shutdown it waits for; the planner queue where there is none.
    ShutdownCrew,
    /// A crew by name.
    Crew(String),
    /// A person by e-mail address.
    Person(String),
}

/// When work is due; never before it is created.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// At the end of the window; without one at the end of the remaining life; without either
    /// after 1, 7, 30 or 90 days for priority 1, 2, 3, 4–5.
    #[default]
    WindowEnd,
    /// At the end of the shutdown it waits for, else as `window_end`.
    ShutdownEnd,
    /// This many hours after its creation.
    Hours(f64),
}

impl AssignTo {
    fn is_default(&self) -> bool {
        *self == Self::PlannerQueue
    }
}

impl Due {
    fn is_default(&self) -> bool {
        *self == Self::WindowEnd
    }
}

impl CreateAs {
    fn is_default(&self) -> bool {
        *self == Self::Draft
    }
}

impl WorkType {
    fn is_default(&self) -> bool {
        *self == Self::Predictive
    }
}
