//! Total, deterministic, first match wins, and the explanation agrees with the decision.

use proptest::bool::weighted;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::alert::Priority;

fn any_field() -> impl Strategy<Value = Field> {
    prop_oneof![
        8 => proptest::sample::select(Field::FIXED),
        1 => proptest::sample::select(vec!["line_pressure_bar", "missing"])
            .prop_map(|name| Field::Attribute(name.to_owned())),
    ]
}

fn any_scalar(number: BoxedStrategy<f64>) -> impl Strategy<Value = Scalar> {
    prop_oneof![
        any::<bool>().prop_map(Scalar::Bool),
        number.prop_map(Scalar::Number),
        proptest::sample::select(vec!["high", "tool_wear", "bearing_fault", "VMC-1050", "wed", ""])
            .prop_map(|text| Scalar::Text(text.to_owned())),
    ]
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => proptest::sample::select(vec![0.0, 0.5, 0.7499, 0.75, 1.0, 72.0, 720.0]),
        2 => 0.0..2_000.0,
        1 => any::<f64>(),
    ]
}

fn any_value(number: BoxedStrategy<f64>) -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => any_scalar(number.clone()).prop_map(Value::from),
        1 => vec(any_scalar(number), 0..4).prop_map(Value::List),
    ]
}

fn any_condition(number: BoxedStrategy<f64>) -> impl Strategy<Value = Condition> {
    let test = (any_field(), proptest::sample::select(Op::ALL), any_value(number))
        .prop_map(|(field, op, value)| Condition::Test(Test { field, op, value }));
    test.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Condition::All),
            vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.prop_map(|part| Condition::Not(Box::new(part))),
        ]
    })
}

fn any_action() -> impl Strategy<Value = Action> {
    let spec = || {
        let due = prop_oneof![
            Just(Due::WindowEnd),
            Just(Due::ShutdownEnd),
            any::<f64>().prop_map(Due::Hours)
        ];
        (1u8..=5, due).prop_map(|(priority, due)| CreateSpec {
            due,
            assign_to: AssignTo::ShutdownCrew,
            ..CreateSpec::with_priority(PrioritySpec::Fixed(Priority::new(priority).unwrap()))
        })
    };
    prop_oneof![
        Just(Action::log()),
        spec().prop_map(Action::Create),
        (1u8..=5).prop_map(|priority| Action::Review(ReviewSpec::with_priority(
            PrioritySpec::Fixed(Priority::new(priority).unwrap())
        ))),
        (proptest::sample::select(HoldUntil::ALL), any::<f64>(), spec(), option::of(spec()))
            .prop_map(|(until, lead_hours, create, urgent)| Action::Hold(HoldSpec {
                until,
                lead_hours,
                create,
                urgent
            })),
    ]
}

prop_compose! {
    pub(super) fn any_policy()(rules in vec((any_condition(any_number().boxed()), option::of((0u32..4, 0u32..6, any::<f64>())), any_action(), weighted(0.2)), 0..6))
        -> Policy
    {
        let rules = rules.into_iter().enumerate().map(|(i, (when, repeats, then, paused))| Rule {
            name: format!("rule {i}"),
            when,
            repeats: repeats.map(|(at_least, of_last, within_days)| Repeats { at_least, of_last, within_days }),
            then,
            paused,
        }).collect();
        Policy { name: "any".to_owned(), version: 1, rules }
    }
}

prop_compose! {
    fn any_prediction()(
        confidence in any_number(),
        life in option::of(any_number()),
        window in option::of(any_number()),
        age in -1i64..100_000,
        stale in any::<bool>(),
        attributes in btree_map("line_pressure_bar", any_scalar(any_number().boxed()), 0..2),
    ) -> PredictionFacts {
        PredictionFacts {
            observed_at: now() - TimeDelta::minutes(age),
            stale,
            attributes,
            ..prediction(confidence, life, window)
        }
    }
}

prop_compose! {
    pub(super) fn any_facts()(
        latest in any_prediction(),
        recent in vec(any_prediction(), 0..5),
        criticality in proptest::sample::select(Criticality::ALL),
        in_production in any::<bool>(),
        shutdowns in any::<bool>(),
        batch in any::<bool>(),
    ) -> Facts {
        let mut facts = Facts { recent, ..facts(criticality, latest) };
        facts.calendar.in_production = in_production;
        if !shutdowns { facts.calendar.shutdowns.clear(); }
        if !batch { facts.calendar.next_batch = None; facts.calendar.next_production_start = None; }
        facts
    }
}

proptest! {
    #[test]
    fn every_policy_decides_every_case_the_same_way_each_time(policy in any_policy(), facts in any_facts()) {
        let first = evaluate(&policy, &facts, now());
        let again = evaluate(&policy, &facts, now());
        prop_assert_eq!(format!("{first:?}"), format!("{again:?}"));
    }

    #[test]
    fn deciding_and_explaining_agree(policy in any_policy(), facts in any_facts()) {
        let ruling = decide(&policy, &facts, now());
        let decision = evaluate(&policy, &facts, now());
        prop_assert_eq!(ruling.rule_index, decision.rule_index);
        prop_assert_eq!(ruling.effect, decision.effect);
    }

    #[test]
    fn the_first_match_wins(policy in any_policy(), facts in any_facts()) {
        let decision = evaluate(&policy, &facts, now());
        let index = decision.rule_index as usize;
        prop_assert_eq!(decision.reasons.len(), policy.rules.len());
        for (i, (reason, rule)) in decision.reasons.iter().zip(&policy.rules).enumerate() {
            prop_assert_eq!(reason.reached, i <= index);
            prop_assert_eq!(reason.matched, i == index);
            let alone = Policy { rules: vec![rule.clone()], ..policy.clone() };
            let matches_alone = !rule.paused && decide(&alone, &facts, now()).rule_index == 0;
            prop_assert_eq!(reason.paused, rule.paused && i < index);
            if i <= index {
                prop_assert_eq!(matches_alone, i == index);
            }
        }
    }

    #[test]
    fn nothing_is_due_or_fires_in_the_past(policy in any_policy(), facts in any_facts()) {
        let effect = decide(&policy, &facts, now()).effect;
        prop_assert!(effect.create.is_none_or(|create| create.due >= now()));
        prop_assert!(effect.review_due.is_none_or(|due| due >= now()));
        prop_assert!(effect.hold.is_none_or(|hold| hold.fires_at >= now()));
    }

    #[test]
    fn the_default_policy_sends_somebody_exactly_from_three_quarters(facts in any_facts()) {
        let action = decide(&default_policy(), &facts, now()).effect.action;
        let confidence = facts.prediction.confidence;
        prop_assume!(!confidence.is_nan());
        let expected = if confidence < 0.5 {
            action == DecisionAction::Log
        } else if confidence < 0.75 {
            action == DecisionAction::Review
        } else {
            matches!(action, DecisionAction::Create | DecisionAction::Hold | DecisionAction::Review)
        };
        prop_assert!(expected, "{} {:?}", confidence, action);
    }

    #[test]
    fn conditions_survive_json(
        condition in any_condition((-99_999i32..99_999).prop_map(|n| f64::from(n) / 1_000.0).boxed()),
    ) {
        let json = serde_json::to_string(&condition).unwrap();
        let again: Condition = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(json, serde_json::to_string(&again).unwrap());
    }
}
