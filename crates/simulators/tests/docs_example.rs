//! The manifest in docs/adding-a-cmms.md is whole and passes, as the page says.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use cmms::conformance::{self, Behaviour, Verdict};
use cmms::manifest::Manifest;
use simulators::cmms::{Double, face};

const PAGE: &str = include_str!("../../../docs/adding-a-cmms.md");

fn manifest() -> Manifest {
    let start =
        PAGE.find("```yaml\nmanifest: 1").expect("the page has a manifest") + "```yaml\n".len();
    let end = PAGE[start..].find("\n```").expect("it ends") + start;
    Manifest::read(&PAGE[start..end]).unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_passes_every_behaviour() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let start = "2026-02-01T06:00:00Z".parse().unwrap();
    let double = Double::start(face("example").unwrap(), "127.0.0.1:0", start).await.unwrap();
    let now = Arc::new(|| {
        DateTime::<Utc>::from(
            std::time::UNIX_EPOCH + std::time::UNIX_EPOCH.elapsed().unwrap_or_default(),
        )
    });
    let row = conformance::run(manifest(), &double.url(), None, now).await.unwrap();
    assert!(row.passed(), "{}", conformance::table(&[row]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manifest_that_searches_for_the_wrong_thing_is_found_out() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let start = "2026-02-01T06:00:00Z".parse().unwrap();
    let double = Double::start(face("example").unwrap(), "127.0.0.1:0", start).await.unwrap();
    let now = Arc::new(|| {
        DateTime::<Utc>::from(
            std::time::UNIX_EPOCH + std::time::UNIX_EPOCH.elapsed().unwrap_or_default(),
        )
    });
    let start = PAGE.find("```yaml\nmanifest: 1").unwrap() + "```yaml\n".len();
    let end = PAGE[start..].find("\n```").unwrap() + start;
    let wrong = PAGE[start..end]
        .replace("query: {externalId: '${reference}'}", "query: {externalId: 'x${reference}'}");
    let row =
        conformance::run(Manifest::read(&wrong).unwrap(), &double.url(), None, now).await.unwrap();
    let failed = |behaviour| {
        row.verdicts
            .iter()
            .any(|(one, verdict)| *one == behaviour && matches!(verdict, Verdict::Failed(_)))
    };
    assert!(failed(Behaviour::Once) && failed(Behaviour::Crash), "{}", conformance::table(&[row]));
}
