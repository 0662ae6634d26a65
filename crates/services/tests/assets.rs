//! Imports and telemetry against a real database.

#![allow(missing_docs, clippy::unwrap_used)]

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{AssetId, SiteId};
use domain::views::assets::{Asset, ImportReport};
use services::assets::{AssetQuery, from_csv, from_json, import, list};
use services::telemetry::{PointValue, Series, receive, series};
use services::{Caller, Grant, sources};
use sqlx::postgres::PgPoolOptions;
use store::{Actor, Scope, Store};

async fn store() -> Store {
    let db = store::testing::database().await;
    Store::new(PgPoolOptions::new().max_connections(4).connect(&db.url).await.unwrap())
}

async fn run(store: &Store, caller: &Caller, csv: &str, dry_run: bool) -> ImportReport {
    let mut tx = store.begin_system().await.unwrap();
    let rows = from_csv(csv.as_bytes()).unwrap();
    let report = import(&mut tx, caller, rows, dry_run).await.unwrap();
    tx.commit().await.unwrap();
    report
}

async fn all(store: &Store) -> Vec<Asset> {
    let mut tx = store.begin_system().await.unwrap();
    list(&mut tx, AssetQuery::default()).await.unwrap().items
}

async fn one(store: &Store, tag: &str) -> Asset {
    all(store).await.into_iter().find(|asset| asset.tag == tag).unwrap()
}

fn codes(report: &ImportReport) -> Vec<(u32, &str, &str)> {
    report.errors.iter().map(|e| (e.row, e.path.as_str(), e.code.as_str())).collect()
}

const PLANT: &str = "\
tag,kind,parent,name,serial_number,barcode,manufacturer,model,installed_on,criticality,status,time_zone
SP,component,M,Spindle,,,,,,,active,
M,machine,L,Mill,S-1,B-1,Acme,X9,2020-02-29,critical,active,
L,line,P,Line 1,,,,,,low,active,
P,site,,Plant,,,,,,,active,Europe/Berlin
";

#[tokio::test]
async fn children_may_stand_before_parents_and_components_inherit() {
    let store = store().await;
    let report = run(&store, &Caller::system(), PLANT, false).await;
    assert_eq!((report.rows, report.created, report.errors.len()), (4, 4, 0), "{report:?}");
    let spindle = one(&store, "SP").await;
    assert_eq!(spindle.path, "Plant / Line 1 / M / SP");
    assert_eq!(spindle.criticality.as_str(), "critical");
    assert_eq!((spindle.site.as_str(), spindle.parent.as_deref()), ("P", Some("M")));
    let site: (String, String, String) = sqlx::query_as(
        "SELECT time_zone, calendar->>'zone', c.slug FROM site JOIN connection c ON c.id = connection_id",
    )
    .fetch_one(store.pool())
    .await
    .unwrap();
    assert_eq!(site, ("Europe/Berlin".into(), "Europe/Berlin".into(), "book".into()));
}

#[tokio::test]
async fn a_second_import_changes_only_what_differs_and_a_dry_run_nothing() {
    let store = store().await;
    run(&store, &Caller::system(), PLANT, false).await;
    let same = run(&store, &Caller::system(), PLANT, false).await;
    assert_eq!((same.unchanged, same.updated, same.created), (4, 0, 0));
    let change = "tag,name,criticality\nm,Big mill,low\nP,Plant A,\n";
    let dry = run(&store, &Caller::system(), change, true).await;
    assert_eq!(one(&store, "M").await.name, "Mill");
    let done = run(&store, &Caller::system(), change, false).await;
    assert_eq!((dry.updated, dry.changed_along), (done.updated, done.changed_along));
    assert_eq!((done.updated, done.changed_along), (2, 2));
    let spindle = one(&store, "SP").await;
    assert_eq!(spindle.criticality.as_str(), "low");
    assert_eq!(spindle.path, "Plant A / Line 1 / m / SP");
    assert_eq!(one(&store, "m").await.serial_number.as_deref(), Some("S-1"));
}

#[tokio::test]
async fn bad_rows_are_listed_and_good_ones_taken() {
    let store = store().await;
    let csv = "\
tag,kind,parent,criticality,status,installed_on,time_zone,serial_number
P,site,,,,,,
L,line,P,huge,,,,
M1,machine,P,,,2020-02-30,,
M2,machine,NOWHERE,,,,,
M3,machine,,,,,,
M4,machine,P,,,,Europe/Berlin,
M5,machine,P,,,,,
m5,machine,P,,,,,
C1,component,C2,,,,,
C2,component,C1,,,,,
,machine,P,,,,,
Q,site,,,,,Mars/Base,
M6,machine,P,,retired,,,
M7,,P,,,,,
M\u{200B}8,machine,P,,,,,
";
    let report = run(&store, &Caller::system(), csv, false).await;
    assert_eq!(report.created, 2);
    assert_eq!(
        codes(&report),
        [
            (3, "criticality", "unknown_word"),
            (4, "installed_on", "invalid_date"),
            (5, "parent", "unknown_parent"),
            (6, "parent", "wrong_parent"),
            (7, "time_zone", "sites_only"),
            (9, "tag", "doubled_tag"),
            (10, "parent", "cycle"),
            (11, "parent", "cycle"),
            (12, "tag", "missing"),
            (13, "time_zone", "unknown_zone"),
            (14, "status", "unknown_word"),
            (15, "kind", "missing"),
            (16, "tag", "zero_width_character"),
        ]
    );
}

#[tokio::test]
async fn a_caller_of_one_site_edits_only_there() {
    let store = store().await;
    run(&store, &Caller::system(), "tag,kind,parent\nA,site,\nB,site,\n", false).await;
    let site = SiteId(one(&store, "A").await.id.0);
    let permission = domain::permission::Permission::AssetEdit;
    let caller = Caller {
        grants: vec![Grant { permission, scope: Scope::Sites(vec![site]) }],
        ..Caller::system()
    };
    let csv = "tag,kind,parent\nA1,machine,A\nB1,machine,B\nC,site,\n";
    let report = run(&store, &caller, csv, false).await;
    assert_eq!(report.created, 1);
    assert_eq!(codes(&report), [(3, "tag", "other_site"), (4, "tag", "other_site")]);
    let move_it = run(&store, &Caller::system(), "tag,parent\nA1,B\n", false).await;
    assert_eq!(codes(&move_it), [(2, "parent", "other_site")]);
}

#[test]
fn files_that_cannot_be_read_say_where() {
    assert!(from_csv(b"tag,colour\nx,red\n").is_err());
    assert!(from_csv(b"kind\nsite\n").is_err());
    assert!(from_csv(b"tag,kind\nx\n").is_err());
    assert!(from_csv(b"tag\n\xff\n").is_err());
    assert!(from_json(b"[{\"tag\":\"x\",\"colour\":\"red\"}]").is_err());
    let rows = from_json(b"{\"assets\":[{\"tag\":\"x\",\"name\":null}]}").unwrap();
    assert_eq!((rows[0].name.as_deref(), rows[0].parent.as_deref()), (Some(""), None));
}

fn value(point: &str, at: DateTime<Utc>, value: f64, quality: &'static str) -> PointValue {
    PointValue { point: point.to_owned(), at, value, quality }
}

#[tokio::test]
async fn telemetry_maps_points_by_their_beginning_and_charts_good_values() {
    let store = store().await;
    let csv = "tag,kind,parent\nP,site,\nVMC-1050,machine,P\nVMC-1050-SP02,component,VMC-1050\n";
    run(&store, &Caller::system(), csv, false).await;
    let mut tx = store.begin_system().await.unwrap();
    let source = sources::ensure(&mut tx, "edge").await.unwrap();
    assert_eq!(sources::ensure(&mut tx, " edge ").await.unwrap(), source);
    let now = tx.now() - TimeDelta::hours(1);
    let caller = Caller { actor: Actor::Source(source), source: Some(source), ..Caller::system() };
    let mut values: Vec<PointValue> = (0..100)
        .map(|i| value("VMC-1050/SP02/vib_rms", now + TimeDelta::seconds(i), 2.0, "good"))
        .collect();
    values.push(value("VMC-1050/SP02/vib_rms", now + TimeDelta::milliseconds(1_500), 99.0, "bad"));
    values.push(value("VMC-1050/SP02/vib_rms", now, 2.0, "good"));
    values.push(value("VMC-1050/coolant/temp", now, 20.0, "good"));
    values.push(value("unknown/x", now, 1.0, "good"));
    let counts = receive(&mut tx, &caller, b"raw", &values).await.unwrap();
    assert_eq!((counts.stored, counts.duplicates), (103, 1));
    assert_eq!((counts.new_points, counts.unmapped_points), (3, 1));
    let again = receive(&mut tx, &caller, b"raw", &values).await.unwrap();
    assert_eq!((again.stored, again.duplicates, again.new_points), (0, 104, 0));
    tx.commit().await.unwrap();
    run(&store, &Caller::system(), "tag,kind,parent\nunknown,machine,P\n", false).await;
    let mut tx = store.begin_system().await.unwrap();
    let mapped = receive(&mut tx, &caller, b"raw", &values).await.unwrap();
    assert_eq!((mapped.new_points, mapped.unmapped_points), (0, 0));
    let trends = series(
        &mut tx,
        &Series {
            points: vec!["VMC-1050/SP02/vib_rms".to_owned()],
            from: now,
            to: now + TimeDelta::seconds(100),
            max_points: 10,
            uncertain: false,
        },
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(trends.len(), 1);
    assert_eq!(trends[0].samples.len(), 10);
    assert!(trends[0].samples.iter().all(|s| s.max == 2.0));
    let spindle = one(&store, "VMC-1050-SP02").await.id;
    let machine = one(&store, "VMC-1050").await.id;
    let mapped: Vec<(String, i64)> = sqlx::query_as(
        "SELECT path, asset_id FROM sensor_point WHERE asset_id IS NOT NULL ORDER BY path",
    )
    .fetch_all(store.pool())
    .await
    .unwrap();
    let of = |path: &str| {
        AssetId(mapped.iter().find(|(p, _)| p == path).map(|(_, asset)| *asset).unwrap())
    };
    assert_eq!(of("VMC-1050/SP02/vib_rms"), spindle);
    assert_eq!(of("VMC-1050/coolant/temp"), machine);
}
