//! The planner's desk on assets and calendars, against a real database.

#![allow(missing_docs, clippy::unwrap_used)]

use domain::calendar::ShiftPattern;
use domain::ids::{AssetId, SiteId, UserId};
use domain::permission::Permission;
use domain::views::assets::{AssetForm, AssetSearch, ChangedField};
use domain::views::calendars::{CalendarForm, ShutdownForm};
use services::assets::{self, AssetSheet, NewPlace};
use services::export::{Sheet, begin, header};
use services::{Caller, Error, Grant, Settings, calendars, rules};
use sqlx::postgres::PgPoolOptions;
use store::{Actor, Scope, ScopedTx, Store};

struct Desk {
    store: Store,
    planner: Caller,
}

const PLANT: &str = "\
tag,kind,parent,name,serial_number,barcode,criticality
ONE,site,,Rockford,,,
L1,line,ONE,Line 1,,,
L2,line,ONE,Line 2,,,
M1,machine,L1,Mill,HM42-19031,4006381333931,critical
M1-SP,component,M1,Spindle,,,
M1-SP-B,component,M1-SP,Front bearing,,,
M1-AX,component,M1,Axis X,,,low
M2,machine,L2,Saw,,,low
TWO,site,,Aurora,,,
T1,machine,TWO,Lathe,,,
";

impl Desk {
    async fn new() -> Self {
        let db = store::testing::database().await;
        let store =
            Store::new(PgPoolOptions::new().max_connections(4).connect(&db.url).await.unwrap());
        let mut tx = store.begin_system().await.unwrap();
        let file = assets::from_csv(PLANT.as_bytes()).unwrap();
        let report = assets::import(&mut tx, &Caller::system(), file, false).await.unwrap();
        assert_eq!(report.errors, []);
        rules::ensure_defaults(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let planner =
            Caller { actor: Actor::User(UserId(7)), name: "Paula".to_owned(), ..Caller::system() };
        Self { store, planner }
    }

    async fn tx(&self) -> ScopedTx {
        self.store.begin(&Scope::All, self.planner.actor).await.unwrap()
    }

    /// A planner of one site only.
    async fn at(&self, tag: &str) -> (Caller, ScopedTx) {
        let scope = Scope::Sites(vec![SiteId(self.id(tag).await.0)]);
        let grants = [Permission::View, Permission::AssetEdit]
            .map(|permission| Grant { permission, scope: scope.clone() });
        let caller = Caller { grants: grants.to_vec(), ..self.planner.clone() };
        let tx = self.store.begin(&scope, caller.actor).await.unwrap();
        (caller, tx)
    }

    async fn id(&self, tag: &str) -> AssetId {
        AssetId(self.one(tag).await.0)
    }

    /// Id, version, path in words, criticality and status.
    async fn one(&self, tag: &str) -> (i64, i32, String, String, String) {
        sqlx::query_as(
            "SELECT id, version, path_text, criticality, status FROM asset WHERE tag = $1",
        )
        .bind(tag)
        .fetch_one(self.store.pool())
        .await
        .unwrap()
    }

    async fn place(&self, tag: &str, parent: &str) -> Result<(), Error> {
        let (id, version, ..) = self.one(tag).await;
        let mut tx = self.tx().await;
        let to = NewPlace { version, parent: parent.to_owned() };
        assets::place(&mut tx, &self.planner, AssetId(id), &to).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    /// An open work order on an asset, behind the back of the program.
    async fn open_order(&self, tag: &str) {
        sqlx::query(
            "WITH made AS (
                 INSERT INTO work_order (site_id, connection_id, asset_id, failure_mode, external_ref,
                     origin, requested_kind, title, priority, request, deadline)
                 SELECT site_id, 1, id, 'wear', 'ref-' || tag, 'person', 'user', 'Look', 3, '{}', now()
                 FROM asset WHERE tag = $1 RETURNING id)
             INSERT INTO audit_event (actor_kind, action, entity, entity_id)
             SELECT 'system', 'test', 'work_order', id FROM made",
        )
        .bind(tag)
        .execute(self.store.pool())
        .await
        .unwrap();
    }

    /// An open alert on an asset, behind the back of the program.
    async fn open_alert(&self, tag: &str, severity: &str, life: f64) {
        sqlx::query(
            "WITH made AS (
                 INSERT INTO alert (site_id, asset_id, failure_mode, state, severity, first_event_id,
                     first_seen, last_seen, observed_at, rul_hours)
                 SELECT site_id, id, 'wear-' || $2, 'open', $2, 'e', now(), now(), now() - interval '2 hours', $3
                 FROM asset WHERE tag = $1 RETURNING id)
             INSERT INTO audit_event (actor_kind, action, entity, entity_id)
             SELECT 'system', 'test', 'alert', id FROM made",
        )
        .bind(tag)
        .bind(severity)
        .bind(life)
        .execute(self.store.pool())
        .await
        .unwrap();
    }
}

fn code(result: Result<impl std::fmt::Debug, Error>) -> String {
    match result {
        Err(Error::Invalid(problems)) => format!("{}: {}", problems[0].path, problems[0].code),
        Err(Error::Conflict { code, .. }) => code.to_owned(),
        Err(Error::NotFound) => "not_found".to_owned(),
        Err(Error::Denied) => "denied".to_owned(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn a_move_takes_everything_below_along() {
    let desk = Desk::new().await;
    desk.place("M1", " l2 ").await.unwrap();
    assert_eq!(desk.one("M1").await.2, "Rockford / Line 2 / M1");
    assert_eq!(desk.one("M1-SP-B").await.2, "Rockford / Line 2 / M1 / M1-SP / M1-SP-B");
    let path: Vec<i64> = sqlx::query_scalar("SELECT path FROM asset WHERE tag = 'M1-SP-B'")
        .fetch_one(desk.store.pool())
        .await
        .unwrap();
    let mut expected = Vec::new();
    for tag in ["ONE", "L2", "M1", "M1-SP", "M1-SP-B"] {
        expected.push(desk.id(tag).await.0);
    }
    assert_eq!(path, expected);
    let audited: Vec<(String, String)> = sqlx::query_as(
        "SELECT a.tag, e.action FROM audit_event e JOIN asset a ON a.id = e.entity_id
         WHERE e.entity = 'asset' AND e.actor_kind = 'user' ORDER BY a.tag",
    )
    .fetch_all(desk.store.pool())
    .await
    .unwrap();
    let audited: Vec<(&str, &str)> =
        audited.iter().map(|(t, a)| (t.as_str(), a.as_str())).collect();
    assert_eq!(
        audited,
        [
            ("M1", "asset.move"),
            ("M1-AX", "asset.update"),
            ("M1-SP", "asset.update"),
            ("M1-SP-B", "asset.update"),
        ]
    );
}

#[tokio::test]
async fn a_component_under_another_machine_inherits_its_criticality() {
    let desk = Desk::new().await;
    assert_eq!(desk.one("M1-SP-B").await.3, "critical");
    desk.place("M1-SP", "M2").await.unwrap();
    assert_eq!(desk.one("M1-SP").await.3, "low");
    assert_eq!(desk.one("M1-SP-B").await.3, "low");
}

#[tokio::test]
async fn places_that_cannot_be_are_refused() {
    let desk = Desk::new().await;
    for (tag, parent, problem) in [
        ("M1-SP", "M1-SP-B", "parent: cycle"),
        ("M1-SP", "M1-SP", "parent: cycle"),
        ("M1", "M2", "parent: wrong_parent"),
        ("M1", "TWO", "parent: other_site"),
        ("M1", "L1", "parent: same_place"),
        ("M1", "NOWHERE", "parent: unknown_parent"),
        ("M1", " ", "parent: empty"),
    ] {
        assert_eq!(code(desk.place(tag, parent).await), problem, "{tag} under {parent}");
    }
    assert_eq!(desk.one("M1").await.1, 1, "nothing was changed");
}

#[tokio::test]
async fn a_change_on_top_of_another_is_refused_and_says_whose() {
    let desk = Desk::new().await;
    let (id, version, ..) = desk.one("M1").await;
    let form = AssetForm {
        tag: "M1".to_owned(),
        name: "Big mill".to_owned(),
        criticality: "low".to_owned(),
        ..AssetForm::default()
    };
    let mut tx = desk.tx().await;
    assets::edit(&mut tx, &desk.planner, AssetId(id), version, form.clone()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(desk.one("M1-SP-B").await.3, "low", "criticality is inherited anew");
    let mut tx = desk.tx().await;
    let late = assets::edit(&mut tx, &desk.planner, AssetId(id), version, form).await;
    assert_eq!(code(late), "stale_version");
    let to = NewPlace { version, parent: "L2".to_owned() };
    assert_eq!(
        code(assets::place(&mut tx, &desk.planner, AssetId(id), &to).await),
        "stale_version"
    );
}

#[tokio::test]
async fn a_new_tag_renames_the_path_below_and_a_taken_one_is_refused() {
    let desk = Desk::new().await;
    let (id, version, ..) = desk.one("M1-SP").await;
    let form = |tag: &str| AssetForm { tag: tag.to_owned(), ..AssetForm::default() };
    let mut tx = desk.tx().await;
    let taken = assets::edit(&mut tx, &desk.planner, AssetId(id), version, form("m2")).await;
    assert_eq!(code(taken), "tag: tag_taken");
    let empty = assets::edit(&mut tx, &desk.planner, AssetId(id), version, form(" ")).await;
    assert_eq!(code(empty), "tag: missing");
    assets::edit(&mut tx, &desk.planner, AssetId(id), version, form("SPINDLE")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(desk.one("M1-SP-B").await.2, "Rockford / Line 1 / M1 / SPINDLE / M1-SP-B");
}

#[tokio::test]
async fn a_new_asset_stands_where_it_may_and_a_site_gets_its_calendar() {
    let desk = Desk::new().await;
    let mut tx = desk.tx().await;
    let form = |tag: &str, kind: &str| AssetForm {
        tag: tag.to_owned(),
        kind: kind.to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        ..AssetForm::default()
    };
    let machine = desk.id("M1").await;
    let wrong = assets::create(&mut tx, &desk.planner, Some(machine), form("N1", "line")).await;
    assert_eq!(code(wrong), "kind: wrong_parent");
    let taken =
        assets::create(&mut tx, &desk.planner, Some(machine), form("m2", "component")).await;
    assert_eq!(code(taken), "tag: tag_taken");
    assets::create(&mut tx, &desk.planner, Some(machine), form("N1", "component")).await.unwrap();
    assets::create(&mut tx, &desk.planner, None, form("NEW", "site")).await.unwrap();
    tx.commit().await.unwrap();
    let (_, _, path, criticality, _) = desk.one("N1").await;
    assert_eq!((path.as_str(), criticality.as_str()), ("Rockford / Line 1 / M1 / N1", "critical"));
    let zone: String = sqlx::query_scalar("SELECT time_zone FROM site WHERE id = $1")
        .bind(desk.id("NEW").await.0)
        .fetch_one(desk.store.pool())
        .await
        .unwrap();
    assert_eq!(zone, "Europe/Berlin");
}

#[tokio::test]
async fn decommissioning_with_open_work_needs_the_number_confirmed() {
    let desk = Desk::new().await;
    desk.open_order("M1-SP").await;
    desk.open_order("M1").await;
    let (id, version, ..) = desk.one("M1").await;
    let id = AssetId(id);
    let mut tx = desk.tx().await;
    for confirmed in [0, 1, 3] {
        let refused = assets::decommission(&mut tx, &desk.planner, id, version, confirmed).await;
        assert_eq!(code(refused), "open_work_orders");
    }
    assets::decommission(&mut tx, &desk.planner, id, version, 2).await.unwrap();
    tx.commit().await.unwrap();
    for tag in ["M1", "M1-SP", "M1-SP-B", "M1-AX"] {
        assert_eq!(desk.one(tag).await.4, "decommissioned", "{tag}");
    }
    assert_eq!(desk.one("L1").await.4, "active");
    let orders: i64 = sqlx::query_scalar("SELECT count(*) FROM work_order WHERE status = 'draft'")
        .fetch_one(desk.store.pool())
        .await
        .unwrap();
    assert_eq!(orders, 2, "open work stays open");

    let mut tx = desk.tx().await;
    let (spindle, of_spindle, ..) = desk.one("M1-SP").await;
    let alone =
        assets::recommission(&mut tx, &desk.planner, AssetId(spindle), of_spindle, true).await;
    assert_eq!(code(alone), "retired_parent");
    let (_, version, ..) = desk.one("M1").await;
    assets::recommission(&mut tx, &desk.planner, id, version, false).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(desk.one("M1").await.4, "active");
    assert_eq!(desk.one("M1-SP").await.4, "decommissioned", "only what was asked for");
}

/// All assets of the transaction's sites as a file.
async fn exported(tx: &mut ScopedTx, caller: &Caller) -> String {
    let mut sheet = AssetSheet::new(AssetSearch::default());
    let mut file = header(AssetSheet::COLUMNS);
    let mut part = begin(tx, caller, &mut sheet, "").await.unwrap();
    loop {
        part.lines.iter().for_each(|line| line.write(&mut file));
        if !part.more {
            return file;
        }
        part = sheet.part(tx, caller).await.unwrap();
    }
}

#[tokio::test]
async fn another_site_is_not_there() {
    let desk = Desk::new().await;
    let (caller, mut tx) = desk.at("TWO").await;
    let (mill, version, ..) = desk.one("M1").await;
    let mill = AssetId(mill);
    let tree = assets::tree(&mut tx, &[desk.id("ONE").await, desk.id("TWO").await], Some(mill))
        .await
        .unwrap();
    let tags: Vec<&str> = tree.rows.iter().map(|row| row.tag.as_str()).collect();
    assert_eq!(tags, ["TWO", "T1"]);
    let anything = AssetSearch { q: "m".to_owned(), ..AssetSearch::default() };
    assert_eq!(assets::search(&mut tx, &anything).await.unwrap().total, 0);
    let under = AssetSearch { under: Some(mill), ..AssetSearch::default() };
    assert_eq!(code(assets::search(&mut tx, &under).await), "not_found");
    assert_eq!(code(AssetSheet::new(under).part(&mut tx, &caller).await.map(drop)), "not_found");
    assert_eq!(code(assets::branch(&mut tx, mill).await), "not_found");
    assert_eq!(
        code(assets::detail(&mut tx, &Settings::default(), &caller, mill).await),
        "not_found"
    );
    assert_eq!(code(assets::history(&mut tx, mill, None).await), "not_found");
    assert_eq!(code(assets::draft(&mut tx, &caller, Some(mill), None).await), "not_found");
    let form =
        AssetForm { tag: "X".to_owned(), kind: "component".to_owned(), ..AssetForm::default() };
    assert_eq!(code(assets::create(&mut tx, &caller, Some(mill), form.clone()).await), "not_found");
    assert_eq!(
        code(assets::edit(&mut tx, &caller, mill, version, form.clone()).await),
        "not_found"
    );
    assert_eq!(code(assets::decommission(&mut tx, &caller, mill, version, 0).await), "not_found");
    let site = AssetForm { kind: "site".to_owned(), ..form };
    assert_eq!(code(assets::create(&mut tx, &caller, None, site).await), "denied");
    let one = SiteId(desk.id("ONE").await.0);
    assert_eq!(code(calendars::page(&mut tx, &caller, one, None).await), "not_found");
    let save = calendars::save(&mut tx, &caller, one, 1, &CalendarForm::default()).await;
    assert_eq!(code(save), "denied");
    let text = exported(&mut tx, &caller).await;
    assert!(text.contains("T1") && !text.contains("M1"), "{text}");
}

#[tokio::test]
async fn search_finds_by_tag_name_serial_and_barcode_as_intake_compares_them() {
    let desk = Desk::new().await;
    let mut tx = desk.tx().await;
    for (q, first, total) in [
        ("m1", "M1", 4),
        (" M1-sp ", "M1-SP", 2),
        ("hm42", "M1", 1),
        ("19031", "M1", 1),
        ("4006381333931", "M1", 1),
        ("bearing", "M1-SP-B", 1),
        ("front m1", "M1-SP-B", 1),
        ("Line", "L1", 2),
        ("100%", "", 0),
        ("_", "", 0),
    ] {
        let asked = AssetSearch { q: q.to_owned(), ..AssetSearch::default() };
        let list = assets::search(&mut tx, &asked).await.unwrap();
        let found = list.items.first().map(|line| line.tag.as_str()).unwrap_or_default();
        assert_eq!((found, list.total), (first, total), "{q:?}");
    }
}

#[tokio::test]
async fn health_is_the_worst_open_alert_here_and_below() {
    let desk = Desk::new().await;
    desk.open_alert("M1-SP-B", "high", 100.0).await;
    desk.open_alert("M1-AX", "low", 20.0).await;
    desk.open_order("M1-AX").await;
    let mut tx = desk.tx().await;
    let tree = assets::tree(&mut tx, &[], Some(desk.id("M1-SP-B").await)).await.unwrap();
    let open = |tag: &str| tree.rows.iter().find(|row| row.tag == tag).unwrap().open;
    for tag in ["ONE", "L1", "M1"] {
        let here = open(tag);
        assert_eq!(here.worst.map(|s| s.as_str()), Some("high"), "{tag}");
        assert_eq!((here.alerts, here.orders), (2, 1), "{tag}");
        let life = here.least_life_hours.unwrap();
        assert!((17.9..18.0).contains(&life), "20 h less the 2 h since the model looked: {life}");
    }
    assert_eq!((open("M1-AX").alerts, open("M1-AX").worst.map(|s| s.as_str())), (1, Some("low")));
    assert_eq!((open("L2").alerts, open("L2").worst), (0, None));
    let (line, settings) = (desk.id("L1").await, Settings::default());
    let detail = assets::detail(&mut tx, &settings, &desk.planner, line).await.unwrap();
    let tags: Vec<&str> = detail.alerts.iter().map(|alert| alert.tag.as_str()).collect();
    assert_eq!(tags, ["M1-SP-B", "M1-AX"], "worst first");
    assert_eq!((detail.orders.len(), detail.below), (1, 4));
    assert!(detail.qr.url.ends_with(&format!("/assets/{}", desk.id("L1").await)));
}

#[tokio::test]
async fn fifty_thousand_assets_stay_fast() {
    let desk = Desk::new().await;
    let mut csv = "tag,kind,parent,name,serial_number\n".to_owned();
    for machine in 0..5_000 {
        csv.push_str(&format!("BIG-{machine:05},machine,L1,Machine {machine},SER-{machine:05}\n"));
        for part in 0..9 {
            csv.push_str(&format!(
                "BIG-{machine:05}-{part},component,BIG-{machine:05},Part {part},\n"
            ));
        }
    }
    let mut tx = desk.tx().await;
    let file = assets::from_csv(csv.as_bytes()).unwrap();
    assert_eq!(assets::import(&mut tx, &desk.planner, file, false).await.unwrap().created, 50_000);
    tx.commit().await.unwrap();
    sqlx::query("ANALYZE asset").execute(desk.store.pool()).await.unwrap();
    let plan: Vec<String> = sqlx::query_scalar(
        "EXPLAIN SELECT id FROM asset
         WHERE asset_words(tag_key, name, serial_key, barcode_key) LIKE '%ser-04321%'",
    )
    .fetch_all(desk.store.pool())
    .await
    .unwrap();
    assert!(plan.iter().any(|line| line.contains("asset_search")), "{plan:#?}");

    let mut tx = desk.tx().await;
    let start = std::time::Instant::now();
    let asked = AssetSearch { q: "ser-04321".to_owned(), ..AssetSearch::default() };
    assert_eq!(assets::search(&mut tx, &asked).await.unwrap().items[0].tag, "BIG-04321");
    let line = desk.id("L1").await;
    let tree = assets::tree(&mut tx, &[line], Some(line)).await.unwrap();
    assert_eq!(tree.rows.iter().filter(|row| row.parent == Some(line)).count(), 200);
    let row = tree.rows.iter().find(|row| row.parent == Some(line)).unwrap();
    assert_eq!((row.position, row.siblings, row.children), (1, 5_001, 9));
    let all = AssetSearch { under: Some(line), ..AssetSearch::default() };
    let page = assets::search(&mut tx, &all).await.unwrap();
    assert_eq!((page.items.len(), page.total), (50, 10_001));
    let next = AssetSearch { after: page.next, ..all };
    assert!(assets::search(&mut tx, &next).await.unwrap().items[0].tag > page.items[49].tag);
    let took = start.elapsed();
    assert!(took < std::time::Duration::from_secs(3), "search, tree and two pages took {took:?}");
}

/// 400 rows of which 12 are bad, each in its own way.
fn four_hundred() -> String {
    let mut csv =
        "Equipment No;Type;Superior;Description;Serial No;ABC;In service;Remark\n".to_owned();
    csv.push_str("L9;line;ONE;Line 9;;high;;\n");
    for i in 0..399 {
        let row = match i {
            10 => "W010;machine;NOWHERE;Lost;;;;\n".to_owned(),
            20 => "W020;machine;L9;;;huge;;\n".to_owned(),
            30 => "W030;machine;L9;;;;2026-02-30;\n".to_owned(),
            40 => ";machine;L9;;;;;\n".to_owned(),
            50 => "W050;robot;L9;;;;;\n".to_owned(),
            60 => "W060;component;L9;;;;;\n".to_owned(),
            70 => "W000;machine;L9;;;;;\n".to_owned(),
            80 => "W080;machine;L9\n".to_owned(),
            90 => "W090;;L9;;;;;\n".to_owned(),
            100 => "W1\u{200b}00;machine;L9;;;;;\n".to_owned(),
            110 => "L1;machine;L9;;;;;\n".to_owned(),
            120 => "W120;machine;TWO;;;;;=1+1\n".to_owned(),
            _ => format!("W{i:03};machine;L9;Saw {i};S{i};;2020-05-01;\n"),
        };
        csv.push_str(&row);
    }
    csv
}

#[tokio::test]
async fn an_import_shows_every_bad_row_and_takes_them_corrected() {
    let desk = Desk::new().await;
    // A planner of one site: the row for the other one is bad for her.
    let (caller, mut tx) = desk.at("ONE").await;
    let id = assets::keep_upload(&mut tx, &caller, "plant.csv", four_hundred().as_bytes())
        .await
        .unwrap();
    let fresh = assets::session(&mut tx, &caller, id, false).await.unwrap();
    assert_eq!((fresh.rows, fresh.matched), (400, false));
    let fields: Vec<String> = fresh.columns.iter().map(|column| column.field.clone()).collect();
    assert_eq!(
        fields,
        ["tag", "kind", "parent", "name", "serial_number", "criticality", "installed_on", ""]
    );
    assert_eq!(fresh.columns[4].samples, ["S0", "S1", "S2", "S3"]);

    let mut twice = fields.clone();
    twice[7] = "name".to_owned();
    let refused = assets::match_columns(&mut tx, &caller, id, &twice).await;
    assert_eq!(code(refused), "columns[7]: doubled_column");
    assets::match_columns(&mut tx, &caller, id, &fields).await.unwrap();
    let preview = assets::session(&mut tx, &caller, id, false).await.unwrap();
    let report = preview.report.unwrap();
    let bad: Vec<(u32, &str)> = report.errors.iter().map(|e| (e.row, e.code.as_str())).collect();
    assert_eq!(
        bad,
        [
            (13, "unknown_parent"),
            (23, "unknown_word"),
            (33, "invalid_date"),
            (43, "missing"),
            (53, "unknown_word"),
            (63, "wrong_parent"),
            (73, "doubled_tag"),
            (83, "malformed_csv"),
            (93, "missing"),
            (103, "zero_width_character"),
            (113, "kind_changed"),
            (123, "other_site"),
        ]
    );
    assert_eq!((report.created, report.dry_run, preview.first.len()), (388, true, 10));
    let before: i64 = sqlx::query_scalar("SELECT count(*) FROM asset")
        .fetch_one(desk.store.pool())
        .await
        .unwrap();
    assert_eq!(before, 10, "nothing is written before apply");

    assets::apply(&mut tx, &caller, id).await.unwrap();
    assets::apply(&mut tx, &caller, id).await.unwrap();
    let (name, file) = assets::error_file(&mut tx, &caller, id).await.unwrap();
    tx.commit().await.unwrap();
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM asset")
        .fetch_one(desk.store.pool())
        .await
        .unwrap();
    assert_eq!(there, 10 + 388);
    assert_eq!(name, "plant-errors.csv");
    let text = String::from_utf8(file).unwrap();
    assert_eq!(text.lines().count(), 13);
    assert!(text.lines().next().unwrap().ends_with("\"Remark\",\"reason\""), "{text}");
    assert!(text.contains("'=1+1"), "no spreadsheet runs what was in the file");
    assert!(text.contains("criticality: \"\"huge\"\" is not a criticality"), "{text}");

    let corrected = text
        .replace("NOWHERE", "L9")
        .replace("huge", "low")
        .replace("2026-02-30", "2026-02-28")
        .replace("\n\"\",\"machine", "\n\"W040\",\"machine")
        .replace("robot", "machine")
        .replace("W060\",\"component", "W060\",\"machine")
        .replace("\n\"W000\"", "\n\"W070\"")
        .replace("W090\",\"\",", "W090\",\"machine\",")
        .replace("W1\u{200b}00", "W100")
        .replace("\n\"L1\"", "\n\"W110\"")
        .replace("W120\",\"machine\",\"TWO", "W120\",\"machine\",\"L9");
    let (caller, mut tx) = desk.at("ONE").await;
    let again = assets::keep_upload(&mut tx, &caller, &name, corrected.as_bytes()).await.unwrap();
    let session = assets::session(&mut tx, &caller, again, false).await.unwrap();
    let fields: Vec<String> = session.columns.iter().map(|column| column.field.clone()).collect();
    assert_eq!(fields[8], "", "the reasons are left out");
    assets::match_columns(&mut tx, &caller, again, &fields).await.unwrap();
    assets::apply(&mut tx, &caller, again).await.unwrap();
    let report = assets::session(&mut tx, &caller, again, false).await.unwrap().report.unwrap();
    assert_eq!((report.created, report.errors), (12, Vec::new()));
    let other = Caller { actor: Actor::User(UserId(8)), ..caller };
    assert_eq!(code(assets::session(&mut tx, &other, again, false).await), "not_found");
}

#[tokio::test]
async fn an_export_is_the_file_that_an_import_reads() {
    let desk = Desk::new().await;
    let (id, version, ..) = desk.one("M1-SP").await;
    let form =
        AssetForm { tag: "-SP".to_owned(), name: "=cmd()".to_owned(), ..AssetForm::default() };
    let mut tx = desk.tx().await;
    assets::edit(&mut tx, &desk.planner, AssetId(id), version, form).await.unwrap();
    let text = exported(&mut tx, &desk.planner).await;
    tx.commit().await.unwrap();
    assert!(text.starts_with("\u{feff}\"tag\",\"kind\",\"parent\","));
    assert!(text.contains("\"'-SP\",\"component\",\"M1\",\"'=cmd()\","));
    let mut tx = desk.tx().await;
    let rows = assets::from_csv(text.as_bytes()).unwrap();
    let report = assets::import(&mut tx, &desk.planner, rows, true).await.unwrap();
    assert_eq!((report.unchanged, report.updated, report.errors.len()), (10, 0, 0), "{report:?}");
    let exports: i64 =
        sqlx::query_scalar("SELECT count(*) FROM audit_event WHERE action = 'asset.export'")
            .fetch_one(desk.store.pool())
            .await
            .unwrap();
    assert_eq!(exports, 1, "an export is audited");
}

#[tokio::test]
async fn history_says_what_changed_in_words() {
    let desk = Desk::new().await;
    desk.place("M1", "L2").await.unwrap();
    let (id, version, ..) = desk.one("M1").await;
    let mut tx = desk.tx().await;
    assets::decommission(&mut tx, &desk.planner, AssetId(id), version, 0).await.unwrap();
    let history = assets::history(&mut tx, AssetId(id), None).await.unwrap();
    let said: Vec<String> = history
        .changes
        .into_iter()
        .flat_map(|change| {
            let line = |l: ChangedField| {
                format!("  {}: {} to {}", l.field, l.before.unwrap(), l.after.unwrap())
            };
            let lines: Vec<String> = change.lines.into_iter().map(line).collect();
            std::iter::once(change.action).chain(lines)
        })
        .collect();
    assert_eq!(
        said,
        [
            "asset.decommission",
            "  status: active to decommissioned",
            "asset.move",
            "  parent_id: L1 to L2",
            "asset.create",
        ]
    );
}

#[tokio::test]
async fn a_saved_calendar_is_what_rules_read_next() {
    let desk = Desk::new().await;
    let site = SiteId(desk.id("ONE").await.0);
    let mut tx = desk.tx().await;
    rules::set_calendar(&mut tx, "ONE", ShiftPattern::TwoShifts.calendar("America/Chicago"))
        .await
        .unwrap();
    let page =
        calendars::page(&mut tx, &desk.planner, site, "2026-06-17".parse().ok()).await.unwrap();
    assert_eq!((page.version, page.week.production_minutes), (2, 5 * 16 * 60));
    let mut form = page.form;
    form.holidays = "2026-06-18".to_owned();
    form.shutdowns.push(ShutdownForm {
        name: "Inspection".to_owned(),
        from: "2026-06-16T08:00".to_owned(),
        until: "2026-06-16T12:00".to_owned(),
        crew: "Weekend crew".to_owned(),
        remove: false,
    });
    calendars::save(&mut tx, &desk.planner, site, 2, &form).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = desk.tx().await;
    let late = calendars::save(&mut tx, &desk.planner, site, 2, &form).await;
    assert_eq!(code(late), "stale_version");
    let page =
        calendars::page(&mut tx, &desk.planner, site, "2026-06-17".parse().ok()).await.unwrap();
    assert_eq!((page.version, page.week.production_minutes), (3, 4 * 16 * 60 - 4 * 60));
    assert_eq!(page.crews.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["Weekend crew"]);
    assert_eq!(page.week.days[1].shutdowns[0].crew.as_deref(), Some("Weekend crew"));
    let zone = calendars::zone(&mut tx, site).await.unwrap();
    assert_eq!(zone, "America/Chicago");
    calendars::save(&mut tx, &desk.planner, site, 3, &form).await.unwrap();
    assert_eq!(
        calendars::page(&mut tx, &desk.planner, site, None).await.unwrap().version,
        3,
        "no change"
    );
}

#[tokio::test]
async fn a_renamed_crew_is_renamed_in_the_calendar_and_a_retired_one_is_not_offered() {
    let desk = Desk::new().await;
    let site = SiteId(desk.id("ONE").await.0);
    let mut tx = desk.tx().await;
    calendars::add_crew(&mut tx, &desk.planner, site, " Fitters ", "hall 2").await.unwrap();
    let twice = calendars::add_crew(&mut tx, &desk.planner, site, "fitters", "").await;
    assert_eq!(code(twice), "name: crew_there");
    let mut form = calendars::page(&mut tx, &desk.planner, site, None).await.unwrap().form;
    form.shutdowns.push(ShutdownForm {
        name: "Stop".to_owned(),
        from: "2026-06-16T08:00".to_owned(),
        until: "2026-06-16T12:00".to_owned(),
        crew: "Fitters".to_owned(),
        remove: false,
    });
    calendars::save(&mut tx, &desk.planner, site, 1, &form).await.unwrap();
    let crew = calendars::page(&mut tx, &desk.planner, site, None).await.unwrap().crews[0].id;
    calendars::edit_crew(&mut tx, &desk.planner, crew, "Weekend fitters", "hall 2", false)
        .await
        .unwrap();
    let page = calendars::page(&mut tx, &desk.planner, site, None).await.unwrap();
    assert_eq!((page.form.shutdowns[0].crew.as_str(), page.version), ("Weekend fitters", 3));
    assert_eq!(calendars::crew_names(&mut tx, site).await.unwrap(), ["Weekend fitters"]);
    calendars::edit_crew(&mut tx, &desk.planner, crew, "Weekend fitters", "", true).await.unwrap();
    assert!(calendars::crew_names(&mut tx, site).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}
