//! R10, B28, B29, and work orders made by hand.

use serde_json::json;

use crate::bench::Bench;

const MAXIMO_CLOSURE: &str = r#"{"labour_hours": 3.5, "part": "6205-2RS", "action": "REPLACE"}"#;

fn closure() -> serde_json::Value {
    serde_json::from_str(MAXIMO_CLOSURE).unwrap()
}

#[tokio::test]
async fn a_closure_is_found_by_the_list_and_judges_the_alert() {
    let bench = Bench::new("maximo", None).await;
    bench.delivered().await;
    bench.sync().await;
    assert_eq!(bench.state().await, "rule draft created work_order -");
    let id = bench.ledger().await[0].id.clone();
    bench.work(&id, "start", json!(null)).await;
    bench.sync().await;
    assert_eq!(bench.state().await, "rule in_progress created work_order -");
    bench.work(&id, "close", closure()).await;
    bench.sync().await;
    assert_eq!(bench.state().await, "rule closed created closed confirmed");
    let kept = "SELECT closure->>'labour_hours' || ' ' || (closure->'parts'->0->>'part') || ' ' ||
                (closure->>'cost') FROM work_order";
    assert_eq!(bench.plant.text(kept).await, "3.5 6205-2RS 245.5");
    let mirrored = "SELECT status || ' ' || labour_hours || ' ' || (parts->0->>'part') || ' ' ||
                    failure_code || ' ' || work_type FROM cmms_order";
    assert_eq!(bench.plant.text(mirrored).await, "closed 3.5 6205-2RS VIBR CM");
}

#[tokio::test]
async fn a_closure_of_several_calls_is_read_whole() {
    for (system, closure) in [
        ("sap", json!({"labour_hours": 4.5, "part": "6205-2RS", "action": "Bearing replaced"})),
        ("fiix", json!({"labour_hours": 2.25, "part": "901", "action": "Replaced the bearing"})),
    ] {
        let bench = Bench::new(system, None).await;
        let asset = bench.about().await["order"]["asset"].as_str().unwrap().to_owned();
        bench.named_there(&asset).await;
        bench.delivered().await;
        bench.sync().await;
        let id = bench.ledger().await[0].id.clone();
        bench.work(&id, "close", closure.clone()).await;
        bench.sync().await;
        assert_eq!(bench.state().await, "rule closed created closed confirmed", "{system}");
        let hours = bench.plant.text("SELECT closure->>'labour_hours' FROM work_order").await;
        assert_eq!(hours, closure["labour_hours"].to_string(), "{system}");
        bench.sync().await;
        bench.read(&id).await;
        bench.sync().await;
        assert_eq!(bench.state().await, "rule closed created closed confirmed", "{system}");
        let hours = bench.plant.text("SELECT closure->>'labour_hours' FROM work_order").await;
        assert_eq!(hours, closure["labour_hours"].to_string(), "{system}: listed again");
    }
}

#[tokio::test]
async fn a_hint_has_the_record_read_again() {
    let bench = Bench::new("maximo", None).await;
    bench.delivered().await;
    let id = bench.ledger().await[0].id.clone();
    bench.work(&id, "close", closure()).await;
    bench.read(&id).await;
    assert_eq!(bench.state().await, "rule closed created closed confirmed");
    assert_eq!(bench.plant.number("SELECT count(*) FROM order_reading").await, 0);
}

#[tokio::test]
async fn a_hint_at_nothing_is_sought_for_a_day_and_then_shown() {
    let bench = Bench::new("maximo", None).await;
    bench.read("BEDFORD/4711").await;
    let waiting =
        "SELECT count(*) FROM order_reading WHERE quarantined_at IS NULL AND attempts = 1";
    assert_eq!(bench.plant.number(waiting).await, 1);
    bench
        .plant
        .run("UPDATE order_reading SET first_at = now() - interval '25 hours', next_at = now()")
        .await;
    assert_eq!(bench.follower().read().await.unwrap(), 1);
    let mut tx = bench.services().store.begin_system().await.unwrap();
    let unknown =
        store::work_orders::order_sync::unknown(&mut tx, bench.connection, 10).await.unwrap();
    assert_eq!(unknown.len(), 1);
    assert_eq!(unknown[0].cmms_id, "BEDFORD/4711");
    assert_eq!(bench.follower().read().await.unwrap(), 0);
}

#[tokio::test]
async fn an_open_one_made_by_hand_is_linked_and_nothing_is_created() {
    let bench = Bench::new("maximo", None).await;
    let made = bench.by_hand("VMC-1002", "VIBR").await;
    bench.sync().await;
    let alert = bench.plant.alerts().await;
    let intended = bench.plant.intend(&alert).await;
    assert!(!intended[0].created);
    assert_eq!(bench.state().await, "linked draft created work_order -");
    let linked = bench.plant.text("SELECT cmms_id || ' ' || title FROM work_order").await;
    assert_eq!(linked, format!("{made} Spindle is noisy, says Bo"));
    assert_eq!(
        bench.plant.number("SELECT count(*) FROM delivery_lane WHERE ready_at IS NOT NULL").await,
        0
    );
    assert_eq!(bench.ledger().await.len(), 1);
    bench.work(&made, "close", closure()).await;
    bench.sync().await;
    assert_eq!(bench.state().await, "linked closed created closed confirmed");
    assert_eq!(bench.ledger().await.len(), 1);
}

#[tokio::test]
async fn another_asset_another_code_or_a_finished_one_is_not_linked() {
    let bench = Bench::new("maximo", None).await;
    bench.by_hand("VMC-1003", "VIBR").await;
    bench.by_hand("VMC-1002", "").await;
    let done = bench.by_hand("VMC-1002", "VIBR").await;
    bench.work(&done, "close", closure()).await;
    bench.sync().await;
    let alert = bench.plant.alerts().await;
    assert!(bench.plant.intend(&alert).await[0].created);
    assert_eq!(bench.state().await, "rule draft queued work_order -");
}

#[tokio::test]
async fn a_status_without_a_word_of_ours_leaves_the_state_and_shows() {
    let bench = Bench::new("maximo", None).await;
    bench.delivered().await;
    bench.sync().await;
    let id = bench.ledger().await[0].id.clone();
    let mut row = bench.client.read_order(&id).await.unwrap().unwrap();
    row.record.version += 1;
    row.record.cmms_status = Some("WPLAN".to_owned());
    row.record.status = None;
    bench.take(vec![row.clone()]).await;
    let flag = "SELECT status || ' ' || cmms_status || ' ' || unmapped_status FROM work_order";
    assert_eq!(bench.plant.text(flag).await, "draft WPLAN true");
    row.record.version += 1;
    row.record.status = Some(domain::work_order::WorkOrderStatus::Approved);
    bench.take(vec![row]).await;
    assert_eq!(bench.plant.text(flag).await, "approved WPLAN false");
}

#[tokio::test]
async fn what_is_changed_there_shows_with_the_difference() {
    let bench = Bench::new("maximo", None).await;
    bench.delivered().await;
    bench.sync().await;
    assert_eq!(
        bench.plant.number("SELECT count(*) FROM work_order WHERE drift IS NOT NULL").await,
        0
    );
    let id = bench.ledger().await[0].id.clone();
    bench.edit(&id, json!({"title": "Check coolant", "description": "", "priority": 4})).await;
    bench.sync().await;
    let drift =
        "SELECT (drift->'title'->>'theirs') || ' ' || (drift->'priority'->>'ours') || ' ' ||
                 (drift->'priority'->>'theirs') FROM work_order";
    assert_eq!(bench.plant.text(drift).await, "Check coolant 2 4");
    let told = "SELECT count(*) FROM audit_event WHERE action = 'work_order.drift'";
    assert_eq!(bench.plant.number(told).await, 1);
    bench.sync().await;
    assert_eq!(bench.plant.number(told).await, 1);
}

#[tokio::test]
async fn a_run_that_was_cut_short_goes_on_from_its_cursor() {
    let bench = Bench::new("maximo", Some(2)).await;
    for _ in 0..5 {
        bench.by_hand("VMC-1002", "VIBR").await;
    }
    bench.fault(json!([{"on": "read", "skip": 1, "times": 1, "fault": "reset_before"}])).await;
    assert_eq!(bench.follower().sync().await.unwrap(), 1);
    assert_eq!(bench.plant.number("SELECT count(*) FROM cmms_order").await, 2);
    let stands = "SELECT mode || ' ' || pages || ' ' || rows || ' ' || (error IS NOT NULL)
                  FROM order_sync";
    assert_eq!(bench.plant.text(stands).await, "full 1 2 true");
    bench.sync().await;
    assert_eq!(bench.plant.text(stands).await, "full 3 5 false");
    bench.sync().await;
    assert_eq!(bench.plant.text("SELECT mode FROM order_sync").await, "incremental");
}

#[tokio::test]
async fn a_run_that_another_worker_took_over_writes_nothing() {
    let bench = Bench::new("maximo", None).await;
    bench.by_hand("VMC-1002", "VIBR").await;
    bench.fault(json!([{"on": "read", "times": 1, "fault": {"delay": 300}}])).await;
    let follower = bench.follower();
    let steal = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        bench.plant.run("UPDATE order_sync SET lease_token = lease_token + 1000").await;
    };
    let (pages, ()) = tokio::join!(follower.sync(), steal);
    assert_eq!(pages.unwrap(), 0);
    assert_eq!(bench.plant.number("SELECT count(*) FROM cmms_order").await, 0);
}
