//! A server of the contract's shape, without a framework: one alert per asset, one order per alert.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[derive(Default)]
struct Plant {
    alerts: BTreeMap<String, Value>,
    orders: BTreeMap<i64, Value>,
    steps: Vec<(String, String)>,
    raised_by: Vec<String>,
    predictions: usize,
    points: usize,
    calls: usize,
}

/// A running scripted server.
pub struct Scripted {
    port: u16,
    plant: Arc<Mutex<Plant>>,
}

impl Scripted {
    /// Starts it; every `busy`-th call is answered 503 (0: none).
    pub async fn start(busy: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let plant = Arc::new(Mutex::new(Plant::default()));
        let shared = Arc::clone(&plant);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared), busy));
            }
        });
        Self { port, plant }
    }

    /// Where it listens.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// State of the alert of an asset.
    pub fn state_of(&self, asset: &str) -> Option<String> {
        let plant = self.plant.lock().unwrap();
        plant.alerts.get(asset).map(|alert| alert["state"].as_str().unwrap().to_owned())
    }

    /// Every transition: to what, with whose key.
    pub fn steps(&self) -> Vec<(String, String)> {
        self.plant.lock().unwrap().steps.clone()
    }

    /// Whose keys raised work orders.
    pub fn raised_by(&self) -> Vec<String> {
        self.plant.lock().unwrap().raised_by.clone()
    }

    /// Predictions and telemetry points received.
    pub fn received(&self) -> (usize, usize) {
        let plant = self.plant.lock().unwrap();
        (plant.predictions, plant.points)
    }
}

async fn serve(stream: TcpStream, plant: Arc<Mutex<Plant>>, busy: usize) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if stream.read_line(&mut first).await.unwrap_or(0) == 0 {
            return;
        }
        let (mut length, mut key) = (0, String::new());
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            let line = line.trim();
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(": ").unwrap();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap(),
                "authorization" => key = value.trim_start_matches("Bearer ").to_owned(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let mut words = first.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let (status, answer) = {
            let mut plant = plant.lock().unwrap();
            plant.calls += 1;
            if busy > 0 && plant.calls.is_multiple_of(busy) {
                (503, json!({"code": "busy"}))
            } else {
                plant.answer(method, path, &key, &body)
            }
        };
        let text = answer.to_string();
        let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n", text.len());
        stream.write_all((head + &text).as_bytes()).await.unwrap();
    }
}

impl Plant {
    fn answer(&mut self, method: &str, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let parts: Vec<&str> = path.trim_start_matches("/api/v1/").split(['/', '?']).collect();
        match (method, parts.as_slice()) {
            ("GET", ["", "readyz"]) => (200, json!({})),
            ("POST", ["predictions"]) => self.predict(body),
            ("POST", ["telemetry"]) => {
                self.points += body["points"].as_array().unwrap().len();
                (202, json!({}))
            }
            ("GET", ["alerts", query]) => {
                let asset = query.split(['=', '&']).nth(1).unwrap();
                (200, json!({"items": self.alerts.get(asset).into_iter().collect::<Vec<_>>()}))
            }
            ("POST", ["work-orders"]) => {
                self.raised_by.push(key.to_owned());
                let asset = body["asset"].as_str().unwrap().to_owned();
                let priority = body["priority"].clone();
                (201, json!({"id": self.open_order(&asset, &priority)}))
            }
            ("GET", ["work-orders", id]) => match self.orders.get(&id.parse().unwrap()) {
                Some(order) => (200, order.clone()),
                None => (404, json!({"code": "not_found"})),
            },
            ("POST", ["work-orders", id, "transition"]) => {
                self.transition(id.parse().unwrap(), key, body)
            }
            _ => (404, json!({"code": "no_route", "path": path})),
        }
    }

    fn predict(&mut self, body: &Value) -> (u16, Value) {
        self.predictions += 1;
        let asset = body["asset"].as_str().unwrap().to_owned();
        let confidence = body["confidence"].as_f64().unwrap();
        let id = self.alerts.len() as i64 + 1;
        let alert = self.alerts.entry(asset.clone()).or_insert_with(|| {
            json!({"id": id, "asset": {"tag": asset, "path": []}, "version": 1,
                   "failure_mode": body["failure_mode"], "work_order_id": null, "outcome": null})
        });
        alert["confidence"] = confidence.into();
        alert["decision"] = json!({"action": "log"});
        alert["state"] = if confidence < 0.5 { "open" } else { "waiting_review" }.into();
        if confidence >= 0.7 {
            self.open_order(&asset, &json!(2));
        }
        (202, json!({"id": 1, "alert_id": id, "duplicate": false}))
    }

    fn open_order(&mut self, asset: &str, priority: &Value) -> i64 {
        let id = self.orders.len() as i64 + 1;
        self.orders.insert(
            id,
            json!({"id": id, "status": "draft", "version": 1, "priority": priority, "asset": asset,
                   "external_ref": format!("MW-{id}"), "delivery": {"state": "created"}}),
        );
        let alert = self.alerts.get_mut(asset).unwrap();
        alert["work_order_id"] = id.into();
        alert["state"] = "work_order".into();
        id
    }

    fn transition(&mut self, id: i64, key: &str, body: &Value) -> (u16, Value) {
        let order = self.orders.get_mut(&id).unwrap();
        if order["version"] != body["version"] {
            return (409, json!({"code": "version_conflict"}));
        }
        let to = body["to"].as_str().unwrap();
        if (to == "assigned") != body["assigned_to"].is_string() {
            return (422, json!({"code": "invalid"}));
        }
        let from: domain::work_order::WorkOrderStatus =
            order["status"].as_str().unwrap().parse().unwrap();
        if from.transition(to.parse().unwrap()).is_err() {
            return (422, json!({"code": "transition"}));
        }
        order["status"] = to.into();
        order["version"] = (order["version"].as_i64().unwrap() + 1).into();
        self.steps.push((to.to_owned(), key.to_owned()));
        if to == "closed" {
            let asset = order["asset"].as_str().unwrap().to_owned();
            let closure: domain::work_order::Closure =
                serde_json::from_value(body["closure"].clone()).unwrap();
            assert!(closure.actual_failure_mode.is_some());
            let alert = self.alerts.get_mut(&asset).unwrap();
            alert["state"] = "closed".into();
            alert["outcome"] = "confirmed".into();
        }
        (200, json!({}))
    }
}
