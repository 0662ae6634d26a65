//! A restored database does not repeat work (R18), and a record found twice is told (R3).

use std::time::Duration;

use serde_json::json;
use sqlx::{Connection, PgConnection};
use tokio_util::sync::CancellationToken;

use crate::world::{World, rule, until};

const UNFINISHED: &str = "SELECT count(*) FROM work_order WHERE delivery_state <> 'created'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restore_creates_are_preceded_by_look_ups() {
    let (world, all) = World::new(&["maximo"], 1).await;
    let cmms = &all[0];
    world.order(cmms, 1).await;
    let folder = std::env::temp_dir().join(format!("millwright-epoch-{}", std::process::id()));
    let file = folder.with_extension("count");
    let _ = std::fs::remove_file(&file);
    assert!(!workers::epoch::compare(&world.services, &file).await.unwrap());
    let worker = world.deliver(&all);
    world.until_none(UNFINISHED).await;
    worker.stop().await;
    assert_eq!(cmms.ledger().await.iter().filter(|one| !one.reference.is_empty()).count(), 1);
    // A copy of an hour ago: the work order is queued again, the count is behind.
    world
        .run(
            "WITH w AS (UPDATE work_order SET delivery_state = 'queued', attempts = 0,
                            cmms_id = NULL, cmms_number = NULL RETURNING id),
                  p AS (DELETE FROM delivery_progress),
                  e AS (UPDATE epoch SET value = 0),
                  l AS (UPDATE delivery_lane SET ready_at = now())
             INSERT INTO audit_event (actor_kind, action, entity, entity_id)
             SELECT 'system', 'test.restore', 'work_order', id FROM w",
        )
        .await;
    std::fs::write(&file, "100").unwrap();
    assert!(workers::epoch::compare(&world.services, &file).await.unwrap());
    let worker = world.deliver(&all);
    world.until_none(UNFINISHED).await;
    worker.stop().await;
    let ledger = cmms.ledger().await;
    assert_eq!(ledger.iter().filter(|one| !one.reference.is_empty()).count(), 1, "{ledger:?}");
    let _ = std::fs::remove_file(&file);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_after_every_look_up_is_found_by_the_sweep() {
    // A system that takes a reference twice: where it is a key, there cannot be two.
    let (world, all) = World::new(&["fiix"], 1).await;
    let cmms = &all[0];
    cmms.script(&[rule("write", 0, 1, json!("held_commit"))]).await;
    world.order(cmms, 1).await;
    let worker = world.deliver(&all);
    world.until_none(UNFINISHED).await;
    cmms.release().await;
    until("the second record is noticed", Duration::from_secs(60), || async {
        world.number("SELECT count(*) FROM work_order WHERE duplicate_in_cmms IS NOT NULL").await
            == 1
    })
    .await;
    worker.stop().await;
    assert_eq!(cmms.ledger().await.iter().filter(|one| !one.reference.is_empty()).count(), 2);
    let told = "SELECT count(*) FROM audit_event WHERE outcome = 'duplicate_in_cmms'";
    assert_eq!(world.number(told).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_reference_is_a_key_a_late_commit_makes_no_second_record() {
    let (world, all) = World::new(&["odoo17"], 1).await;
    let cmms = &all[0];
    cmms.script(&[rule("write", 0, 1, json!("held_commit"))]).await;
    world.order(cmms, 1).await;
    let worker = world.deliver(&all);
    world.until_none(UNFINISHED).await;
    cmms.release().await;
    let swept = "SELECT count(*) FROM work_order
                 WHERE delivery_state = 'created' AND sweep_at IS NULL";
    until("it was searched again", Duration::from_secs(60), || async {
        world.number(swept).await == 1
    })
    .await;
    worker.stop().await;
    assert_eq!(cmms.ledger().await.iter().filter(|one| !one.reference.is_empty()).count(), 1);
    let told = "SELECT count(*) FROM work_order WHERE duplicate_in_cmms IS NOT NULL";
    assert_eq!(world.number(told).await, 0);
}

/// Statements that need no audit, in one transaction.
async fn owner(world: &World, statements: &[&'static str]) {
    let mut conn = PgConnection::connect(&world.db.superuser_url).await.unwrap();
    let mut tx = conn.begin().await.unwrap();
    sqlx::query("SET LOCAL session_replication_role = replica").execute(&mut *tx).await.unwrap();
    for statement in statements {
        sqlx::query(*statement).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The dump is older than the alert: the same failure comes again as another event, and so with
/// another reference.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_record_that_the_restored_database_forgot_is_taken_up() {
    let (world, all) = World::new(&["maximo"], 1).await;
    let cmms = &all[0];
    let paired = [
        "INSERT INTO cmms_asset (connection_id, cmms_id, tag, name, retired, sync_id)
         SELECT connection_id, body->>'asset', 'x', 'x', false, 1 FROM known_there",
        "INSERT INTO asset_link (connection_id, cmms_id, asset_id, method, score, linked_kind, linked_at)
         SELECT k.connection_id, k.body->>'asset', a.id, 'hand', 100, 'system', now()
         FROM known_there k, asset a WHERE a.tag = 'S0M1'",
    ];
    owner(&world, &paired).await;
    world.order(cmms, 1).await;
    let worker = world.deliver(&all);
    world.until_none(UNFINISHED).await;
    worker.stop().await;
    let forgotten = [
        "DELETE FROM delivery_lane",
        "DELETE FROM delivery_attempt",
        "DELETE FROM delivery_progress",
        "DELETE FROM work_order",
        "DELETE FROM alert",
    ];
    owner(&world, &forgotten).await;
    let mut tx = world.services.store.begin_system().await.unwrap();
    services::connections::restored(&mut tx, "the test").await.unwrap();
    tx.commit().await.unwrap();
    world.order(cmms, 1).await;
    let stop = CancellationToken::new();
    let follow = workers::orders::run(world.services.clone(), world.clients(&all), stop.clone());
    let follow = tokio::spawn(follow);
    let worker = world.deliver(&all);
    world.until_none(UNFINISHED).await;
    worker.stop().await;
    stop.cancel();
    follow.await.unwrap();
    let ledger = cmms.ledger().await;
    assert_eq!(ledger.iter().filter(|one| !one.reference.is_empty()).count(), 1, "{ledger:?}");
}
