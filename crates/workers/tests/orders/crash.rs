//! The reading of work orders killed at every named point: started again, it ends in the same state.

use std::process::{Command, Stdio};

use serde_json::json;
use workers::orders::Follower;

use crate::bench::{Bench, client_of};
use crate::plant::{Plant, until};

const POINTS: [&str; 5] = [
    "orders.after_page",
    "orders.before_commit",
    "orders.after_commit",
    "orders.after_reading_claim",
    "orders.before_reading_commit",
];
const UNREAD: &str = "SELECT (SELECT count(*) FROM order_reading) +
    (SELECT count(*) FROM order_sync WHERE mode IS NULL OR finished_at IS NULL)";

#[test]
fn every_crash_point_of_the_reading_is_walked() {
    let sources =
        [include_str!("../../src/orders/run.rs"), include_str!("../../src/orders/readings.rs")];
    let marked: usize = sources.iter().map(|text| text.matches("crash_point!(\"").count()).sum();
    assert_eq!(marked, POINTS.len());
    for point in POINTS {
        let mark = format!("crash_point!(\"{point}\")");
        assert!(sources.iter().any(|text| text.contains(&mark)), "{point}");
    }
}

/// Runs in a process of its own: reads until all is read.
#[tokio::test]
#[ignore = "started by the test below"]
async fn child() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let plant = Plant::open(std::env::var("MILLWRIGHT_CRASH_TEST_URL").unwrap()).await;
    let double = std::env::var("MILLWRIGHT_CRASH_TEST_DOUBLE").unwrap();
    let (client, _) = client_of("maximo", &double, Some(2)).await;
    let connection = domain::ids::ConnectionId(
        plant.number("SELECT id FROM connection WHERE slug = 'maximo'").await,
    );
    let follower = Follower { services: &plant.services, connection, client: &client };
    until("all is read", || async {
        follower.sync().await.unwrap();
        follower.read().await.unwrap();
        plant.number(UNREAD).await == 0
    })
    .await;
}

fn read_in_a_process(bench: &Bench, point: Option<&str>) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", "crash::child"])
        .env("MILLWRIGHT_CRASH_TEST_URL", &bench.plant.url)
        .env("MILLWRIGHT_CRASH_TEST_DOUBLE", bench.double.url())
        .env_remove("MILLWRIGHT_CRASH_POINT")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(point) = point {
        command.env("MILLWRIGHT_CRASH_POINT", point);
    }
    command.status().unwrap().success()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reading_killed_anywhere_ends_as_the_cmms_has_it() {
    for point in POINTS {
        let bench = Bench::new("maximo", None).await;
        bench.delivered().await;
        let ours = bench.ledger().await[0].id.clone();
        for _ in 0..4 {
            bench.by_hand("VMC-1002", "VIBR").await;
        }
        let closure = json!({"labour_hours": 3.5, "part": "6205-2RS", "action": "REPLACE"});
        bench.work(&ours, "close", closure).await;
        bench.ask(&ours).await;
        assert!(!read_in_a_process(&bench, Some(point)), "{point} was not reached");
        assert!(read_in_a_process(&bench, None), "{point}");
        assert_eq!(bench.state().await, "rule closed created closed confirmed", "{point}");
        let mirrored = bench.plant.number("SELECT count(*) FROM cmms_order").await;
        assert_eq!(mirrored, 5, "{point}");
        let whole = "SELECT count(*) FROM order_sync WHERE full_at IS NOT NULL";
        assert_eq!(bench.plant.number(whole).await, 1, "{point}");
        let verdicts = "SELECT count(*) FROM audit_event WHERE action = 'alert.verdict'";
        assert_eq!(bench.plant.number(verdicts).await, 1, "{point}");
    }
}
