//! The plant plays its stories against a server of a few lines that answers as the contract says.

mod scripted;

use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeZone, Utc};
use scripted::Scripted;
use secrecy::SecretString;
use simulators::plant::{PlantKeys, PlantOptions, run_until};

fn options(base_url: String) -> PlantOptions {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let key = |name: &str| SecretString::from(name.to_owned());
    let keys = PlantKeys {
        plant: key("plant"),
        planner: key("planner"),
        supervisor: key("supervisor"),
        technician: key("technician"),
    };
    let now = Utc.with_ymd_and_hms(2026, 3, 4, 10, 0, 0).unwrap();
    let mut options = PlantOptions::new(base_url, keys, Arc::new(move || now));
    options.pace = 0.0;
    options.stories_only = true;
    options
}

async fn play(server: &Scripted) {
    let play = run_until(options(server.base_url()), std::future::pending());
    tokio::time::timeout(Duration::from_secs(60), play).await.expect("in time").unwrap();
}

#[tokio::test]
async fn every_story_reaches_its_verdict_through_the_right_people() {
    let server = Scripted::start(0).await;
    play(&server).await;
    for asset in ["VMC-1050-SP02", "ML-2007-T4", "MC-3001-AX-X"] {
        assert_eq!(server.state_of(asset).as_deref(), Some("closed"), "{asset}");
    }
    let steps = server.steps();
    for (to, who) in [
        ("approved", "planner"),
        ("assigned", "planner"),
        ("in_progress", "technician"),
        ("closed", "technician"),
    ] {
        let by: Vec<&str> =
            steps.iter().filter(|(step, _)| step == to).map(|(_, by)| by.as_str()).collect();
        assert_eq!(by, [who; 3], "{to}");
    }
    assert_eq!(server.raised_by(), ["supervisor"]);
}

#[tokio::test]
async fn a_second_start_tells_nothing_twice() {
    let server = Scripted::start(0).await;
    play(&server).await;
    let (predictions, points) = server.received();
    assert!(predictions > 3 && points > 500);
    play(&server).await;
    assert_eq!(server.received(), (predictions, points));
    assert_eq!(server.steps().len(), 12);
}

#[tokio::test]
async fn a_server_that_is_busy_at_times_is_asked_again() {
    let server = Scripted::start(7).await;
    play(&server).await;
    assert_eq!(server.state_of("VMC-1050-SP02").as_deref(), Some("closed"));
    assert_eq!(server.raised_by(), ["supervisor"]);
}

#[tokio::test]
async fn the_plant_stops_when_told_even_while_the_server_is_away() {
    let mut options = options("http://127.0.0.1:9".to_owned());
    options.stories_only = false;
    let stopped = run_until(options, std::future::ready(()));
    tokio::time::timeout(Duration::from_secs(2), stopped).await.expect("promptly").unwrap();
}
