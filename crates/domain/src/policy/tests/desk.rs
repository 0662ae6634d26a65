//! Pausing, comparing versions, what the funnel counts and the lint finds.

use proptest::prelude::*;

use super::properties::{any_facts, any_policy};
use super::*;

fn moved_to(policy: &Policy, from: usize, to: usize) -> Policy {
    let mut moved = policy.clone();
    let rule = moved.rules.remove(from);
    moved.rules.insert(to, rule);
    moved
}

#[test]
fn a_paused_rule_is_passed_over_and_said_to_be() {
    let mut policy = default_policy();
    policy.rules[4].paused = true;
    let decision =
        evaluate(&policy, &facts(Criticality::High, prediction(0.9, Some(400.0), None)), now());
    assert_ne!(decision.rule_index, 4);
    assert!(decision.reasons[4].paused && !decision.reasons[4].matched);
    assert_eq!(policy.validate(), Ok(()));
}

#[test]
fn the_rule_that_catches_everything_cannot_be_paused() {
    let mut policy = default_policy();
    policy.rules[6].paused = true;
    let errors = policy.validate().unwrap_err();
    assert_eq!(errors[0].path, "rules[6].paused");
}

#[test]
fn a_paused_threshold_is_no_border_of_a_band() {
    let mut policy = default_policy();
    policy.rules[0].paused = true;
    assert_eq!(bands(&policy), [0.75]);
}

#[test]
fn nothing_differs_between_equal_policies() {
    assert_eq!(diff(&default_policy(), &default_policy()), []);
}

#[test]
fn a_moved_rule_is_one_change() {
    let old = default_policy();
    let new = moved_to(&old, 5, 1);
    let changes = diff(&old, &new);
    let [RuleChange::Changed { name, from: 5, to: 1, moved: true, parts }] = &changes[..] else {
        panic!("{changes:?}");
    };
    assert_eq!((name.as_str(), parts.len()), ("Critical, after hours", 0));
}

#[test]
fn added_removed_renamed_and_changed_rules_are_told_apart() {
    let old = default_policy();
    let mut new = old.clone();
    new.rules.remove(3);
    new.rules.insert(0, scheduled_work_rule());
    new.rules[1].name = "Not worth it".to_owned();
    new.rules[2].when = Condition::test(Field::Confidence, Op::Lt, 0.8);
    new.rules[3].paused = true;
    let changes = diff(&old, &new);
    assert!(matches!(&changes[0], RuleChange::Added { at: 0, .. }), "{changes:?}");
    let RuleChange::Changed { parts, moved: false, .. } = &changes[1] else { panic!() };
    assert_eq!(parts[..], [PartChange::Name { from: "Low confidence".to_owned() }]);
    let RuleChange::Changed { parts, .. } = &changes[2] else { panic!() };
    let gone = Condition::test(Field::Confidence, Op::Lt, 0.75);
    let added = Condition::test(Field::Confidence, Op::Lt, 0.8);
    assert_eq!(parts[..], [PartChange::When { removed: vec![gone], added: vec![added] }]);
    let RuleChange::Changed { parts, .. } = &changes[3] else { panic!() };
    assert_eq!(parts[..], [PartChange::Paused { now: true }]);
    assert!(matches!(&changes[4], RuleChange::Removed { at: 3, .. }));
    assert_eq!(changes.len(), 5);
}

#[test]
fn the_funnel_says_which_condition_removes_how_many() {
    let mut rule = scheduled_work_rule();
    let mut funnel = Funnel::of(&rule);
    for (confidence, life) in [(0.6, 900.0), (0.8, 100.0), (0.8, 900.0), (0.9, 800.0)] {
        funnel.add(
            &rule,
            &facts(Criticality::High, prediction(confidence, Some(life), None)),
            now(),
        );
    }
    assert_eq!((funnel.asked, &funnel.parts[..], funnel.matched), (4, &[2, 3, 2][..], 2));
    rule.when = Condition::Not(Box::new(Condition::Any(vec![
        Condition::test(Field::Confidence, Op::Lt, 0.7),
        Condition::test(Field::RemainingLifeHours, Op::Lt, 720.0),
    ])));
    let mut negated = Funnel::of(&rule);
    for (confidence, life) in [(0.6, 900.0), (0.8, 100.0), (0.8, 900.0), (0.9, 800.0)] {
        negated.add(
            &rule,
            &facts(Criticality::High, prediction(confidence, Some(life), None)),
            now(),
        );
    }
    assert_eq!((&negated.parts[..], negated.matched), (&[2, 2, 3, 2][..], 2));
}

#[test]
fn a_rule_behind_a_wider_one_is_unreachable() {
    let mut policy = default_policy();
    assert_eq!(lint(&policy), []);
    let mut narrow = policy.rules[1].clone();
    narrow.name = "Narrower".to_owned();
    narrow.when = Condition::All(vec![
        Condition::test(Field::Confidence, Op::Lt, 0.6),
        Condition::test(Field::Critical, Op::Eq, true),
    ]);
    policy.rules.insert(3, narrow);
    assert_eq!(lint(&policy), [Lint::Unreachable { rule: 3, by: 1 }]);
    policy.rules[1].paused = true;
    assert_eq!(lint(&policy), []);
}

proptest! {
    #[test]
    fn the_funnel_matches_what_a_rule_alone_decides(policy in any_policy(), facts in any_facts()) {
        for rule in &policy.rules {
            let mut alone = rule.clone();
            alone.paused = false;
            let mut funnel = Funnel::of(&alone);
            let matched = funnel.add(&alone, &facts, now());
            let decided = Policy { rules: vec![alone], ..policy.clone() };
            prop_assert_eq!(matched, decide(&decided, &facts, now()).rule_index == 0);
            prop_assert_eq!(funnel.matched, u64::from(matched));
        }
    }

    #[test]
    fn an_unreachable_rule_never_decides(policy in any_policy(), facts in any_facts()) {
        let decided = decide(&policy, &facts, now()).rule_index;
        for Lint::Unreachable { rule, .. } in lint(&policy) {
            prop_assert_ne!(decided, rule);
        }
    }

    #[test]
    fn policies_that_decide_otherwise_differ(a in any_policy(), b in any_policy(), facts in any_facts()) {
        let (one, other) = (evaluate(&a, &facts, now()), evaluate(&b, &facts, now()));
        if (&one.rule, &one.effect) != (&other.rule, &other.effect) {
            prop_assert!(!diff(&a, &b).is_empty());
        }
    }
}
