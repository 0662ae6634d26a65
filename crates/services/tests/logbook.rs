//! The shift logbook: appended entries, corrections, open points, both signatures, raising.

use domain::alert::Priority;
use domain::ids::{AlertId, LogbookEntryId, SiteId};
use domain::permission::Role;
use domain::views::logbook::{AutoKind, EntryBody, Logbook, PersonEntry};
use services::logbook::{
    RaiseFromLogbook, Which, Write, desk, hand_over, logbook, raise, take_over, tick, write,
};
use services::users::{GrantInput, NewUser, create_user, of_person};
use services::work_orders::{Raise, raise as raise_order};
use services::{Caller, Error, assets, rules};
use store::testing::database;
use store::{ScopedTx, Store};

const ASSETS: &str = "\
tag,kind,parent,name,serial_number,barcode,criticality,status
ONE,site,,Plant one,,,high,active
ML-2007,machine,ONE,Mill,,,,active
ML-2007-T4,component,ML-2007,Tool position 4,,4006381333931,,active
TWO,site,,Plant two,,,,active
";

struct World {
    store: Store,
    site: SiteId,
    luis: Caller,
    kim: Caller,
}

impl World {
    async fn new() -> Self {
        let db = database().await;
        let store = Store::connect(&db.url, 8).await.unwrap();
        let mut tx = store.begin_system().await.unwrap();
        rules::ensure_defaults(&mut tx).await.unwrap();
        let rows = assets::from_csv(ASSETS.as_bytes()).unwrap();
        let report = assets::import(&mut tx, &Caller::system(), rows, false).await.unwrap();
        assert!(report.errors.is_empty(), "{report:?}");
        let sites = store::logbook::sites(&mut tx).await.unwrap();
        let site = SiteId(sites[0].0);
        let luis = person(&mut tx, "Luis Ortega", Role::Supervisor, site).await;
        let kim = person(&mut tx, "Kim Novak", Role::Operator, site).await;
        tx.commit().await.unwrap();
        Self { store, site, luis, kim }
    }

    async fn begin(&self, caller: &Caller) -> ScopedTx {
        let scope = caller.scope(domain::permission::Permission::View).unwrap();
        self.store.begin(&scope, caller.actor).await.unwrap()
    }

    async fn write(&self, caller: &Caller, input: Write) -> Result<LogbookEntryId, Error> {
        let mut tx = self.begin(caller).await;
        let id = write(&mut tx, caller, self.site, input).await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn read(&self, caller: &Caller) -> Logbook {
        self.read_about(caller, None).await
    }

    async fn read_about(&self, caller: &Caller, asset: Option<&str>) -> Logbook {
        let mut tx = self.begin(caller).await;
        let which = Which { asset: asset.map(str::to_owned), ..Which::default() };
        logbook(&mut tx, caller, &which).await.unwrap()
    }
}

async fn person(tx: &mut ScopedTx, name: &str, role: Role, site: SiteId) -> Caller {
    let new = NewUser {
        email: format!("{}@plant.example", name.to_lowercase().replace(' ', ".")),
        name: name.to_owned(),
        password_hash: None,
        grants: vec![GrantInput::new(role, Some(site))],
    };
    let (id, _) = create_user(tx, &Caller::system(), &new).await.unwrap();
    let grants = store::users::grants(tx, id).await.unwrap();
    of_person(id, name.to_owned(), &grants)
}

fn entry(text: &str, key: &str) -> Write {
    Write { text: text.to_owned(), key: key.to_owned(), ..Write::default() }
}

fn people(book: &Logbook) -> Vec<&PersonEntry> {
    book.entries
        .iter()
        .filter_map(|entry| match &entry.body {
            EntryBody::Person(entry) => Some(entry),
            EntryBody::Auto(_) => None,
        })
        .collect()
}

fn kinds(book: &Logbook) -> Vec<AutoKind> {
    let kind = |body: &EntryBody| match body {
        EntryBody::Auto(entry) => Some(entry.kind),
        EntryBody::Person(_) => None,
    };
    book.entries.iter().filter_map(|entry| kind(&entry.body)).collect()
}

#[tokio::test]
async fn an_entry_is_saved_once_however_often_it_is_sent() {
    let world = World::new().await;
    let input = Write {
        asset: "4006381333931".to_owned(),
        tag: "Tool wear".to_owned(),
        ..entry("insert edge is chipped", "k1")
    };
    let first = world.write(&world.luis, input.clone()).await.unwrap();
    assert_eq!(world.write(&world.luis, input).await.unwrap(), first);
    let other = world.write(&world.luis, entry("typed after a slow answer", "k1")).await.unwrap();
    assert_ne!(other, first);

    let book = world.read(&world.kim).await;
    let entries = people(&book);
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[1].asset.as_deref(), Some("ML-2007-T4"));
    assert_eq!(entries[1].tag.as_deref(), Some("tool wear"));
    assert_eq!(entries[1].author, "Luis Ortega");
    assert!(book.shift.current);
    assert_eq!(people(&world.read_about(&world.kim, Some("ML-2007")).await).len(), 1);
    assert!(people(&world.read_about(&world.kim, Some("NO-SUCH")).await).is_empty());
}

#[tokio::test]
async fn a_correction_strikes_an_entry_and_nothing_changes_one() {
    let world = World::new().await;
    let wrong = world.write(&world.kim, entry("Alarm 2014", "a")).await.unwrap();
    let correction = Write { strikes: Some(wrong), ..entry("Alarm 2041, not 2014", "b") };
    world.write(&world.kim, correction.clone()).await.unwrap();
    let again = world.write(&world.luis, Write { key: "c".into(), ..correction }).await;
    assert!(matches!(again, Err(Error::Conflict { code: "already_corrected", .. })), "{again:?}");

    let book = world.read(&world.kim).await;
    let entries = people(&book);
    assert_eq!(entries[0].strikes.as_ref().map(|s| s.text.as_str()), Some("Alarm 2014"));
    assert!(entries[1].struck);
    for change in ["UPDATE logbook_entry SET body = 'x'", "DELETE FROM logbook_entry"] {
        let refused = sqlx::query(change).execute(world.store.pool()).await.unwrap_err();
        assert!(refused.to_string().contains("never changed"), "{refused}");
    }
}

#[tokio::test]
async fn open_points_are_carried_over_and_signed_by_both_sides() {
    let world = World::new().await;
    let wrong =
        world.write(&world.luis, Write { point: true, ..entry("run at 08 %", "a") }).await.unwrap();
    let right = Write { strikes: Some(wrong), ..entry("run at 80 % feed", "b") };
    world.write(&world.luis, right).await.unwrap();
    world
        .write(&world.luis, Write { point: true, ..entry("chips in the conveyor", "c") })
        .await
        .unwrap();
    let book = world.read(&world.luis).await;
    let texts: Vec<&str> = book.points.iter().map(|point| point.text.as_str()).collect();
    assert_eq!(texts, ["chips in the conveyor", "run at 80 % feed"], "the latest wording");

    let mut tx = world.begin(&world.luis).await;
    let chips = book.points[0].id;
    tick(&mut tx, &world.luis, chips, true).await.unwrap();
    tick(&mut tx, &world.luis, chips, true).await.unwrap();
    let key = &book.shift.key;
    hand_over(&mut tx, &world.luis, world.site, key, "all quiet").await.unwrap();
    let twice = hand_over(&mut tx, &world.luis, world.site, key, "").await;
    assert!(matches!(twice, Err(Error::Conflict { code: "handed_over", .. })), "{twice:?}");
    let own = take_over(&mut tx, &world.luis, world.site, key).await;
    assert!(matches!(own, Err(Error::Conflict { code: "own_hand_over", .. })), "{own:?}");
    let early = hand_over(&mut tx, &world.luis, world.site, &book.after.key, "").await;
    assert!(matches!(early, Err(Error::Conflict { code: "not_begun", .. })), "{early:?}");
    tx.commit().await.unwrap();

    let mut tx = world.begin(&world.kim).await;
    take_over(&mut tx, &world.kim, world.site, key).await.unwrap();
    tx.commit().await.unwrap();
    let signed = world.read(&world.kim).await;
    let hand_over = signed.hand_over.as_ref().unwrap();
    assert_eq!(hand_over.outgoing, "Luis Ortega");
    assert_eq!(hand_over.incoming.as_deref(), Some("Kim Novak"));
    let carried: Vec<i64> = hand_over.carried.iter().map(|point| point.id).collect();
    assert_eq!(carried, [book.points[1].id]);
    assert!(signed.points.iter().any(|point| point.id == chips && point.done_at.is_some()));
    assert_eq!(kinds(&signed), [AutoKind::TakenOver, AutoKind::HandedOver]);
}

#[tokio::test]
async fn who_may_not_write_is_refused_and_input_is_checked() {
    let world = World::new().await;
    let mut tx = world.store.begin_system().await.unwrap();
    let viewer = person(&mut tx, "Vera", Role::Viewer, world.site).await;
    tx.commit().await.unwrap();
    let refused = world.write(&viewer, entry("x", "k")).await;
    assert!(matches!(refused, Err(Error::Denied)), "{refused:?}");
    let input = Write { asset: "NO-SUCH".into(), tag: "x".repeat(41), ..entry("  ", "k") };
    let Err(Error::Invalid(problems)) = world.write(&world.luis, input).await else {
        panic!("accepted")
    };
    let paths: Vec<&str> = problems.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(paths, ["text", "tag", "asset"]);
}

#[tokio::test]
async fn a_work_order_raised_from_the_logbook_shows_in_its_entry() {
    let world = World::new().await;
    let mut tx = world.begin(&world.luis).await;
    let wanted = Raise {
        asset: "ML-2007-T4".into(),
        failure_mode: "tool_wear".into(),
        priority: Priority::MEDIUM,
        title: "Look at the tool".into(),
        notes: None,
        evidence: Vec::new(),
    };
    let order = raise_order(&mut tx, &world.luis, wanted, None).await.unwrap().id;
    tx.commit().await.unwrap();
    assert_eq!(kinds(&world.read(&world.kim).await), [AutoKind::OrderRaised]);

    let alert: i64 =
        sqlx::query_scalar("SELECT id FROM alert").fetch_one(world.store.pool()).await.unwrap();
    let mut tx = world.begin(&world.luis).await;
    let (which, alert) = (Which::default(), AlertId(alert));
    let desk = desk(&mut tx, &world.luis, &which, None, Some(alert)).await.unwrap();
    let offer = desk.raise.unwrap();
    assert_eq!(offer.failure_code.as_deref(), Some("TWL-04"));
    assert_eq!(offer.order, Some(order));
    let input = RaiseFromLogbook {
        alert,
        priority: Priority::MEDIUM,
        title: offer.title,
        notes: "chatter marks".into(),
        point: false,
        key: "form".into(),
    };
    let raised = raise(&mut tx, &world.luis, input.clone()).await.unwrap();
    assert_eq!(raised, order, "one open work order per asset and failure mode");
    assert_eq!(raise(&mut tx, &world.luis, input).await.unwrap(), order);
    tx.commit().await.unwrap();

    let book = world.read(&world.luis).await;
    let entries = people(&book);
    assert_eq!((entries.len(), entries[0].text.as_str()), (1, "chatter marks"));
    assert_eq!(entries[0].order.as_ref().map(|o| o.id), Some(order));
    assert!(kinds(&book).is_empty(), "the entry tells it, not a second line");
}
