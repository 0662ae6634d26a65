//! A plant whose predictions are taken in and decided by hand, in a database of its own.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{AlertId, ConnectionId, UserId};
use domain::permission::Role;
use domain::policy::{Policy, default_policy};
use domain::prediction::{RawModel, RawPrediction, SourceSettings, validate};
use services::alerts::{Decider, carry_out_due, escalate_overdue, fire_holds};
use services::predictions::{Outcome, Request, receive};
use services::{Caller, Grant, Services, Settings, assets, rules, sources};
use store::{Actor, Scope, ScopedTx, Store};

pub struct Plant {
    pub services: Services,
    source: Caller,
    pub superuser_url: String,
}

impl Plant {
    /// One site in production round the clock with that many machines `M1`, `M2`, …
    pub async fn new(machines: u32, criticality: &str) -> Self {
        let db = store::testing::database().await;
        let store = Store::connect(&db.url, 24).await.unwrap();
        let services = Services { store, settings: Settings::default() };
        let mut csv = "tag,kind,parent,name,criticality,status\nONE,site,,One,,active\n".to_owned();
        for i in 1..=machines {
            csv.push_str(&format!("M{i},machine,ONE,Mill {i},{criticality},active\n"));
        }
        let mut tx = services.store.begin_system().await.unwrap();
        let system = Caller::system();
        let rows = assets::from_csv(csv.as_bytes()).unwrap();
        let report = assets::import(&mut tx, &system, rows, false).await.unwrap();
        assert!(report.errors.is_empty(), "{report:?}");
        rules::ensure_defaults(&mut tx).await.unwrap();
        let source = sources::ensure(&mut tx, "ai").await.unwrap();
        tx.commit().await.unwrap();
        let source = Caller { actor: Actor::Source(source), source: Some(source), ..system };
        Self { services, source, superuser_url: db.superuser_url }
    }

    pub async fn tx(&self) -> ScopedTx {
        self.services.store.begin_system().await.unwrap()
    }

    pub async fn now(&self) -> DateTime<Utc> {
        self.tx().await.now()
    }

    pub fn advance(&self, by: TimeDelta) {
        self.services.store.clock.advance(by);
    }

    pub async fn send(&self, event: &str, asset: &str, confidence: f64, rul: f64) -> AlertId {
        self.send_with(event, asset, confidence, rul, 336.0).await
    }

    pub async fn send_with(
        &self,
        event: &str,
        asset: &str,
        confidence: f64,
        rul: f64,
        window: f64,
    ) -> AlertId {
        self.send_as(event, asset, "tool_wear", confidence, Some(rul), Some(window)).await
    }

    pub async fn send_as(
        &self,
        event: &str,
        asset: &str,
        mode: &str,
        confidence: f64,
        rul: Option<f64>,
        window: Option<f64>,
    ) -> AlertId {
        let now = self.now().await;
        let raw = RawPrediction {
            event_id: Some(event.to_owned()),
            asset: Some(asset.to_owned()),
            failure_mode: Some(mode.to_owned()),
            confidence: Some(confidence),
            rul_hours: rul,
            intervention_window_hours: window,
            observed_at: Some(now.to_rfc3339()),
            model: RawModel { name: Some("m".to_owned()), version: None },
            ..RawPrediction::default()
        };
        let prediction = validate(raw, &SourceSettings::default(), now).unwrap();
        let request = Request::of(&self.source, b"raw", vec![prediction]).unwrap();
        let mut tx = self.tx().await;
        let answers = receive(&mut tx, &[request]).await.unwrap();
        tx.commit().await.unwrap();
        match &answers[0][0] {
            Outcome::Stored(receipt) => receipt.alert.unwrap(),
            other => panic!("not stored: {other:?}"),
        }
    }

    /// Decides until nothing waits.
    pub async fn decide(&self) {
        self.decide_with(&mut Decider::default()).await;
    }

    /// Decides until nothing waits, by a worker that remembers what it saw.
    pub async fn decide_with(&self, decider: &mut Decider) {
        loop {
            let mut tx = self.tx().await;
            if decider.decide_pending(&mut tx).await.unwrap() == 0 {
                return;
            }
            tx.commit().await.unwrap();
        }
    }

    /// Does what the clock asks for.
    pub async fn tick(&self) {
        let mut tx = self.tx().await;
        carry_out_due(&mut tx).await.unwrap();
        fire_holds(&mut tx).await.unwrap();
        escalate_overdue(&mut tx, &self.services.settings).await.unwrap();
        services::notices::tell_reviews(&mut tx, &self.services.settings).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn state(&self, alert: AlertId) -> String {
        sqlx::query_scalar("SELECT state FROM alert WHERE id = $1")
            .bind(alert.0)
            .fetch_one(self.services.store.pool())
            .await
            .unwrap()
    }

    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(self.services.store.pool()).await.unwrap()
    }

    /// A person with a role everywhere.
    pub async fn person(&self, email: &str, role: Role) -> Caller {
        let mut tx =
            sqlx::PgPool::connect(&self.superuser_url).await.unwrap().begin().await.unwrap();
        let id: i64 = sqlx::query_scalar(
            "WITH u AS (INSERT INTO app_user (email, email_key, name, status)
                        VALUES ($1, $1, $1, 'active') RETURNING id)
             SELECT id FROM u",
        )
        .bind(email)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        let grant: i64 = sqlx::query_scalar(
            "INSERT INTO role_grant (user_id, role) VALUES ($1, $2) RETURNING id",
        )
        .bind(id)
        .bind(role.as_str())
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO audit_event (actor_kind, action, entity, entity_id)
             VALUES ('system', 't', 'app_user', $1), ('system', 't', 'role_grant', $2)",
        )
        .bind(id)
        .bind(grant)
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let grants = role.permissions().iter();
        Caller {
            actor: Actor::User(UserId(id)),
            name: email.to_owned(),
            source: None,
            grants: grants.map(|&permission| Grant { permission, scope: Scope::All }).collect(),
        }
    }

    pub async fn publish(&self, change: impl FnOnce(&mut Policy)) {
        let mut policy = default_policy();
        change(&mut policy);
        let connection = ConnectionId(self.count("SELECT id FROM connection").await);
        let mut tx = self.tx().await;
        rules::publish(&mut tx, connection, None, &policy, "a test").await.unwrap();
        tx.commit().await.unwrap();
    }
}
