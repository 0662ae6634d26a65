//! Trend graphs and notes follow their record, each once.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Cmms, World, rule, until};

const SENT: &str = "SELECT count(*) FROM attachment_delivery WHERE state = 'sent'";

/// A work order with two files, and what happens to the calls of the first.
async fn files(system: &str, faults: &[Value]) -> (World, Vec<Cmms>) {
    let (world, all) = World::new(&[system], 1).await;
    let cmms = &all[0];
    let order = world.order(cmms, 1).await[0];
    for name in ["Trend vib_rms.svg", "Notes.txt"] {
        sqlx::query(
            "INSERT INTO attachment (work_order_id, site_id, name, content_type, content)
             VALUES ($1, $2, $3, 'image/svg+xml', '<svg/>')",
        )
        .bind(order.0)
        .bind(cmms.site.0)
        .bind(name)
        .execute(world.services.store.pool())
        .await
        .unwrap();
    }
    cmms.script(faults).await;
    (world, all)
}

async fn each_is_there_once(system: &str, faults: &[Value]) {
    let (world, all) = files(system, faults).await;
    let worker = world.deliver(&all);
    until("both are sent", Duration::from_secs(60), || async { world.number(SENT).await == 2 })
        .await;
    worker.stop().await;
    assert_eq!(there(&all[0]).await, ["Notes.txt", "Trend vib_rms.svg"]);
}

async fn there(cmms: &Cmms) -> Vec<String> {
    let ledger = cmms.ledger().await;
    let mut files = ledger.into_iter().find(|one| !one.reference.is_empty()).unwrap().files;
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_follow_the_record_once_each_whatever_the_first_call_says() {
    each_is_there_once("maximo", &[rule("write", 1, 1, json!({"too_many": 1}))]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_whose_answer_is_lost_is_looked_for_before_it_is_sent_again() {
    let lost =
        [rule("write", 1, 1, json!("reset_after")), rule("write", 2, 1, json!("reset_before"))];
    each_is_there_once("maximo", &lost).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_committed_late_is_found_and_not_sent_twice() {
    each_is_there_once("maximo", &[rule("write", 1, 1, json!({"late_commit": 1_000}))]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_files_cannot_be_listed_one_in_doubt_is_left_to_a_person() {
    let (world, all) = files("openmaint", &[]).await;
    let cmms = &all[0];
    let worker = world.deliver(&all);
    until("both are sent", Duration::from_secs(60), || async { world.number(SENT).await == 2 })
        .await;
    cmms.script(&[rule("write", 0, 1, json!("reset_after"))]).await;
    world
        .run(
            "UPDATE attachment_delivery SET state = 'queued', ready_at = now(), attempts = 0
             WHERE attachment_id = (SELECT max(attachment_id) FROM attachment_delivery)",
        )
        .await;
    until("one is left", Duration::from_secs(60), || async {
        world
            .number(
                "SELECT count(*) FROM attachment_delivery
                 WHERE state = 'failed' AND error_text LIKE '%look there%'",
            )
            .await
            == 1
    })
    .await;
    worker.stop().await;
    assert_eq!(there(cmms).await.len(), 2);
}
