//! The files of the demo against its doubles: connected as `make run` connects them.

use std::collections::BTreeMap;
use std::path::Path;

use cmms::egress::Egress;
use domain::alert::{Origin, Priority};
use domain::ids::{AlertId, ConnectionId, SiteId};
use secrecy::SecretString;
use serde_json::Value;
use services::assets::{self, reconcile};
use services::connections::import::{Imported, import, read};
use services::connections::{check, go_live, start_check};
use services::work_orders::{Intent, intend};
use services::{Caller, Services};
use simulators::cmms::{Clock, Double, Setup, face, register};
use store::Actor;
use store::testing::TestDb;
use tokio_util::sync::CancellationToken;
use workers::assets::{Step, read_register};

use crate::world::{clients, open};

fn demo(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

struct Site {
    services: Services,
    double: Double,
    connection: ConnectionId,
    site: SiteId,
    /// Failure modes and their codes.
    codes: BTreeMap<String, String>,
    _db: TestDb,
}

impl Site {
    async fn connected(system: &str, tag: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let db = store::testing::database().await;
        let key = services::secrets::MasterKey::random().unwrap().to_base64();
        let services = open(&db.url, secrecy::ExposeSecret::expose_secret(&key)).await;
        let list = demo("assets.csv");
        let mut tx = services.store.begin_system().await.unwrap();
        let rows = assets::from_csv(list.as_bytes()).unwrap();
        assets::import(&mut tx, &Caller::system(), rows, false).await.unwrap();
        services::rules::ensure_defaults(&mut tx).await.unwrap();
        tx.commit().await.unwrap();

        let start = "2026-02-01T06:00:00Z".parse().unwrap();
        let mut setup = Setup::new("127.0.0.1:0", Clock::Stands(start));
        let lists = [list.into_bytes(), demo("register-differences.csv").into_bytes()];
        setup.machines = Some(register::of_site(&lists, tag).unwrap());
        let double = Double::open(face(system).unwrap(), setup).await.unwrap();
        let about = about(&double).await;
        let mut file = read(&demo(&format!("{system}.toml"))).unwrap();
        assert_eq!(file.sites, [tag]);
        file.base_url = format!("{}{}", double.url(), about["path"].as_str().unwrap_or_default());
        let codes = file.values["failure_code"].clone();
        let said = |name: &String| about["secrets"][name].as_str().unwrap().to_owned();
        let secrets: BTreeMap<String, SecretString> =
            file.secrets.keys().map(|name| (name.clone(), said(name).into())).collect();
        let first = take(&services, file.clone(), secrets.clone()).await;
        assert!(first.created && first.waiting.is_empty());
        assert_eq!(first.mapping, Some(1));
        let again = take(&services, file, secrets).await;
        assert_eq!(again, Imported { created: false, mapping: None, ..first.clone() });
        let site = sqlx::query_scalar("SELECT id FROM asset WHERE tag = $1")
            .bind(tag)
            .fetch_one(services.store.pool())
            .await
            .unwrap();
        Self { services, double, connection: first.id, site: SiteId(site), codes, _db: db }
    }

    fn allow(&self) -> Vec<String> {
        vec![self.double.address().to_string()]
    }

    async fn number(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query)
            .bind(self.site.0)
            .fetch_one(self.services.store.pool())
            .await
            .unwrap()
    }

    async fn tested(&self) {
        let mut tx = self.services.store.begin_system().await.unwrap();
        let caller = Caller::system();
        let id = start_check(&mut tx, &caller, self.connection, false, true).await.unwrap();
        tx.commit().await.unwrap();
        let egress = Egress::new(self.allow());
        workers::checks::run_one(&self.services, egress, id).await.unwrap();
        let mut tx = self.services.store.begin_system().await.unwrap();
        let done = check(&mut tx, &caller, id).await.unwrap();
        assert_eq!(done.passed, Some(true), "{:?}", done.steps);
    }

    async fn reconciled(&self, differences: &[&str]) {
        let mut tx = self.services.store.begin_system().await.unwrap();
        reconcile::read_again(&mut tx, &Caller::system(), self.connection).await.unwrap();
        tx.commit().await.unwrap();
        let client = clients(&self.services, self.allow()).manifest(self.connection).await.unwrap();
        let step = read_register(&self.services, self.connection, &client.unwrap()).await.unwrap();
        assert_eq!(step, Some(Step::Done));
        let unpaired = "SELECT count(*) FROM asset a
                        WHERE a.site_id = $1 AND a.kind IN ('machine', 'component')
                          AND NOT EXISTS (SELECT 1 FROM asset_link l WHERE l.asset_id = a.id)";
        assert_eq!(self.number(unpaired).await, 0);
        let items: Vec<String> = sqlx::query_scalar(
            "SELECT i.kind || ' ' || coalesce(a.tag, c.tag) FROM asset_plan_item i
             LEFT JOIN asset a ON a.id = i.asset_id
             LEFT JOIN cmms_asset c ON c.connection_id = i.connection_id AND c.cmms_id = i.cmms_id
             ORDER BY 1",
        )
        .fetch_all(self.services.store.pool())
        .await
        .unwrap();
        assert_eq!(items, differences);
    }

    /// A work order for each failure mode that the file names, each on a machine of its own.
    async fn ordered(&self) {
        let mut tx = self.services.store.begin_system().await.unwrap();
        let why = "The demo's own CMMS";
        go_live(&mut tx, &Caller::system(), self.connection, &[self.site], why).await.unwrap();
        tx.commit().await.unwrap();
        let modes: Vec<&String> = self.codes.keys().collect();
        let alerts: Vec<i64> = sqlx::query_scalar(
            "WITH made AS (
                 INSERT INTO alert (site_id, asset_id, failure_mode, state, first_event_id,
                                    rul_hours, first_seen, last_seen)
                 SELECT x.site_id, x.id, m.mode, 'open', 'e-' || x.id, 432, now(), now()
                 FROM (SELECT id, site_id, row_number() OVER (ORDER BY id) AS place FROM asset
                       WHERE site_id = $1 AND kind = 'machine') x
                 JOIN unnest($2::text[]) WITH ORDINALITY m (mode, place) USING (place)
                 RETURNING id
             ), audited AS (
                 INSERT INTO audit_event (actor_kind, action, entity, entity_id)
                 SELECT 'system', 'alert.open', 'alert', id FROM made
             )
             SELECT id FROM made ORDER BY id",
        )
        .bind(self.site.0)
        .bind(&modes)
        .fetch_all(self.services.store.pool())
        .await
        .unwrap();
        assert_eq!(alerts.len(), modes.len());
        let intents = alerts
            .into_iter()
            .map(|alert| Intent::new(AlertId(alert), Origin::Rule, Actor::System, Priority::HIGH));
        let mut tx = self.services.store.begin_system().await.unwrap();
        intend(&mut tx, intents.collect()).await.unwrap();
        tx.commit().await.unwrap();
        let stop = CancellationToken::new();
        let clients = clients(&self.services, self.allow());
        let deliver =
            tokio::spawn(workers::delivery::run(self.services.clone(), clients, stop.clone()));
        let waiting = "SELECT count(*) FROM work_order WHERE site_id = $1
                       AND delivery_state IN ('queued', 'sending', 'unknown')";
        crate::world::until("all are delivered", std::time::Duration::from_secs(60), || async {
            self.number(waiting).await == 0
        })
        .await;
        stop.cancel();
        deliver.await.unwrap();
        let refused: Vec<(String, Option<String>)> = sqlx::query_as(
            "SELECT a.failure_mode, w.error_text FROM work_order w JOIN alert a ON a.id = w.alert_id
             WHERE w.delivery_state <> 'created'",
        )
        .fetch_all(self.services.store.pool())
        .await
        .unwrap();
        assert_eq!(refused, []);
    }

    /// Codes of the work orders that the double holds, without those of the test.
    async fn codes_there(&self) -> Vec<String> {
        let url = format!("{}/_double/ledger", self.double.url());
        let ledger: Vec<simulators::cmms::LedgerEntry> =
            http().get(url).send().await.unwrap().json().await.unwrap();
        let ours = ledger.into_iter().filter(|one| !one.title.contains("connection test"));
        let mut codes: Vec<String> = ours.map(|one| one.failure_code).collect();
        codes.sort();
        codes
    }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn about(double: &Double) -> Value {
    let url = format!("{}/_double/about", double.url());
    http().get(url).send().await.unwrap().json().await.unwrap()
}

async fn take(
    services: &Services,
    file: services::connections::import::ConnectionFile,
    secrets: BTreeMap<String, SecretString>,
) -> Imported {
    let mut tx = services.store.begin_system().await.unwrap();
    let vault = services.settings.vault.clone();
    let done = import(&mut tx, &vault, &Caller::system(), file, secrets).await.unwrap();
    tx.commit().await.unwrap();
    done
}

async fn stands(system: &str, tag: &str, differences: &[&str]) {
    let site = Site::connected(system, tag).await;
    site.tested().await;
    site.reconciled(differences).await;
    site.ordered().await;
    let mut wanted: Vec<String> = site.codes.values().cloned().collect();
    wanted.sort();
    assert_eq!(site.codes_there().await, wanted);
}

#[tokio::test]
async fn rockford_is_connected_to_its_maximo_and_every_failure_code_is_known_there() {
    let differences = ["added LT-2105", "changed HMC-631", "changed VMC-1051", "missing GR-420"];
    stands("maximo", "ROCKFORD", &differences).await;
}

#[tokio::test]
async fn aurora_is_connected_to_its_sap_and_every_failure_code_is_known_there() {
    stands("sap", "AURORA", &["added HT-526", "changed CM-530", "changed DB-520"]).await;
}
