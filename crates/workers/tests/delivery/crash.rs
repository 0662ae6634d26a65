//! The delivery killed at every named point: started again, it ends in the same state.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::plant::Plant;

const POINTS: [&str; 7] = [
    "wo.before_claim_commit",
    "wo.after_claim",
    "book.before_commit",
    "book.after_commit",
    "wo.after_calls",
    "wo.before_finish_commit",
    "wo.after_finish",
];
const UNFINISHED: &str = "SELECT count(*) FROM work_order WHERE delivery_state <> 'created'";

#[test]
fn every_crash_point_of_the_delivery_is_walked() {
    let sources = [
        include_str!("../../src/delivery/lane.rs"),
        include_str!("../../src/delivery/book.rs"),
        include_str!("../../src/delivery/mod.rs"),
    ];
    let marked: usize = sources.iter().map(|text| text.matches("crash_point!(\"").count()).sum();
    assert_eq!(marked, POINTS.len());
    for point in POINTS {
        let mark = format!("crash_point!(\"{point}\")");
        assert!(sources.iter().any(|text| text.contains(&mark)), "{point}");
    }
}

/// Runs in a process of its own: delivers until all is delivered.
#[tokio::test]
#[ignore = "started by the test below"]
async fn child() {
    let url = std::env::var("MILLWRIGHT_CRASH_TEST_URL").unwrap();
    let plant = Plant::open(url).await;
    let worker = plant.deliver_to_book().await;
    plant.until_none(UNFINISHED).await;
    worker.stop().await;
}

fn deliver_in_a_process(url: &str, point: Option<&str>) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", "crash::child"])
        .env("MILLWRIGHT_CRASH_TEST_URL", url)
        .env_remove("MILLWRIGHT_CRASH_POINT")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(point) = point {
        command.env("MILLWRIGHT_CRASH_POINT", point);
    }
    command.status().unwrap().success()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_killed_anywhere_ends_with_one_record() {
    let plant = Plant::new(POINTS.len() as u32).await;
    for (done, point) in POINTS.into_iter().enumerate() {
        let started = Instant::now();
        let alerts = plant.alerts().await;
        let order = if done == 0 { alerts } else { Vec::new() };
        let alert = match order.first() {
            Some(first) => *first,
            None => {
                let free = "SELECT min(id) FROM alert WHERE state = 'open'";
                domain::ids::AlertId(plant.number(free).await)
            }
        };
        plant.intend(&[alert]).await;
        assert!(!deliver_in_a_process(&plant.url, Some(point)), "{point} was not reached");
        assert!(deliver_in_a_process(&plant.url, None), "{point}: not delivered afterwards");
        assert_eq!(
            plant.number("SELECT count(*) FROM book_order").await,
            done as i64 + 1,
            "{point}"
        );
        assert_eq!(plant.number(UNFINISHED).await, 0, "{point}");
        assert!(started.elapsed().as_secs() < 60, "{point}");
    }
}
