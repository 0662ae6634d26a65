//! What may not be published.

use super::*;

fn paths(policy: &Policy) -> Vec<String> {
    policy.validate().err().unwrap_or_default().into_iter().map(|error| error.path).collect()
}

fn with_condition(when: Condition) -> Policy {
    let mut policy = default_policy();
    policy.rules[0].when = when;
    policy
}

#[test]
fn the_last_rule_must_catch_everything() {
    let mut policy = default_policy();
    policy.rules.pop();
    assert_eq!(paths(&policy), ["rules[5]"]);
    policy.rules.clear();
    assert_eq!(paths(&policy), ["rules"]);
}

#[test]
fn a_policy_without_a_catch_all_still_decides() {
    let policy = Policy { name: "empty".to_owned(), version: 1, rules: Vec::new() };
    let facts = facts(Criticality::High, prediction(0.1, None, None));
    let decision = evaluate(&policy, &facts, now());
    assert_eq!(decision.action, DecisionAction::Review);
    assert_eq!(decision.rule, CATCH_ALL);
}

#[test]
fn values_must_fit_their_fields() {
    for when in [
        Condition::test(Field::Confidence, Op::Lt, "0.5"),
        Condition::test(Field::Confidence, Op::Lt, 50.0),
        Condition::test(Field::Confidence, Op::Lt, f64::NAN),
        Condition::test(Field::Critical, Op::Eq, 1.0),
        Condition::test(Field::Criticality, Op::Ge, "huge"),
        Condition::test(Field::FailureMode, Op::Within, "no_such_mode"),
        Condition::test(Field::DayOfWeek, Op::Eq, "someday"),
        Condition::test(Field::Model, Op::In, "not a list"),
        Condition::test(Field::Model, Op::Eq, Value::List(vec![Scalar::Bool(true)])),
    ] {
        assert_eq!(paths(&with_condition(when.clone())), ["rules[0].when.value"], "{when:?}");
    }
    let when = Condition::test(Field::Model, Op::Lt, "m");
    assert_eq!(paths(&with_condition(when)), ["rules[0].when.op"]);
}

#[test]
fn size_and_depth_are_bounded() {
    let mut deep = Condition::test(Field::Confidence, Op::Lt, 0.5);
    for _ in 0..Limits::DEPTH {
        deep = Condition::Not(Box::new(deep));
    }
    assert_eq!(paths(&with_condition(deep)).len(), 1);
    let wide = vec![Condition::test(Field::Confidence, Op::Lt, 0.5); Limits::TESTS];
    assert_eq!(paths(&with_condition(Condition::All(wide))), ["rules"]);
    let mut long = default_policy();
    let rule = long.rules[0].clone();
    long.rules
        .splice(0..0, (0..Limits::RULES).map(|i| Rule { name: format!("r{i}"), ..rule.clone() }));
    assert_eq!(paths(&long), ["rules"]);
}

#[test]
fn names_of_rules_are_unique() {
    let mut policy = default_policy();
    policy.rules[1].name = policy.rules[0].name.clone();
    assert_eq!(paths(&policy), ["rules[1].name"]);
}
