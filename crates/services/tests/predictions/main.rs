//! Intake against a real database.

#![allow(missing_docs, clippy::unwrap_used)]

mod group;
mod plant;
mod quarantine;

use chrono::TimeDelta;
use plant::{Plant, id, only, receipt};
use services::predictions::Outcome;

#[tokio::test]
async fn fifty_at_once_on_one_asset_make_one_alert_with_gapless_places() {
    let plant = Plant::new().await;
    let mut tasks = tokio::task::JoinSet::new();
    let plant = std::sync::Arc::new(plant);
    let start = std::sync::Arc::new(tokio::sync::Barrier::new(50));
    for i in 0..50 {
        let (plant, start) = (plant.clone(), start.clone());
        tasks.spawn(async move {
            let prediction = plant.prediction(&format!("e{i}"), "M1", 0.8).await;
            start.wait().await;
            plant.send(vec![prediction]).await
        });
    }
    let answers: Vec<Outcome> = tasks.join_all().await.into_iter().flatten().collect();
    let alert = receipt(&answers[0]).alert.unwrap();
    assert!(answers.iter().all(|a| receipt(a).alert == Some(alert) && !receipt(a).duplicate));
    assert_eq!(plant.count("SELECT count(*) FROM alert").await, 1);
    assert_eq!(plant.count("SELECT predictions::bigint FROM alert").await, 50);
    assert_eq!(plant.count("SELECT count(*) FROM decision_lane WHERE ready_at <= now()").await, 1);
    let places: Vec<i32> = sqlx::query_scalar("SELECT seq FROM prediction ORDER BY seq")
        .fetch_all(plant.store.pool())
        .await
        .unwrap();
    assert_eq!(places, (1..=50).collect::<Vec<_>>());
    let requests = "SELECT count(*) FROM audit_event WHERE action = 'prediction.receive'";
    assert_eq!(plant.count(requests).await, 50);
    let opened = "SELECT count(*) FROM audit_event WHERE action = 'alert.open'";
    assert_eq!(plant.count(opened).await, 1);
}

#[tokio::test]
async fn the_same_event_again_is_a_duplicate_and_other_content_is_refused() {
    let plant = Plant::new().await;
    let first = plant.send(vec![plant.prediction("e", "M1", 0.8).await]).await;
    let again = plant.send(vec![plant.prediction("e", "M1", 0.8).await]).await;
    assert_eq!(id(&first[0]), id(&again[0]));
    assert!(receipt(&again[0]).duplicate);
    assert_eq!(receipt(&again[0]).alert, receipt(&first[0]).alert);
    let other = plant.send(vec![plant.prediction("e", "M1", 0.81).await]).await;
    assert_eq!(other, [Outcome::EventIdReused]);
    assert_eq!(plant.count("SELECT count(*) FROM prediction").await, 1);
    let refused = "SELECT count(*) FROM audit_event WHERE outcome = 'refused'
                   AND detail->'event_id_reused'->0->>'kept_sha256' IS NOT NULL";
    assert_eq!(plant.count(refused).await, 1);
}

#[tokio::test]
async fn repeats_inside_one_batch_answer_like_repeats_of_requests() {
    let plant = Plant::new().await;
    let answers = plant
        .send(vec![
            plant.prediction("a", "M1", 0.8).await,
            plant.prediction("a", "M1", 0.8).await,
            plant.prediction("a", "M1", 0.9).await,
            plant.prediction("b", "M1-SP", 0.8).await,
            plant.prediction("c", "M1", 0.7).await,
        ])
        .await;
    assert!(!receipt(&answers[0]).duplicate);
    assert!(receipt(&answers[1]).duplicate);
    assert_eq!(answers[2], Outcome::EventIdReused);
    assert_ne!(receipt(&answers[3]).alert, receipt(&answers[0]).alert);
    assert_eq!(receipt(&answers[4]).alert, receipt(&answers[0]).alert);
    assert_eq!(plant.count("SELECT count(*) FROM prediction").await, 3);
}

#[tokio::test]
async fn an_asset_is_found_by_tag_serial_number_and_barcode_within_the_sites_of_the_key() {
    let plant = Plant::new().await;
    let names = ["  m1 ", "ser-1", "BAR-1", "\u{FEFF}M1"];
    for (i, name) in names.into_iter().enumerate() {
        let answer = plant.send(vec![plant.prediction(&format!("e{i}"), name, 0.8).await]).await;
        assert!(receipt(&answer[0]).alert.is_some(), "{name}");
    }
    for (event, name) in [("x", "M9"), ("y", "OLD"), ("z", "SER-SAME"), ("k", "\u{41c}1")] {
        let answer = plant.send(vec![plant.prediction(event, name, 0.8).await]).await;
        assert_eq!(receipt(&answer[0]).quarantined.as_deref(), Some("unknown_asset"), "{name}");
    }
    let two = plant.site("TWO").await;
    let elsewhere = plant.request(vec![plant.prediction("s", "M1", 0.8).await]);
    let answer = plant.receive(only(&elsewhere, two)).await;
    assert_eq!(receipt(&answer[0]).quarantined.as_deref(), Some("unknown_asset"));
    assert_eq!(plant.count("SELECT count(*) FROM alert").await, 1);
}

#[tokio::test]
async fn the_latest_by_observation_shows_and_extremes_are_kept() {
    let plant = Plant::new().await;
    let now = plant.now().await;
    let at = |hours: i64| Some((now - TimeDelta::hours(hours)).to_rfc3339());
    let late =
        plant.with("late", "M1", |r| (r.confidence, r.observed_at) = (Some(0.6), at(1))).await;
    let early = plant
        .with("early", "M1", |r| {
            (r.confidence, r.rul_hours, r.observed_at) = (Some(0.9), Some(100.0), at(5));
        })
        .await;
    plant.send(vec![late]).await;
    plant.send(vec![early]).await;
    let row: (f64, f64, f64, f64) = sqlx::query_as(
        "SELECT confidence, rul_hours, highest_confidence, lowest_rul_hours FROM alert",
    )
    .fetch_one(plant.store.pool())
    .await
    .unwrap();
    assert_eq!(row, (0.6, 400.0, 0.9, 100.0));
}

#[tokio::test]
async fn stale_ones_are_kept_without_an_alert() {
    let plant = Plant::new().await;
    let old = (plant.now().await - TimeDelta::days(8)).to_rfc3339();
    let answer = plant.send(vec![plant.with("e", "M1", |r| r.observed_at = Some(old)).await]).await;
    assert!(receipt(&answer[0]).stale);
    assert_eq!(receipt(&answer[0]).alert, None);
    assert_eq!(plant.count("SELECT count(*) FROM alert").await, 0);
    assert_eq!(plant.count("SELECT count(*) FROM evaluation WHERE result = 'stale'").await, 1);
}

#[tokio::test]
async fn a_hold_off_takes_what_does_not_escalate() {
    let plant = Plant::new().await;
    plant.publish_policy().await;
    let first = plant.send(vec![plant.prediction("e1", "M1", 0.6).await]).await;
    plant.close_alerts().await;
    let quiet = plant.send(vec![plant.prediction("e2", "M1", 0.74).await]).await;
    assert_eq!(receipt(&quiet[0]).alert, receipt(&first[0]).alert);
    let half = plant.with("e3", "M1", |r| {
        (r.confidence, r.rul_hours) = (Some(0.6), Some(200.0));
    });
    assert_eq!(receipt(&plant.send(vec![half.await]).await[0]).alert, receipt(&first[0]).alert);
    let held = "SELECT count(*) FROM evaluation e JOIN prediction p ON p.id = e.prediction_id
                WHERE e.result = 'held_off' AND p.seq IN (2, 3)";
    assert_eq!(plant.count(held).await, 2);
    assert_eq!(plant.count("SELECT predictions::bigint FROM alert").await, 3);

    // A higher band opens a new alert; what follows in the same message goes there, too.
    let loud = plant
        .send(vec![
            plant.prediction("e4", "M1", 0.6).await,
            plant.prediction("e5", "M1", 0.75).await,
            plant.prediction("e6", "M1", 0.6).await,
        ])
        .await;
    assert_eq!(receipt(&loud[0]).alert, receipt(&first[0]).alert);
    let new = receipt(&loud[1]).alert;
    assert_ne!(new, receipt(&first[0]).alert);
    assert_eq!(receipt(&loud[2]).alert, new);
    let later = plant.send(vec![plant.prediction("e7", "M1", 0.5).await]).await;
    assert_eq!(receipt(&later[0]).alert, new);
}

#[tokio::test]
async fn under_half_the_lowest_life_breaks_a_hold_off() {
    let plant = Plant::new().await;
    plant.publish_policy().await;
    let first = plant.send(vec![plant.prediction("e1", "M1", 0.8).await]).await;
    plant.close_alerts().await;
    let under = plant.with("e2", "M1", |r| r.rul_hours = Some(199.0)).await;
    let answer = plant.send(vec![under]).await;
    assert_ne!(receipt(&answer[0]).alert, receipt(&first[0]).alert);
}
