//! Plans from two registers, and what becomes of their items.

#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::HashMap;
use std::time::Duration;

use cmms::engine::{AssetRow, Batch};
use domain::ids::{AssetId, ConnectionId};
use domain::views::reconcile::{Absence, ApplyReport, ItemKind, ItemState, PlanItem, PlanView};
use services::assets::reconcile::{
    Ask, Selection, apply, compare, keep, link, load, read_again, refuse, show, skip, take_page,
    unlink,
};
use services::assets::{AssetQuery, from_csv, import, list};
use services::connections::mapping::{publish, set_value};
use services::{Caller, Error};
use sqlx::PgPool;
use store::Store;
use store::assets::reconcile as rows;

const LEASE: Duration = Duration::from_secs(60);

struct Plant {
    store: Store,
    superuser: PgPool,
    connection: ConnectionId,
}

impl Plant {
    async fn new(csv: &str) -> Self {
        let db = store::testing::database().await;
        let store = Store::connect(&db.url, 4).await.unwrap();
        let superuser = PgPool::connect(&db.superuser_url).await.unwrap();
        let mut tx = store.begin_system().await.unwrap();
        let head = "tag,kind,parent,name,serial_number,barcode,criticality,status\n";
        let file = from_csv(format!("{head}ONE,site,,One,,,,\n{csv}").as_bytes()).unwrap();
        let report = import(&mut tx, &Caller::system(), file, false).await.unwrap();
        assert!(report.errors.is_empty(), "{report:?}");
        tx.commit().await.unwrap();
        let mut by_hand = superuser.begin().await.unwrap();
        sqlx::query("SET LOCAL session_replication_role = replica")
            .execute(&mut *by_hand)
            .await
            .unwrap();
        let connection = sqlx::query_scalar(
            "WITH c AS (INSERT INTO connection (slug, name, system, state, base_url)
                        VALUES ('maximo', 'Maximo', 'maximo', 'shadow', 'http://127.0.0.1:1') RETURNING id)
             INSERT INTO connection_site (connection_id, site_id) SELECT c.id, s.id FROM c, site s
             RETURNING connection_id",
        )
        .fetch_one(&mut *by_hand)
        .await
        .unwrap();
        by_hand.commit().await.unwrap();
        Self { store, superuser, connection: ConnectionId(connection) }
    }

    /// Reads a register of these records and makes the plan.
    async fn read(&self, register: &[AssetRow]) -> PlanView {
        let mut tx = self.store.begin_system().await.unwrap();
        assert!(read_again(&mut tx, &Caller::system(), self.connection).await.unwrap());
        let sync = rows::claim(&mut tx, Some(self.connection), LEASE).await.unwrap().unwrap();
        let page = Batch { rows: register.to_vec(), next: None };
        assert!(take_page(&mut tx, &sync, page, LEASE).await.unwrap());
        let compared = compare(&load(&mut tx, self.connection).await.unwrap());
        keep(&mut tx, self.connection, sync.id, compared).await.unwrap();
        rows::finish(&mut tx, sync.id, serde_json::json!({})).await.unwrap();
        tx.commit().await.unwrap();
        self.plan(ItemState::Open).await
    }

    async fn plan(&self, state: ItemState) -> PlanView {
        let mut tx = self.store.begin_system().await.unwrap();
        let ask = Ask { state: Some(state), ..Ask::default() };
        show(&mut tx, &Caller::system(), &ask).await.unwrap()
    }

    async fn apply(&self, items: &[&PlanItem], orders: i64) -> Result<ApplyReport, Error> {
        let mut tx = self.store.begin_system().await.unwrap();
        let ids: Vec<i64> = items.iter().map(|item| item.id).collect();
        let accepted = ids.iter().map(|id| (*id, orders)).collect();
        let report =
            apply(&mut tx, &Caller::system(), Selection::Items(ids), &accepted, None).await?;
        tx.commit().await.unwrap();
        Ok(report)
    }

    async fn line(&self, tag: &str) -> String {
        let mut tx = self.store.begin_system().await.unwrap();
        let all = list(&mut tx, AssetQuery::default()).await.unwrap().items;
        let one = all.into_iter().find(|asset| asset.tag == tag).unwrap();
        let serial = one.serial_number.unwrap_or_default();
        format!("{} | {} | {serial} | {} | {}", one.path, one.name, one.criticality, one.status)
    }

    async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.superuser).await.unwrap()
    }
}

fn record(id: &str, name: &str) -> AssetRow {
    AssetRow { id: id.to_owned(), name: name.to_owned(), ..AssetRow::default() }
}

fn below(id: &str, name: &str, parent: &str) -> AssetRow {
    AssetRow { parent: Some(parent.to_owned()), ..record(id, name) }
}

fn find<'a>(plan: &'a PlanView, kind: ItemKind, tag: &str) -> &'a PlanItem {
    let names = |item: &PlanItem| {
        item.ours.iter().chain(&item.theirs).any(|named| named.tag.eq_ignore_ascii_case(tag))
    };
    let found = plan.items.iter().find(|item| item.kind == kind && names(item));
    found.unwrap_or_else(|| panic!("no {kind} of {tag} in {:#?}", plan.items))
}

const PLANT: &str = "\
L1,line,ONE,Line 1,,,,
L3,line,ONE,Line 3,,,,
VMC-1050,machine,L1,Mill,SN-48117,,critical,
VMC-1050-SP02,component,VMC-1050,Spindle 2,,,,
GR-420,machine,L3,Grinder,,,low,
";

#[tokio::test]
async fn what_is_equal_is_paired_at_once_and_leaves_no_item() {
    let plant = Plant::new(PLANT).await;
    let plan = plant
        .read(&[
            record("vmc 1050", "MILL"),
            below("VMC1050SP2", "Spindle 2", "vmc 1050"),
            record("GR-420", "Grinder"),
        ])
        .await;
    assert!(plan.items.is_empty(), "{:#?}", plan.items);
    let head = plan.plan.unwrap();
    assert_eq!((head.records, head.linked, head.equal), (3, 3, 3));
    assert_eq!(
        plant.count("SELECT count(*) FROM audit_event WHERE action = 'asset.link_matching'").await,
        1
    );
}

#[tokio::test]
async fn differences_are_shown_field_by_field_and_applied_when_chosen() {
    let plant = Plant::new(PLANT).await;
    let mill = AssetRow {
        serial: Some("SN-51906".to_owned()),
        criticality: Some("low".to_owned()),
        ..record("VMC-1050", "Machining centre")
    };
    let moved = [mill, below("VMC-1050-SP02", "Spindle 2", "GR-420"), record("GR-420", "Grinder")];
    let plan = plant.read(&moved).await;
    let changed = find(&plan, ItemKind::Changed, "VMC-1050");
    let fields: Vec<&str> = changed.detail.changes.iter().map(|c| c.field.as_str()).collect();
    assert_eq!(fields, ["name", "serial_number", "criticality"]);
    assert!(changed.choice, "a lower criticality is asked about");
    let spindle = find(&plan, ItemKind::Moved, "VMC-1050-SP02");
    let report = plant.apply(&[changed, spindle], 0).await.unwrap();
    assert_eq!((report.applied, report.stale, report.refused.len()), (2, 0, 0), "{report:?}");
    assert_eq!(
        plant.line("VMC-1050").await,
        "One / Line 1 / VMC-1050 | Machining centre | SN-51906 | low | active"
    );
    assert!(plant.line("VMC-1050-SP02").await.starts_with("One / Line 3 / GR-420 / VMC-1050-SP02"));
    assert!(plant.read(&moved).await.items.is_empty());
}

#[tokio::test]
async fn a_group_leaves_out_what_needs_a_person() {
    let plant = Plant::new(PLANT).await;
    let mill = AssetRow { criticality: Some("low".to_owned()), ..record("VMC-1050", "Mill") };
    let plan = plant.read(&[mill, record("GR-420", "Cylindrical grinder")]).await;
    let mut tx = plant.store.begin_system().await.unwrap();
    let group = Selection::Group { plan: plan.plan.unwrap().id, kind: None };
    let report = apply(&mut tx, &Caller::system(), group, &HashMap::new(), None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(report.applied, 1);
    assert!(plant.line("GR-420").await.contains("Cylindrical grinder"));
    assert!(plant.line("VMC-1050").await.contains("critical"));
}

#[tokio::test]
async fn an_item_whose_asset_or_record_has_changed_since_is_refused() {
    let plant = Plant::new(PLANT).await;
    let plan = plant.read(&[record("GR-420", "Grinder A"), record("VMC-1050", "Mill A")]).await;
    let (grinder, mill) =
        (find(&plan, ItemKind::Changed, "GR-420"), find(&plan, ItemKind::Changed, "VMC-1050"));
    let mut tx = plant.store.begin_system().await.unwrap();
    let edit = from_csv(b"tag,name\nGR-420,Grinder B\n").unwrap();
    import(&mut tx, &Caller::system(), edit, false).await.unwrap();
    tx.commit().await.unwrap();
    let report = plant.apply(&[grinder, mill], 0).await.unwrap();
    assert_eq!((report.applied, report.stale), (1, 1));
    assert!(plant.line("GR-420").await.contains("Grinder B"));
    let again = plant.apply(&[mill], 0).await.unwrap();
    assert_eq!((again.applied, again.refused[0].code.as_str()), (0, "decided"));
}

#[tokio::test]
async fn applying_one_item_does_not_make_the_others_of_the_same_asset_stale() {
    let plant = Plant::new(PLANT).await;
    let plan = plant
        .read(&[
            record("VMC-1050", "Mill A"),
            below("VMC-1050-SP02", "Spindle two", "GR-420"),
            record("GR-420", "Grinder"),
        ])
        .await;
    for (kind, tag) in [
        (ItemKind::Moved, "VMC-1050-SP02"),
        (ItemKind::Changed, "VMC-1050-SP02"),
        (ItemKind::Changed, "VMC-1050"),
    ] {
        let report = plant.apply(&[find(&plan, kind, tag)], 0).await.unwrap();
        assert_eq!((report.applied, report.stale), (1, 0), "{kind} {tag}: {report:?}");
    }
}

#[tokio::test]
async fn new_assets_come_under_what_they_are_part_of() {
    let plant = Plant::new(PLANT).await;
    let at = |id: &str, location: &str| AssetRow {
        location: Some(location.to_owned()),
        ..record(id, "New machine")
    };
    let plan = plant
        .read(&[
            at("MC-3005", "line 3"),
            below("MC-3005-SP", "Its spindle", "MC-3005"),
            below("VMC-1050-CH", "Chip conveyor", "VMC-1050"),
            record("VMC-1050", "Mill"),
            record("CP-07", "Pump"),
        ])
        .await;
    let alone = plant.apply(&[find(&plan, ItemKind::Added, "MC-3005-SP")], 0).await.unwrap();
    assert_eq!(alone.refused[0].code, "no_place", "{alone:?}");
    let all: Vec<&PlanItem> =
        plan.items.iter().filter(|item| item.kind == ItemKind::Added).collect();
    assert_eq!(all.len(), 4);
    let report = plant.apply(&all, 0).await.unwrap();
    assert_eq!((report.applied, report.refused.len()), (4, 0), "{report:?}");
    assert!(plant.line("MC-3005-SP").await.starts_with("One / Line 3 / MC-3005 / MC-3005-SP |"));
    assert!(plant.line("VMC-1050-CH").await.starts_with("One / Line 1 / VMC-1050 / VMC-1050-CH |"));
    assert!(plant.line("CP-07").await.starts_with("One / CP-07 |"));
    assert_eq!(plant.count("SELECT count(*) FROM asset_link WHERE method = 'added'").await, 4);
}

#[tokio::test]
async fn what_is_retired_over_there_is_retired_here_and_never_deleted() {
    let plant = Plant::new(PLANT).await;
    let retired = AssetRow { retired: true, ..record("VMC-1050", "Mill") };
    let all = [
        record("VMC-1050", "Mill"),
        record("VMC-1050-SP02", "Spindle 2"),
        record("GR-420", "Grinder"),
    ];
    plant.read(&all).await;
    let plan = plant.read(&[retired, all[1].clone()]).await;
    let mill = find(&plan, ItemKind::Missing, "VMC-1050");
    let grinder = find(&plan, ItemKind::Missing, "GR-420");
    assert_eq!(mill.detail.absence, Some(Absence::Retired));
    assert_eq!(grinder.detail.absence, Some(Absence::Gone));
    assert_eq!(mill.effect.below, 1);
    let report = plant.apply(&[mill, grinder], 0).await.unwrap();
    assert_eq!(report.applied, 2, "{report:?}");
    for tag in ["VMC-1050", "VMC-1050-SP02", "GR-420"] {
        assert!(plant.line(tag).await.ends_with("decommissioned"));
    }
    assert_eq!(plant.count("SELECT count(*) FROM asset").await, 6);
    assert_eq!(plant.count("SELECT count(*) FROM cmms_asset").await, 3);
}

#[tokio::test]
async fn retiring_with_open_work_needs_their_number() {
    let plant = Plant::new(PLANT).await;
    let all = [record("VMC-1050", "Mill"), record("GR-420", "Grinder")];
    plant.read(&all).await;
    let mut by_hand = plant.superuser.begin().await.unwrap();
    sqlx::raw_sql(
        "SET LOCAL session_replication_role = replica;
         INSERT INTO work_order (site_id, connection_id, asset_id, failure_mode, external_ref, origin,
                                 requested_kind, title, priority, request, deadline)
         SELECT site_id, 1, id, 'tool_wear', 'r', 'rule', 'system', 'Look', 3, '{}', now()
         FROM asset WHERE tag = 'VMC-1050-SP02'",
    )
    .execute(&mut *by_hand)
    .await
    .unwrap();
    by_hand.commit().await.unwrap();
    let retired = AssetRow { retired: true, ..record("VMC-1050", "Mill") };
    let plan = plant.read(&[retired, all[1].clone()]).await;
    let mill = find(&plan, ItemKind::Missing, "VMC-1050");
    assert!(mill.choice && mill.effect.orders == 1);
    let report = plant.apply(&[mill], 0).await.unwrap();
    assert_eq!((report.applied, report.refused[0].code.as_str()), (0, "open_work_orders"));
    assert!(plant.line("VMC-1050").await.ends_with("active"));
    assert_eq!(plant.apply(&[mill], 1).await.unwrap().applied, 1);
}

#[tokio::test]
async fn doubtful_pairs_wait_for_a_person_and_a_refused_one_is_not_asked_again() {
    let plant =
        Plant::new("FN-1-11,machine,ONE,Fan,,,,\nBL-08,machine,ONE,Blower,BLW-30008,,,\n").await;
    let blower = AssetRow { serial: Some("BLW-77777".to_owned()), ..record("BL-8", "Blower") };
    let register = [record("FN-11-1", "Fan"), blower];
    let plan = plant.read(&register).await;
    assert_eq!(plant.count("SELECT count(*) FROM asset_link").await, 0);
    let (fan, blower) =
        (find(&plan, ItemKind::Suggestion, "FN-1-11"), find(&plan, ItemKind::Suggestion, "BL-08"));
    let mut tx = plant.store.begin_system().await.unwrap();
    refuse(&mut tx, &Caller::system(), &[fan.id]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(plant.apply(&[blower], 0).await.unwrap().applied, 1);
    assert_eq!(plant.count("SELECT count(*) FROM asset_link WHERE method = 'suggestion'").await, 1);
    let plan = plant.read(&register).await;
    assert!(plan.items.iter().all(|item| item.kind != ItemKind::Suggestion), "{:#?}", plan.items);
}

#[tokio::test]
async fn swapped_serials_are_a_conflict_that_a_person_settles_by_hand() {
    let plant =
        Plant::new("M-1,machine,ONE,Mill,SN-77001,,,\nM-2,machine,ONE,Mill,SN-77002,,,\n").await;
    let with =
        |id: &str, serial: &str| AssetRow { serial: Some(serial.to_owned()), ..record(id, "Mill") };
    let register = [with("M-1", "SN-77002"), with("M-2", "SN-77001")];
    let plan = plant.read(&register).await;
    let conflict = find(&plan, ItemKind::Conflict, "M-1");
    assert_eq!(conflict.detail.claims.len(), 4);
    let report = plant.apply(&[conflict], 0).await.unwrap();
    assert_eq!(report.refused[0].code, "needs_choice");
    let mut tx = plant.store.begin_system().await.unwrap();
    let system = Caller::system();
    let one = link(&mut tx, &system, plant.connection, "m-1", "M-1").await.unwrap();
    let taken = link(&mut tx, &system, plant.connection, "M-2", "M-1").await.unwrap_err();
    assert!(matches!(taken, Error::Conflict { code: "pair_taken", .. }));
    tx.commit().await.unwrap();
    let plan = plant.plan(ItemState::Open).await;
    assert!(plan.items.iter().all(|item| item.ours.as_ref().is_none_or(|ours| ours.tag != "M-1")));
    let mut tx = plant.store.begin_system().await.unwrap();
    unlink(&mut tx, &system, plant.connection, one).await.unwrap();
    assert!(unlink(&mut tx, &system, plant.connection, AssetId(one.0)).await.is_err());
    tx.commit().await.unwrap();
    assert_eq!(plant.count("SELECT count(*) FROM asset_link").await, 1, "the row stays");
}

#[tokio::test]
async fn a_skipped_item_stays_away_until_it_says_something_else() {
    let plant = Plant::new(PLANT).await;
    let plan = plant.read(&[record("GR-420", "Grinder A")]).await;
    let item = find(&plan, ItemKind::Changed, "GR-420");
    let mut tx = plant.store.begin_system().await.unwrap();
    assert_eq!(skip(&mut tx, &Caller::system(), &[item.id]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    for _ in 0..2 {
        let plan = plant.read(&[record("GR-420", "Grinder A")]).await;
        assert!(plan.items.iter().all(|item| item.kind != ItemKind::Changed));
    }
    let plan = plant.read(&[record("GR-420", "Grinder B")]).await;
    find(&plan, ItemKind::Changed, "GR-420");
}

#[tokio::test]
async fn a_new_record_with_a_tag_of_ours_never_overwrites_that_asset() {
    let plant = Plant::new(PLANT).await;
    plant.read(&[record("GR-420", "Grinder")]).await;
    let mut tx = plant.store.begin_system().await.unwrap();
    let id: i64 = sqlx::query_scalar("SELECT id FROM asset WHERE tag = 'GR-420'")
        .fetch_one(&plant.superuser)
        .await
        .unwrap();
    unlink(&mut tx, &Caller::system(), plant.connection, AssetId(id)).await.unwrap();
    tx.commit().await.unwrap();
    let plan = plant.read(&[record("GR-420", "Another grinder")]).await;
    let added = find(&plan, ItemKind::Added, "GR-420");
    assert!(added.choice);
    let report = plant.apply(&[added], 0).await.unwrap();
    assert_eq!(report.refused[0].code, "tag_taken");
    assert!(plant.line("GR-420").await.contains("| Grinder |"));
}

#[tokio::test]
async fn their_words_for_criticality_are_understood_by_the_value_map() {
    let plant = Plant::new("M1,machine,ONE,Mill 1,,,medium,active\n").await;
    let mill = |criticality: &str| {
        [AssetRow { criticality: Some(criticality.to_owned()), ..record("M1", "Mill 1") }]
    };
    let changes = |plan: PlanView| -> Vec<String> {
        let changes = plan.items.into_iter().flat_map(|item| item.detail.changes);
        changes.map(|change| change.field).collect()
    };
    assert!(changes(plant.read(&mill("A")).await).is_empty(), "nobody has said what A is");
    let mut tx = plant.store.begin_system().await.unwrap();
    for (ours, theirs) in [("critical", "A"), ("high", "B"), ("medium", "C"), ("low", "C")] {
        set_value(&mut tx, &Caller::system(), "maximo", "criticality", ours, theirs).await.unwrap();
    }
    publish(&mut tx, &Caller::system(), "maximo", "their letters").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(changes(plant.read(&mill("A")).await), ["criticality"]);
    assert!(changes(plant.read(&mill("C")).await).is_empty(), "C is two of ours");
}
