//! What the doubles send is what their manifests verify and read.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use cmms::conformance::About;
use cmms::egress::Egress;
use cmms::engine::{Connection, ManifestClient, Now};
use cmms::manifest::{self, Verify};
use cmms::{CmmsClient, CreateOutcome, NewOrder};
use domain::ids::{SiteId, WorkOrderId};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use secrecy::SecretString;
use serde_json::{Value, json};
use simulators::cmms::{Double, face};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const SECRET: &str = "whsec_0f1e2d3c4b5a";

/// A webhook as it arrived.
#[derive(Debug, Clone, PartialEq)]
struct Heard {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Somebody who listens.
struct Ear {
    url: String,
    heard: UnboundedReceiver<Heard>,
}

async fn take(
    request: Request<Incoming>,
    to: UnboundedSender<Heard>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let headers = request.headers().iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let body = request.into_body().collect().await?.to_bytes().to_vec();
    to.send(Heard { headers, body }).unwrap();
    Ok(Response::new(Full::default()))
}

impl Ear {
    async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks/plant", listener.local_addr().unwrap());
        let (to, heard) = unbounded_channel();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let to = to.clone();
                let service = service_fn(move |request| take(request, to.clone()));
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(socket), service),
                );
            }
        });
        Self { url, heard }
    }

    async fn next(&mut self) -> Heard {
        let next = tokio::time::timeout(Duration::from_secs(10), self.heard.recv()).await;
        next.expect("a webhook").expect("the ear is open")
    }

    /// The next one that says something else.
    async fn next_but(&mut self, known: &Heard) -> Heard {
        loop {
            let next = self.next().await;
            if next.body != known.body {
                return next;
            }
        }
    }
}

/// A double, its manifest's client, and who listens to it.
struct Stage {
    double: Double,
    client: ManifestClient,
    about: About,
    ear: Ear,
    http: reqwest::Client,
}

impl Stage {
    async fn set(system: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let start = "2026-02-01T06:00:00Z".parse().unwrap();
        let double = Double::start(face(system).unwrap(), "127.0.0.1:0", start).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let about = http.get(format!("{}/_double/about", double.url())).send().await.unwrap();
        let about: About = about.json().await.unwrap();
        let now: Now = Arc::new(|| DateTime::<Utc>::UNIX_EPOCH);
        let egress = Egress::new([double.address().to_string()]);
        let base = format!("{}{}", double.url(), about.path);
        let secrets = about.secrets.iter();
        let connection = Connection {
            settings: about.settings.clone(),
            secrets: secrets
                .map(|(name, text)| (name.clone(), SecretString::from(text.clone())))
                .collect(),
            ..Connection::new(base, egress, now)
        };
        let manifest = Arc::new(manifest::find(system).unwrap().unwrap());
        let client = ManifestClient::new(manifest, connection).unwrap();
        Self { double, client, about, ear: Ear::listen().await, http }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_double/{path}", self.double.url());
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap_or_default()
    }

    async fn subscribe(&self, faults: Value) {
        let body = json!({"url": self.ear.url, "secret": SECRET, "faults": faults});
        self.post("webhooks", body).await;
    }

    async fn create(&self) -> String {
        let mut body = json!({
            "title": "Spindle bearing fault", "description": "Look at it", "priority": 2, "status": "approved",
            "failure_mode": "spindle_bearing_fault", "due": "2026-03-05T08:00:00Z", "spare_parts": [],
            "scheduled_from": "2026-03-04T06:00:00Z", "scheduled_until": "2026-03-04T10:00:00Z",
        });
        body.as_object_mut().unwrap().extend(self.about.order.clone());
        let order = NewOrder {
            id: WorkOrderId(1),
            site: SiteId(1),
            external_ref: "MW-0123456789ABCDEF".to_owned(),
            body,
        };
        match self.client.create(&order).await {
            CreateOutcome::Created(record) => record.cmms_id,
            outcome => panic!("{outcome:?}"),
        }
    }

    async fn work(&self, id: &str, act: &str) {
        let closure = Value::Object(self.about.closure.clone());
        self.post("work", json!({"id": id, "act": act, "closure": closure})).await;
    }

    /// The work order that a webhook is about, when its signature is right.
    fn reads(&self, heard: &Heard, secret: &str) -> Option<String> {
        let webhook = self.client.manifest().webhook.as_ref().unwrap();
        let body = serde_json::from_slice(&heard.body).unwrap();
        webhook
            .verify(&heard.headers, &heard.body, &[secret])
            .then(|| webhook.id(&body).expect("an id"))
    }
}

fn with_webhooks() -> Vec<&'static str> {
    let all = manifest::builtin().iter().map(|(system, _)| *system);
    all.filter(|system| manifest::find(system).unwrap().unwrap().webhook.is_some()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_work_order_is_told_as_its_manifest_verifies_it() {
    for system in with_webhooks() {
        let mut stage = Stage::set(system).await;
        let id = stage.create().await;
        stage.subscribe(json!([])).await;
        stage.work(&id, "close").await;
        let heard = stage.ear.next().await;
        assert_eq!(stage.reads(&heard, SECRET), Some(id.clone()), "{system}");
        let signed =
            matches!(stage.client.manifest().webhook.as_ref().unwrap().verify, Verify::Hmac { .. });
        assert_eq!(stage.reads(&heard, "another").is_none(), signed, "{system}");
        let row = stage.client.read_order(&id).await.unwrap().unwrap();
        assert!(row.record.closure.is_some(), "{system}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_work_order_made_by_hand_is_told_and_read() {
    let all = manifest::builtin().iter().map(|(system, _)| *system);
    let with_interface =
        all.filter(|system| manifest::find(system).unwrap().unwrap().sql.is_none());
    for system in with_interface {
        let mut stage = Stage::set(system).await;
        let given = |name: &str| stage.about.order.get(name).cloned().unwrap_or(json!(""));
        let (asset, code) = (given("asset"), given("failure_code"));
        if stage.client.manifest().webhook.is_some() {
            stage.subscribe(json!([])).await;
        }
        let order = json!({"asset": asset, "title": "Noise at the spindle", "failure_code": code});
        let made = stage.post("orders", order).await;
        let id = made["id"].as_str().unwrap().to_owned();
        if stage.client.manifest().webhook.is_some() {
            let heard = stage.ear.next().await;
            assert_eq!(stage.reads(&heard, SECRET), Some(id.clone()), "{system}");
        }
        let row = stage.client.read_order(&id).await.unwrap().unwrap();
        assert_eq!(row.asset.as_deref(), asset.as_str(), "{system}");
        if stage.client.manifest().fields.contains_key("failure_code") {
            assert_eq!(row.failure_code.as_deref(), code.as_str(), "{system}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_are_lost_doubled_swapped_and_late_as_scripted() {
    let mut stage = Stage::set("atlas").await;
    let id = stage.create().await;
    stage.subscribe(json!([{"fault": "drop"}, {"fault": "duplicate"}])).await;
    stage.work(&id, "start").await;
    stage.work(&id, "close").await;
    let first = stage.ear.next().await;
    let status =
        |heard: &Heard| serde_json::from_slice::<Value>(&heard.body).unwrap()["newStatus"].clone();
    assert_eq!(status(&first), "COMPLETE", "the start is lost");
    assert_eq!(stage.ear.next().await, first, "the close comes twice");

    let id = stage.create().await;
    assert_eq!(status(&stage.ear.next().await), "OPEN");
    stage.subscribe(json!([{"fault": "reorder"}])).await;
    stage.work(&id, "start").await;
    stage.work(&id, "close").await;
    assert_eq!(status(&stage.ear.next().await), "COMPLETE");
    assert_eq!(status(&stage.ear.next().await), "IN_PROGRESS");

    let id = stage.create().await;
    assert_eq!(status(&stage.ear.next().await), "OPEN");
    stage.subscribe(json!([{"fault": {"delay": 300}}])).await;
    stage.work(&id, "start").await;
    stage.work(&id, "close").await;
    assert_eq!(status(&stage.ear.next().await), "COMPLETE");
    assert_eq!(status(&stage.ear.next().await), "IN_PROGRESS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_became_of_each_webhook_is_shown_and_a_call_that_changes_nothing_tells_nobody() {
    let mut stage = Stage::set("maximo").await;
    stage.subscribe(json!([{"fault": "drop", "skip": 1}])).await;
    let id = stage.create().await;
    let created = stage.ear.next().await;
    stage.client.read_order(&id).await.unwrap();
    stage.work(&id, "start").await;
    stage.work(&id, "close").await;
    stage.ear.next_but(&created).await;
    let url = format!("{}/_double/webhooks", stage.double.url());
    let shown = loop {
        let shown: Value = stage.http.get(&url).send().await.unwrap().json().await.unwrap();
        if shown["sent"].as_array().is_some_and(|sent| sent.len() >= 3) {
            break shown;
        }
        tokio::task::yield_now().await;
    };
    let mut outcomes: Vec<&str> = shown["sent"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["outcome"].as_str().unwrap())
        .collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["200", "200", "dropped"]);
    assert_eq!(stage.http.delete(&url).send().await.unwrap().status(), 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_system_without_webhooks_says_so() {
    let stage = Stage::set("fiix").await;
    let url = format!("{}/_double/webhooks", stage.double.url());
    let answer = stage.http.post(url).json(&json!({"url": stage.ear.url})).send().await.unwrap();
    assert_eq!(answer.status(), 409);
}
