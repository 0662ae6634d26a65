//! The group committer.

use std::sync::Arc;
use std::time::Duration;

use services::Error;
use services::predictions::{Intake, IntakeSettings, Outcome};

use super::plant::{Plant, receipt};

#[tokio::test]
async fn requests_of_many_clients_share_commits_and_each_gets_its_own_answer() {
    let plant = Arc::new(Plant::new().await);
    let intake = Intake::start(plant.store.clone(), IntakeSettings::default());
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..100 {
        let (plant, intake) = (plant.clone(), intake.clone());
        tasks.spawn(async move {
            let asset = if i % 2 == 0 { "M1" } else { "T1" };
            let prediction = plant.prediction(&format!("e{i}"), asset, 0.8).await;
            let outcomes = intake.submit(plant.request(vec![prediction])).await.unwrap();
            (i, outcomes.into_iter().next().unwrap().unwrap())
        });
    }
    for (i, outcome) in tasks.join_all().await {
        let stored: String = sqlx::query_scalar("SELECT event_id FROM prediction WHERE id = $1")
            .bind(receipt(&outcome).id.0)
            .fetch_one(plant.store.pool())
            .await
            .unwrap();
        assert_eq!(stored, format!("e{i}"));
    }
    assert_eq!(plant.count("SELECT count(*) FROM alert").await, 2);
    let commits = plant
        .count(
            "SELECT count(DISTINCT xact::text) FROM audit_event
                               WHERE action = 'prediction.receive'",
        )
        .await;
    assert!(commits < 100, "{commits} commits for 100 requests");
}

#[tokio::test]
async fn an_item_the_database_refuses_does_not_take_the_others_with_it() {
    let plant = Plant::new().await;
    let intake = Intake::start(plant.store.clone(), IntakeSettings::default());
    let mut bad = plant.prediction("bad", "M1", 0.8).await;
    bad.confidence = 7.0;
    let good = plant.prediction("good", "M1", 0.8).await;
    let answers = intake.submit(plant.request(vec![bad.clone(), good])).await.unwrap();
    assert!(matches!(answers[0], Err(Error::Store(_))));
    assert!(matches!(answers[1], Ok(Outcome::Stored(_))));

    let other = plant.prediction("other", "T1", 0.8).await;
    let (refused, stored) = tokio::join!(
        intake.submit(plant.request(vec![bad])),
        intake.submit(plant.request(vec![other])),
    );
    assert!(refused.is_err());
    assert!(matches!(stored.unwrap()[0], Ok(Outcome::Stored(_))));
    assert_eq!(plant.count("SELECT count(*) FROM event_key").await, 2);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let plant = Plant::new().await;
    let settings = IntakeSettings { queue: 1, ..IntakeSettings::default() };
    let intake = Intake::start(plant.store.clone(), settings);
    let two = vec![plant.prediction("a", "M1", 0.8).await, plant.prediction("b", "M1", 0.8).await];
    let answer = intake.submit(plant.request(two)).await;
    assert!(matches!(answer, Err(Error::Unavailable)));
}

#[tokio::test]
async fn decisions_that_lag_behind_stop_the_intake_until_they_catch_up() {
    let plant = Plant::new().await;
    let settings = IntakeSettings { overdue_lanes: 1, ..IntakeSettings::default() };
    let intake = Intake::start(plant.store.clone(), settings);
    let mut tx = plant.store.pool().begin().await.unwrap();
    sqlx::query("INSERT INTO decision_lane VALUES (1, 'x', now() - interval '11 seconds')")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut sent = 0;
    until(async || {
        sent += 1;
        let one = plant.prediction(&format!("e{sent}"), "M1", 0.8).await;
        matches!(intake.submit(plant.request(vec![one])).await, Err(Error::Unavailable))
    })
    .await;
    sqlx::query("UPDATE decision_lane SET ready_at = NULL")
        .execute(plant.store.pool())
        .await
        .unwrap();
    until(async || {
        sent += 1;
        let one = plant.prediction(&format!("e{sent}"), "M1", 0.8).await;
        intake.submit(plant.request(vec![one])).await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn without_a_database_the_answer_comes_within_two_seconds() {
    let plant = Plant::new().await;
    let prediction = plant.prediction("e", "M1", 0.8).await;
    let intake = Intake::start(plant.store.clone(), IntakeSettings::default());
    plant.store.pool().close().await;
    let answer = tokio::time::timeout(
        Duration::from_millis(2_500),
        intake.submit(plant.request(vec![prediction])),
    );
    assert!(matches!(answer.await.unwrap(), Err(Error::Unavailable)));
}

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while !holds().await {
        assert!(std::time::Instant::now() < deadline, "it never happened");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
