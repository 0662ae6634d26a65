//! Policies: a versioned, ordered list of rules, and the one pure function that decides.
//!
//! First match wins and the last rule catches all. Live decisions, preview and back-test all call
//! [`evaluate`]; [`decide`] is the same walk without the explanation.

mod action;
mod bands;
mod compare;
mod condition;
mod default;
mod diff;
mod effect;
mod evaluate;
mod facts;
mod field;
mod funnel;
mod lint;
#[cfg(test)]
mod tests;
mod text;
mod validate;
mod value;

pub use action::{
    Action, AssignTo, ByCriticality, CreateAs, CreateSpec, Due, HoldSpec, HoldUntil, PrioritySpec,
    ReviewSpec, WorkType,
};
pub use bands::{band, bands, breaks_hold_off, escalates};
pub use condition::{Condition, Op, Test};
pub use default::{default_policy, scheduled_work_rule};
pub use diff::{PartChange, RuleChange, diff};
pub use effect::{CreateEffect, DecisionAction, Effect, HoldEffect};
pub use evaluate::{
    CATCH_ALL, ConditionResult, Decision, DecisionCalendar, Reason, Ruling, decide, evaluate,
};
pub use facts::{AlertFacts, AssetFacts, Facts, PredictionFacts};
pub use field::{Field, FieldType};
pub use funnel::Funnel;
pub use lint::{Lint, lint};
pub use text::to_toml;
pub use validate::{Limits, PolicyError};
pub use value::{Scalar, Value};

use serde::{Deserialize, Serialize};

/// A versioned, ordered list of rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What people call it.
    pub name: String,
    /// Counts up with every publication; 0 for one never published.
    #[serde(default)]
    pub version: u32,
    /// Asked in order.
    pub rules: Vec<Rule>,
}

/// One rule: condition and action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Unique within the policy; shown wherever a decision is explained.
    pub name: String,
    /// When it applies; absent means always.
    #[serde(default, skip_serializing_if = "Condition::is_always")]
    pub when: Condition,
    /// How many of the latest predictions must satisfy `when`, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeats>,
    /// What happens.
    pub then: Action,
    /// Passed over until it is resumed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
}

/// *n of the last m* distinct, non-stale predictions of the same asset, failure mode and model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeats {
    /// n.
    pub at_least: u32,
    /// m.
    pub of_last: u32,
    /// How far back `observed_at` may lie, days.
    #[serde(default = "Repeats::default_days")]
    pub within_days: f64,
}

impl Repeats {
    const fn default_days() -> f64 {
        7.0
    }
}
