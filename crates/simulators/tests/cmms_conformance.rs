//! Every double with its manifest, by every behaviour of the conformance suite.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use cmms::conformance::{self, Row};
use cmms::engine::Now;
use cmms::manifest;
use simulators::cmms::{Double, face, systems};

fn now() -> Now {
    Arc::new(|| {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        DateTime::<Utc>::from(std::time::UNIX_EPOCH + since)
    })
}

/// A database has no double: crates/cmms/tests/sql_bridge runs against real ones.
fn with_interface() -> impl Iterator<Item = &'static str> {
    let all = manifest::builtin().iter().map(|(system, _)| *system);
    all.filter(|system| manifest::find(system).unwrap().unwrap().sql.is_none())
}

async fn row(system: &str) -> Row {
    let start = "2026-02-01T06:00:00Z".parse().unwrap();
    let double = Double::start(face(system).unwrap(), "127.0.0.1:0", start).await.unwrap();
    let manifest =
        manifest::find(system).unwrap().unwrap_or_else(|error| panic!("{system}: {error}"));
    conformance::run(manifest, &double.url(), None, now())
        .await
        .unwrap_or_else(|error| panic!("{system}: {error}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_system_passes_every_behaviour() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let only = std::env::var("CMMS").ok();
    let chosen = with_interface().filter(|system| {
        only.as_deref().is_none_or(|one| one.split(',').any(|name| name == *system))
    });
    let running: Vec<_> = chosen.map(|system| tokio::spawn(row(system))).collect();
    let mut rows = Vec::new();
    for one in running {
        rows.push(one.await.unwrap());
    }
    let table = conformance::table(&rows);
    println!("{table}");
    assert!(!rows.is_empty() && rows.iter().all(Row::passed), "\n{table}");
}

#[test]
fn every_manifest_that_comes_with_the_program_has_a_double() {
    let doubles: Vec<&str> = systems().collect();
    for system in with_interface() {
        assert!(doubles.contains(&system), "{system} has no double");
    }
}
