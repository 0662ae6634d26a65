//! The delivery to a CMMS of several calls, killed at every named point and with every step run
//! twice: in the end there is one record with all that belongs to it.

use std::process::{Command, Stdio};
use std::time::Duration;

use domain::ids::WorkOrderId;
use serde_json::json;
use store::work_orders::delivery;

use crate::world::{World, clients, open, rule, until};

/// A system that creates in several calls.
const SYSTEM: &str = "fiix";
const POINTS: [&str; 8] = [
    "wo.before_claim_commit",
    "wo.after_claim",
    "call.announced",
    "wo.before_step_kept",
    "wo.after_step_kept",
    "wo.after_calls",
    "wo.before_finish_commit",
    "wo.after_finish",
];
const WRITTEN: &str = "SELECT count(*) FROM api_transaction WHERE direction = 'out'";
const UNFINISHED: &str = "SELECT count(*) FROM work_order WHERE delivery_state <> 'created'";

/// Runs in a process of its own: delivers until all is delivered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the test below"]
async fn child() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let of = |name: &str| std::env::var(format!("MILLWRIGHT_CRASH_TEST_{name}")).unwrap();
    let services = open(&of("URL"), &of("KEY")).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let clients = clients(&services, vec![of("ALLOW")]);
    let task = tokio::spawn(workers::delivery::run(services.clone(), clients, stop.clone()));
    until("delivered", Duration::from_secs(60), || async {
        let left: i64 =
            sqlx::query_scalar(UNFINISHED).fetch_one(services.store.pool()).await.unwrap();
        left == 0
    })
    .await;
    stop.cancel();
    task.await.unwrap();
}

async fn deliver_in_a_process(world: &World, allow: &str, point: Option<&str>) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", "crash::child"])
        .env("MILLWRIGHT_CRASH_TEST_URL", &world.db.url)
        .env("MILLWRIGHT_CRASH_TEST_KEY", &world.key)
        .env("MILLWRIGHT_CRASH_TEST_ALLOW", allow)
        .env_remove("MILLWRIGHT_CRASH_POINT")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(point) = point {
        command.env("MILLWRIGHT_CRASH_POINT", point);
    }
    tokio::task::spawn_blocking(move || command.status().unwrap().success()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_of_several_calls_killed_anywhere_ends_whole_and_once() {
    let (world, all) = World::new(&[SYSTEM], POINTS.len()).await;
    let cmms = &all[0];
    let allow = cmms.double.address().to_string();
    for (done, point) in POINTS.into_iter().enumerate() {
        world.order(cmms, 1).await;
        add_parts(&world).await;
        assert!(!deliver_in_a_process(&world, &allow, Some(point)).await, "{point} not reached");
        assert!(deliver_in_a_process(&world, &allow, None).await, "{point}: not delivered");
        let ledger: Vec<_> =
            cmms.ledger().await.into_iter().filter(|one| !one.reference.is_empty()).collect();
        assert_eq!(ledger.len(), done + 1, "{point}");
        assert!(ledger.iter().all(|one| one.parts.len() == 2), "{point}: {ledger:?}");
        let (written, made) = (world.number(WRITTEN).await, cmms.calls().await);
        assert!(written >= made, "{point}: {made} calls, {written} of them written down");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_under_way_when_its_program_is_killed_stays_written_down() {
    let (world, all) = World::new(&[SYSTEM], 1).await;
    let cmms = &all[0];
    let allow = cmms.double.address().to_string();
    world.order(cmms, 1).await;
    assert!(!deliver_in_a_process(&world, &allow, Some("call.announced")).await);
    let under_way = "SELECT count(*) FROM api_transaction
                     WHERE outcome = 'under_way' AND operation = 'create' AND work_order_id > 0";
    assert_eq!((world.number(under_way).await, cmms.calls().await), (1, 0));
    assert!(deliver_in_a_process(&world, &allow, None).await);
    let ended = "SELECT count(*) FROM api_transaction WHERE outcome = 'ok' AND milliseconds >= 0";
    let made = cmms.calls().await;
    until("every other call is completed", Duration::from_secs(30), || async {
        world.number(ended).await == made
    })
    .await;
    assert_eq!(world.number(under_way).await, 1);
}

async fn add_parts(world: &World) {
    let parts = json!([
        {"part": "SBC-1050", "description": "spindle bearing cartridge", "quantity": 1.0},
        {"part": "LUB-22", "description": "lubrication kit", "quantity": 1.0},
    ]);
    sqlx::query(
        "UPDATE work_order SET request = jsonb_set(request, '{spare_parts}',
             CASE WHEN jsonb_array_length(request -> 'spare_parts') = 2
                  THEN request -> 'spare_parts' ELSE $1 END)
         WHERE delivery_state = 'queued'",
    )
    .bind(parts)
    .execute(world.services.store.pool())
    .await
    .unwrap();
}

/// A worker that was stopped during its call and comes back after another has taken over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_worker_writes_nothing_and_makes_no_further_call() {
    let (world, all) = World::new(&[SYSTEM], 1).await;
    let cmms = &all[0];
    let order = world.order(cmms, 1).await[0];
    cmms.script(&[rule("write", 0, 1, json!({"delay": 250}))]).await;
    let worker = world.deliver(&all);
    until("the first call is under way", Duration::from_secs(30), || async {
        cmms.writes().await == 1
    })
    .await;
    fence_out(&world, order).await;
    until("it is delivered", Duration::from_secs(60), || async {
        world.number(UNFINISHED).await == 0
    })
    .await;
    worker.stop().await;
    let ledger = cmms.ledger().await;
    assert_eq!(ledger.iter().filter(|one| !one.reference.is_empty()).count(), 1, "{ledger:?}");
}

/// Another worker takes the lane, as it does when a lease runs out, and dies at once.
async fn fence_out(world: &World, order: WorkOrderId) {
    sqlx::query(
        "UPDATE delivery_lane SET lease_token = nextval('lease_token_seq'),
             leased_until = now() + interval '300 ms' WHERE work_order_id = $1",
    )
    .bind(order.0)
    .execute(world.services.store.pool())
    .await
    .unwrap();
    let stale = delivery::Lease { work_order: order, token: 0 };
    let mut tx = world.services.store.begin_system().await.unwrap();
    assert!(delivery::still_ours(&mut tx, &[stale]).await.unwrap().is_empty());
}
