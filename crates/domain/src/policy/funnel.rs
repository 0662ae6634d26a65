//! How far predictions get through the conditions of one rule.

use chrono::{DateTime, Utc};

use super::compare::{Context, actual, compare};
use super::evaluate::repeated;
use super::{Condition, Facts, Rule};

/// Counts, for every part of a rule's condition, the predictions that were asked and satisfied it.
/// Parts are numbered in reading order: the condition itself is 0, then its first part, and so on.
/// In an `all` a part is only asked when those before it hold, so its counts go down from part to
/// part; the alternatives of an `any` are all asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funnel {
    /// Predictions that came to the rule.
    pub asked: u64,
    /// Of these, the ones that satisfied each part.
    pub parts: Vec<u64>,
    /// Of these, the ones with enough repeats, too.
    pub matched: u64,
}

impl Funnel {
    /// An empty count for a rule.
    pub fn of(rule: &Rule) -> Self {
        Self { asked: 0, parts: vec![0; rule.when.size()], matched: 0 }
    }

    /// Counts one prediction; answers whether the rule matches it.
    pub fn add(&mut self, rule: &Rule, facts: &Facts, now: DateTime<Utc>) -> bool {
        let at = Context { facts, prediction: &facts.prediction, now };
        self.asked += 1;
        let holds = self.part(&rule.when, false, at, 0);
        let matched = holds && rule.repeats.is_none_or(|r| repeated(rule, r, at) >= r.at_least);
        self.matched += u64::from(matched);
        matched
    }

    fn part(&mut self, condition: &Condition, negated: bool, at: Context<'_>, n: usize) -> bool {
        let holds = match condition {
            Condition::Test(test) => {
                let op = if negated { test.op.inverse() } else { test.op };
                compare(&test.field, actual(&test.field, at), op, &test.value, at)
            }
            Condition::Not(inner) => self.part(inner, !negated, at, n + 1),
            Condition::All(parts) | Condition::Any(parts) => {
                let need_all = matches!(condition, Condition::All(_)) != negated;
                let mut holds = need_all;
                let mut next = n + 1;
                for part in parts {
                    if self.part(part, negated, at, next) != need_all {
                        holds = !need_all;
                        if need_all {
                            break;
                        }
                    }
                    next += part.size();
                }
                holds
            }
        };
        if holds && let Some(count) = self.parts.get_mut(n) {
            *count += 1;
        }
        holds
    }
}
