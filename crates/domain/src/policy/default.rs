//! The policy a new connection starts with.

use super::action::ByCriticality;
use super::{
    Action, AssignTo, Condition, CreateSpec, Due, Field, HoldSpec, HoldUntil, Op, Policy,
    PrioritySpec, ReviewSpec, Rule,
};
use crate::alert::Priority;

/// The policy a new connection starts with; every number can be edited.
pub fn default_policy() -> Policy {
    Policy {
        name: "Default".to_owned(),
        version: 1,
        rules: vec![
            rule("Low confidence", confidence_below(0.50), Action::log()),
            rule("Doubtful", confidence_below(0.75), Action::Review(ask(Priority::MEDIUM))),
            rule(
                "Fails within three days",
                Condition::test(Field::RemainingLifeHours, Op::Lt, 72.0),
                Action::Create(CreateSpec::with_priority(PrioritySpec::ByCriticality(
                    ByCriticality { critical: Priority::EMERGENCY, otherwise: Priority::HIGH },
                ))),
            ),
            rule(
                "Can wait for a shutdown",
                Condition::All(vec![
                    Condition::test(Field::RemainingLifeHours, Op::Ge, 720.0),
                    Condition::test(Field::ShutdownInWindow, Op::Eq, true),
                ]),
                for_shutdown(),
            ),
            rule(
                "Critical, in production",
                Condition::All(vec![critical(), in_production(true)]),
                Action::Create(work(Priority::HIGH)),
            ),
            rule(
                "Critical, after hours",
                Condition::All(vec![critical(), in_production(false)]),
                Action::Hold(HoldSpec {
                    until: HoldUntil::NextDayReview,
                    lead_hours: HoldSpec::default_lead(),
                    create: work(Priority::HIGH),
                    urgent: Some(work(Priority::HIGH)),
                }),
            ),
            rule(
                "Everything else",
                Condition::default(),
                Action::Hold(HoldSpec {
                    until: HoldUntil::WeeklyBatch,
                    lead_hours: HoldSpec::default_lead(),
                    create: work(Priority::LOW),
                    urgent: Some(work(Priority::MEDIUM)),
                }),
            ),
        ],
    }
}

/// A rule from the catalogue, to stand first in a site's own policy: a fault seen early, with at
/// least 0.70 confidence and 30 days to go, becomes scheduled work for the crew of the next
/// shutdown; without one in time a reviewer is asked.
pub fn scheduled_work_rule() -> Rule {
    rule(
        "Long remaining life becomes scheduled work",
        Condition::All(vec![
            Condition::test(Field::Confidence, Op::Ge, 0.70),
            Condition::test(Field::RemainingLifeHours, Op::Ge, 720.0),
        ]),
        for_shutdown(),
    )
}

fn for_shutdown() -> Action {
    Action::Hold(HoldSpec {
        until: HoldUntil::NextShutdown,
        lead_hours: HoldSpec::default_lead(),
        create: CreateSpec {
            assign_to: AssignTo::ShutdownCrew,
            due: Due::ShutdownEnd,
            ..work(Priority::MEDIUM)
        },
        urgent: None,
    })
}

fn rule(name: &str, when: Condition, then: Action) -> Rule {
    Rule { name: name.to_owned(), when, repeats: None, then, paused: false }
}

fn confidence_below(limit: f64) -> Condition {
    Condition::test(Field::Confidence, Op::Lt, limit)
}

fn critical() -> Condition {
    Condition::test(Field::Critical, Op::Eq, true)
}

fn in_production(runs: bool) -> Condition {
    Condition::test(Field::InProduction, Op::Eq, runs)
}

fn ask(priority: Priority) -> ReviewSpec {
    ReviewSpec::with_priority(PrioritySpec::Fixed(priority))
}

fn work(priority: Priority) -> CreateSpec {
    CreateSpec::with_priority(PrioritySpec::Fixed(priority))
}
