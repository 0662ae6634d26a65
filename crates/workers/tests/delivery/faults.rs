//! R3, R4: whatever a CMMS does, each intent ends, and none is held twice.

use std::collections::HashMap;

use cmms::Identity;
use services::work_orders::retry;

use crate::fake_cmms::{FakeCmms, Fault};
use crate::plant::{Plant, until};

/// A fault for about one create in three, the same in every run.
fn storm(count: usize) -> Vec<Fault> {
    let kinds = [
        Fault::ConnectionRefused,
        Fault::ResetBeforeCommit,
        Fault::ResetAfterCommit,
        Fault::LateCommit(200),
        Fault::ErrorAfterCommit,
        Fault::TruncatedAnswer,
        Fault::RateLimited,
    ];
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize
    };
    (0..count)
        .map(|_| if next() % 3 == 0 { kinds[next() % kinds.len()] } else { Fault::None })
        .collect()
}

const UNFINISHED: &str = "SELECT count(*) FROM work_order WHERE delivery_state <> 'created'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_faults_leaves_one_record_for_each_work_order() {
    let plant = Plant::new(300).await;
    let alerts = plant.alerts().await;
    assert_eq!(plant.intend(&alerts).await.len(), 300);
    let cmms = FakeCmms::new(Identity::SearchableRef, storm(2_000));
    cmms.fail_look_ups(20);
    let worker = plant.deliver(cmms.clone(), 8).await;
    plant.until_none(UNFINISHED).await;
    worker.stop().await;
    let mut held: HashMap<String, u32> = HashMap::new();
    for record in cmms.ledger() {
        *held.entry(record.external_ref.unwrap()).or_default() += 1;
    }
    assert_eq!(held.len(), 300);
    assert!(held.values().all(|count| *count == 1), "doubled: {held:?}");
    assert!(cmms.look_ups() > 50, "the faults did not bite");
    let stuck = "SELECT count(*) FROM delivery_lane WHERE ready_at IS NOT NULL
                 OR leased_until IS NOT NULL";
    assert_eq!(plant.number(stuck).await, 0);
    let open = "SELECT count(*) FROM delivery_attempt WHERE finished_at IS NULL";
    assert_eq!(plant.number(open).await, 0);
    for record in cmms.ledger() {
        let number: String =
            sqlx::query_scalar("SELECT cmms_number FROM work_order WHERE external_ref = $1")
                .bind(record.external_ref.unwrap())
                .fetch_one(plant.services.store.pool())
                .await
                .unwrap();
        assert_eq!(number, record.number);
    }
}

#[tokio::test]
async fn a_cmms_without_search_gets_no_second_create_until_a_person_says_so() {
    let plant = Plant::new(1).await;
    let order = plant.order().await;
    let cmms = FakeCmms::new(Identity::Neither, [Fault::ResetAfterCommit]);
    let worker = plant.deliver(cmms.clone(), 1).await;
    plant
        .until_none("SELECT count(*) FROM work_order WHERE delivery_state <> 'needs_person'")
        .await;
    assert_eq!((cmms.creates(), cmms.ledger().len()), (1, 1));
    let planner = plant.person(domain::permission::Role::Planner).await;
    let mut tx = plant.services.store.begin(&store::Scope::All, planner.actor).await.unwrap();
    retry(&mut tx, &planner, order).await.unwrap();
    tx.commit().await.unwrap();
    plant.until_none(UNFINISHED).await;
    worker.stop().await;
    assert_eq!((cmms.creates(), cmms.ledger().len()), (1, 1), "the record was adopted");
}

#[tokio::test]
async fn refused_credentials_pause_the_connection_after_two_calls() {
    let plant = Plant::new(5).await;
    let alerts = plant.alerts().await;
    plant.intend(&alerts).await;
    let cmms = FakeCmms::new(Identity::SearchableRef, [Fault::Unauthorised; 2]);
    let worker = plant.deliver(cmms.clone(), 1).await;
    plant.until_none("SELECT count(*) FROM connection WHERE state <> 'paused'").await;
    assert_eq!(cmms.creates(), 2);
    let mut tx = plant.services.store.begin_system().await.unwrap();
    let connection = plant.connection().await;
    assert!(store::connections::resume(&mut tx, connection).await.unwrap());
    tx.commit().await.unwrap();
    plant.until_none(UNFINISHED).await;
    worker.stop().await;
    assert_eq!(cmms.ledger().len(), 5);
}

#[tokio::test]
async fn an_unreachable_cmms_opens_the_breaker_and_all_is_sent_once_it_is_back() {
    let plant = Plant::new(20).await;
    let alerts = plant.alerts().await;
    plant.intend(&alerts).await;
    let cmms = FakeCmms::new(Identity::SearchableRef, [Fault::ConnectionRefused; 8]);
    let worker = plant.deliver(cmms.clone(), 1).await;
    let connection = &plant;
    until("the breaker is open", || async {
        connection.number("SELECT count(*) FROM connection WHERE open_until > now()").await > 0
    })
    .await;
    plant.until_none(UNFINISHED).await;
    worker.stop().await;
    assert_eq!(cmms.ledger().len(), 20);
    assert_eq!(plant.number("SELECT count(*) FROM connection WHERE failures > 0").await, 0);
}

#[tokio::test]
async fn a_refused_work_order_stops_at_once_and_absorbs_nothing() {
    let plant = Plant::new(1).await;
    let alerts = plant.alerts().await;
    let first = plant.intend(&alerts).await[0];
    let cmms = FakeCmms::new(Identity::SearchableRef, [Fault::Refused]);
    let worker = plant.deliver(cmms.clone(), 1).await;
    plant.until_none("SELECT count(*) FROM work_order WHERE delivery_state <> 'rejected'").await;
    let second = plant.intend(&alerts).await[0];
    assert!(second.created && second.work_order_id != first.work_order_id);
    plant.until_none("SELECT 1 - count(*) FROM work_order WHERE delivery_state = 'created'").await;
    worker.stop().await;
    assert_eq!(cmms.ledger().len(), 1);
    let references = "SELECT count(DISTINCT external_ref) FROM work_order";
    assert_eq!(plant.number(references).await, 2);
}
