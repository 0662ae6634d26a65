//! The three stories against the doubles of Maximo, SAP and Fiix; and a CMMS whose webhooks are
//! lost, doubled and swapped.

use domain::alert::{Origin, Priority};
use domain::ids::AlertId;
use domain::policy::CreateAs;
use domain::prediction::Evidence;
use domain::work_order::SparePart;
use serde_json::{Value, json};
use services::work_orders::{Intent, Raise};
use store::Actor;

use crate::bench::Bench;
use crate::hooks::Listener;

/// How the CMMS's news reach us.
#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    Webhook,
    Poll,
}

struct System {
    name: &'static str,
    assets: [&'static str; 3],
    part: &'static str,
    news: News,
    /// Hours that the double's technicians may record.
    hours: [f64; 3],
}

fn parts(system: &System) -> Vec<SparePart> {
    let part = |part: &str, description: &str| SparePart {
        part: part.to_owned(),
        description: Some(description.to_owned()),
        quantity: 1.0,
    };
    match system.name {
        "fiix" => vec![part("901", "spindle bearing cartridge"), part("902", "lubrication kit")],
        _ => vec![part("SBC-1050", "spindle bearing cartridge"), part("LUB-22", "lubrication kit")],
    }
}

const POINT: &str = "VMC-1050/SP02/vib_rms";
const GRAPH: &str = "Trend VMC-1050 SP02 vib_rms.svg";

fn trend() -> Vec<Evidence> {
    vec![Evidence { point: POINT.to_owned(), from: None, to: None }]
}

/// A rule creates it at once, with parts and the trend.
fn spindle(alert: AlertId, system: &System) -> Intent {
    let mut intent = Intent::new(alert, Origin::Rule, Actor::System, Priority::HIGH);
    intent.recommended_action = Some("replace rear bearing set".to_owned());
    intent.description = "Predicted by spindle-ensemble 4.2: confidence 0.78.".to_owned();
    intent.spare_parts = parts(system);
    intent.evidence = trend();
    intent
}

/// The supervisor raises it, with trend and notes.
fn worn_tool(asset: &str) -> Raise {
    let request = json!({
        "asset": asset, "failure_mode": "spindle_bearing_fault", "priority": 3,
        "title": "TWL-04 Change worn tool, ML-2007 station T4",
        "notes": "Chatter marks on the last three parts; trend attached.",
        "evidence": trend(),
    });
    serde_json::from_value(request).unwrap()
}

/// It waits for the next shutdown and its crew.
fn ball_screw(alert: AlertId) -> Intent {
    let mut intent = Intent::new(alert, Origin::Shutdown, Actor::System, Priority::MEDIUM);
    intent.recommended_action = Some("replace ball screw nut, set preload".to_owned());
    intent.create_as = CreateAs::Approved;
    intent.assign_to = Some("weekend crew".to_owned());
    intent
}

async fn tell(system: &System) {
    let bench = Bench::new(system.name, None).await;
    bench.machines_there(&system.assets).await;
    let listener = match system.news {
        News::Webhook => Some(Listener::start(&bench).await),
        News::Poll => None,
    };
    if let Some(listener) = &listener {
        bench.subscribe(&listener.url, json!([])).await;
    }
    let alerts = bench.alerts_at(&system.assets).await;
    bench.measured(POINT).await;
    bench.intend(vec![spindle(alerts[0], system)]).await;
    bench.raise(worn_tool(system.assets[1])).await;
    bench.intend(vec![ball_screw(alerts[2])]).await;
    bench.deliver().await;
    bench.send_files().await;
    let ledger = bench.ledger().await;
    assert_eq!(ledger.len(), 3, "{}", system.name);
    let spindle = ledger.iter().find(|one| one.asset == system.assets[0]).unwrap();
    let planned: Vec<&str> = spindle.parts.iter().map(|(part, _)| part.as_str()).collect();
    let wanted: Vec<String> = parts(system).into_iter().map(|part| part.part).collect();
    assert_eq!(planned, wanted, "{}", system.name);
    assert!(spindle.title.contains("earing"), "{}", spindle.title);
    let tool = ledger.iter().find(|one| one.asset == system.assets[1]).unwrap();
    assert!(tool.description.contains("Chatter marks"), "{}", tool.description);
    assert_eq!(spindle.files, [GRAPH], "{}", system.name);
    assert_eq!(tool.files, [GRAPH, "Notes.txt"], "{}", system.name);
    for (asset, hours) in system.assets.iter().zip(system.hours) {
        let id = &ledger.iter().find(|one| one.asset == *asset).unwrap().id;
        bench.work(id, "start", Value::Null).await;
        let closure = json!({"labour_hours": hours, "part": system.part, "action": "REPLACE"});
        bench.work(id, "close", closure).await;
    }
    let judged = "SELECT count(*) FROM alert WHERE state <> 'closed' OR outcome <> 'confirmed'";
    match &listener {
        Some(_) => bench.plant.until_none(judged).await,
        None => {
            bench.sync().await;
            assert_eq!(bench.plant.number(judged).await, 0, "{}", system.name);
        }
    }
    let told: Vec<(String, String)> = sqlx::query_as(
        "SELECT w.origin || ' ' || w.status, w.closure->>'labour_hours' FROM work_order w ORDER BY id",
    )
    .fetch_all(bench.services().store.pool())
    .await
    .unwrap();
    let hours: Vec<f64> = told.iter().map(|(_, hours)| hours.parse().unwrap()).collect();
    let origins: Vec<&str> = told.iter().map(|(origin, _)| origin.as_str()).collect();
    assert_eq!(origins, ["rule closed", "person closed", "shutdown closed"]);
    assert_eq!(hours, system.hours);
}

const MAXIMO: System = System {
    name: "maximo",
    assets: ["VMC-1002", "VMC-1003", "VMC-1004"],
    part: "SBC-1050",
    news: News::Poll,
    hours: [6.5, 0.5, 4.2],
};
const SAP: System = System {
    name: "sap",
    assets: ["10000002", "10000003", "10000004"],
    part: "SBC-1050",
    news: News::Poll,
    hours: [6.5, 1.5, 4.2],
};
const FIIX: System = System {
    name: "fiix",
    assets: ["102", "103", "104"],
    part: "901",
    news: News::Poll,
    hours: [6.5, 0.5, 4.2],
};

#[tokio::test]
async fn the_stories_come_back_from_a_maximo_by_poll() {
    tell(&MAXIMO).await;
}

#[tokio::test]
async fn the_stories_come_back_from_a_maximo_by_webhook() {
    tell(&System { news: News::Webhook, ..MAXIMO }).await;
}

#[tokio::test]
async fn the_stories_come_back_from_an_sap_by_poll() {
    tell(&SAP).await;
}

#[tokio::test]
async fn the_stories_come_back_from_an_sap_by_webhook() {
    tell(&System { news: News::Webhook, ..SAP }).await;
}

#[tokio::test]
async fn the_stories_come_back_from_a_fiix_that_sends_no_webhooks() {
    tell(&FIIX).await;
}

#[tokio::test]
async fn with_a_fifth_of_the_webhooks_lost_doubled_or_swapped_all_is_as_the_cmms_has_it() {
    let bench = Bench::new("maximo", None).await;
    let listener = Listener::start(&bench).await;
    let mut faults = Vec::new();
    for place in 0..40 {
        let fault = ["drop", "duplicate", "reorder"][place % 3];
        faults.push(json!({"skip": 5 * place + place % 5, "times": 1, "fault": fault}));
    }
    bench.subscribe(&listener.url, json!(faults)).await;
    let mut made = Vec::new();
    for _ in 0..40 {
        made.push(bench.by_hand("VMC-1002", "VIBR").await);
    }
    for (place, id) in made.iter().enumerate() {
        bench.work(id, "start", Value::Null).await;
        match place % 3 {
            0 => bench.work(id, "cancel", Value::Null).await,
            1 => {
                let closure = json!({"labour_hours": 1.0, "part": "6205-2RS", "action": "REPLACE"});
                bench.work(id, "close", closure).await;
            }
            _ => {}
        }
    }
    listener.idle().await;
    let by_webhook = bench.plant.number("SELECT count(*) FROM cmms_order").await;
    assert!(by_webhook > 20, "{by_webhook}");
    bench.sync().await;
    let ledger = bench.ledger().await;
    let mirrored: Vec<(String, String)> =
        sqlx::query_as("SELECT cmms_id, cmms_status FROM cmms_order ORDER BY cmms_id")
            .fetch_all(bench.services().store.pool())
            .await
            .unwrap();
    let mut there: Vec<(String, String)> =
        ledger.into_iter().map(|entry| (entry.id, entry.status)).collect();
    there.sort();
    assert_eq!(mirrored, there);
}
