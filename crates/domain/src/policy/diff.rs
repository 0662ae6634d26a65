//! What changed between two versions of a policy, rule by rule.

use serde::{Deserialize, Serialize};

use super::{Action, Condition, Policy, Repeats, Rule};

/// One rule that differs. Places count from 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RuleChange {
    /// Only the later version has it.
    Added {
        /// Its place there.
        at: u32,
        /// The rule.
        rule: Rule,
    },
    /// Only the earlier version has it.
    Removed {
        /// Its place there.
        at: u32,
        /// The rule.
        rule: Rule,
    },
    /// Both have it.
    Changed {
        /// Its name in the later version.
        name: String,
        /// Its place in the earlier version.
        from: u32,
        /// Its place in the later version.
        to: u32,
        /// It stands before or behind rules that it did not before.
        moved: bool,
        /// What else differs.
        parts: Vec<PartChange>,
    },
}

/// One part of a rule that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum PartChange {
    /// Its name.
    Name {
        /// The earlier one.
        from: String,
    },
    /// Conditions, each on its own where both versions join them by `all`.
    When {
        /// Gone.
        removed: Vec<Condition>,
        /// New.
        added: Vec<Condition>,
    },
    /// *n of the last m*.
    Repeats {
        /// Before.
        from: Option<Repeats>,
        /// Now.
        to: Option<Repeats>,
    },
    /// What it does.
    Then {
        /// Before.
        from: Box<Action>,
        /// Now.
        to: Box<Action>,
    },
    /// Paused, or resumed.
    Paused {
        /// Whether it is paused now.
        now: bool,
    },
}

/// What changed from one version to another, in the order of the later one; removed rules last.
/// A rule is the same one if it has the same name, or another name and nothing else new.
pub fn diff(from: &Policy, to: &Policy) -> Vec<RuleChange> {
    let pairs = pairs(from, to);
    let steady = steady(&pairs);
    let mut changes = Vec::new();
    for (at, rule) in (0_u32..).zip(&to.rules) {
        let Some((old, _)) = pairs.iter().find(|(_, new)| *new == at) else {
            changes.push(RuleChange::Added { at, rule: rule.clone() });
            continue;
        };
        let before = &from.rules[*old as usize];
        let parts = parts(before, rule);
        let moved = !steady.contains(&at);
        if moved || !parts.is_empty() {
            let name = rule.name.clone();
            changes.push(RuleChange::Changed { name, from: *old, to: at, moved, parts });
        }
    }
    for (at, rule) in (0_u32..).zip(&from.rules) {
        if !pairs.iter().any(|(old, _)| *old == at) {
            changes.push(RuleChange::Removed { at, rule: rule.clone() });
        }
    }
    changes
}

/// Places of the same rule in both, by the later one.
fn pairs(from: &Policy, to: &Policy) -> Vec<(u32, u32)> {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let alike = |a: &Rule, b: &Rule| {
        (&a.when, &a.repeats, &a.then, a.paused) == (&b.when, &b.repeats, &b.then, b.paused)
    };
    for by_name in [true, false] {
        for (new, rule) in (0_u32..).zip(&to.rules) {
            if pairs.iter().any(|(_, taken)| *taken == new) {
                continue;
            }
            let old = (0_u32..).zip(&from.rules).find(|(old, before)| {
                !pairs.iter().any(|(taken, _)| taken == old)
                    && if by_name { before.name == rule.name } else { alike(before, rule) }
            });
            if let Some((old, _)) = old {
                pairs.push((old, new));
            }
        }
    }
    pairs.sort_unstable_by_key(|(_, new)| *new);
    pairs
}

/// Later places of the longest run of rules that kept their order: all others were moved.
fn steady(pairs: &[(u32, u32)]) -> Vec<u32> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(pairs.len());
    for (i, (old, _)) in pairs.iter().enumerate() {
        let before = (0..i).filter(|&j| pairs[j].0 < *old).max_by_key(|&j| (best[j].0, j));
        best.push((before.map_or(1, |j| best[j].0 + 1), before));
    }
    let mut at = (0..best.len()).max_by_key(|&i| best[i].0);
    let mut kept = Vec::new();
    while let Some(i) = at {
        kept.push(pairs[i].1);
        at = best[i].1;
    }
    kept
}

fn parts(from: &Rule, to: &Rule) -> Vec<PartChange> {
    let mut parts = Vec::new();
    if from.name != to.name {
        parts.push(PartChange::Name { from: from.name.clone() });
    }
    if from.when != to.when {
        let (removed, added) = conditions(&from.when, &to.when);
        // The order of what is joined by `all` means nothing.
        if !removed.is_empty() || !added.is_empty() {
            parts.push(PartChange::When { removed, added });
        }
    }
    if from.repeats != to.repeats {
        parts.push(PartChange::Repeats { from: from.repeats, to: to.repeats });
    }
    if from.then != to.then {
        let (from, to) = (Box::new(from.then.clone()), Box::new(to.then.clone()));
        parts.push(PartChange::Then { from, to });
    }
    if from.paused != to.paused {
        parts.push(PartChange::Paused { now: to.paused });
    }
    parts
}

fn conditions(from: &Condition, to: &Condition) -> (Vec<Condition>, Vec<Condition>) {
    let (Some(old), Some(new)) = (joined(from), joined(to)) else {
        return (vec![from.clone()], vec![to.clone()]);
    };
    let mut added: Vec<Condition> = new.to_vec();
    let mut removed = Vec::new();
    for part in old {
        match added.iter().position(|new| new == part) {
            Some(at) => drop(added.remove(at)),
            None => removed.push(part.clone()),
        }
    }
    (removed, added)
}

/// The parts of an `all`; a test alone is one of one.
fn joined(condition: &Condition) -> Option<&[Condition]> {
    match condition {
        Condition::All(parts) => Some(parts),
        Condition::Test(_) => Some(std::slice::from_ref(condition)),
        Condition::Any(_) | Condition::Not(_) => None,
    }
}
