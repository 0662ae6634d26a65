//! How long a large register takes to be read over HTTP and compared with ours, and how much memory:
//! `cargo run --release -p workers --example reconcile -- [ASSETS] [ROUNDS]`.
//!
//! Nine of ten assets have a counterpart, by id, serial number or barcode in another spelling; the
//! rest is new on one side each. The first round pairs everything, the later ones read and compare
//! what is paired.

#![allow(missing_docs, clippy::unwrap_used)]

#[allow(dead_code, reason = "tests use the rest")]
#[path = "../tests/register/feed.rs"]
mod feed;
#[allow(dead_code, reason = "tests use the rest")]
#[path = "../tests/register/plant.rs"]
mod plant;

use std::sync::Arc;
use std::time::Instant;

use feed::Feed;
use plant::Plant;
use serde_json::{Value, json};
use workers::assets::read_register;

fn theirs(at: usize) -> Value {
    let (tag, serial, barcode) = match at % 10 {
        0..=3 => (format!("mc {at:06}"), Value::Null, Value::Null),
        4..=6 => (format!("EQ-{at}"), json!(format!("SN{at:08}")), Value::Null),
        7..=8 => (format!("EQ-{at}"), Value::Null, json!(format!("9000 {at:08}"))),
        _ => (format!("NEW-{at}"), Value::Null, Value::Null),
    };
    json!({ "id": tag, "name": format!("Machine {at}"), "serialNumber": serial, "barcode": barcode,
            "manufacturer": "Acme", "model": format!("X{}", at % 50), "installDate": "2020-02-29",
            "updatedAt": "2026-02-01T00:00:00Z" })
}

/// Ours, made inside the database.
const OURS: &str = "INSERT INTO asset (id, site_id, parent_id, kind, tag, tag_key, name, serial_number, serial_key,
        barcode, barcode_key, criticality, status, path, path_text) OVERRIDING SYSTEM VALUE
    SELECT 1000 + at, site.id, site.id, 'machine', tag, lower(tag), name, serial, serial, barcode, barcode,
           'medium', 'active', ARRAY[site.id, 1000 + at], 'One / ' || tag
    FROM site, generate_series(0, $1 - 1) AS at, LATERAL (SELECT
        CASE WHEN at % 10 < 4 THEN 'MC-' || at WHEN at % 10 < 9 THEN 'A' || at ELSE 'OLD-' || at END,
        CASE WHEN at % 10 < 9 THEN 'Machine ' || at ELSE 'Former ' || at END,
        CASE WHEN at % 10 BETWEEN 4 AND 6 THEN 'sn-' || at END,
        CASE WHEN at % 10 BETWEEN 7 AND 8 THEN '9000' || lpad(at::text, 8, '0') END
    ) AS made (tag, name, serial, barcode)";

/// A line of `/proc/self/status` in MiB.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|text| text.strip_prefix(line)).unwrap_or_default();
    value.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|text| text.parse::<usize>().ok());
    let (count, rounds) = (arguments.next().unwrap_or(100_000), arguments.next().unwrap_or(3));
    let plant = Plant::new("").await;
    plant.fill(OURS, i64::try_from(count).unwrap_or(i64::MAX)).await;
    let feed = Feed::start(count, Arc::new(theirs)).await;
    let client = feed.client();
    println!("{count} assets on either side; {} MiB before", memory("VmRSS"));
    for round in 1..=rounds {
        plant.begin().await;
        let start = Instant::now();
        read_register(&plant.services, plant.connection, &client).await.unwrap();
        let took = start.elapsed().as_secs_f64();
        let links = plant.count("SELECT count(*) FROM asset_link WHERE unlinked_at IS NULL").await;
        let items = plant.count("SELECT count(*) FROM asset_plan_item WHERE state = 'open'").await;
        println!(
            "round {round}: {took:.1} s, {links} pairs, {items} items in the plan, \
             {} MiB now, {} MiB at most",
            memory("VmRSS"),
            memory("VmHWM"),
        );
    }
}
