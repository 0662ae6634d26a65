//! One alert and the predictions that wait on it: what each of them changes. Pure.

use chrono::{DateTime, Utc};
use domain::alert::{AlertState, ReviewStatus};
use domain::calendar::CalendarFacts;
use domain::policy::{
    AlertFacts, AssetFacts, Decision, DecisionAction, Facts, HoldUntil, Policy, PredictionFacts,
    escalates, evaluate,
};

/// How the alert stands before the predictions.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) state: AlertState,
    /// Whether its work order still absorbs predictions.
    pub(super) absorbed: bool,
    pub(super) review: Option<ReviewStatus>,
    /// Rule and action of the standing decision.
    pub(super) decided: Option<(String, DecisionAction)>,
    pub(super) decided_confidence: f64,
    pub(super) decided_rul_hours: Option<f64>,
    /// Predictions attached before the ones that wait.
    pub(super) evaluated: u32,
    pub(super) first_seen: DateTime<Utc>,
}

/// What the site says about all of them.
pub(super) struct Setting<'a> {
    pub(super) policy: &'a Policy,
    pub(super) calendar: &'a CalendarFacts,
    pub(super) asset: AssetFacts,
    pub(super) failure_mode: String,
    pub(super) open_work_order: bool,
    pub(super) recent: Vec<PredictionFacts>,
    pub(super) now: DateTime<Utc>,
}

/// What a prediction changed.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// The standing decision or work order covers it.
    Attached,
    /// Decided anew, to the same end: nothing to write.
    Unchanged,
    /// A new standing decision.
    Decided(Box<(Decision, Facts)>),
}

impl Standing {
    /// Whether the standing decision is to be left alone.
    fn covers(&self, policy: &Policy, prediction: &PredictionFacts) -> bool {
        match self.state {
            AlertState::WorkOrder => self.absorbed,
            AlertState::Held => !escalates(
                policy,
                self.decided_confidence,
                self.decided_rul_hours,
                prediction.confidence,
                prediction.remaining_life_hours,
            ),
            // A person has spoken; their word is about to be carried out.
            AlertState::WaitingReview => self.review == Some(ReviewStatus::Decided),
            AlertState::Open | AlertState::Closed => false,
        }
    }

    /// Takes one prediction in.
    pub(super) fn take(&mut self, setting: &Setting<'_>, prediction: PredictionFacts) -> Step {
        self.evaluated += 1;
        if self.covers(setting.policy, &prediction) {
            return Step::Attached;
        }
        let facts = Facts {
            asset: setting.asset.clone(),
            alert: AlertFacts { predictions: self.evaluated, first_seen: self.first_seen },
            failure_mode: setting.failure_mode.clone(),
            prediction,
            recent: setting.recent.clone(),
            open_work_order: setting.open_work_order,
            calendar: setting.calendar.clone(),
        };
        let decision = evaluate(setting.policy, &facts, setting.now);
        let asked = self.state == AlertState::WaitingReview;
        if asked && decision.action != DecisionAction::Create {
            // The question stays open; only a new rule is worth a new decision.
            let same = self.decided.as_ref().is_some_and(|(rule, _)| *rule == decision.rule);
            let asks = asks(&decision);
            if same || !asks {
                return Step::Unchanged;
            }
        }
        let same = self
            .decided
            .as_ref()
            .is_some_and(|(rule, action)| *rule == decision.rule && *action == decision.action);
        if same && decision.action == DecisionAction::Log {
            return Step::Unchanged;
        }
        self.stand(&decision, &facts.prediction);
        Step::Decided(Box::new((decision, facts)))
    }

    /// Applies a decision, so that the next prediction meets it.
    pub(super) fn stand(&mut self, decision: &Decision, prediction: &PredictionFacts) {
        self.state = state_after(decision);
        self.absorbed = self.state == AlertState::WorkOrder;
        self.review = asks(decision).then_some(ReviewStatus::Pending);
        self.decided = Some((decision.rule.clone(), decision.action));
        self.decided_confidence = prediction.confidence;
        self.decided_rul_hours = prediction.remaining_life_hours;
    }
}

/// Whether a decision puts a question before a person.
pub(super) fn asks(decision: &Decision) -> bool {
    match decision.action {
        DecisionAction::Review => true,
        DecisionAction::Hold => {
            decision.effect.hold.as_ref().is_some_and(|h| h.until == HoldUntil::NextDayReview)
        }
        DecisionAction::Create | DecisionAction::Log => false,
    }
}

/// Where an alert stands after a decision.
pub(super) fn state_after(decision: &Decision) -> AlertState {
    match decision.action {
        DecisionAction::Create => AlertState::WorkOrder,
        DecisionAction::Log => AlertState::Open,
        _ if asks(decision) => AlertState::WaitingReview,
        DecisionAction::Review | DecisionAction::Hold => AlertState::Held,
    }
}
