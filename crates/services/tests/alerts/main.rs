//! Decisions, reviews and schedules against a real database.

#![allow(missing_docs, clippy::unwrap_used)]

mod plant;

use std::sync::Arc;

use chrono::TimeDelta;
use domain::alert::{RejectReason, ReviewDecision};
use domain::ids::AlertId;
use domain::permission::Role;
use plant::Plant;
use services::alerts::{self, Decider, Edits, Verdict};
use services::{Caller, Error};

async fn say(
    plant: &Plant,
    caller: &Caller,
    alert: AlertId,
    verdict: Verdict,
) -> Result<(), Error> {
    let mut tx = plant.tx().await;
    alerts::decide(&mut tx, &plant.services.settings, caller, alert, verdict).await?;
    Ok(tx.commit().await?)
}

async fn verdict(plant: &Plant, alert: AlertId, decision: ReviewDecision) -> Verdict {
    let version = alerts::get(&mut plant.tx().await, alert).await.unwrap().version;
    Verdict { decision, version, reason: None, comment: None, until: None, edits: Edits::default() }
}

#[tokio::test]
async fn the_boundary_creates_and_just_below_asks() {
    let plant = Plant::new(2, "critical").await;
    let creates = plant.send("a", "M1", 0.75, 432.0).await;
    let asks = plant.send("b", "M2", 0.7499, 432.0).await;
    plant.decide().await;
    assert_eq!(plant.state(creates).await, "work_order");
    assert_eq!(plant.state(asks).await, "waiting_review");
    let alert = alerts::get(&mut plant.tx().await, creates).await.unwrap();
    let decision = alert.decision.unwrap();
    assert_eq!(decision.reasons.len(), 7);
    assert_eq!(alert.severity.as_str(), "high");
    assert_eq!(plant.count("SELECT priority::bigint FROM work_order").await, 2);
}

#[tokio::test]
async fn five_hundred_at_once_stay_within_the_cap_and_the_rest_is_asked() {
    let plant = Plant::new(500, "critical").await;
    for i in 1..=500 {
        plant.send(&format!("e{i}"), &format!("M{i}"), 0.9, 432.0).await;
    }
    plant.decide().await;
    assert_eq!(plant.count("SELECT count(*) FROM work_order").await, 20);
    assert_eq!(plant.count("SELECT count(*) FROM review WHERE status = 'pending'").await, 480);
    assert_eq!(plant.count("SELECT count(*) FROM decision WHERE note = 'cap'").await, 480);
}

#[tokio::test]
async fn deciders_that_remember_their_count_share_one_cap() {
    let plant = Plant::new(30, "critical").await;
    let mut deciders = [Decider::default(), Decider::default()];
    for i in 1..=30 {
        plant.send(&format!("e{i}"), &format!("M{i}"), 0.9, 432.0).await;
        plant.decide_with(&mut deciders[i % 2]).await;
    }
    assert_eq!(plant.count("SELECT count(*) FROM work_order").await, 20);
    assert_eq!(plant.count("SELECT count(*) FROM decision WHERE note = 'cap'").await, 10);
}

#[tokio::test]
async fn two_deciders_at_once_decide_each_prediction_once() {
    let plant = Arc::new(Plant::new(40, "low").await);
    for round in 0..3 {
        for i in 1..=40 {
            plant.send(&format!("e{round}-{i}"), &format!("M{i}"), 0.3, 432.0).await;
        }
    }
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let plant = plant.clone();
            tokio::spawn(async move { plant.decide().await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(plant.count("SELECT count(*) FROM evaluation").await, 120);
    assert_eq!(plant.count("SELECT count(*) FROM alert WHERE evaluated <> predictions").await, 0);
}

#[tokio::test]
async fn twenty_deciders_at_once_make_one_decision() {
    let plant = Arc::new(Plant::new(1, "critical").await);
    let alert = plant.send("e", "M1", 0.6, 432.0).await;
    plant.decide().await;
    let reviewer = plant.person("r@plant.example", Role::Supervisor).await;
    let asked = verdict(&plant, alert, ReviewDecision::Approve).await;
    let barrier = Arc::new(tokio::sync::Barrier::new(20));
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (plant, reviewer, asked, barrier) =
                (plant.clone(), reviewer.clone(), asked.clone(), barrier.clone());
            tokio::spawn(async move {
                barrier.wait().await;
                say(&plant, &reviewer, alert, asked).await
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => won += 1,
            Err(Error::Conflict { code, detail, .. }) => {
                assert_eq!(code, "already_decided");
                assert_eq!(detail["decided_by"], "r@plant.example");
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    plant.advance(TimeDelta::seconds(10));
    plant.tick().await;
    assert_eq!(plant.count("SELECT count(*) FROM work_order WHERE origin = 'review'").await, 1);
}

#[tokio::test]
async fn an_approval_can_be_undone_only_before_it_is_carried_out_and_only_by_its_author() {
    let plant = Plant::new(1, "critical").await;
    let alert = plant.send("e", "M1", 0.6, 432.0).await;
    plant.decide().await;
    let one = plant.person("one@plant.example", Role::Supervisor).await;
    let two = plant.person("two@plant.example", Role::Supervisor).await;
    let approve = verdict(&plant, alert, ReviewDecision::Approve).await;
    say(&plant, &one, alert, approve.clone()).await.unwrap();
    let refused = alerts::undo(&mut plant.tx().await, &two, alert).await;
    assert!(matches!(refused, Err(Error::Conflict { code: "cannot_undo", .. })));
    let mut tx = plant.tx().await;
    alerts::undo(&mut tx, &one, alert).await.unwrap();
    tx.commit().await.unwrap();
    plant.advance(TimeDelta::seconds(20));
    plant.tick().await;
    assert_eq!(plant.count("SELECT count(*) FROM work_order").await, 0);
    say(&plant, &two, alert, approve).await.unwrap();
    plant.advance(TimeDelta::seconds(10));
    plant.tick().await;
    assert_eq!(plant.state(alert).await, "work_order");
    let late = alerts::undo(&mut plant.tx().await, &two, alert).await;
    assert!(matches!(late, Err(Error::Conflict { .. })));
}

#[tokio::test]
async fn a_rejection_closes_with_its_verdict_and_holds_predictions_off() {
    let plant = Plant::new(1, "critical").await;
    let alert = plant.send("e1", "M1", 0.6, 432.0).await;
    plant.decide().await;
    let reviewer = plant.person("r@plant.example", Role::Reviewer).await;
    let mut reject = verdict(&plant, alert, ReviewDecision::Reject).await;
    let without = say(&plant, &reviewer, alert, reject.clone()).await;
    assert!(matches!(without, Err(Error::Invalid(_))));
    reject.reason = Some(RejectReason::FalseAlarm);
    say(&plant, &reviewer, alert, reject).await.unwrap();
    plant.advance(TimeDelta::seconds(10));
    plant.tick().await;
    let closed = alerts::get(&mut plant.tx().await, alert).await.unwrap();
    assert_eq!(closed.outcome.unwrap().as_str(), "false_positive");
    assert_eq!(plant.send("e2", "M1", 0.6, 432.0).await, alert);
    assert_ne!(
        plant.send("e3", "M1", 0.8, 432.0).await,
        alert,
        "a higher band breaks the hold-off"
    );
}

#[tokio::test]
async fn a_snoozed_question_comes_back() {
    let plant = Plant::new(1, "critical").await;
    let alert = plant.send("e1", "M1", 0.6, 432.0).await;
    plant.decide().await;
    let reviewer = plant.person("r@plant.example", Role::Reviewer).await;
    let mut snooze = verdict(&plant, alert, ReviewDecision::Snooze).await;
    snooze.until = Some(plant.now().await + TimeDelta::hours(3));
    say(&plant, &reviewer, alert, snooze).await.unwrap();
    plant.advance(TimeDelta::seconds(10));
    plant.tick().await;
    assert_eq!(plant.state(alert).await, "held");
    assert_eq!(plant.send("e2", "M1", 0.6, 432.0).await, alert);
    plant.decide().await;
    assert_eq!(plant.state(alert).await, "held");
    plant.advance(TimeDelta::hours(3));
    plant.tick().await;
    assert_eq!(plant.state(alert).await, "waiting_review");
    assert_eq!(plant.count("SELECT count(*) FROM review WHERE status = 'pending'").await, 1);
}

#[tokio::test]
async fn a_later_creation_supersedes_the_open_question() {
    let plant = Plant::new(1, "critical").await;
    let alert = plant.send("e1", "M1", 0.6, 432.0).await;
    plant.decide().await;
    plant.send("e2", "M1", 0.65, 432.0).await;
    plant.decide().await;
    assert_eq!(plant.count("SELECT count(*) FROM review").await, 1, "updated, not doubled");
    plant.send("e3", "M1", 0.8, 432.0).await;
    plant.decide().await;
    assert_eq!(plant.state(alert).await, "work_order");
    assert_eq!(plant.count("SELECT count(*) FROM review WHERE status = 'superseded'").await, 1);
    assert_eq!(plant.count("SELECT count(*) FROM work_order").await, 1);
}

#[tokio::test]
async fn an_ignored_question_goes_to_the_next_role_and_is_never_approved_by_itself() {
    let plant = Plant::new(1, "critical").await;
    plant.person("r@plant.example", Role::Reviewer).await;
    plant.person("s@plant.example", Role::Supervisor).await;
    let alert = plant.send("e1", "M1", 0.6, 40.0).await;
    plant.decide().await;
    plant.tick().await;
    assert_eq!(plant.count("SELECT count(*) FROM notice WHERE kind = 'review'").await, 1);
    plant.advance(TimeDelta::hours(11));
    plant.tick().await;
    let alert = alerts::get(&mut plant.tx().await, alert).await.unwrap();
    let review = alert.review.unwrap();
    assert_eq!((review.asked_role.as_str(), review.escalations), ("supervisor", 1));
    assert_eq!(plant.count("SELECT count(*) FROM notice WHERE kind = 'review_overdue'").await, 1);
    assert_eq!(plant.count("SELECT count(*) FROM mail").await, 2);
    plant.advance(TimeDelta::days(3));
    plant.tick().await;
    assert_eq!(plant.count("SELECT count(*) FROM work_order").await, 0);
}

#[tokio::test]
async fn the_weekly_batch_is_released_together_and_as_decided() {
    let plant = Plant::new(3, "low").await;
    for i in 1..=3 {
        plant.send_with(&format!("e{i}"), &format!("M{i}"), 0.8, 600.0, 500.0).await;
    }
    plant.decide().await;
    assert_eq!(plant.count("SELECT count(*) FROM alert WHERE state = 'held'").await, 3);
    plant.advance(TimeDelta::days(7));
    plant.tick().await;
    let batch = "SELECT count(*) FROM work_order WHERE origin = 'batch' AND priority = 4";
    assert_eq!(plant.count(batch).await, 3);
}

#[tokio::test]
async fn an_escalation_leaves_the_batch() {
    let plant = Plant::new(1, "low").await;
    let alert = plant.send_with("e1", "M1", 0.8, 600.0, 500.0).await;
    plant.decide().await;
    plant.send_with("e2", "M1", 0.8, 590.0, 500.0).await;
    plant.decide().await;
    assert_eq!(plant.state(alert).await, "held");
    plant.send_with("e3", "M1", 0.8, 60.0, 50.0).await;
    plant.decide().await;
    assert_eq!(plant.state(alert).await, "work_order");
    let urgent = "SELECT count(*) FROM work_order WHERE origin = 'rule' AND priority = 2";
    assert_eq!(plant.count(urgent).await, 1);
}

#[tokio::test]
async fn a_new_policy_never_touches_what_was_decided() {
    let plant = Plant::new(2, "critical").await;
    let old = plant.send("e1", "M1", 0.6, 432.0).await;
    plant.decide().await;
    let before = alerts::get(&mut plant.tx().await, old).await.unwrap();
    plant
        .publish(|policy| {
            policy.rules.remove(1);
        })
        .await;
    plant.decide().await;
    assert_eq!(alerts::get(&mut plant.tx().await, old).await.unwrap(), before);
    let new = plant.send("e2", "M2", 0.6, 432.0).await;
    plant.decide().await;
    assert_eq!(plant.state(new).await, "work_order");
}

#[tokio::test]
async fn a_change_without_its_audit_row_cannot_commit() {
    let plant = Plant::new(1, "critical").await;
    plant.send("e1", "M1", 0.6, 432.0).await;
    let mut tx = plant.services.store.pool().begin().await.unwrap();
    sqlx::query("UPDATE alert SET state = 'closed'").execute(&mut *tx).await.unwrap();
    assert!(tx.commit().await.is_err());
    let erased = sqlx::query("DELETE FROM audit_event").execute(plant.services.store.pool()).await;
    assert!(erased.is_err());
}

#[tokio::test]
async fn the_self_check_sees_what_is_broken_by_hand() {
    let plant = Plant::new(1, "critical").await;
    let alert = plant.send("e1", "M1", 0.8, 432.0).await;
    plant.decide().await;
    let mut tx = plant.tx().await;
    let found = store::self_check::run(&mut tx).await.unwrap();
    assert!(found.iter().all(|(_, count)| *count == 0), "{found:?}");
    tx.commit().await.unwrap();
    let superuser = sqlx::PgPool::connect(&plant.superuser_url).await.unwrap();
    let mut broken = superuser.begin().await.unwrap();
    sqlx::query("SET LOCAL session_replication_role = replica")
        .execute(&mut *broken)
        .await
        .unwrap();
    sqlx::query("UPDATE alert SET work_order_id = 999999 WHERE id = $1")
        .bind(alert.0)
        .execute(&mut *broken)
        .await
        .unwrap();
    broken.commit().await.unwrap();
    let mut tx = plant.tx().await;
    let found = store::self_check::run(&mut tx).await.unwrap();
    assert!(found.contains(&("alert_without_work_order", 1)), "{found:?}");
    let kept = store::self_check::violations(&mut tx).await.unwrap();
    assert_eq!(kept.len(), 1);
}
