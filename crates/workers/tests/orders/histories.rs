//! R6, R10: the lives of many work orders, shuffled, delayed and doubled, end as they ended there.

use chrono::DateTime;
use cmms::engine::OrderRow;
use domain::cmms_record::CmmsRecord;
use domain::work_order::{Closure, WorkOrderStatus};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::bench::Bench;

const ORDERS: usize = 400;

fn row(order: usize, reference: Option<String>, version: i64, status: WorkOrderStatus) -> OrderRow {
    let closure: Closure = serde_json::from_value(serde_json::json!({
        "actual_failure_mode": "spindle_bearing_fault", "labour_hours": version as f64,
    }))
    .unwrap();
    OrderRow {
        record: CmmsRecord {
            external_ref: reference,
            cmms_id: format!("H-{order}"),
            number: format!("{order}"),
            status: Some(status),
            cmms_status: Some(status.as_str().to_uppercase()),
            version,
            assigned_to: Some(format!("person {version}")),
            closure: (status == WorkOrderStatus::Closed).then_some(closure),
            updated_at: DateTime::from_timestamp(version, 0).unwrap(),
        },
        asset: None,
        title: None,
        failure_code: None,
        work_type: None,
        priority: None,
        due: None,
        created: None,
    }
}

/// Lives of work orders: the statuses they pass through.
fn lives() -> impl Strategy<Value = Vec<Vec<WorkOrderStatus>>> {
    let step = (0..WorkOrderStatus::ALL.len()).prop_map(|at| WorkOrderStatus::ALL[at]);
    prop::collection::vec(prop::collection::vec(step, 1..8), ORDERS)
}

#[tokio::test]
async fn shuffled_delayed_and_doubled_records_end_as_the_cmms_has_them() {
    let bench = Bench::new("maximo", None).await;
    bench.machines(ORDERS).await;
    let alerts = bench.plant.alerts().await;
    bench.plant.intend(&alerts).await;
    let references: Vec<String> =
        sqlx::query_scalar("SELECT external_ref FROM work_order ORDER BY id LIMIT 400")
            .fetch_all(bench.services().store.pool())
            .await
            .unwrap();
    let seed = *b"histories of work orders, seed 1";
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &seed),
    );
    let lives = lives().new_tree(&mut runner).unwrap().current();
    let mut rows = Vec::new();
    for (order, life) in lives.iter().enumerate() {
        for (place, status) in life.iter().enumerate() {
            let version = place as i64 + 1;
            // Half of the records do not say whose they are; the first one always does.
            let reference = (place == 0 || version % 2 == 0).then(|| references[order].clone());
            let row = row(order, reference, version, *status);
            rows.extend([row.clone(), row]);
        }
    }
    let shuffled = Just(rows).prop_shuffle().new_tree(&mut runner).unwrap().current();
    let cuts = prop::collection::vec(1..90_usize, shuffled.len());
    let mut left = shuffled.as_slice();
    for cut in cuts.new_tree(&mut runner).unwrap().current() {
        let (page, later) = left.split_at(cut.min(left.len()));
        bench.take(page.to_vec()).await;
        left = later;
    }
    let ended: Vec<(String, String, String, i64, Option<String>)> = sqlx::query_as(
        "SELECT w.cmms_id, w.status, w.assigned_to, w.record_version, w.closure->>'labour_hours'
         FROM work_order w WHERE w.cmms_id LIKE 'H-%' ORDER BY w.id",
    )
    .fetch_all(bench.services().store.pool())
    .await
    .unwrap();
    assert_eq!(ended.len(), ORDERS);
    for (order, (id, status, who, version, hours)) in ended.iter().enumerate() {
        let life = &lives[order];
        let last = *life.last().unwrap();
        assert_eq!(id, &format!("H-{order}"));
        assert_eq!(status, last.as_str(), "{order}: {life:?}");
        assert_eq!(*version, life.len() as i64);
        assert_eq!(who, &format!("person {}", life.len()));
        let closed = (last == WorkOrderStatus::Closed).then(|| format!("{:.1}", life.len() as f64));
        assert_eq!(hours, &closed);
    }
    let verdicts = "SELECT count(*) FROM alert a JOIN work_order w ON w.id = a.work_order_id
                    WHERE (w.status IN ('closed', 'cancelled')) <> (a.state = 'closed')";
    assert_eq!(bench.plant.number(verdicts).await, 0);
    let mirror =
        "SELECT count(*) FROM cmms_order o JOIN work_order w USING (connection_id, cmms_id)
                  WHERE o.status <> w.status OR o.version <> w.record_version";
    assert_eq!(bench.plant.number(mirror).await, 0);
}
