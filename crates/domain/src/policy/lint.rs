//! What is allowed in a policy but probably not meant.

use serde::{Deserialize, Serialize};

use super::{Condition, Op, Policy, Rule, Test, Value};

/// Something that is probably not meant; it keeps nobody from publishing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Lint {
    /// A rule never gets its turn: whatever it matches, an earlier one matches, too.
    Unreachable {
        /// Place of the rule, from 0.
        rule: u32,
        /// Place of the earlier one.
        by: u32,
    },
}

/// Rules that can never match because of an earlier one. Sound, not complete: what it names is
/// unreachable for certain, but it only sees through tests joined by `all`.
pub fn lint(policy: &Policy) -> Vec<Lint> {
    let mut found = Vec::new();
    for (rule, later) in (0_u32..).zip(&policy.rules) {
        if later.paused {
            continue;
        }
        let earlier = (0_u32..).zip(&policy.rules).take(rule as usize);
        let by = earlier.filter(|(_, e)| !e.paused).find(|(_, e)| covers(e, later));
        if let Some((by, _)) = by {
            found.push(Lint::Unreachable { rule, by });
        }
    }
    found
}

/// Whether the earlier rule matches whatever the later one matches.
fn covers(earlier: &Rule, later: &Rule) -> bool {
    if earlier.repeats.is_some() && (earlier.repeats != later.repeats || earlier.when != later.when)
    {
        return false;
    }
    let Some(wanted) = conjunction(&earlier.when) else { return false };
    let given = known(&later.when);
    wanted.iter().all(|test| given.iter().any(|g| implies(g, test)))
}

/// The tests of a condition that is nothing but tests joined by `all`.
fn conjunction(condition: &Condition) -> Option<Vec<&Test>> {
    match condition {
        Condition::Test(test) => Some(vec![test]),
        Condition::All(parts) => {
            let mut tests = Vec::new();
            for part in parts {
                tests.extend(conjunction(part)?);
            }
            Some(tests)
        }
        Condition::Any(_) | Condition::Not(_) => None,
    }
}

/// Tests that hold for certain where the condition does.
fn known(condition: &Condition) -> Vec<&Test> {
    match condition {
        Condition::Test(test) => vec![test],
        Condition::All(parts) => parts.iter().flat_map(known).collect(),
        Condition::Any(_) | Condition::Not(_) => Vec::new(),
    }
}

/// Whether one test that holds makes another hold.
fn implies(given: &Test, wanted: &Test) -> bool {
    if given.field != wanted.field {
        return false;
    }
    if given.op == wanted.op && given.value == wanted.value {
        return true;
    }
    match (given.op, &given.value, wanted.op, &wanted.value) {
        (Op::Absent, ..) => false,
        (_, _, Op::Present, _) => true,
        (op, Value::Number(a), than, Value::Number(b)) => match (op, than) {
            (Op::Lt, Op::Lt | Op::Le) | (Op::Le | Op::Eq, Op::Le) => a <= b,
            (Op::Le | Op::Eq, Op::Lt) => a < b,
            (Op::Gt, Op::Gt | Op::Ge) | (Op::Ge | Op::Eq, Op::Ge) => a >= b,
            (Op::Ge | Op::Eq, Op::Gt) => a > b,
            _ => false,
        },
        (Op::Eq, Value::Bool(a), Op::Ne, Value::Bool(b)) => a != b,
        _ => false,
    }
}
