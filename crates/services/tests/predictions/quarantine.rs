//! Quarantine, replay, mapping.

use chrono::TimeDelta;
use services::Error;
use services::predictions::{
    QuarantineQuery, dismiss, get, map_asset, map_failure_mode, quarantine, replay,
};
use services::{Caller, assets};

use super::plant::{Plant, id, receipt};

const NEW_MACHINE: &str = "tag,kind,parent\nM9,machine,L1\n";

#[tokio::test]
async fn a_replay_acts_once_and_its_duplicate_answers_with_the_alert() {
    let plant = Plant::new().await;
    let system = Caller::system();
    let answer = plant.send(vec![plant.prediction("e", "M9", 0.8).await]).await;
    let again = plant.send(vec![plant.prediction("e", "M9", 0.8).await]).await;
    assert!(receipt(&again[0]).duplicate);
    assert_eq!(receipt(&again[0]).quarantined.as_deref(), Some("unknown_asset"));

    let mut tx = plant.store.begin_system().await.unwrap();
    let early = replay(&mut tx, &system, id(&answer[0])).await;
    assert!(matches!(early, Err(Error::Conflict { code: "still_quarantined", .. })));
    drop(tx);

    let mut tx = plant.store.begin_system().await.unwrap();
    let rows = assets::from_csv(NEW_MACHINE.as_bytes()).unwrap();
    assets::import(&mut tx, &system, rows, false).await.unwrap();
    let first = replay(&mut tx, &system, id(&answer[0])).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = plant.store.begin_system().await.unwrap();
    let second = replay(&mut tx, &system, id(&answer[0])).await.unwrap();
    let seen = get(&mut tx, &system, id(&answer[0])).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!first.already && second.already);
    assert_eq!(first.alert_id, second.alert_id);
    assert_eq!((seen.alert_id, seen.quarantined, seen.seq), (first.alert_id, None, Some(1)));
    assert_eq!(plant.count("SELECT sum(predictions)::bigint FROM alert").await, 1);
    let after = plant.send(vec![plant.prediction("e", "M9", 0.8).await]).await;
    assert_eq!(receipt(&after[0]).alert, first.alert_id);
    assert_eq!(receipt(&after[0]).quarantined, None);
}

#[tokio::test]
async fn two_replays_at_the_same_time_act_once() {
    let plant = Plant::new().await;
    let system = Caller::system();
    let answer = plant.send(vec![plant.prediction("e", "M9", 0.8).await]).await;
    let mut tx = plant.store.begin_system().await.unwrap();
    let rows = assets::from_csv(NEW_MACHINE.as_bytes()).unwrap();
    assets::import(&mut tx, &system, rows, false).await.unwrap();
    tx.commit().await.unwrap();
    let once = async || {
        let mut tx = plant.store.begin_system().await.unwrap();
        let done = replay(&mut tx, &system, id(&answer[0])).await.unwrap();
        tx.commit().await.unwrap();
        done.already
    };
    let (one, other) = tokio::join!(once(), once());
    assert!(one != other);
    assert_eq!(plant.count("SELECT sum(predictions)::bigint FROM alert").await, 1);
}

#[tokio::test]
async fn a_word_once_mapped_frees_everything_that_used_it() {
    let plant = Plant::new().await;
    let system = Caller::system();
    let mut ids = Vec::new();
    for event in ["a", "b", "c"] {
        let word = plant.with(event, "M1", |r| r.failure_mode = Some("WZ-VERSCHLEISS".into()));
        let answer = plant.send(vec![word.await]).await;
        assert_eq!(receipt(&answer[0]).quarantined.as_deref(), Some("unknown_failure_mode"));
        ids.push(id(&answer[0]));
    }
    let mut tx = plant.store.begin_system().await.unwrap();
    dismiss(&mut tx, &system, ids[2]).await.unwrap();
    let invalid = map_failure_mode(&mut tx, &system, ids[0], "nonsense").await;
    assert!(matches!(invalid, Err(Error::Invalid(_))));
    let done = map_failure_mode(&mut tx, &system, ids[0], "tool_wear").await.unwrap();
    tx.commit().await.unwrap();
    assert!(done.alert_id.is_some());
    assert_eq!(plant.count("SELECT predictions::bigint FROM alert").await, 2);
    let later = plant.with("d", "M1", |r| r.failure_mode = Some("WZ-VERSCHLEISS".into())).await;
    assert_eq!(receipt(&plant.send(vec![later]).await[0]).alert, done.alert_id);

    let mut tx = plant.store.begin_system().await.unwrap();
    let waiting = quarantine(&mut tx, &system, QuarantineQuery::default()).await.unwrap();
    assert!(waiting.items.is_empty() && waiting.counts.is_empty());
    let handled = QuarantineQuery { handled: true, ..QuarantineQuery::default() };
    assert_eq!(quarantine(&mut tx, &system, handled).await.unwrap().items.len(), 3);
    let dismissed = replay(&mut tx, &system, ids[2]).await;
    assert!(matches!(dismissed, Err(Error::Conflict { code: "dismissed", .. })));
}

#[tokio::test]
async fn what_lies_in_the_future_waits_until_its_time() {
    let plant = Plant::new().await;
    let system = Caller::system();
    let soon = (plant.now().await + TimeDelta::hours(2)).to_rfc3339();
    let ahead = plant.with("e", "M1", |r| r.observed_at = Some(soon)).await;
    let answer = plant.send(vec![ahead]).await;
    assert_eq!(receipt(&answer[0]).quarantined.as_deref(), Some("future_timestamp"));
    let mut tx = plant.store.begin_system().await.unwrap();
    assert!(replay(&mut tx, &system, id(&answer[0])).await.is_err());
    drop(tx);
    plant.store.clock.advance(TimeDelta::hours(2));
    let mut tx = plant.store.begin_system().await.unwrap();
    assert!(replay(&mut tx, &system, id(&answer[0])).await.unwrap().alert_id.is_some());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_name_once_mapped_to_an_asset_frees_everything_that_used_it() {
    let plant = Plant::new().await;
    let system = Caller::system();
    let first = plant.send(vec![plant.prediction("a", "Spindel Halle 3", 0.8).await]).await;
    plant.send(vec![plant.prediction("b", "SPINDEL HALLE 3", 0.8).await]).await;
    let mut tx = plant.store.begin_system().await.unwrap();
    let nowhere = map_asset(&mut tx, &system, id(&first[0]), "OLD").await;
    assert!(matches!(nowhere, Err(Error::Invalid(_))));
    let done = map_asset(&mut tx, &system, id(&first[0]), "m1-sp").await.unwrap();
    tx.commit().await.unwrap();
    assert!(done.alert_id.is_some());
    assert_eq!(plant.count("SELECT predictions::bigint FROM alert").await, 2);
    let later = plant.send(vec![plant.prediction("c", "spindel halle 3", 0.8).await]).await;
    assert_eq!(receipt(&later[0]).alert, done.alert_id);
}
