//! The three stories of the mission, and what a decision tells about itself.

use super::*;
use crate::alert::Priority;

#[test]
fn spindle_vmc_1050_goes_to_the_planner_queue_with_priority_2() {
    let facts = facts(Criticality::High, prediction(0.78, Some(432.0), Some(336.0)));
    let decision = evaluate(&default_policy(), &facts, now());
    assert_eq!(decision.action, DecisionAction::Create);
    let work = decision.effect.create.unwrap();
    assert_eq!((work.priority, work.assign_to), (Priority::HIGH, AssignTo::PlannerQueue));
    assert_eq!(work.due, now() + TimeDelta::days(14));
}

#[test]
fn tool_ml_2007_is_reviewed_with_priority_3() {
    let mut facts = facts(Criticality::Medium, prediction(0.65, Some(30.0), None));
    facts.failure_mode = "tool_wear".to_owned();
    let decision = evaluate(&default_policy(), &facts, now());
    assert_eq!(decision.action, DecisionAction::Review);
    assert_eq!(decision.priority, Some(Priority::MEDIUM));
    assert_eq!(decision.effect.review_due, Some(now() + hours(7.5)));
}

#[test]
fn axis_mc_3001_becomes_scheduled_work_for_the_weekend_crew_by_the_site_override() {
    let mut policy = default_policy();
    policy.rules.insert(0, scheduled_work_rule());
    assert_eq!(policy.validate(), Ok(()));
    let mut facts = facts(Criticality::Medium, prediction(0.72, Some(1_080.0), Some(720.0)));
    facts.failure_mode = "ball_screw_wear".to_owned();
    let decision = evaluate(&policy, &facts, now());
    assert_eq!(decision.action, DecisionAction::Hold);
    let work = decision.effect.create.unwrap();
    assert_eq!(work.priority, Priority::MEDIUM);
    assert_eq!(work.assign_to, AssignTo::Crew("weekend crew".to_owned()));
    let default = evaluate(&default_policy(), &facts, now());
    assert_eq!(default.action, DecisionAction::Review, "only that site's override acts below 0.75");
}

#[test]
fn without_a_shutdown_in_time_the_override_asks_a_reviewer() {
    let mut policy = default_policy();
    policy.rules.insert(0, scheduled_work_rule());
    let mut facts = facts(Criticality::Medium, prediction(0.72, Some(1_080.0), Some(720.0)));
    facts.calendar.shutdowns.clear();
    assert_eq!(evaluate(&policy, &facts, now()).action, DecisionAction::Review);
}

#[test]
fn reasons_name_every_rule_and_what_was_found() {
    let facts = facts(Criticality::High, prediction(0.78, None, Some(336.0)));
    let decision = evaluate(&default_policy(), &facts, now());
    let seen: Vec<_> = decision.reasons.iter().map(|r| (r.reached, r.matched)).collect();
    let (no, yes, unasked) = ((true, false), (true, true), (false, false));
    assert_eq!(seen, [no, no, no, no, yes, unasked, unasked]);
    let life = &decision.reasons[2].conditions[0];
    assert_eq!((life.field.as_ref(), life.op, life.holds), ("remaining_life_hours", Op::Lt, false));
    assert_eq!(life.actual, None);
    let confidence = &decision.reasons[0].conditions[0];
    assert_eq!(confidence.actual, Some(Value::Number(0.78)));
    let in_production = &decision.reasons[4].conditions[1];
    assert_eq!((in_production.field.as_ref(), in_production.holds), ("in_production", true));
}

#[test]
fn n_of_m_counts_distinct_fresh_predictions_of_the_same_model() {
    let mut policy = default_policy();
    policy.rules[4].when = Condition::All(vec![
        policy.rules[4].when.clone(),
        Condition::test(Field::Confidence, Op::Ge, 0.75),
    ]);
    policy.rules[4].repeats = Some(Repeats { at_least: 2, of_last: 3, within_days: 7.0 });
    let older = |days: i64, confidence: f64| PredictionFacts {
        observed_at: now() - TimeDelta::days(days),
        ..prediction(confidence, None, None)
    };
    let rule_of = |recent: Vec<PredictionFacts>| {
        let facts = Facts { recent, ..facts(Criticality::High, prediction(0.9, None, None)) };
        decide(&policy, &facts, now()).rule_index
    };
    assert_eq!(rule_of(vec![]), 6, "one is not two");
    assert_eq!(rule_of(vec![older(1, 0.8)]), 4);
    assert_eq!(rule_of(vec![older(0, 0.9)]), 6, "the same one again is not another");
    let beyond = vec![older(1, 0.6), older(2, 0.6), older(3, 0.9)];
    assert_eq!(rule_of(beyond), 6, "only the last 3 count");
    assert_eq!(rule_of(vec![older(8, 0.9)]), 6, "too long ago");
    let stale = PredictionFacts { stale: true, ..older(1, 0.9) };
    assert_eq!(rule_of(vec![stale]), 6);
    let foreign = PredictionFacts { model: "other".to_owned(), ..older(1, 0.9) };
    assert_eq!(rule_of(vec![foreign]), 6);
}

#[test]
fn an_asset_subtree_and_a_family_of_failure_modes_can_be_named() {
    let facts = facts(Criticality::High, prediction(0.9, None, None));
    let holds = |condition: Condition| {
        let mut policy = default_policy();
        policy.rules.insert(
            0,
            Rule {
                name: "x".to_owned(),
                when: condition,
                repeats: None,
                then: Action::log(),
                paused: false,
            },
        );
        assert_eq!(policy.validate(), Ok(()));
        decide(&policy, &facts, now()).rule_index == 0
    };
    let attribute = || Field::Attribute("line_pressure_bar".to_owned());
    assert!(holds(Condition::test(Field::Asset, Op::Within, "vmc-1050")));
    assert!(!holds(Condition::test(Field::Asset, Op::Within, "LINE-2")));
    assert!(holds(Condition::test(Field::FailureMode, Op::Within, "bearing_fault")));
    assert!(!holds(Condition::test(Field::FailureMode, Op::Eq, "bearing_fault")));
    assert!(holds(Condition::test(Field::Criticality, Op::Ge, "medium")));
    assert!(!holds(Condition::test(Field::Criticality, Op::Gt, "high")));
    assert!(holds(Condition::test(attribute(), Op::Lt, 5.2)));
    assert!(!holds(Condition::test(Field::Attribute("other".to_owned()), Op::Ne, 5.2)));
    assert!(holds(Condition::test(Field::Attribute("other".to_owned()), Op::Absent, true)));
    assert!(holds(Condition::test(
        Field::DayOfWeek,
        Op::In,
        Value::List(vec![Scalar::Text("tue".to_owned()), Scalar::Text("wed".to_owned()),])
    )));
}
