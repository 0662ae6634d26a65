//! One plant, one double, one connection between them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use cmms::egress::Egress;
use cmms::engine::{Connection, ManifestClient, OrderRow};
use cmms::{CmmsClient, manifest};
use domain::ids::{AlertId, ConnectionId};
use domain::permission::Role;
use secrecy::SecretString;
use serde_json::{Value, json};
use services::assets;
use services::work_orders::sync::{self, Source};
use services::work_orders::{Intent, Raise, raise};
use services::{Caller, Services};
use simulators::cmms::{Double, LedgerEntry, face};
use store::Scope;
use tokio_util::sync::CancellationToken;
use workers::orders::Follower;

use crate::plant::{Plant, intent, until};

pub struct Bench {
    pub plant: Plant,
    pub double: Double,
    pub client: Arc<ManifestClient>,
    pub connection: ConnectionId,
    http: reqwest::Client,
}

impl Bench {
    /// A plant of one machine, VMC-1002, whose spindle bearing has a failure code of the double's.
    pub async fn new(system: &str, page_size: Option<u32>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let start: DateTime<Utc> = "2026-02-01T06:00:00Z".parse().unwrap();
        let double = Double::start(face(system).unwrap(), "127.0.0.1:0", start).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let (client, about) = client_of(system, &double.url(), page_size).await;
        let plant = Plant::new(0).await;
        let csv =
            "tag,kind,parent,name,criticality,status\nVMC-1002,machine,ONE,Mill,critical,active\n";
        let mut tx = plant.services.store.begin_system().await.unwrap();
        let rows = assets::from_csv(csv.as_bytes()).unwrap();
        let report = assets::import(&mut tx, &Caller::system(), rows, false).await.unwrap();
        assert!(report.errors.is_empty(), "{report:?}");
        tx.commit().await.unwrap();
        let code = about["order"]["failure_code"].as_str().unwrap().to_owned();
        let connection = connect(&plant, system, &double.url(), &code).await;
        Self { plant, double, client: Arc::new(client), connection, http }
    }

    pub fn services(&self) -> &Services {
        &self.plant.services
    }

    pub fn follower(&self) -> Follower<'_> {
        Follower {
            services: &self.plant.services,
            connection: self.connection,
            client: &self.client,
        }
    }

    /// One run over the list.
    pub async fn sync(&self) {
        let mut tx = self.plant.services.store.begin_system().await.unwrap();
        store::work_orders::order_sync::hurry(&mut tx, self.connection).await.unwrap();
        tx.commit().await.unwrap();
        until("the list is read", || async { self.follower().sync().await.unwrap() > 0 }).await;
    }

    /// Reads what is asked for.
    pub async fn read(&self, cmms_id: &str) {
        self.ask(cmms_id).await;
        assert_eq!(self.follower().read().await.unwrap(), 1);
    }

    /// Hints at a record.
    pub async fn ask(&self, cmms_id: &str) {
        let mut tx = self.plant.services.store.begin_system().await.unwrap();
        let ids = [cmms_id.to_owned()];
        store::work_orders::order_sync::ask(&mut tx, self.connection, &ids, Duration::ZERO)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Asks for a work order on the machine, and delivers it.
    pub async fn delivered(&self) -> AlertId {
        let alert = self.plant.alerts().await[0];
        self.intend(vec![intent(alert)]).await;
        self.deliver().await;
        alert
    }

    pub async fn intend(&self, intents: Vec<Intent>) {
        let mut tx = self.plant.services.store.begin_system().await.unwrap();
        services::work_orders::intend(&mut tx, intents).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Delivers until the CMMS holds everything.
    pub async fn deliver(&self) {
        let stop = CancellationToken::new();
        let client: Arc<dyn CmmsClient> = self.client.clone();
        let task = tokio::spawn(workers::delivery::deliver(
            self.plant.services.clone(),
            vec![(self.connection, client, 1)],
            stop.clone(),
        ));
        let waiting =
            "SELECT count(*) FROM work_order WHERE cmms_id IS NULL OR attach_at IS NOT NULL";
        self.plant.until_none(waiting).await;
        stop.cancel();
        task.await.unwrap();
    }

    /// Sends every file that waits.
    pub async fn send_files(&self) {
        let send = || workers::delivery::send_file(self.services(), self.connection, &self.client);
        while send().await.unwrap() {}
    }

    /// A supervisor raises a work order.
    pub async fn raise(&self, request: Raise) {
        let supervisor = self.plant.person(Role::Supervisor).await;
        let store = &self.services().store;
        let mut tx = store.begin(&Scope::All, supervisor.actor).await.unwrap();
        raise(&mut tx, &supervisor, request, Some("raised by hand")).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Two days of values of a point.
    pub async fn measured(&self, path: &str) {
        sqlx::query(
            "WITH s AS (INSERT INTO source (name) VALUES ('plant') RETURNING id), audited AS (
                 INSERT INTO audit_event (actor_kind, action, entity, entity_id)
                 SELECT 'system', 'source.create', 'source', id FROM s), p AS (
                 INSERT INTO sensor_point (source_id, path, unit)
                 SELECT id, $1, 'mm/s' FROM s RETURNING id)
             INSERT INTO telemetry (point_id, at, value)
             SELECT id, now() - n * interval '1 hour', 4 + n FROM p, generate_series(1, 48) n",
        )
        .bind(path)
        .execute(self.services().store.pool())
        .await
        .unwrap();
    }

    /// Has the double tell of changes.
    pub async fn subscribe(&self, url: &str, faults: Value) {
        let control = format!("{}/_double/webhooks", self.double.url());
        let body = json!({ "url": url, "secret": "", "faults": faults });
        let answer = self.http.post(control).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    pub async fn ledger(&self) -> Vec<LedgerEntry> {
        let url = format!("{}/_double/ledger", self.double.url());
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// A technician works there.
    pub async fn work(&self, id: &str, act: &str, closure: Value) {
        let url = format!("{}/_double/work", self.double.url());
        let body = json!({ "id": id, "act": act, "closure": closure });
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Somebody makes a work order by hand there.
    pub async fn by_hand(&self, asset: &str, code: &str) -> String {
        let url = format!("{}/_double/orders", self.double.url());
        let body =
            json!({ "asset": asset, "title": "Spindle is noisy, says Bo", "failure_code": code });
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        let made: Value = answer.json().await.unwrap();
        made["id"].as_str().unwrap().to_owned()
    }

    /// Somebody edits a work order in a Maximo.
    pub async fn edit(&self, id: &str, body: Value) {
        let done = self.client.update(id, &body).await.unwrap();
        done.unwrap();
    }

    /// Takes rows in, as a page of the list would.
    pub async fn take(&self, rows: Vec<OrderRow>) {
        let mut tx = self.plant.services.store.begin_system().await.unwrap();
        sync::take(&mut tx, self.connection, rows, Source::List, &|_| None).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Scripts the double.
    pub async fn fault(&self, rules: Value) {
        let url = format!("{}/_double/faults", self.double.url());
        assert!(self.http.post(url).json(&rules).send().await.unwrap().status().is_success());
    }

    /// The machine is called this in the CMMS; until assets are paired by links, here too.
    pub async fn named_there(&self, asset: &str) {
        sqlx::query(
            "WITH a AS (UPDATE asset SET tag = $1, tag_key = $1 WHERE kind = 'machine' RETURNING id)
             INSERT INTO audit_event (actor_kind, action, entity, entity_id)
             SELECT 'system', 'asset.change', 'asset', id FROM a",
        )
        .bind(asset)
            .execute(self.plant.services.store.pool())
            .await
            .unwrap();
    }

    /// Three machines, called this in the CMMS.
    pub async fn machines_there(&self, assets: &[&str; 3]) {
        self.named_there(assets[0]).await;
        self.add(&assets[1..]).await;
    }

    /// Alerts on these machines, in this order.
    pub async fn alerts_at(&self, assets: &[&str; 3]) -> Vec<AlertId> {
        self.plant.alerts().await;
        let mut alerts = Vec::new();
        for asset in assets {
            let id: i64 = sqlx::query_scalar(
                "SELECT l.id FROM alert l JOIN asset a ON a.id = l.asset_id WHERE a.tag = $1",
            )
            .bind(asset)
            .fetch_one(self.plant.services.store.pool())
            .await
            .unwrap();
            alerts.push(AlertId(id));
        }
        alerts
    }

    /// More machines.
    pub async fn machines(&self, count: usize) {
        let tags: Vec<String> = (1..count).map(|number| format!("H{number}")).collect();
        self.add(&tags.iter().map(String::as_str).collect::<Vec<_>>()).await;
    }

    async fn add(&self, tags: &[&str]) {
        let mut csv = String::from("tag,kind,parent,name,criticality,status\n");
        for tag in tags {
            csv.push_str(&format!("{tag},machine,ONE,Mill {tag},critical,active\n"));
        }
        let mut tx = self.plant.services.store.begin_system().await.unwrap();
        let rows = assets::from_csv(csv.as_bytes()).unwrap();
        let report = assets::import(&mut tx, &Caller::system(), rows, false).await.unwrap();
        assert!(report.errors.is_empty(), "{report:?}");
        tx.commit().await.unwrap();
    }

    pub async fn about(&self) -> Value {
        let url = format!("{}/_double/about", self.double.url());
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// Work order, alert and verdict in one line.
    pub async fn state(&self) -> String {
        self.plant
            .text(
                "SELECT w.origin || ' ' || w.status || ' ' || w.delivery_state || ' ' || a.state ||
                        ' ' || coalesce(a.outcome, '-')
                 FROM alert a JOIN work_order w ON w.id = a.work_order_id",
            )
            .await
    }
}

async fn connect(plant: &Plant, system: &str, url: &str, code: &str) -> ConnectionId {
    let id: i64 = sqlx::query_scalar(
        "WITH c AS (
             INSERT INTO connection (slug, name, system, state, base_url)
             VALUES ($1, $1, $1, 'live', $3) RETURNING id
         ), audited AS (
             INSERT INTO audit_event (actor_kind, action, entity, entity_id)
             SELECT 'system', 'connection.create', 'connection', id FROM c
         ), codes AS (
             INSERT INTO failure_code (connection_id, failure_mode, code)
             SELECT id, 'spindle_bearing_fault', $2 FROM c
         )
         SELECT id FROM c",
    )
    .bind(system)
    .bind(code)
    .bind(url)
    .fetch_one(plant.services.store.pool())
    .await
    .unwrap();
    sqlx::query(
        "WITH s AS (UPDATE site SET connection_id = $1 RETURNING id)
         INSERT INTO audit_event (actor_kind, action, entity, entity_id)
         SELECT 'system', 'site.change', 'site', id FROM s",
    )
    .bind(id)
    .execute(plant.services.store.pool())
    .await
    .unwrap();
    ConnectionId(id)
}

/// A client of a double, and what the double says about itself.
pub async fn client_of(system: &str, url: &str, page_size: Option<u32>) -> (ManifestClient, Value) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let about = http.get(format!("{url}/_double/about")).send().await.unwrap();
    let about: Value = about.json().await.unwrap();
    (client(system, &about, url, page_size), about)
}

fn client(system: &str, about: &Value, url: &str, page_size: Option<u32>) -> ManifestClient {
    let manifest = manifest::find(system).unwrap().unwrap();
    let path = about["path"].as_str().unwrap_or_default();
    let base = format!("{url}{path}");
    let now = Arc::new(|| {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        DateTime::<Utc>::from(std::time::UNIX_EPOCH + since)
    });
    let allowed = url.trim_start_matches("http://").to_owned();
    let egress = Egress::new([allowed]);
    let mut connection = Connection::new(base, egress, now);
    connection.settings = entries(&about["settings"]);
    connection.secrets = entries(&about["secrets"])
        .into_iter()
        .map(|(name, value)| (name, SecretString::from(value.as_str().unwrap_or_default())))
        .collect();
    connection.page_size = page_size;
    ManifestClient::new(Arc::new(manifest), connection).unwrap()
}

fn entries(value: &Value) -> BTreeMap<String, Value> {
    value.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect()
}
