//! The SQL bridge against real databases: create, crash, look up, close, read back.
//!
//! Without MariaDB, or without its ODBC driver, those tests say so loudly and pass.

mod cutter;
mod support;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use cmms::conformance::{self, About, Verdict};
use cmms::egress::Egress;
use cmms::engine::{Connection, Cursor, Journal, JournalClosed, ManifestClient, Now, StepState};
use cmms::manifest::Manifest;
use cmms::{CallError, CmmsClient, CreateOutcome, NewOrder};
use domain::ids::{SiteId, WorkOrderId};
use domain::work_order::WorkOrderStatus;
use secrecy::SecretString;
use serde_json::{Value, json};

use cutter::{Cut, Cutter};
use support::Server;

const PAGE: &str = include_str!("../../../../docs/adding-a-cmms.md");
const REFERENCE: &str = "MW-0123456789ABCDEF";

/// The manifest of the documentation.
fn documented() -> String {
    let start = PAGE.find("system: plant-db").expect("the page has a SQL manifest");
    let start = PAGE[..start].rfind("```yaml\n").unwrap() + "```yaml\n".len();
    let end = PAGE[start..].find("\n```").unwrap() + start;
    PAGE[start..end].to_owned()
}

/// The same for Postgres: another driver, and a staging table instead of a procedure.
fn for_postgres() -> String {
    let call =
        "CALL new_work_order(:reference, :title, :details, :equipment, :priority, :code, :due)";
    let insert = "INSERT INTO work_order_inbox (reference, title, details, equipment_id, priority, failure_code, due) VALUES (:reference, :title, :details, :equipment, :priority, :code, :due) RETURNING id, 'OPEN' AS status";
    let replaced = [
        ("driver: mysql", "driver: postgres"),
        ("CURRENT_USER() AS who", "CURRENT_USER::text AS who"),
        ("WHERE :since IS NULL OR", "WHERE :since::timestamptz IS NULL OR"),
        ("staging: [part_inbox]", "staging: [part_inbox, work_order_inbox]"),
        ("[new_work_order, set_work_order_status]", "[set_work_order_status]"),
        (call, insert),
        ("set_work_order_status(:id,", "set_work_order_status(:id::int,"),
    ];
    replaced.iter().fold(documented(), |yaml, (from, to)| {
        assert!(yaml.contains(from), "{from}");
        yaml.replace(from, to)
    })
}

fn now() -> Now {
    Arc::new(|| {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        DateTime::<Utc>::from(std::time::UNIX_EPOCH + since)
    })
}

/// A database, its manifest, and what its owner can do.
struct Bridge {
    manifest: Arc<Manifest>,
    scheme: &'static str,
    database: &'static str,
    server: Server,
}

impl Bridge {
    fn mariadb(yaml: &str, scheme: &'static str) -> Option<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let manifest = Manifest::read(yaml).unwrap_or_else(|error| panic!("{error}"));
        let Some(server) = support::mariadb() else {
            eprintln!("SKIPPED: MariaDB is not installed (apt-get install mariadb-server)");
            return None;
        };
        Some(Self { manifest: Arc::new(manifest), scheme, database: "plant", server })
    }

    fn postgres() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let manifest = Manifest::read(&for_postgres()).unwrap_or_else(|error| panic!("{error}"));
        let server = support::postgres().expect("Postgres is installed");
        Self { manifest: Arc::new(manifest), scheme: "postgres", database: "postgres", server }
    }

    fn say(&self, sql: &str) -> String {
        let said = match self.database {
            "plant" => self.server.mariadb(sql, Some("plant")),
            _ => self.server.postgres(sql),
        };
        said.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    fn count(&self, what: &str) -> u64 {
        self.say(&format!("SELECT COUNT(*) FROM {what}")).parse().unwrap()
    }

    fn connection(&self, port: u16) -> Connection {
        let base = format!("{}://127.0.0.1:{port}/{}", self.scheme, self.database);
        let word = |text: &str| SecretString::from(text.to_owned());
        Connection {
            secrets: [
                ("reader_password".to_owned(), word("reader-word-51c9")),
                ("writer_password".to_owned(), word("writer-word-8e27")),
            ]
            .into(),
            timeout: Some(Duration::from_secs(10)),
            page_size: Some(3),
            ..Connection::new(base, Egress::new([format!("127.0.0.1:{port}")]), now())
        }
    }

    fn client_at(&self, port: u16) -> ManifestClient {
        ManifestClient::new(self.manifest.clone(), self.connection(port)).unwrap()
    }

    /// What goes over the wire to commit; a driver may say `autocommit` before.
    fn commits_with(&self) -> &'static [u8] {
        if self.scheme == "postgres" { b"commit" } else { b"\x03commit" }
    }

    fn client(&self) -> ManifestClient {
        self.client_at(self.server.port)
    }
}

fn order(reference: &str) -> NewOrder {
    let body = json!({
        "title": "Spindle bearing fault: check'); DROP TABLE work_order; --",
        "description": "Remaining life 9 days.\nÄußerst \"wichtig\" \\ `now`",
        "asset": "2", "priority": 2, "failure_code": "BRG", "failure_mode": "spindle_bearing_fault",
        "due": "2026-03-05T08:00:00Z", "status": "approved",
        "spare_parts": [{"part": "6205-2RS", "quantity": 2.0}, {"part": "SEAL-40", "quantity": 1.5}],
    });
    NewOrder { id: WorkOrderId(1), site: SiteId(1), external_ref: reference.to_owned(), body }
}

fn created(outcome: CreateOutcome) -> String {
    match outcome {
        CreateOutcome::Created(record) => record.cmms_id,
        outcome => panic!("{outcome:?}"),
    }
}

/// Keeps states, and dies after the first.
#[derive(Default)]
struct Dying(Mutex<Option<StepState>>);

#[async_trait]
impl Journal for Dying {
    async fn keep(&self, state: &StepState) -> Result<(), JournalClosed> {
        *self.0.lock().unwrap() = Some(state.clone());
        Err(JournalClosed)
    }
}

/// Connect, register, create, look up, close, read back, cancel.
async fn goes_there_and_back(bridge: &Bridge) {
    let client = bridge.client();
    let (who, _) = client.connect().await.unwrap();
    assert!(who.unwrap().contains("reader"));

    let (mut assets, mut cursor) = (Vec::new(), Cursor::default());
    loop {
        let batch = client.assets(None, &cursor).await.unwrap();
        assets.extend(batch.rows);
        match batch.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    assert_eq!((assets.len(), cursor.pages), (7, 2));
    assert_eq!(assets[1].serial.as_deref(), Some("SN-77002"));
    assert_eq!(assets[1].installed.as_deref(), Some("2012-03-01"));
    assert!(assets[6].retired && !assets[0].retired);
    let newest = assets.iter().filter_map(|asset| asset.changed).max().unwrap();
    bridge.say("UPDATE equipment SET changed_at = '2037-01-01 10:00:00' WHERE id = 3");
    let since = Some(newest + TimeDelta::seconds(120));
    let changed = client.assets(since, &Cursor::default()).await.unwrap().rows;
    assert_eq!(changed.iter().map(|asset| asset.id.as_str()).collect::<Vec<_>>(), ["3"]);

    let codes = client.failure_codes(&Cursor::default()).await.unwrap().unwrap().rows;
    assert_eq!(codes[0].code, "BRG");

    let id = created(client.create(&order(REFERENCE)).await);
    let found = client.look_up(REFERENCE).await.unwrap();
    assert_eq!(found.iter().map(|record| &record.cmms_id).collect::<Vec<_>>(), [&id]);
    assert!(client.look_up("MW-OTHER").await.unwrap().is_empty());
    let row = client.read_order(&id).await.unwrap().unwrap();
    assert_eq!(row.record.status, Some(WorkOrderStatus::Approved));
    assert_eq!(row.asset.as_deref(), Some("2"));
    assert!(row.title.unwrap().contains("'); DROP TABLE"), "text stays text");
    assert_eq!(bridge.count(&format!("part_inbox WHERE work_order_id = {id}")), 2);
    assert_eq!(bridge.count("work_order WHERE due = '2026-03-05 08:00:00'"), 1);
    assert_eq!(bridge.count("part_inbox WHERE quantity = 1.5"), 1);

    bridge.say(&format!(
        "UPDATE work_order SET status = 'CLOSED', remedy = 'Bearing replaced', hours = 2.25, cost = 310.50 WHERE id = {id}"
    ));
    bridge.say(&format!("INSERT INTO part_used VALUES ({id}, '6205-2RS', 2)"));
    let row = client.read_order(&id).await.unwrap().unwrap();
    assert_eq!(row.record.status, Some(WorkOrderStatus::Closed));
    let closure = row.record.closure.unwrap();
    assert_eq!(closure.action, "Bearing replaced");
    assert_eq!((closure.labour_hours, closure.cost), (Some(2.25), Some(310.5)));
    assert_eq!((closure.parts[0].part.as_str(), closure.parts[0].quantity), ("6205-2RS", 2.0));
    let listed = client.orders(None, &Cursor::default()).await.unwrap().rows;
    assert!(listed.iter().any(|row| row.record.cmms_id == id));

    let other = created(client.create(&order("MW-OTHER")).await);
    client.transition(&other, WorkOrderStatus::Cancelled, &Value::Null).await.unwrap().unwrap();
    let row = client.read_order(&other).await.unwrap().unwrap();
    assert_eq!(row.record.status, Some(WorkOrderStatus::Cancelled));
    assert_eq!(client.read_order("999999").await.unwrap(), None);
}

/// The program dies between the record and its parts, and goes on.
async fn goes_on_after_a_crash(bridge: &Bridge) {
    let reference = "MW-CRASH";
    let (dying, client) = (Dying::default(), bridge.client());
    let outcome = client.create_from(&order(reference), StepState::default(), &dying).await;
    assert!(matches!(outcome, CreateOutcome::Unknown(_)), "{outcome:?}");
    let found = client.look_up(reference).await.unwrap();
    assert_eq!(found.len(), 1);
    for _ in 0..2 {
        let state = StepState::adopted(&found[0]);
        let next = bridge.client();
        let outcome = next.create_from(&order(reference), state, &cmms::engine::NoJournal).await;
        assert_eq!(created(outcome), found[0].cmms_id);
    }
    assert_eq!(bridge.count(&format!("work_order WHERE reference = '{reference}'")), 1);
    let parts = format!("part_inbox WHERE work_order_id = {}", found[0].cmms_id);
    assert_eq!(bridge.count(&parts), 2);
}

/// The answer is lost: before or after the database has committed.
async fn a_lost_answer_doubles_nothing(bridge: &Bridge) {
    for (cut, held) in [(Cut::Before, 0), (Cut::After, 1)] {
        let reference = format!("MW-{cut:?}");
        let cutter = Cutter::start(bridge.server.port, bridge.commits_with(), cut).await;
        let client = bridge.client_at(cutter.port);
        // the first transaction of a create is the record's own
        let outcome = client.create(&order(&reference)).await;
        assert!(matches!(outcome, CreateOutcome::Unknown(_)), "{cut:?}: {outcome:?}");
        assert!(!cutter.armed.load(std::sync::atomic::Ordering::SeqCst));
        let start = Instant::now();
        let found = loop {
            let found = client.look_up(&reference).await.unwrap();
            if found.len() == held || start.elapsed() > Duration::from_secs(5) {
                break found;
            }
        };
        assert_eq!(found.len(), held, "{cut:?}");
        let state = found.first().map(StepState::adopted).unwrap_or_default();
        let outcome = client.create_from(&order(&reference), state, &cmms::engine::NoJournal).await;
        let id = created(outcome);
        assert_eq!(bridge.count(&format!("work_order WHERE reference = '{reference}'")), 1);
        assert_eq!(bridge.count(&format!("part_inbox WHERE work_order_id = {id}")), 2);
    }
}

/// Refusals are final and change nothing; nobody gets further than granted and named.
async fn refusals_and_limits(bridge: &Bridge) {
    let client = bridge.client();
    let before = bridge.count("work_order");
    let mut bad = order("MW-BAD");
    bad.body["asset"] = json!("999");
    let outcome = client.create(&bad).await;
    assert!(matches!(outcome, CreateOutcome::Refused { .. }), "{outcome:?}");
    bad.body["asset"] = json!("2; DROP TABLE work_order");
    let outcome = client.create(&bad).await;
    assert!(matches!(outcome, CreateOutcome::Refused { .. }), "{outcome:?}");
    assert_eq!(bridge.count("work_order"), before);

    for name in ["reader_password", "writer_password"] {
        let mut connection = bridge.connection(bridge.server.port);
        connection.secrets.insert(name.to_owned(), SecretString::from("wrong-5d2c".to_owned()));
        let client = ManifestClient::new(bridge.manifest.clone(), connection).unwrap();
        let error = client.connect().await.unwrap_err();
        assert!(!error.to_string().contains("wrong-5d2c"), "{error}");
        assert!(matches!(error, CallError::Unauthorised(_)), "{name}: {error:?}");
    }

    let closed = Connection {
        egress: Egress::new(["127.0.0.1:1".to_owned()]),
        ..bridge.connection(bridge.server.port)
    };
    let client = ManifestClient::new(bridge.manifest.clone(), closed).unwrap();
    let error = client.connect().await.unwrap_err().to_string();
    assert!(error.contains("is not in [egress] allow"), "{error}");
    let outcome = client.create(&order("MW-GATE")).await;
    assert!(matches!(outcome, CreateOutcome::NotSent(_)), "{outcome:?}");

    let url = format!("{}://127.0.0.1:{}/{}", bridge.scheme, bridge.server.port, bridge.database);
    let about = About::read(
        "secrets: {reader_password: reader-word-51c9, writer_password: writer-word-8e27}",
    );
    let row = conformance::run((*bridge.manifest).clone(), &url, Some(about.unwrap()), now())
        .await
        .unwrap();
    let ran = row.verdicts.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Passed(_)));
    assert_eq!(ran.count(), 2, "{}", conformance::table(&[row]));
}

/// A statement that takes too long ends, and one that was read as a read cannot write.
async fn slow_and_sly(bridge: &Bridge, slow: &str, sly: &str) {
    for (sql, most) in [(slow, Duration::from_secs(8)), (sly, Duration::from_secs(8))] {
        let yaml = match bridge.database {
            "plant" => documented().replace("SELECT CURRENT_USER() AS who", sql),
            _ => for_postgres().replace("SELECT CURRENT_USER::text AS who", sql),
        };
        let yaml = yaml.replace("driver: mysql", &format!("driver: {}", driver(bridge)));
        let connection = Connection {
            timeout: Some(Duration::from_secs(1)),
            ..bridge.connection(bridge.server.port)
        };
        let manifest = Manifest::read(&yaml).unwrap_or_else(|error| panic!("{error}"));
        let client = ManifestClient::new(Arc::new(manifest), connection).unwrap();
        let start = Instant::now();
        let error = client.connect().await.unwrap_err();
        assert!(start.elapsed() < most, "{sql}: {error}");
    }
}

fn driver(bridge: &Bridge) -> &'static str {
    if bridge.scheme == "mysql" { "mysql" } else { "postgres" }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_work_order_goes_to_mariadb_and_its_closure_comes_back() {
    let Some(bridge) = Bridge::mariadb(&documented(), "mysql") else { return };
    goes_there_and_back(&bridge).await;
    goes_on_after_a_crash(&bridge).await;
    a_lost_answer_doubles_nothing(&bridge).await;
    refusals_and_limits(&bridge).await;
    bridge.say(
        "DELIMITER $$\nCREATE FUNCTION sly() RETURNS INT BEGIN INSERT INTO failure_code VALUES ('SLY', 'sly'); RETURN 1; END$$\n",
    );
    bridge.say("GRANT EXECUTE ON FUNCTION sly TO reader@'127.0.0.1'");
    slow_and_sly(&bridge, "SELECT SLEEP(30) AS who", "SELECT plant.sly() AS who").await;
    assert_eq!(bridge.count("failure_code WHERE code = 'SLY'"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_work_order_goes_to_postgres_and_its_closure_comes_back() {
    let bridge = Bridge::postgres();
    goes_there_and_back(&bridge).await;
    goes_on_after_a_crash(&bridge).await;
    a_lost_answer_doubles_nothing(&bridge).await;
    refusals_and_limits(&bridge).await;
    bridge.say(
        "CREATE FUNCTION sly() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ INSERT INTO failure_code VALUES ('SLY', 'sly') RETURNING code $$",
    );
    slow_and_sly(&bridge, "SELECT pg_sleep(30)::text AS who", "SELECT sly() AS who").await;
    assert_eq!(bridge.count("failure_code WHERE code = 'SLY'"), 0);
}

#[cfg(feature = "odbc")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_work_order_goes_through_an_odbc_driver_and_its_closure_comes_back() {
    const CONNECT: &str = "Driver={MariaDB Unicode};Server=${host};Port=${port};Database=${database};Uid=${user};Pwd=${password}";
    let known = std::fs::read_to_string("/etc/odbcinst.ini").unwrap_or_default();
    if !known.contains("[MariaDB Unicode]") {
        eprintln!(
            "SKIPPED: the ODBC driver of MariaDB is not installed (apt-get install odbc-mariadb)"
        );
        return;
    }
    let yaml =
        documented().replace("driver: mysql", &format!("driver: odbc\n  connect: '{CONNECT}'"));
    let Some(bridge) = Bridge::mariadb(&yaml, "odbc") else { return };
    goes_there_and_back(&bridge).await;
    goes_on_after_a_crash(&bridge).await;
    a_lost_answer_doubles_nothing(&bridge).await;
    refusals_and_limits(&bridge).await;
}
