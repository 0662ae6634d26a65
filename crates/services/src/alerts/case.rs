//! One alert and the predictions that wait on it: what each of them changes. Pure.

use chrono::{DateTime, Utc};
use domain::alert::{AlertState, ReviewStatus};
use domain::calendar::CalendarFacts;
use domain::policy::{
    AlertFacts, AssetFacts, CATCH_ALL, Decision, DecisionAction, Effect, Facts, HoldUntil, Policy,
    PredictionFacts, Ruling, decide, escalates, evaluate,
};

/// How the alert stands before the predictions.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) state: AlertState,
    /// Whether its work order still absorbs predictions.
    pub(crate) absorbed: bool,
    pub(crate) review: Option<ReviewStatus>,
    /// Rule and action of the standing decision.
    pub(crate) decided: Option<(String, DecisionAction)>,
    pub(crate) decided_confidence: f64,
    pub(crate) decided_rul_hours: Option<f64>,
    /// Predictions attached before the ones that wait.
    pub(crate) evaluated: u32,
    pub(crate) first_seen: DateTime<Utc>,
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

/// What a prediction would have changed.
#[derive(Debug, Clone)]
pub(crate) enum Trial {
    /// The standing decision or work order covers it.
    Attached,
    /// Decided anew, to the same end.
    Unchanged,
    /// A new standing decision.
    Decided(Box<Ruling>),
}

impl Standing {
    /// An alert that has just been opened.
    pub(crate) fn fresh(now: DateTime<Utc>) -> Self {
        Self {
            state: AlertState::Open,
            absorbed: false,
            review: None,
            decided: None,
            decided_confidence: 0.0,
            decided_rul_hours: None,
            evaluated: 0,
            first_seen: now,
        }
    }

    /// The cap made a question of what a rule wanted to create.
    pub(crate) fn ask_instead(&mut self, rule: &str) {
        self.state = AlertState::WaitingReview;
        self.absorbed = false;
        self.review = Some(ReviewStatus::Pending);
        self.decided = Some((rule.to_owned(), DecisionAction::Review));
    }

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

    /// Takes one prediction in, and explains the decision.
    pub(super) fn take(&mut self, setting: &Setting<'_>, prediction: PredictionFacts) -> Step {
        if self.attaches(setting.policy, &prediction) {
            return Step::Attached;
        }
        let facts = Facts {
            asset: setting.asset.clone(),
            alert: self.alert_facts(),
            failure_mode: setting.failure_mode.clone(),
            prediction,
            recent: setting.recent.clone(),
            open_work_order: setting.open_work_order,
            calendar: setting.calendar.clone(),
        };
        let decision = evaluate(setting.policy, &facts, setting.now);
        if !self.changes(&decision.rule, &decision.effect) {
            return Step::Unchanged;
        }
        self.stand(&decision.rule, &decision.effect, &facts.prediction);
        Step::Decided(Box::new((decision, facts)))
    }

    /// The same without the explanation, for a preview. `facts` hold everything but the alert.
    pub(crate) fn try_out(
        &mut self,
        policy: &Policy,
        facts: &mut Facts,
        now: DateTime<Utc>,
    ) -> Trial {
        if self.attaches(policy, &facts.prediction) {
            return Trial::Attached;
        }
        facts.alert = self.alert_facts();
        let ruling = decide(policy, facts, now);
        let rule = policy.rules.get(ruling.rule_index as usize);
        let name = rule.map_or(CATCH_ALL, |rule| rule.name.as_str());
        if !self.changes(name, &ruling.effect) {
            return Trial::Unchanged;
        }
        self.stand(name, &ruling.effect, &facts.prediction);
        Trial::Decided(Box::new(ruling))
    }

    /// Counts a prediction in; answers whether the standing decision covers it.
    fn attaches(&mut self, policy: &Policy, prediction: &PredictionFacts) -> bool {
        self.evaluated += 1;
        self.covers(policy, prediction)
    }

    fn alert_facts(&self) -> AlertFacts {
        AlertFacts { predictions: self.evaluated, first_seen: self.first_seen }
    }

    /// Whether what was decided is worth a new decision.
    fn changes(&self, rule: &str, effect: &Effect) -> bool {
        let same_rule = self.decided.as_ref().is_some_and(|(standing, _)| standing == rule);
        let asked = self.state == AlertState::WaitingReview;
        if asked && effect.action != DecisionAction::Create && (same_rule || !asks(effect)) {
            // The question stays open; only a new rule is worth a new decision.
            return false;
        }
        let same = same_rule && self.decided.as_ref().is_some_and(|(_, a)| *a == effect.action);
        !(same && effect.action == DecisionAction::Log)
    }

    /// Applies a decision, so that the next prediction meets it.
    fn stand(&mut self, rule: &str, effect: &Effect, prediction: &PredictionFacts) {
        self.state = state_after(effect);
        self.absorbed = self.state == AlertState::WorkOrder;
        self.review = asks(effect).then_some(ReviewStatus::Pending);
        self.decided = Some((rule.to_owned(), effect.action));
        self.decided_confidence = prediction.confidence;
        self.decided_rul_hours = prediction.remaining_life_hours;
    }
}

/// Whether a decision puts a question before a person.
pub(crate) fn asks(effect: &Effect) -> bool {
    match effect.action {
        DecisionAction::Review => true,
        DecisionAction::Hold => {
            effect.hold.as_ref().is_some_and(|h| h.until == HoldUntil::NextDayReview)
        }
        DecisionAction::Create | DecisionAction::Log => false,
    }
}

/// Where an alert stands after a decision.
pub(crate) fn state_after(effect: &Effect) -> AlertState {
    match effect.action {
        DecisionAction::Create => AlertState::WorkOrder,
        DecisionAction::Log => AlertState::Open,
        _ if asks(effect) => AlertState::WaitingReview,
        DecisionAction::Review | DecisionAction::Hold => AlertState::Held,
    }
}
