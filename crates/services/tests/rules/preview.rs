//! A preview of the policy in force says what the policy in force did.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::alert::{Priority, RejectReason, ReviewDecision};
use domain::calendar::CalendarSpec;
use domain::ids::AlertId;
use domain::permission::Role;
use domain::policy::{
    Action, Condition, Field, HoldSpec, HoldUntil, Op, Policy, Repeats, default_policy,
    scheduled_work_rule,
};
use proptest::prelude::*;
use services::alerts::{self, Edits, Verdict};
use services::rules::{self, Did};
use services::work_orders::{Raise, raise};
use services::{Caller, Error};

use crate::plant::Plant;

/// One thing that happens at the plant.
#[derive(Debug, Clone)]
enum Act {
    Send { machine: u8, mode: u8, confidence: f64, life: Option<f64>, window: Option<f64> },
    Wait { minutes: i64 },
    Approve,
    Reject,
    Snooze,
    Raise { machine: u8, mode: u8 },
}

#[derive(Debug, Clone)]
struct History {
    policy: Policy,
    shifts: bool,
    cap: Option<i32>,
    acts: Vec<Act>,
    /// Decide after every prediction; otherwise now and then.
    one_by_one: bool,
}

const MODES: [&str; 3] = ["tool_wear", "spindle_bearing_fault", "backlash_growth"];

fn any_act() -> impl Strategy<Value = Act> {
    let confidence = proptest::sample::select(vec![0.2, 0.49, 0.5, 0.6, 0.7, 0.7499, 0.75, 0.9]);
    let life = prop_oneof![
        1 => Just(None),
        5 => proptest::sample::select(vec![20.0, 71.9, 150.0, 400.0, 719.0, 720.0, 1200.0]).prop_map(Some),
    ];
    let window = prop_oneof![2 => Just(None), 1 => (10.0..800.0).prop_map(Some)];
    prop_oneof![
        12 => (0u8..4, 0u8..2, confidence, life, window).prop_map(
            |(machine, mode, confidence, life, window)|
                Act::Send { machine, mode, confidence, life, window }),
        5 => prop_oneof![7i64..90, 120i64..1500, 3000i64..9000].prop_map(|minutes| Act::Wait { minutes }),
        2 => Just(Act::Approve),
        2 => Just(Act::Reject),
        1 => Just(Act::Snooze),
        1 => (0u8..4, 0u8..2).prop_map(|(machine, mode)| Act::Raise { machine, mode }),
    ]
}

fn any_history() -> impl Strategy<Value = History> {
    let pieces = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), 0usize..6, 0.3..0.9);
    (
        pieces,
        any::<bool>(),
        proptest::option::weighted(0.3, 1i32..4),
        prop::collection::vec(any_act(), 10..60),
    )
        .prop_map(|((scheduled, repeats, open, paused, at, limit), shifts, cap, acts)| {
            let mut policy = default_policy();
            if scheduled {
                policy.rules.insert(0, scheduled_work_rule());
            }
            if repeats {
                policy.rules[2].repeats =
                    Some(Repeats { at_least: 2, of_last: 3, within_days: 3.0 });
            }
            if open {
                let mut rule = policy.rules[1].clone();
                rule.name = "Somebody is there already".to_owned();
                rule.when = Condition::All(vec![
                    Condition::test(Field::OpenWorkOrder, Op::Eq, true),
                    Condition::Any(vec![
                        Condition::test(Field::Confidence, Op::Ge, limit),
                        Condition::test(Field::Predictions, Op::Gt, 2.0),
                    ]),
                ]);
                policy.rules.insert(at, rule);
            }
            if let Some(rule) = policy.rules.iter_mut().rev().nth(at).filter(|_| paused) {
                rule.paused = at > 0;
            }
            if let Action::Hold(HoldSpec { until, .. }) = &mut policy.rules.last_mut().unwrap().then
                && limit > 0.7
            {
                *until = HoldUntil::NextDayReview;
            }
            policy.validate().unwrap();
            let one_by_one = repeats || open || cap.is_some();
            History { policy, shifts, cap, acts, one_by_one }
        })
}

fn in_shifts() -> CalendarSpec {
    serde_json::from_value(serde_json::json!({
        "zone": "Europe/Berlin",
        "shifts": [
            {"name": "early", "days": ["mon", "tue", "wed", "thu", "fri"], "start": "06:00", "end": "14:00"},
            {"name": "late", "days": ["mon", "tue", "wed", "thu", "fri"], "start": "14:00", "end": "22:00"}
        ],
        "weekly_shutdowns": [
            {"name": "weekend", "from_day": "sat", "from": "06:00", "until_day": "sun", "until": "18:00", "crew": "weekend crew"}
        ]
    }))
    .unwrap()
}

impl Plant {
    async fn set_cap(&self, cap: i32) {
        let mut tx =
            sqlx::PgPool::connect(&self.superuser_url).await.unwrap().begin().await.unwrap();
        sqlx::query("UPDATE connection SET cap_per_hour = $1")
            .bind(cap)
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query("INSERT INTO audit_event (actor_kind, action, entity, entity_id) VALUES ('system', 't', 'connection', 1)")
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Answers the first question that waits.
    async fn answer(&self, reviewer: &Caller, decision: ReviewDecision) {
        let waiting = "SELECT coalesce(min(alert_id), 0) FROM review WHERE status = 'pending'";
        let alert = AlertId(self.count(waiting).await);
        if alert.0 == 0 {
            return;
        }
        let version = alerts::get(&mut self.tx().await, alert).await.unwrap().version;
        let verdict = Verdict {
            decision,
            version,
            reason: (decision == ReviewDecision::Reject).then_some(RejectReason::FalseAlarm),
            comment: None,
            until: (decision == ReviewDecision::Snooze)
                .then_some(self.now().await + TimeDelta::hours(3)),
            edits: Edits::default(),
        };
        let mut tx = self.tx().await;
        match alerts::decide(&mut tx, &self.services.settings, reviewer, alert, verdict).await {
            Ok(_) => tx.commit().await.unwrap(),
            Err(Error::Conflict { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
        self.advance(TimeDelta::seconds(20));
        self.tick().await;
    }

    async fn live_through(&self, history: &History, reviewer: &Caller) {
        for (n, act) in history.acts.iter().enumerate() {
            match act {
                Act::Send { machine, mode, confidence, life, window } => {
                    let (event, asset) = (format!("e{n}"), format!("M{}", machine + 1));
                    let mode = MODES[usize::from(*mode)];
                    self.send_as(&event, &asset, mode, *confidence, *life, *window).await;
                    if history.one_by_one || n % 3 != 0 {
                        self.decide().await;
                    }
                }
                Act::Wait { minutes } => {
                    self.decide().await;
                    self.advance(TimeDelta::minutes(*minutes));
                    self.tick().await;
                }
                Act::Approve => self.answered(reviewer, ReviewDecision::Approve).await,
                Act::Reject => self.answered(reviewer, ReviewDecision::Reject).await,
                Act::Snooze => self.answered(reviewer, ReviewDecision::Snooze).await,
                Act::Raise { machine, mode } => {
                    self.decide().await;
                    let asked = Raise {
                        asset: format!("M{}", machine + 1),
                        failure_mode: MODES[usize::from(*mode)].to_owned(),
                        priority: Priority::MEDIUM,
                        title: "by hand".to_owned(),
                        notes: None,
                        evidence: Vec::new(),
                    };
                    let mut tx = self.tx().await;
                    raise(&mut tx, reviewer, asked, Some(&format!("k{n}"))).await.unwrap();
                    tx.commit().await.unwrap();
                }
            }
        }
        self.decide().await;
    }

    async fn answered(&self, reviewer: &Caller, decision: ReviewDecision) {
        self.decide().await;
        self.answer(reviewer, decision).await;
    }

    /// What was really done with each prediction.
    async fn done(&self) -> BTreeMap<i64, Did> {
        let rows: Vec<(i64, String, Option<String>)> = sqlx::query_as(
            "SELECT e.prediction_id, e.result, d.action
             FROM evaluation e LEFT JOIN decision d ON d.prediction_id = e.prediction_id",
        )
        .fetch_all(self.services.store.pool())
        .await
        .unwrap();
        rows.into_iter()
            .map(|(id, result, action)| {
                let did = match result.as_str() {
                    "decided" => Did::Decided(action.unwrap().parse().unwrap()),
                    "unchanged" => Did::Unchanged,
                    "attached" => Did::Attached,
                    "held_off" => Did::HeldOff,
                    other => panic!("{other}"),
                };
                (id, did)
            })
            .collect()
    }
}

async fn check(history: History) -> Result<(), TestCaseError> {
    let plant = Plant::new(4, "critical").await;
    let reviewer = plant.person("r@plant.example", Role::Planner).await;
    let policy = history.policy.clone();
    plant.publish(|published| *published = policy).await;
    if history.shifts {
        let mut tx = plant.tx().await;
        rules::set_calendar(&mut tx, "ONE", in_shifts()).await.unwrap();
        tx.commit().await.unwrap();
    }
    if let Some(cap) = history.cap {
        plant.set_cap(cap).await;
    }
    plant.live_through(&history, &reviewer).await;
    plant.advance(TimeDelta::seconds(1));
    let done = plant.done().await;
    let mut steps = BTreeMap::new();
    let id = plant.policy().await;
    let mut tx = plant.tx().await;
    let preview = rules::preview(&mut tx, id, &history.policy, 90, |step| {
        steps.insert(step.prediction.0, step);
    })
    .await
    .unwrap();
    prop_assert_eq!(steps.len(), done.len());
    for (id, did) in done {
        prop_assert_eq!(steps[&id].live, did, "prediction {}", id);
        prop_assert_eq!(steps[&id].draft, did);
    }
    prop_assert_eq!(preview.draft, preview.live);
    prop_assert_eq!(preview.differences, vec![]);
    let made = plant.count("SELECT count(*) FROM decision WHERE action = 'create'").await;
    prop_assert_eq!(preview.live.created, made);
    let capped = plant.count("SELECT count(*) FROM decision WHERE note = 'cap'").await;
    prop_assert_eq!(preview.live.capped, capped);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_preview_of_the_policy_in_force_equals_what_it_decided(history in any_history()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(check(history))?;
    }
}

#[tokio::test]
async fn a_preview_says_what_differs_and_why_and_shows_the_work_order() {
    let plant = Plant::new(6, "critical").await;
    let reviewer = plant.person("r@plant.example", Role::Planner).await;
    for (machine, confidence) in [("M1", 0.6), ("M2", 0.65), ("M3", 0.9), ("M4", 0.3), ("M5", 0.7)]
    {
        plant.send(machine, machine, confidence, 432.0).await;
    }
    plant.decide().await;
    plant.answer(&reviewer, ReviewDecision::Reject).await;
    let mut draft = default_policy();
    draft.rules[1].when = Condition::test(Field::Confidence, Op::Lt, 0.65);
    let id = plant.policy().await;
    let mut tx = plant.tx().await;
    let preview = rules::preview(&mut tx, id, &draft, 30, |_| {}).await.unwrap();
    assert_eq!((preview.coverage.predictions, preview.coverage.alerts), (5, 5));
    assert_eq!((preview.live.created, preview.live.reviews, preview.live.logged), (1, 3, 1));
    assert_eq!((preview.draft.created, preview.draft.reviews, preview.draft.logged), (3, 1, 1));
    assert_eq!((preview.compared.changed, preview.compared.same), (2, 2));
    assert_eq!(preview.truth.false_alarm, 1);
    let asks = &preview.rules[1];
    assert_eq!((asks.asked, &asks.parts[..], asks.matched, asks.alone), (4, &[1][..], 1, 2));
    let tag = preview.sample.iter().find(|field| field.field == "asset").unwrap();
    assert_eq!(tag.value, "M5");
    assert_eq!(plant.count("SELECT count(*) FROM work_order").await, 1, "a preview does nothing");
    assert_eq!(preview.days.len(), 30);
    assert_eq!(preview.days.last().unwrap().created, 3);
}

#[tokio::test]
async fn alerts_that_were_open_when_the_period_began_keep_what_was_decided() {
    let plant = Plant::new(3, "critical").await;
    plant.send("a", "M1", 0.9, 432.0).await;
    plant.send("b", "M2", 0.6, 432.0).await;
    plant.decide().await;
    plant.advance(TimeDelta::days(3));
    plant.send("c", "M1", 0.9, 400.0).await;
    plant.send("d", "M2", 0.6, 400.0).await;
    plant.decide().await;
    plant.advance(TimeDelta::minutes(1));
    let id = plant.policy().await;
    let mut tx = plant.tx().await;
    let preview = rules::preview(&mut tx, id, &default_policy(), 1, |_| {}).await.unwrap();
    assert_eq!((preview.coverage.predictions, preview.live.merged), (2, 2));
    assert_eq!((preview.live.created, preview.live.reviews), (0, 0));
}
