//! Every double with its manifest, by every behaviour of the conformance suite.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use cmms::conformance::{self, Row};
use cmms::egress::Egress;
use cmms::engine::{Connection, ManifestClient, Now};
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

#[tokio::test]
async fn a_session_that_is_logged_out_is_gone_there_too() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let start = "2026-02-01T06:00:00Z".parse().unwrap();
    let double = Double::start(face("jd-edwards").unwrap(), "127.0.0.1:0", start).await.unwrap();
    let about = reqwest::get(format!("{}/_double/about", double.url())).await.unwrap();
    let about: serde_json::Value = about.json().await.unwrap();
    let egress = Egress::new([double.address().to_string()]);
    let mut connection = Connection::new(double.url(), egress, now());
    connection.settings = serde_json::from_value(about["settings"].clone()).unwrap();
    let secrets: BTreeMap<String, String> =
        serde_json::from_value(about["secrets"].clone()).unwrap();
    connection.secrets = secrets.into_iter().map(|(name, word)| (name, word.into())).collect();
    let manifest = manifest::find("jd-edwards").unwrap().unwrap();
    let client = ManifestClient::new(Arc::new(manifest), connection).unwrap();
    client.connect().await.unwrap();
    assert_eq!(sessions(&double).await, 1);
    client.log_out().await;
    assert_eq!(sessions(&double).await, 0);
    client.connect().await.unwrap();
    assert_eq!(sessions(&double).await, 1);
}

async fn sessions(double: &Double) -> u64 {
    let url = format!("{}/_double/sessions", double.url());
    reqwest::get(url).await.unwrap().json().await.unwrap()
}
