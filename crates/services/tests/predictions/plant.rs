//! A small plant in a database of its own.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{PredictionId, SiteId};
use domain::prediction::{Prediction, RawModel, RawPrediction, SourceSettings, validate};
use services::predictions::{Outcome, Receipt, Request, receive};
use services::{Caller, assets, sources};
use sqlx::postgres::PgPoolOptions;
use store::{Actor, Scope, Store};

pub struct Plant {
    pub store: Store,
    pub caller: Caller,
}

const ASSETS: &str = "\
tag,kind,parent,name,serial_number,barcode,criticality,status
ONE,site,,Plant one,,,high,active
L1,line,ONE,Line 1,,,,active
M1,machine,L1,Mill,SER-1,BAR-1,critical,active
M1-SP,component,M1,Spindle,SER-2,,,active
M2,machine,L1,Lathe,SER-SAME,,low,active
M3,machine,L1,Press,SER-SAME,,low,active
OLD,machine,L1,Scrapped,,,low,decommissioned
TWO,site,,Plant two,,,,active
T1,machine,TWO,Saw,,,,active
";

impl Plant {
    pub async fn new() -> Self {
        let db = store::testing::database().await;
        let pool = PgPoolOptions::new().max_connections(12).connect(&db.url).await.unwrap();
        let store = Store::new(pool);
        let mut tx = store.begin_system().await.unwrap();
        let system = Caller::system();
        let rows = assets::from_csv(ASSETS.as_bytes()).unwrap();
        let report = assets::import(&mut tx, &system, rows, false).await.unwrap();
        assert_eq!((report.created, report.errors.len()), (9, 0), "{report:?}");
        let source = sources::ensure(&mut tx, "press-ai").await.unwrap();
        tx.commit().await.unwrap();
        let caller = Caller { actor: Actor::Source(source), source: Some(source), ..system };
        Self { store, caller }
    }

    pub async fn now(&self) -> DateTime<Utc> {
        self.store.begin_system().await.unwrap().now()
    }

    pub async fn prediction(&self, event: &str, asset: &str, confidence: f64) -> Prediction {
        self.with(event, asset, |raw| raw.confidence = Some(confidence)).await
    }

    pub async fn with(
        &self,
        event: &str,
        asset: &str,
        change: impl FnOnce(&mut RawPrediction),
    ) -> Prediction {
        let now = self.now().await;
        let mut raw = RawPrediction {
            event_id: Some(event.to_owned()),
            asset: Some(asset.to_owned()),
            failure_mode: Some("tool_wear".to_owned()),
            confidence: Some(0.8),
            rul_hours: Some(400.0),
            // Rounded, so that the same event sent twice has the same content.
            observed_at: Some((now - TimeDelta::hours(1)).format("%Y-%m-%dT00:00:00Z").to_string()),
            model: RawModel { name: Some("m".to_owned()), version: None },
            attributes: BTreeMap::new(),
            ..RawPrediction::default()
        };
        change(&mut raw);
        validate(raw, &SourceSettings::default(), now).unwrap()
    }

    pub fn request(&self, predictions: Vec<Prediction>) -> Request {
        Request::of(&self.caller, b"raw bytes", predictions).unwrap()
    }

    pub async fn send(&self, predictions: Vec<Prediction>) -> Vec<Outcome> {
        self.receive(self.request(predictions)).await
    }

    pub async fn receive(&self, request: Request) -> Vec<Outcome> {
        let mut tx = self.store.begin_system().await.unwrap();
        let mut answers = receive(&mut tx, &[request]).await.unwrap();
        tx.commit().await.unwrap();
        answers.remove(0)
    }

    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(self.store.pool()).await.unwrap()
    }

    pub async fn site(&self, tag: &str) -> SiteId {
        let id: i64 = sqlx::query_scalar("SELECT id FROM asset WHERE tag = $1")
            .bind(tag)
            .fetch_one(self.store.pool())
            .await
            .unwrap();
        SiteId(id)
    }

    /// Closes every open alert into a hold-off of two days, as the closing of a case does.
    pub async fn close_alerts(&self) {
        let mut tx = self.store.pool().begin().await.unwrap();
        sqlx::query(
            "WITH closed AS (
                UPDATE alert SET state = 'closed', outcome = 'false_positive', closed_at = now(),
                       held_off_until = now() + interval '48 hours'
                WHERE state <> 'closed' RETURNING id)
             INSERT INTO audit_event (actor_kind, action, entity, entity_id)
             SELECT 'system', 'alert.close', 'alert', id FROM closed",
        )
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }

    /// Publishes the default policy for every site, where none is.
    pub async fn publish_policy(&self) {
        let mut tx = self.store.pool().begin().await.unwrap();
        let body = serde_json::to_value(domain::policy::default_policy()).unwrap();
        let bands = domain::policy::bands(&domain::policy::default_policy());
        let policy: Option<i64> = sqlx::query_scalar(
            "INSERT INTO policy (connection_id, name, version)
             SELECT id, 'test', 1 FROM connection WHERE slug = 'book'
             ON CONFLICT DO NOTHING RETURNING id",
        )
        .fetch_optional(&mut *tx)
        .await
        .unwrap();
        if let Some(policy) = policy {
            sqlx::query(
                "WITH v AS (INSERT INTO policy_version (policy_id, version, body, bands, reason)
                            VALUES ($1, 1, $2, $3, 'test'))
                 INSERT INTO audit_event (actor_kind, action, entity, entity_id)
                 VALUES ('system', 'policy.publish', 'policy', $1)",
            )
            .bind(policy)
            .bind(body)
            .bind(bands)
            .execute(&mut *tx)
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
    }
}

pub fn receipt(outcome: &Outcome) -> &Receipt {
    match outcome {
        Outcome::Stored(receipt) => receipt,
        other => panic!("not stored: {other:?}"),
    }
}

pub fn id(outcome: &Outcome) -> PredictionId {
    receipt(outcome).id
}

pub fn only(source: &Request, site: SiteId) -> Request {
    Request { scope: Scope::Sites(vec![site]), ..source.clone() }
}
