//! Sites whose work orders go to doubles.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::{Duration, Instant};

use cmms::egress::Egress;
use domain::alert::{Origin, Priority};
use domain::ids::{AlertId, ConnectionId, SiteId, WorkOrderId};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use services::connections::{NewConnection, create, set_secret};
use services::secrets::{MasterKey, Vault};
use services::work_orders::{Intent, intend};
use services::{Caller, Services, Settings, assets};
use simulators::cmms::{Double, face};
use sqlx::{Connection, PgConnection};
use store::testing::TestDb;
use store::{Actor, Store};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use workers::Clients;

/// Waits are a hundredth of what they are.
pub const SCALE: f64 = 0.01;

/// A double and the connection to it.
pub struct Cmms {
    pub double: Double,
    pub connection: ConnectionId,
    pub site: SiteId,
    http: reqwest::Client,
}

#[derive(Deserialize)]
struct About {
    #[serde(default)]
    path: String,
    #[serde(default)]
    settings: BTreeMap<String, Value>,
    #[serde(default)]
    secrets: BTreeMap<String, String>,
    #[serde(default = "nothing")]
    order: Value,
}

fn nothing() -> Value {
    json!({})
}

/// A work order of a ledger.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    pub reference: String,
    pub files: Vec<String>,
    pub parts: Vec<(String, f64)>,
}

pub struct World {
    pub db: TestDb,
    pub services: Services,
    pub key: String,
}

impl World {
    /// One site for each system, each with so many machines.
    pub async fn new(systems: &[&str], machines: usize) -> (Self, Vec<Cmms>) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let db = store::testing::database().await;
        let key = MasterKey::random().unwrap().to_base64();
        let key = secrecy::ExposeSecret::expose_secret(&key).to_owned();
        let services = open(&db.url, &key).await;
        let world = Self { db, services, key };
        let mut csv = String::from("tag,kind,parent,name,criticality,status\n");
        for (place, _) in systems.iter().enumerate() {
            csv.push_str(&format!("S{place},site,,Plant {place},,active\n"));
            for number in 1..=machines {
                csv.push_str(&format!(
                    "S{place}M{number},machine,S{place},Mill {number},critical,active\n"
                ));
            }
        }
        let mut tx = world.services.store.begin_system().await.unwrap();
        let rows = assets::from_csv(csv.as_bytes()).unwrap();
        let report = assets::import(&mut tx, &Caller::system(), rows, false).await.unwrap();
        assert!(report.errors.is_empty(), "{:?}", report.errors);
        services::rules::ensure_defaults(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        world.overlay().await;
        let mut all = Vec::new();
        for (place, system) in systems.iter().enumerate() {
            all.push(world.connect(system, place).await);
        }
        (world, all)
    }

    /// Bodies name an asset and a code that the double knows, as links and mapping would.
    async fn overlay(&self) {
        let mut owner = PgConnection::connect(&self.db.owner_url).await.unwrap();
        sqlx::raw_sql(
            "CREATE TABLE known_there (connection_id bigint PRIMARY KEY, body jsonb NOT NULL);
             CREATE FUNCTION add_known() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
             BEGIN
                 NEW.request := NEW.request || COALESCE(
                     (SELECT body FROM known_there WHERE connection_id = NEW.connection_id), '{}');
                 RETURN NEW;
             END $$;
             CREATE TRIGGER add_known BEFORE INSERT ON work_order
                 FOR EACH ROW EXECUTE FUNCTION add_known()",
        )
        .execute(&mut owner)
        .await
        .unwrap();
    }

    async fn connect(&self, system: &str, place: usize) -> Cmms {
        let start = "2026-02-01T06:00:00Z".parse().unwrap();
        let double = Double::start(face(system).unwrap(), "127.0.0.1:0", start).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let about: About = http
            .get(format!("{}/_double/about", double.url()))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let site = SiteId(
            sqlx::query_scalar("SELECT id FROM asset WHERE tag = $1")
                .bind(format!("S{place}"))
                .fetch_one(self.services.store.pool())
                .await
                .unwrap(),
        );
        let caller = Caller::system();
        let mut tx = self.services.store.begin_system().await.unwrap();
        let new = NewConnection {
            name: format!("{system} {place}"),
            system: system.to_owned(),
            manifest: None,
            base_url: format!("{}{}", double.url(), about.path),
            settings: about.settings,
            sites: vec![site],
        };
        let connection = create(&mut tx, &caller, new).await.unwrap();
        let vault = self.services.settings.vault.clone();
        for (field, value) in about.secrets {
            let value = SecretString::from(value);
            set_secret(&mut tx, &vault, &caller, connection, &field, &value, None).await.unwrap();
        }
        store::connections::edit::go_live(&mut tx, connection, &[site]).await.unwrap();
        tx.audit(vec![
            store::AuditEntry::new("connection.go_live", "connection", connection.0),
            store::AuditEntry::new("site.connect", "site", site.0),
        ])
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let mut owner = PgConnection::connect(&self.db.owner_url).await.unwrap();
        sqlx::query("INSERT INTO known_there VALUES ($1, $2)")
            .bind(connection.0)
            .bind(&about.order)
            .execute(&mut owner)
            .await
            .unwrap();
        Cmms { double, connection, site, http }
    }

    pub fn clients(&self, cmms: &[Cmms]) -> Clients {
        clients(&self.services, cmms.iter().map(|one| one.double.address().to_string()).collect())
    }

    pub fn deliver(&self, cmms: &[Cmms]) -> Worker {
        let stop = CancellationToken::new();
        let run = workers::delivery::run(self.services.clone(), self.clients(cmms), stop.clone());
        Worker { stop, task: tokio::spawn(run) }
    }

    /// Queues a work order for up to `count` machines of a site that have none.
    pub async fn order(&self, cmms: &Cmms, count: i64) -> Vec<WorkOrderId> {
        let alerts: Vec<i64> = sqlx::query_scalar(
            "WITH a AS (
                 INSERT INTO alert (site_id, asset_id, failure_mode, state, first_event_id,
                                    rul_hours, first_seen, last_seen)
                 SELECT site_id, id, 'spindle_bearing_fault', 'open', 'e-' || id, 432, now(), now()
                 FROM asset x WHERE kind = 'machine' AND site_id = $1
                   AND NOT EXISTS (SELECT 1 FROM alert o WHERE o.asset_id = x.id)
                 ORDER BY id LIMIT $2
                 RETURNING id
             ), audited AS (
                 INSERT INTO audit_event (actor_kind, action, entity, entity_id)
                 SELECT 'system', 'alert.open', 'alert', id FROM a
             )
             SELECT id FROM a ORDER BY id",
        )
        .bind(cmms.site.0)
        .bind(count)
        .fetch_all(self.services.store.pool())
        .await
        .unwrap();
        let mut ids = Vec::new();
        for set in alerts.chunks(500) {
            let mut tx = self.services.store.begin_system().await.unwrap();
            let intents = set.iter().map(|alert| intent(AlertId(*alert))).collect();
            let made: Vec<i64> = intend(&mut tx, intents)
                .await
                .unwrap()
                .into_iter()
                .map(|one| one.work_order_id.0)
                .collect();
            tx.commit().await.unwrap();
            ids.extend(made);
        }
        ids.into_iter().map(WorkOrderId).collect()
    }

    pub async fn number(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(self.services.store.pool()).await.unwrap()
    }

    pub async fn run(&self, query: &'static str) {
        sqlx::query(query).execute(self.services.store.pool()).await.unwrap();
    }

    /// Waits until the query counts nothing.
    pub async fn until_none(&self, query: &'static str) {
        until(query, Duration::from_secs(120), || async { self.number(query).await == 0 }).await;
    }
}

pub async fn open(url: &str, key: &str) -> Services {
    let store = Store::connect(url, 24).await.unwrap();
    let vault = Vault::new(MasterKey::read(key).unwrap(), Vec::new());
    let settings = Settings { time_scale: SCALE, vault, ..Settings::default() };
    Services { store, settings }
}

pub fn clients(services: &Services, allow: Vec<String>) -> Clients {
    Clients::new(services.clone(), services.settings.vault.clone(), Egress::new(allow))
}

fn intent(alert: AlertId) -> Intent {
    let mut intent = Intent::new(alert, Origin::Rule, Actor::System, Priority::HIGH);
    intent.recommended_action = Some("replace rear bearing set".to_owned());
    intent
}

impl Cmms {
    pub async fn ledger(&self) -> Vec<Entry> {
        let url = format!("{}/_double/ledger", self.double.url());
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// What happens to which calls.
    pub async fn script(&self, rules: &[Value]) {
        let url = format!("{}/_double/faults", self.double.url());
        let answer = self.http.post(url).json(&json!(rules)).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Carries out the calls that a fault has held.
    pub async fn release(&self) {
        let url = format!("{}/_double/release", self.double.url());
        assert!(self.http.post(url).send().await.unwrap().status().is_success());
    }

    pub async fn writes(&self) -> i64 {
        self.counts().await["writes"].as_i64().unwrap()
    }

    /// Calls it has heard, log-ins apart.
    pub async fn calls(&self) -> i64 {
        self.counts().await["calls"].as_i64().unwrap()
    }

    async fn counts(&self) -> Value {
        let url = format!("{}/_double/calls", self.double.url());
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }
}

pub fn rule(on: &str, skip: u64, times: u64, fault: Value) -> Value {
    json!({"on": on, "skip": skip, "times": times, "fault": fault})
}

pub struct Worker {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Worker {
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// As if its process had been killed.
    pub fn kill(self) {
        self.task.abort();
    }
}

/// Polls a condition.
pub async fn until<F: Future<Output = bool>>(
    what: &str,
    patience: Duration,
    condition: impl Fn() -> F,
) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < patience, "still waiting until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
