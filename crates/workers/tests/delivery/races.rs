//! R5, R7, R14: who comes second.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::WorkOrderId;
use services::work_orders::intend;
use store::work_orders::delivery;
use tokio::sync::Barrier;

use crate::plant::{Plant, intent, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_intents_at_once_make_one_work_order() {
    let plant = Plant::new(1).await;
    let alert = plant.alerts().await[0];
    let barrier = Arc::new(Barrier::new(12));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (services, barrier) = (plant.services.clone(), barrier.clone());
        tasks.spawn(async move {
            let mut created = 0;
            let mut tx = services.store.begin_system().await.unwrap();
            barrier.wait().await;
            created += u32::from(intend(&mut tx, vec![intent(alert)]).await.unwrap()[0].created);
            tx.commit().await.unwrap();
            for _ in 0..4 {
                let mut tx = services.store.begin_system().await.unwrap();
                let intended = intend(&mut tx, vec![intent(alert)]).await.unwrap();
                created += u32::from(intended[0].created);
                tx.commit().await.unwrap();
            }
            created
        });
    }
    let mut created = 0;
    while let Some(count) = tasks.join_next().await {
        created += count.unwrap();
    }
    assert_eq!(created, 1);
    assert_eq!(plant.number("SELECT count(*) FROM work_order").await, 1);
    let rows = "SELECT count(*) FROM audit_event WHERE action = 'alert.work_order'";
    assert_eq!(plant.number(rows).await, 60);
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_cannot_write() {
    let plant = Plant::new(1).await;
    let order = plant.order().await;
    let connection = plant.connection().await;
    let claim = async |lease: Duration| {
        let mut tx = plant.services.store.begin_system().await.unwrap();
        let claim = delivery::claim(&mut tx, connection, 64, lease).await.unwrap();
        tx.commit().await.unwrap();
        claim.leases
    };
    let ours = async |leases: &[delivery::Lease]| -> Vec<WorkOrderId> {
        let mut tx = plant.services.store.begin_system().await.unwrap();
        delivery::still_ours(&mut tx, leases).await.unwrap()
    };
    let slow = claim(Duration::from_millis(1)).await;
    assert_eq!(ours(&slow).await, vec![order]);
    let taken_over = std::sync::Mutex::new(Vec::new());
    until("the lease has run out", || async {
        let leases = claim(Duration::from_secs(60)).await;
        let got = !leases.is_empty();
        if got {
            *taken_over.lock().unwrap() = leases;
        }
        got
    })
    .await;
    let quick = taken_over.into_inner().unwrap();
    assert_eq!(ours(&slow).await, Vec::new());
    assert_eq!(ours(&quick).await, vec![order]);
    assert!(claim(Duration::from_secs(60)).await.is_empty());
}

#[tokio::test]
async fn a_delivery_without_its_audit_row_cannot_commit() {
    let plant = Plant::new(1).await;
    plant.order().await;
    let change = sqlx::query("UPDATE work_order SET delivery_state = 'created'")
        .execute(plant.services.store.pool())
        .await;
    assert!(change.unwrap_err().to_string().contains("unaudited change of work_order"));
}
