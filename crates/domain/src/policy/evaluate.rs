//! The walk over the rules: once, with or without writing down why.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::compare::{Actual, Context, actual, compare};
use super::{
    Action, Condition, DecisionAction, Effect, Facts, Op, Policy, PredictionFacts, PrioritySpec,
    Repeats, ReviewSpec, Rule, Test, Value,
};
use crate::alert::{Priority, Severity, Tier};

/// Stands in for a last rule where a policy lacks one: a person is asked.
pub const CATCH_ALL: &str = "no rule matched";

/// What one policy version said about one alert at one instant, with the reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What happens.
    pub action: DecisionAction,
    /// Name of the rule that matched.
    pub rule: String,
    /// Its place in the policy, from 0.
    pub rule_index: u32,
    /// Priority of the work or the question; `None` for log.
    pub priority: Option<Priority>,
    /// How the alert is shown.
    pub severity: Severity,
    /// What it means to people.
    pub tier: Tier,
    /// The action made concrete: work order, due times, hold.
    pub effect: Effect,
    /// One entry per rule, in order; those after the match are not `reached`.
    pub reasons: Vec<Reason>,
    /// The calendar at that instant.
    pub calendar: DecisionCalendar,
}

/// The calendar as stored with a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionCalendar {
    /// Whether production ran.
    pub in_production: bool,
    /// Name of the shift under way.
    pub shift: Option<String>,
}

/// Why a rule matched or did not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Name of the rule.
    pub rule: String,
    /// Whether it matched.
    pub matched: bool,
    /// Whether it was asked at all; rules after the first match are not.
    pub reached: bool,
    /// Every test of the rule.
    pub conditions: Vec<ConditionResult>,
    /// The rule was passed over because it is paused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
}

/// One test and what it found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConditionResult {
    /// What was asked; `repeats` for *n of the last m*.
    pub field: Cow<'static, str>,
    /// How it was compared; already inverted where the rule says `not`.
    pub op: Op,
    /// With what.
    pub value: Value,
    /// What was found; `None` when it is not known.
    pub actual: Option<Value>,
    /// Whether the test holds.
    pub holds: bool,
    /// Tests with the same number are alternatives: one that holds is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<u32>,
}

/// What [`decide`] says: the decision without the reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruling {
    /// Place of the rule that matched, from 0; the number of rules when none did.
    pub rule_index: u32,
    /// The action made concrete.
    pub effect: Effect,
}

/// Decides without explaining. Same walk as [`evaluate`], no reasons, no allocation but for names
/// of crews and people.
pub fn decide(policy: &Policy, facts: &Facts, now: DateTime<Utc>) -> Ruling {
    walk(policy, facts, now, &mut Silent)
}

/// Decides and explains. Total, and the same for the same arguments.
pub fn evaluate(policy: &Policy, facts: &Facts, now: DateTime<Utc>) -> Decision {
    let mut written = Written::default();
    let Ruling { rule_index, effect } = walk(policy, facts, now, &mut written);
    let reached = written.reasons.len();
    let mut reasons = written.reasons;
    reasons.extend(policy.rules.iter().skip(reached).map(|rule| Reason {
        rule: rule.name.clone(),
        matched: false,
        reached: false,
        conditions: Vec::new(),
        paused: false,
    }));
    let rule = policy.rules.get(rule_index as usize).map_or(CATCH_ALL, |rule| &rule.name);
    Decision {
        action: effect.action,
        rule: rule.to_owned(),
        rule_index,
        priority: effect.priority,
        severity: effect.severity(),
        tier: effect.tier(),
        effect,
        reasons,
        calendar: DecisionCalendar {
            in_production: facts.calendar.in_production,
            shift: facts.calendar.shift.clone(),
        },
    }
}

impl Decision {
    /// Turns the decision into a review for a reason outside the policy, such as `cap`. What would
    /// have been created is kept for the reviewer's approval; logged and reviewed ones stay.
    #[must_use]
    pub fn into_review(mut self, reason: &str, facts: &Facts, now: DateTime<Utc>) -> Self {
        if matches!(self.action, DecisionAction::Log | DecisionAction::Review) {
            return self;
        }
        self.effect = self.effect.into_review(facts, now);
        self.action = self.effect.action;
        self.tier = self.effect.tier();
        self.reasons.push(Reason {
            rule: reason.to_owned(),
            matched: true,
            reached: true,
            conditions: Vec::new(),
            paused: false,
        });
        self
    }
}

fn walk<R: Recorder>(
    policy: &Policy,
    facts: &Facts,
    now: DateTime<Utc>,
    recorder: &mut R,
) -> Ruling {
    let at = Context { facts, prediction: &facts.prediction, now };
    for (rule_index, rule) in (0u32..).zip(&policy.rules) {
        if rule.paused {
            recorder.paused(rule);
        } else if matches(rule, at, recorder) {
            return Ruling { rule_index, effect: Effect::of(&rule.then, facts, now) };
        }
    }
    let ask = Action::Review(ReviewSpec::with_priority(PrioritySpec::Fixed(Priority::MEDIUM)));
    Ruling {
        rule_index: u32::try_from(policy.rules.len()).unwrap_or(u32::MAX),
        effect: Effect::of(&ask, facts, now),
    }
}

impl Rule {
    /// Whether it would match if it were asked.
    pub fn matches(&self, facts: &Facts, now: DateTime<Utc>) -> bool {
        let at = Context { facts, prediction: &facts.prediction, now };
        matches(self, at, &mut Silent)
    }
}

fn matches<R: Recorder>(rule: &Rule, at: Context<'_>, recorder: &mut R) -> bool {
    recorder.begin();
    let mut matched = holds(&rule.when, false, at, None, recorder);
    if let Some(repeats) = rule.repeats
        && (R::EVERY_TEST || matched)
    {
        let count = repeated(rule, repeats, at);
        matched &= count >= repeats.at_least;
        recorder.repeats(repeats, count);
    }
    recorder.end(rule, matched);
    matched
}

/// How many of the latest predictions satisfy the rule's condition.
pub(super) fn repeated(rule: &Rule, repeats: Repeats, at: Context<'_>) -> u32 {
    let days = repeats.within_days.clamp(0.0, 36_500.0);
    let since = at.now - TimeDelta::milliseconds((days * 86_400_000.0) as i64);
    let latest = at.prediction;
    let mut seen: Vec<&PredictionFacts> = std::iter::once(latest)
        .chain(at.facts.recent.iter().filter(|p| p.model == latest.model))
        .filter(|p| !p.stale && p.observed_at >= since)
        .collect();
    seen.sort_by_key(|p| std::cmp::Reverse(p.observed_at));
    seen.dedup_by_key(|p| p.observed_at);
    let count = seen
        .into_iter()
        .take(repeats.of_last as usize)
        .filter(|prediction| {
            holds(&rule.when, false, Context { prediction, ..at }, None, &mut Silent)
        })
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn holds<R: Recorder>(
    condition: &Condition,
    negated: bool,
    at: Context<'_>,
    group: Option<u32>,
    recorder: &mut R,
) -> bool {
    match condition {
        Condition::Test(test) => {
            let op = if negated { test.op.inverse() } else { test.op };
            let found = actual(&test.field, at);
            let holds = compare(&test.field, found, op, &test.value, at);
            recorder.test(test, op, found, holds, group);
            holds
        }
        Condition::Not(inner) => holds(inner, !negated, at, group, recorder),
        Condition::All(parts) | Condition::Any(parts) => {
            let need_all = matches!(condition, Condition::All(_)) != negated;
            let group = if need_all { group } else { group.or_else(|| recorder.next_group()) };
            let mut result = need_all;
            for part in parts {
                if holds(part, negated, at, group, recorder) != need_all {
                    result = !need_all;
                    if !R::EVERY_TEST {
                        break;
                    }
                }
            }
            result
        }
    }
}

/// What the walk tells while it goes.
trait Recorder {
    /// Whether tests that cannot change the result are made all the same.
    const EVERY_TEST: bool;
    fn begin(&mut self);
    fn test(
        &mut self,
        test: &Test,
        op: Op,
        found: Option<Actual<'_>>,
        holds: bool,
        group: Option<u32>,
    );
    fn repeats(&mut self, repeats: Repeats, count: u32);
    fn end(&mut self, rule: &Rule, matched: bool);
    fn paused(&mut self, rule: &Rule);
    fn next_group(&mut self) -> Option<u32>;
}

/// Writes nothing down.
struct Silent;

impl Recorder for Silent {
    const EVERY_TEST: bool = false;
    fn begin(&mut self) {}
    fn test(&mut self, _: &Test, _: Op, _: Option<Actual<'_>>, _: bool, _: Option<u32>) {}
    fn repeats(&mut self, _: Repeats, _: u32) {}
    fn end(&mut self, _: &Rule, _: bool) {}
    fn paused(&mut self, _: &Rule) {}
    fn next_group(&mut self) -> Option<u32> {
        None
    }
}

/// Writes everything down.
#[derive(Default)]
struct Written {
    reasons: Vec<Reason>,
    conditions: Vec<ConditionResult>,
    groups: u32,
}

impl Recorder for Written {
    const EVERY_TEST: bool = true;

    fn begin(&mut self) {
        self.groups = 0;
    }

    fn test(
        &mut self,
        test: &Test,
        op: Op,
        found: Option<Actual<'_>>,
        holds: bool,
        group: Option<u32>,
    ) {
        self.conditions.push(ConditionResult {
            field: test.field.name(),
            op,
            value: test.value.clone(),
            actual: found.map(Actual::to_value),
            holds,
            group,
        });
    }

    fn repeats(&mut self, repeats: Repeats, count: u32) {
        let Repeats { at_least, of_last, within_days } = repeats;
        self.conditions.push(ConditionResult {
            field: Cow::Borrowed("repeats"),
            op: Op::Ge,
            value: Value::Text(format!("{at_least} of the last {of_last} in {within_days} days")),
            actual: Some(Value::Number(f64::from(count))),
            holds: count >= at_least,
            group: None,
        });
    }

    fn end(&mut self, rule: &Rule, matched: bool) {
        self.reasons.push(Reason {
            rule: rule.name.clone(),
            matched,
            reached: true,
            conditions: std::mem::take(&mut self.conditions),
            paused: false,
        });
    }

    fn paused(&mut self, rule: &Rule) {
        self.reasons.push(Reason {
            rule: rule.name.clone(),
            matched: false,
            reached: true,
            conditions: Vec::new(),
            paused: true,
        });
    }

    fn next_group(&mut self) -> Option<u32> {
        self.groups += 1;
        Some(self.groups)
    }
}
