//! Reading a register over HTTP, with failures and deaths in between.

#![allow(missing_docs, clippy::unwrap_used)]

mod feed;
mod plant;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use feed::Feed;
use plant::Plant;
use serde_json::json;
use store::assets::reconcile as rows;
use workers::assets::{Step, carry_on, read_register};

fn machine(at: usize) -> serde_json::Value {
    json!({ "id": format!("EQ{at:06}"), "name": format!("M-{at}"), "serialNumber": serial(at, "SN 00"),
            "updatedAt": "2026-02-01T00:00:00Z" })
}

fn serial(at: usize, prefix: &str) -> String {
    format!("{prefix}{}", 77_000 + at)
}

fn ours(count: usize) -> String {
    let line = |at| format!("M-{at},machine,ONE,M-{at},{},\n", serial(at, "sn-"));
    (0..count).map(line).collect()
}

#[tokio::test]
async fn a_register_is_read_page_by_page_and_paired() {
    let plant = Plant::new(&ours(2_500)).await;
    let feed = Feed::start(2_600, Arc::new(machine)).await;
    plant.begin().await;
    let done = read_register(&plant.services, plant.connection, &feed.client()).await.unwrap();
    assert_eq!(done, Some(Step::Done));
    assert_eq!(plant.count("SELECT count(*) FROM cmms_asset").await, 2_600);
    assert_eq!(plant.count("SELECT count(*) FROM asset_link WHERE method = 'serial'").await, 2_500);
    assert_eq!(plant.count("SELECT pages::bigint FROM asset_sync WHERE state = 'done'").await, 27);
    let added = "SELECT count(*) FROM asset_plan_item WHERE kind = 'added'";
    assert_eq!(plant.count(added).await, 100);
    assert_eq!(
        read_register(&plant.services, plant.connection, &feed.client()).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_reading_goes_on_where_a_dead_process_left_it() {
    let plant = Plant::new("").await;
    let feed = Feed::start(250, Arc::new(machine)).await;
    let client = feed.client();
    plant.begin().await;
    let mut tx = plant.services.store.begin_system().await.unwrap();
    let lease = std::time::Duration::from_secs(60);
    let first = rows::claim(&mut tx, None, lease).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert_eq!(carry_on(&plant.services, &first, &client).await.unwrap(), Step::Page);
    let again = carry_on(&plant.services, &first, &client).await.unwrap();
    assert_eq!(again, Step::Lost, "the page was stored already");
    assert_eq!(read_register(&plant.services, plant.connection, &client).await.unwrap(), None);
    plant.lapse().await;
    let done = read_register(&plant.services, plant.connection, &client).await.unwrap();
    assert_eq!(done, Some(Step::Done));
    let read = "SELECT pages * 1000 + records FROM asset_sync";
    assert_eq!(plant.count(read).await, 3_250);
}

#[tokio::test]
async fn a_failed_page_is_tried_again_later_and_given_up_in_the_end() {
    let plant = Plant::new("").await;
    let feed = Feed::start(50, Arc::new(machine)).await;
    let client = feed.client();
    plant.begin().await;
    feed.failures.store(2, Ordering::SeqCst);
    for _ in 0..2 {
        let step = read_register(&plant.services, plant.connection, &client).await.unwrap();
        assert_eq!(step, Some(Step::Failed));
        assert_eq!(read_register(&plant.services, plant.connection, &client).await.unwrap(), None);
        plant.lapse().await;
    }
    let step = read_register(&plant.services, plant.connection, &client).await.unwrap();
    assert_eq!(step, Some(Step::Done));
    plant.begin().await;
    feed.failures.store(100, Ordering::SeqCst);
    for _ in 0..8 {
        read_register(&plant.services, plant.connection, &client).await.unwrap();
        plant.lapse().await;
    }
    let given_up = "SELECT count(*) FROM asset_sync WHERE state = 'failed' AND error IS NOT NULL";
    assert_eq!(plant.count(given_up).await, 1);
    assert_eq!(plant.count("SELECT count(*) FROM cmms_asset WHERE gone_at IS NULL").await, 50);
}

#[tokio::test]
async fn what_a_full_reading_no_longer_sees_is_marked_and_asked_about() {
    let plant = Plant::new(&ours(3)).await;
    let feed = Feed::start(3, Arc::new(machine)).await;
    plant.begin().await;
    read_register(&plant.services, plant.connection, &feed.client()).await.unwrap();
    let feed = Feed::start(2, Arc::new(machine)).await;
    plant.begin().await;
    read_register(&plant.services, plant.connection, &feed.client()).await.unwrap();
    let gone = "SELECT count(*) FROM cmms_asset WHERE gone_at IS NOT NULL";
    assert_eq!(plant.count(gone).await, 1);
    let asked = "SELECT count(*) FROM asset_plan_item i JOIN asset a ON a.id = i.asset_id
                 WHERE i.kind = 'missing' AND i.state = 'open' AND a.tag = 'M-2'
                   AND i.detail ->> 'absence' = 'gone'";
    assert_eq!(plant.count(asked).await, 1);
    assert_eq!(plant.count("SELECT count(*) FROM asset WHERE status = 'active'").await, 4);
}
