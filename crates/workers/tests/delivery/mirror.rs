//! R6, R10: records of the CMMS in any order.

use chrono::{DateTime, Utc};
use cmms::Identity;
use domain::cmms_record::CmmsRecord;
use domain::work_order::{Closure, WorkOrderStatus};
use services::work_orders::mirror::{Applied, apply};

use crate::fake_cmms::FakeCmms;
use crate::plant::Plant;

fn record(reference: Option<&str>, version: i64, status: WorkOrderStatus) -> CmmsRecord {
    let closure: Closure = serde_json::from_value(serde_json::json!({
        "actual_failure_mode": "spindle_bearing_outer_race", "action": "replaced",
    }))
    .unwrap();
    CmmsRecord {
        external_ref: reference.map(str::to_owned),
        cmms_id: "77".to_owned(),
        number: "77".to_owned(),
        status: Some(status),
        cmms_status: None,
        version,
        assigned_to: None,
        closure: (status == WorkOrderStatus::Closed).then_some(closure),
        updated_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

async fn applied(plant: &Plant, record: CmmsRecord) -> Applied {
    let mut tx = plant.services.store.begin_system().await.unwrap();
    let applied = apply(&mut tx, plant.connection().await, record).await.unwrap();
    tx.commit().await.unwrap();
    applied
}

const STATE: &str = "SELECT w.status || ' ' || w.delivery_state || ' ' || a.state || ' ' ||
    coalesce(a.outcome, '-') || ' ' || a.prevented FROM work_order w JOIN alert a ON a.id = w.alert_id";

#[tokio::test]
async fn a_closing_that_overtakes_the_create_answer_lands_and_nothing_is_sent_again() {
    let plant = Plant::new(1).await;
    plant.order().await;
    let reference = plant.text("SELECT external_ref FROM work_order").await;
    applied(&plant, record(Some(&reference), 3, WorkOrderStatus::Closed)).await;
    let cmms = FakeCmms::new(Identity::SearchableRef, []);
    let worker = plant.deliver(cmms.clone(), 1).await;
    plant.until_none("SELECT count(*) FROM work_order WHERE delivery_state <> 'created'").await;
    worker.stop().await;
    assert_eq!(cmms.creates(), 0);
    assert_eq!(plant.text(STATE).await, "closed created closed confirmed true");
    let late = applied(&plant, record(Some(&reference), 1, WorkOrderStatus::Draft)).await;
    assert!(matches!(late, Applied::Known(_)));
    assert_eq!(plant.text(STATE).await, "closed created closed confirmed true");
}

#[tokio::test]
async fn a_record_known_by_id_only_waits_for_the_answer_that_names_it() {
    let plant = Plant::new(1).await;
    plant.order().await;
    let reference = plant.text("SELECT external_ref FROM work_order").await;
    let closed = record(None, 5, WorkOrderStatus::Closed);
    assert_eq!(applied(&plant, closed.clone()).await, Applied::Held);
    assert_eq!(applied(&plant, record(None, 4, WorkOrderStatus::InProgress)).await, Applied::Held);
    applied(&plant, record(Some(&reference), 1, WorkOrderStatus::Draft)).await;
    assert_eq!(plant.text("SELECT status FROM work_order").await, "closed");
    assert_eq!(plant.number("SELECT count(*) FROM held_record").await, 0);
    assert!(matches!(applied(&plant, closed).await, Applied::Known(_)));
}

#[tokio::test]
async fn a_reopening_voids_the_verdict_until_it_is_closed_again() {
    let plant = Plant::new(1).await;
    plant.order().await;
    let reference = plant.text("SELECT external_ref FROM work_order").await;
    let step = async |version, status| {
        applied(&plant, record(Some(&reference), version, status)).await;
        plant.text(STATE).await
    };
    assert_eq!(step(2, WorkOrderStatus::Closed).await, "closed queued closed confirmed true");
    let held_off = "SELECT count(*) FROM alert WHERE held_off_until > now() + interval '47 hours'";
    assert_eq!(plant.number(held_off).await, 1);
    assert_eq!(step(3, WorkOrderStatus::InProgress).await, "in_progress queued work_order - false");
    assert_eq!(plant.number(held_off).await, 0);
    assert_eq!(step(4, WorkOrderStatus::Cancelled).await, "cancelled queued closed deferred false");
}

#[tokio::test]
async fn a_reopening_beside_another_open_work_order_stays_closed_and_is_noted() {
    let plant = Plant::new(1).await;
    plant.order().await;
    let reference = plant.text("SELECT external_ref FROM work_order").await;
    applied(&plant, record(Some(&reference), 2, WorkOrderStatus::Closed)).await;
    let again = plant.alerts().await;
    let second = plant.intend(&again).await[0];
    assert!(second.created);
    let blocked = applied(&plant, record(Some(&reference), 3, WorkOrderStatus::InProgress)).await;
    assert!(matches!(blocked, Applied::Blocked { by, .. } if by == second.work_order_id));
    let noted = "SELECT count(*) FROM audit_event WHERE action = 'work_order.reopen_blocked'";
    assert_eq!(plant.number(noted).await, 1);
}
