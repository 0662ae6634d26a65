//! Conditions in the shape the editor draws, and how its parts are found, moved and removed.

use domain::alert::Priority;
use domain::policy::{
    Action, AssignTo, Condition, CreateAs, CreateSpec, Due, Field, FieldType, HoldSpec, HoldUntil,
    Op, Policy, PrioritySpec, ReviewSpec, Rule, Scalar, Test, Value, WorkType,
};

/// How the parts of a group are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joiner {
    All,
    Any,
    None,
    NotAll,
}

impl Joiner {
    pub(super) const EVERY: [Self; 4] = [Self::All, Self::Any, Self::None, Self::NotAll];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
            Self::None => "none",
            Self::NotAll => "not_all",
        }
    }

    pub(super) fn of(condition: &Condition) -> Self {
        match condition {
            Condition::Any(_) => Self::Any,
            Condition::Not(inner) if matches!(**inner, Condition::All(_)) => Self::NotAll,
            Condition::Not(_) => Self::None,
            Condition::All(_) | Condition::Test(_) => Self::All,
        }
    }

    fn join(self, parts: Vec<Condition>) -> Condition {
        match self {
            Self::All => Condition::All(parts),
            Self::Any => Condition::Any(parts),
            Self::None => Condition::Not(Box::new(Condition::Any(parts))),
            Self::NotAll => Condition::Not(Box::new(Condition::All(parts))),
        }
    }
}

/// Every rule as the editor draws it: a list at the top, exceptions last.
pub(super) fn drawn(mut policy: Policy) -> Policy {
    for rule in &mut policy.rules {
        let when = std::mem::take(&mut rule.when);
        rule.when = match inner(when) {
            Condition::All(parts) => {
                let (unless, given): (Vec<_>, Vec<_>) =
                    parts.into_iter().partition(|part| matches!(part, Condition::Not(_)));
                Condition::All(given.into_iter().chain(unless).collect())
            }
            any @ Condition::Any(_) => any,
            other => Condition::All(vec![other]),
        };
    }
    policy
}

/// Inside groups a negated test is a group of one.
fn inner(condition: Condition) -> Condition {
    match condition {
        Condition::Test(_) => condition,
        Condition::All(parts) => Condition::All(parts.into_iter().map(inner).collect()),
        Condition::Any(parts) => Condition::Any(parts.into_iter().map(inner).collect()),
        Condition::Not(part) => Condition::Not(Box::new(match inner(*part) {
            test @ Condition::Test(_) => Condition::Any(vec![test]),
            group => group,
        })),
    }
}

/// The shortest way to say the same, as it is stored.
pub(super) fn plain(mut policy: Policy) -> Policy {
    for rule in &mut policy.rules {
        let when = std::mem::take(&mut rule.when);
        rule.when = match shorter(when) {
            Condition::All(mut parts) if parts.len() == 1 => parts.remove(0),
            other => other,
        };
    }
    policy
}

fn shorter(condition: Condition) -> Condition {
    match condition {
        Condition::Test(_) => condition,
        Condition::All(parts) => Condition::All(parts.into_iter().map(shorter).collect()),
        Condition::Any(parts) => Condition::Any(parts.into_iter().map(shorter).collect()),
        Condition::Not(part) => Condition::Not(Box::new(match shorter(*part) {
            Condition::Any(mut parts) | Condition::All(mut parts) if parts.len() == 1 => {
                parts.remove(0)
            }
            other => other,
        })),
    }
}

/// The part that a path of positions leads to; `not` has one part.
pub(super) fn part_mut<'a>(root: &'a mut Condition, path: &[usize]) -> Option<&'a mut Condition> {
    let Some((first, rest)) = path.split_first() else { return Some(root) };
    let next = match root {
        Condition::All(parts) | Condition::Any(parts) => parts.get_mut(*first)?,
        Condition::Not(inner) if *first == 0 => inner,
        _ => return None,
    };
    part_mut(next, rest)
}

/// The list a part stands in, and its place there.
fn siblings<'a>(
    root: &'a mut Condition,
    path: &[usize],
) -> Option<(&'a mut Vec<Condition>, usize)> {
    let (last, parent) = path.split_last()?;
    match part_mut(root, parent)? {
        Condition::All(parts) | Condition::Any(parts) if *last < parts.len() => {
            Some((parts, *last))
        }
        _ => None,
    }
}

/// Removes a part.
pub(super) fn remove(root: &mut Condition, path: &[usize]) {
    if let Some((parts, at)) = siblings(root, path) {
        parts.remove(at);
    }
}

/// Moves a part by one; answers its new place. Exceptions stay behind conditions.
pub(super) fn shift(root: &mut Condition, path: &[usize], up: bool) -> Option<usize> {
    let (parts, at) = siblings(root, path)?;
    let to = if up { at.checked_sub(1)? } else { at + 1 };
    let negated = |part: &Condition| matches!(part, Condition::Not(_));
    if negated(parts.get(to)?) != negated(parts.get(at)?) {
        return None;
    }
    parts.swap(at, to);
    Some(to)
}

/// Adds a part to a group; to a rule joined by `any`, an exception makes a group of what was there.
pub(super) fn add(root: &mut Condition, path: &[usize], part: Condition) {
    let exception = path.is_empty() && matches!(part, Condition::Not(_));
    let Some(group) = part_mut(root, path) else { return };
    match group {
        Condition::Any(_) if exception => {
            let given = std::mem::take(group);
            *group = Condition::All(vec![given, part]);
        }
        Condition::All(parts) | Condition::Any(parts) => {
            let before = parts.iter().position(|p| matches!(p, Condition::Not(_)));
            let at = before.filter(|_| path.is_empty() && !exception).unwrap_or(parts.len());
            parts.insert(at, part);
        }
        Condition::Not(inner) => add(inner, &[], part),
        Condition::Test(_) => {}
    }
}

/// Joins the parts of a group in another way.
pub(super) fn rejoin(root: &mut Condition, path: &[usize], joiner: Joiner) {
    let Some(group) = part_mut(root, path) else { return };
    let parts = match std::mem::take(group) {
        Condition::All(parts) | Condition::Any(parts) => parts,
        Condition::Not(inner) => match *inner {
            Condition::All(parts) | Condition::Any(parts) => parts,
            test => vec![test],
        },
        test @ Condition::Test(_) => vec![test],
    };
    *group = joiner.join(parts);
}

/// A test to begin with.
pub(super) fn new_test() -> Condition {
    Condition::test(Field::Confidence, Op::Ge, 0.7)
}

/// A value to begin with.
pub(super) fn first_value(field: &Field, op: Op) -> Value {
    let scalar = match field.kind() {
        FieldType::Number => Scalar::Number(match field {
            Field::Confidence => 0.7,
            Field::Predictions => 2.0,
            _ => 72.0,
        }),
        FieldType::Bool => Scalar::Bool(true),
        FieldType::Any => Scalar::Number(0.0),
        FieldType::Text | FieldType::Level | FieldType::Tree => {
            Scalar::Text(choices(field).first().map_or_else(String::new, |c| c.0.to_owned()))
        }
    };
    match op {
        Op::In | Op::NotIn => Value::List(match scalar {
            Scalar::Text(text) if text.is_empty() => Vec::new(),
            other => vec![other],
        }),
        _ => scalar.into(),
    }
}

/// Words that a field can only have, with what is read.
pub(super) fn choices(field: &Field) -> Vec<(&'static str, String)> {
    use domain::asset::{AssetKind, Criticality};
    use domain::calendar::DayOfWeek;

    use crate::strings::rules as texts;
    match field {
        Field::Criticality => {
            Criticality::ALL.iter().map(|c| (c.as_str(), c.as_str().to_owned())).collect()
        }
        Field::AssetKind => {
            AssetKind::ALL.iter().map(|k| (k.as_str(), k.as_str().to_owned())).collect()
        }
        Field::DayOfWeek => DayOfWeek::ALL
            .iter()
            .map(|d| (d.as_str(), texts::weekday(d.as_str()).to_owned()))
            .collect(),
        Field::FailureMode => {
            let mut modes: Vec<(&str, String)> = domain::failure_mode::ALL
                .iter()
                .map(|mode| (mode.code, mode.name.to_lowercase()))
                .collect();
            modes.sort_by(|a, b| a.1.cmp(&b.1));
            modes
        }
        _ => Vec::new(),
    }
}

/// Asks about another field; what still fits stays.
pub(super) fn ask_about(test: &mut Test, field: Field) {
    let fits = field.ops().any(|op| op == test.op);
    let op = if fits { test.op } else { field.ops().next().unwrap_or(Op::Eq) };
    let op = match field.kind() {
        FieldType::Tree if !fits => Op::Within,
        FieldType::Bool if !fits => Op::Eq,
        _ => op,
    };
    *test = Test { value: first_value(&field, op), op, field };
}

/// Compares in another way; a value that still fits stays.
pub(super) fn compare_by(test: &mut Test, op: Op) {
    let listed = |op| matches!(op, Op::In | Op::NotIn);
    let valued = |op| !matches!(op, Op::Present | Op::Absent);
    if listed(op) != listed(test.op) || !valued(test.op) {
        test.value = match (&test.value, listed(op)) {
            (Value::Text(text), true) if !text.is_empty() => {
                Value::List(vec![Scalar::Text(text.clone())])
            }
            (Value::List(items), false) if !items.is_empty() => Value::from(items[0].clone()),
            _ => first_value(&test.field, op),
        };
    }
    test.op = op;
}

/// Kinds of action, in the order in which they are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Create,
    Review,
    Hold(HoldUntil),
    Log,
}

impl Kind {
    pub(super) const EVERY: [Self; 6] = [
        Self::Create,
        Self::Review,
        Self::Hold(HoldUntil::NextDayReview),
        Self::Hold(HoldUntil::WeeklyBatch),
        Self::Hold(HoldUntil::NextShutdown),
        Self::Log,
    ];

    pub(super) const fn of(action: &Action) -> Self {
        match action {
            Action::Create(_) => Self::Create,
            Action::Review(_) => Self::Review,
            Action::Hold(spec) => Self::Hold(spec.until),
            Action::Log(_) => Self::Log,
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Review => "review",
            Self::Hold(until) => until.as_str(),
            Self::Log => "log",
        }
    }

    pub(super) const fn label(self) -> &'static str {
        use crate::strings::rules as texts;
        match self {
            Self::Create => "create a work order now",
            Self::Review => "ask a reviewer",
            Self::Hold(until) => texts::hold(until),
            Self::Log => "keep it for the record",
        }
    }

    /// The same work under another action.
    pub(super) fn from(self, action: &Action) -> Action {
        let create = match action {
            Action::Create(spec) => spec.clone(),
            Action::Review(spec) => CreateSpec::from(spec),
            Action::Hold(spec) => spec.create.clone(),
            Action::Log(_) => CreateSpec::with_priority(PrioritySpec::Fixed(Priority::MEDIUM)),
        };
        match self {
            Self::Create => Action::Create(create),
            Self::Review => Action::Review(ReviewSpec {
                priority: create.priority,
                assign_to: create.assign_to,
                wo_type: create.wo_type,
                due: create.due,
            }),
            Self::Hold(until) => Action::Hold(match action {
                Action::Hold(spec) => HoldSpec { until, ..spec.clone() },
                _ => HoldSpec { until, lead_hours: HoldSpec::default_lead(), create, urgent: None },
            }),
            Self::Log => Action::log(),
        }
    }
}

/// Which work of an action is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Main,
    Urgent,
}

/// The parts of a work order that an action describes.
pub(super) struct WorkMut<'a> {
    pub(super) priority: &'a mut PrioritySpec,
    pub(super) create_as: Option<&'a mut CreateAs>,
    pub(super) assign_to: &'a mut AssignTo,
    pub(super) wo_type: &'a mut WorkType,
    pub(super) due: &'a mut Due,
}

/// The work of a rule's action, to be changed.
pub(super) fn work_mut(rule: &mut Rule, which: Which) -> Option<WorkMut<'_>> {
    let spec = match (&mut rule.then, which) {
        (Action::Review(spec), Which::Main) => {
            return Some(WorkMut {
                priority: &mut spec.priority,
                create_as: None,
                assign_to: &mut spec.assign_to,
                wo_type: &mut spec.wo_type,
                due: &mut spec.due,
            });
        }
        (Action::Create(spec), Which::Main) => spec,
        (Action::Hold(hold), Which::Main) => &mut hold.create,
        (Action::Hold(hold), Which::Urgent) => hold.urgent.as_mut()?,
        _ => return None,
    };
    Some(WorkMut {
        priority: &mut spec.priority,
        create_as: Some(&mut spec.create_as),
        assign_to: &mut spec.assign_to,
        wo_type: &mut spec.wo_type,
        due: &mut spec.due,
    })
}

#[cfg(test)]
mod tests {
    use domain::policy::{default_policy, diff};

    use super::*;

    #[test]
    fn drawing_and_storing_a_policy_changes_nothing() {
        let mut policy = default_policy();
        policy.rules[1].when = Condition::Any(vec![
            new_test(),
            Condition::Not(Box::new(Condition::test(Field::Critical, Op::Eq, true))),
        ]);
        assert_eq!(plain(drawn(policy.clone())), policy);
        assert_eq!(diff(&policy, &drawn(policy.clone())).len(), 1, "only the negated test differs");
    }

    #[test]
    fn exceptions_stand_behind_conditions() {
        let mut root = Condition::All(vec![new_test()]);
        add(&mut root, &[], Condition::Not(Box::new(Condition::Any(vec![new_test()]))));
        add(&mut root, &[], Condition::test(Field::Critical, Op::Eq, true));
        let Condition::All(parts) = &root else { panic!() };
        assert!(matches!(parts[2], Condition::Not(_)) && parts.len() == 3);
        assert_eq!(shift(&mut root, &[1], false), None, "not behind an exception");
        assert_eq!(shift(&mut root, &[1], true), Some(0));
    }

    #[test]
    fn another_operator_keeps_what_fits() {
        let mut test =
            Test { field: Field::Model, op: Op::Eq, value: Value::Text("m1".to_owned()) };
        compare_by(&mut test, Op::In);
        assert_eq!(test.value, Value::List(vec![Scalar::Text("m1".to_owned())]));
        compare_by(&mut test, Op::Ne);
        assert_eq!(test.value, Value::Text("m1".to_owned()));
        ask_about(&mut test, Field::Confidence);
        assert_eq!((test.op, &test.value), (Op::Ne, &Value::Number(0.7)));
    }
}
