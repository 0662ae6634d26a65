//! Each rule of the default policy, and its borders.

use super::*;
use crate::alert::{Origin, Priority, Severity, Tier};

fn decided(facts: &Facts) -> Decision {
    evaluate(&default_policy(), facts, now())
}

fn no_shutdown(mut facts: Facts) -> Facts {
    facts.calendar.shutdowns.clear();
    facts
}

fn after_hours(mut facts: Facts) -> Facts {
    facts.calendar.in_production = false;
    facts.calendar.shift = None;
    facts
}

#[test]
fn the_default_policy_is_valid() {
    assert_eq!(default_policy().validate(), Ok(()));
    assert_eq!(default_policy().rules.len(), 7);
}

#[test]
fn confidence_borders_are_exact() {
    for (confidence, rule, action) in [
        (0.0, 0, DecisionAction::Log),
        (0.4999, 0, DecisionAction::Log),
        (0.50, 1, DecisionAction::Review),
        (0.7499, 1, DecisionAction::Review),
        (0.75, 4, DecisionAction::Create),
        (1.0, 4, DecisionAction::Create),
    ] {
        let decision = decided(&facts(Criticality::High, prediction(confidence, None, None)));
        assert_eq!((decision.rule_index, decision.action), (rule, action), "{confidence}");
    }
}

#[test]
fn low_confidence_is_logged_without_priority() {
    let decision = decided(&facts(Criticality::Critical, prediction(0.3, Some(1.0), None)));
    assert_eq!(decision.tier, Tier::Log);
    assert_eq!(decision.priority, None);
    assert_eq!(decision.severity, Severity::Low);
    assert_eq!(decision.effect.create, None);
}

#[test]
fn a_review_is_due_at_the_end_of_the_next_shift_or_a_quarter_of_the_life() {
    let due = |life| {
        let decision = decided(&facts(Criticality::High, prediction(0.6, life, None)));
        assert_eq!(decision.priority, Some(Priority::MEDIUM));
        assert_eq!(decision.tier, Tier::Review);
        decision.effect.review_due.unwrap()
    };
    assert_eq!(due(None), at("2026-06-17T22:00:00Z"));
    assert_eq!(due(Some(400.0)), at("2026-06-17T22:00:00Z"));
    assert_eq!(due(Some(40.0)), now() + hours(10.0));
    assert_eq!(due(Some(0.0)), now());
}

#[test]
fn three_days_to_go_creates_at_any_hour() {
    for (life, criticality, rule, priority) in [
        (71.999, Criticality::High, 2, 1),
        (71.999, Criticality::Critical, 2, 1),
        (71.999, Criticality::Medium, 2, 2),
        (72.0, Criticality::High, 5, 2),
    ] {
        let decision = decided(&after_hours(no_shutdown(facts(
            criticality,
            prediction(0.9, Some(life), None),
        ))));
        assert_eq!(decision.rule_index, rule, "{life}");
        assert_eq!(decision.priority, Priority::new(priority));
    }
}

#[test]
fn thirty_days_and_a_shutdown_in_the_window_wait_for_it() {
    let decision = decided(&facts(Criticality::High, prediction(0.9, Some(720.0), Some(336.0))));
    assert_eq!(decision.rule_index, 3);
    assert_eq!(decision.action, DecisionAction::Hold);
    assert_eq!(decision.priority, Some(Priority::MEDIUM));
    assert_eq!(decision.effect.origin(), Origin::Shutdown);
    let hold = decision.effect.hold.unwrap();
    assert_eq!(hold.until, HoldUntil::NextShutdown);
    assert_eq!(hold.fires_at, now(), "70 hours before the start is less than the lead of 72");
    let work = decision.effect.create.unwrap();
    assert_eq!(work.assign_to, AssignTo::Crew("weekend crew".to_owned()));
    assert_eq!(work.due, at("2026-06-21T18:00:00Z"));
}

#[test]
fn a_shutdown_hold_fires_its_lead_before_the_start() {
    let mut facts = facts(Criticality::High, prediction(0.9, Some(1_000.0), None));
    for shutdown in &mut facts.calendar.shutdowns {
        shutdown.from += TimeDelta::days(7);
        shutdown.until += TimeDelta::days(7);
    }
    let hold = decided(&facts).effect.hold.unwrap();
    assert_eq!(hold.fires_at, at("2026-06-24T06:00:00Z"));
}

#[test]
fn a_shutdown_beyond_the_window_or_under_way_does_not_count() {
    let beyond = facts(Criticality::High, prediction(0.9, Some(720.0), Some(105.9)));
    assert_eq!(decided(&beyond).rule_index, 4);
    let just = facts(Criticality::High, prediction(0.9, Some(720.0), Some(106.0)));
    assert_eq!(decided(&just).rule_index, 3);
    let mut under_way = facts(Criticality::High, prediction(0.9, Some(720.0), Some(336.0)));
    under_way.calendar.shutdowns[0].from = now() - hours(1.0);
    assert_eq!(decided(&under_way).rule_index, 4);
    let short = facts(Criticality::High, prediction(0.9, Some(719.999), Some(336.0)));
    assert_eq!(decided(&short).rule_index, 4);
}

#[test]
fn critical_in_production_goes_to_the_planners_at_once() {
    for criticality in [Criticality::Critical, Criticality::High] {
        let decision = decided(&facts(criticality, prediction(0.8, Some(100.0), Some(90.0))));
        assert_eq!(decision.rule_index, 4);
        assert_eq!(decision.action, DecisionAction::Create);
        let work = decision.effect.create.unwrap();
        assert_eq!(work.priority, Priority::HIGH);
        assert_eq!(work.assign_to, AssignTo::PlannerQueue);
        assert_eq!(work.create_as, CreateAs::Draft);
        assert_eq!(work.due, now() + hours(90.0));
    }
}

#[test]
fn critical_after_hours_is_reviewed_at_the_next_production_start() {
    let facts = after_hours(facts(Criticality::High, prediction(0.8, Some(100.0), Some(90.0))));
    let decision = decided(&facts);
    assert_eq!(decision.rule_index, 5);
    assert_eq!(decision.action, DecisionAction::Hold);
    assert_eq!(decision.tier, Tier::Review);
    assert_eq!(decision.priority, Some(Priority::HIGH));
    assert_eq!(decision.effect.review_due, Some(at("2026-06-18T06:00:00Z")));
    assert_eq!(decision.effect.origin(), Origin::Review);
}

#[test]
fn critical_after_hours_is_created_when_it_cannot_wait_for_the_review() {
    for (window, action) in [
        (21.999, DecisionAction::Create),
        (22.0, DecisionAction::Hold),
        (500.0, DecisionAction::Hold),
    ] {
        let facts = after_hours(facts(Criticality::High, prediction(0.8, None, Some(window))));
        let decision = decided(&facts);
        assert_eq!((decision.rule_index, decision.action), (5, action), "{window}");
        assert_eq!(decision.priority, Some(Priority::HIGH));
    }
}

#[test]
fn anything_else_waits_for_the_batch_unless_it_cannot() {
    let wait = decided(&facts(Criticality::Low, prediction(0.8, Some(118.0), None)));
    assert_eq!((wait.rule_index, wait.action), (6, DecisionAction::Hold));
    assert_eq!(wait.priority, Some(Priority::LOW));
    assert_eq!(wait.effect.origin(), Origin::Batch);
    assert_eq!(wait.effect.hold.unwrap().fires_at, at("2026-06-22T06:00:00Z"));
    let urgent = decided(&facts(Criticality::Low, prediction(0.8, Some(117.9), None)));
    assert_eq!((urgent.rule_index, urgent.action), (6, DecisionAction::Create));
    assert_eq!(urgent.priority, Some(Priority::MEDIUM));
}

#[test]
fn an_unknown_remaining_life_makes_conditions_on_it_false_also_negated() {
    let policy = Policy {
        name: "p".to_owned(),
        version: 1,
        rules: vec![
            Rule {
                name: "not short".to_owned(),
                when: Condition::Not(Box::new(Condition::test(
                    Field::RemainingLifeHours,
                    Op::Lt,
                    72.0,
                ))),
                repeats: None,
                then: Action::log(),
                paused: false,
            },
            default_policy().rules.remove(6),
        ],
    };
    let unknown = facts(Criticality::Low, prediction(0.8, None, None));
    assert_eq!(decide(&policy, &unknown, now()).rule_index, 1);
    let known = facts(Criticality::Low, prediction(0.8, Some(72.0), None));
    assert_eq!(decide(&policy, &known, now()).rule_index, 0);
}

#[test]
fn a_capped_decision_becomes_a_review_that_keeps_the_work_order() {
    let facts = facts(Criticality::High, prediction(0.9, None, None));
    let created = decided(&facts);
    let capped = created.clone().into_review("cap", &facts, now());
    assert_eq!(capped.action, DecisionAction::Review);
    assert_eq!(capped.tier, Tier::Review);
    assert_eq!(capped.effect.create, created.effect.create);
    assert_eq!(capped.effect.review_due, Some(at("2026-06-17T22:00:00Z")));
    assert_eq!(capped.reasons.last().unwrap().rule, "cap");
}
