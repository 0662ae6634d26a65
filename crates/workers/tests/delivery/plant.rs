//! A small plant in a database of its own, with alerts ready for work orders.

use std::future::Future;
use std::time::{Duration, Instant};

use cmms::CmmsClient;
use domain::alert::{Origin, Priority};
use domain::ids::{AlertId, ConnectionId, UserId, WorkOrderId};
use domain::permission::Role;
use services::work_orders::{Intended, Intent, intend};
use services::{Caller, Grant, Services, Settings, assets};
use sqlx::postgres::PgPoolOptions;
use std::sync::Arc;
use store::{Actor, Scope, Store};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Waits are a hundredth of what they are.
pub const SCALE: f64 = 0.01;

pub struct Plant {
    pub url: String,
    pub services: Services,
}

impl Plant {
    pub async fn new(machines: u32) -> Self {
        let db = store::testing::database().await;
        let plant = Self::open(db.url).await;
        let mut csv =
            String::from("tag,kind,parent,name,criticality,status\nONE,site,,Plant one,,active\n");
        for number in 1..=machines {
            csv.push_str(&format!("M{number},machine,ONE,Mill {number},critical,active\n"));
        }
        let mut tx = plant.services.store.begin_system().await.unwrap();
        let rows = assets::from_csv(csv.as_bytes()).unwrap();
        let report = assets::import(&mut tx, &Caller::system(), rows, false).await.unwrap();
        assert!(report.errors.is_empty(), "{report:?}");
        tx.commit().await.unwrap();
        plant
    }

    pub async fn open(url: String) -> Self {
        let pool = PgPoolOptions::new().max_connections(16).connect(&url).await.unwrap();
        let settings = Settings { time_scale: SCALE, ..Settings::default() };
        Self { url, services: Services { store: Store::new(pool), settings } }
    }

    pub async fn connection(&self) -> ConnectionId {
        ConnectionId(self.number("SELECT id FROM connection WHERE slug = 'book'").await)
    }

    /// An open alert on every machine that has none.
    pub async fn alerts(&self) -> Vec<AlertId> {
        let ids: Vec<i64> = sqlx::query_scalar(
            "WITH a AS (
                 INSERT INTO alert (site_id, asset_id, failure_mode, state, first_event_id,
                                    rul_hours, first_seen, last_seen)
                 SELECT site_id, id, 'spindle_bearing_fault', 'open', 'e-' || id || '-' ||
                        (SELECT count(*) FROM alert), 432, now(), now()
                 FROM asset WHERE kind = 'machine'
                   AND NOT EXISTS (SELECT 1 FROM alert o WHERE o.asset_id = asset.id
                                                           AND o.state <> 'closed')
                 RETURNING id
             ), audited AS (
                 INSERT INTO audit_event (actor_kind, action, entity, entity_id)
                 SELECT 'system', 'alert.open', 'alert', id FROM a
             )
             SELECT id FROM a ORDER BY id",
        )
        .fetch_all(self.services.store.pool())
        .await
        .unwrap();
        ids.into_iter().map(AlertId).collect()
    }

    pub async fn intend(&self, alerts: &[AlertId]) -> Vec<Intended> {
        let mut tx = self.services.store.begin_system().await.unwrap();
        let intents = alerts.iter().map(|alert| intent(*alert)).collect();
        let intended = intend(&mut tx, intents).await.unwrap();
        tx.commit().await.unwrap();
        intended
    }

    /// One work order on the first machine, queued.
    pub async fn order(&self) -> WorkOrderId {
        let alerts = self.alerts().await;
        self.intend(&alerts[..1]).await[0].work_order_id
    }

    pub async fn number(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(self.services.store.pool()).await.unwrap()
    }

    pub async fn text(&self, query: &'static str) -> String {
        sqlx::query_scalar(query).fetch_one(self.services.store.pool()).await.unwrap()
    }

    pub async fn run(&self, query: &'static str) {
        sqlx::query(query).execute(self.services.store.pool()).await.unwrap();
    }

    /// A person with one role everywhere.
    pub async fn person(&self, role: Role) -> Caller {
        let id: i64 = sqlx::query_scalar(
            "WITH u AS (INSERT INTO app_user (email, email_key, name, status)
                        VALUES ($1 || '@example.com', $1 || '@example.com', 'Dana ' || $1, 'active')
                        ON CONFLICT (email_key) DO UPDATE SET name = excluded.name RETURNING id),
                  audited AS (INSERT INTO audit_event (actor_kind, action, entity, entity_id)
                              SELECT 'system', 'user.create', 'app_user', id FROM u)
             SELECT id FROM u",
        )
        .bind(role.as_str())
        .fetch_one(self.services.store.pool())
        .await
        .unwrap();
        let grants = role
            .permissions()
            .iter()
            .map(|&permission| Grant { permission, scope: Scope::All })
            .collect();
        Caller {
            actor: Actor::User(UserId(id)),
            name: format!("Dana {role}"),
            source: None,
            grants,
        }
    }

    pub async fn deliver(&self, client: impl CmmsClient + 'static, cap: usize) -> Worker {
        let stop = CancellationToken::new();
        let couriers: Vec<(ConnectionId, Arc<dyn CmmsClient>, usize)> =
            vec![(self.connection().await, Arc::new(client), cap)];
        let task =
            tokio::spawn(workers::delivery::deliver(self.services.clone(), couriers, stop.clone()));
        Worker { stop, task }
    }

    pub async fn deliver_to_book(&self) -> Worker {
        self.deliver(workers::delivery::BookClient::new(self.services.store.clone()), 4).await
    }

    /// Waits until the query counts nothing.
    pub async fn until_none(&self, query: &'static str) {
        until(query, || async { self.number(query).await == 0 }).await;
    }
}

pub fn intent(alert: AlertId) -> Intent {
    let mut intent = Intent::new(alert, Origin::Rule, Actor::System, Priority::HIGH);
    intent.recommended_action = Some("replace rear bearing set".to_owned());
    intent
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
}

/// Polls a condition for up to a minute.
pub async fn until<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < Duration::from_secs(60), "still waiting until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
