use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::About;

/// The `/_double/` side of a double.
pub(super) struct Control {
    http: reqwest::Client,
    base: String,
}

/// A work order of a double's ledger.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Entry {
    pub(super) reference: String,
    pub(super) id: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) asset: String,
    pub(super) priority: String,
    pub(super) due: String,
    pub(super) failure_code: String,
    pub(super) parts: Vec<(String, f64)>,
    pub(super) files: Vec<String>,
}

impl Control {
    /// The control of a double; `None` for any other system.
    pub(super) async fn find(url: &str) -> Option<Self> {
        let http =
            reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().ok()?;
        let control = Self { http, base: format!("{}/_double", url.trim_end_matches('/')) };
        control.about().await.is_ok().then_some(control)
    }

    async fn get(&self, path: &str) -> Result<Value, String> {
        let answer = self.http.get(format!("{}/{path}", self.base)).send().await;
        let answer = answer
            .and_then(reqwest::Response::error_for_status)
            .map_err(|error| error.to_string())?;
        answer.json().await.map_err(|error| error.to_string())
    }

    async fn post(&self, path: &str, body: &Value) -> Result<(), String> {
        let answer = self.http.post(format!("{}/{path}", self.base)).json(body).send().await;
        let answer = answer.map_err(|error| error.to_string())?;
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(format!(
                "the double refuses {path}: {}",
                answer.text().await.unwrap_or_default()
            )),
        }
    }

    pub(super) async fn about(&self) -> Result<About, String> {
        serde_json::from_value(self.get("about").await?).map_err(|error| error.to_string())
    }

    pub(super) async fn ledger(&self) -> Result<Vec<Entry>, String> {
        serde_json::from_value(self.get("ledger").await?).map_err(|error| error.to_string())
    }

    /// The work orders that carry a reference.
    pub(super) async fn holds(&self, reference: &str) -> Result<Vec<Entry>, String> {
        let mut ledger = self.ledger().await?;
        ledger.retain(|entry| entry.reference == reference);
        Ok(ledger)
    }

    pub(super) async fn script(&self, rules: &[Value]) -> Result<(), String> {
        self.post("faults", &json!(rules)).await
    }

    pub(super) async fn work(&self, id: &str, act: &str, closure: &Value) -> Result<(), String> {
        self.post("work", &json!({"id": id, "act": act, "closure": closure})).await
    }

    pub(super) async fn touch(&self, asset: &str) -> Result<(), String> {
        let asset: String = url::form_urlencoded::byte_serialize(asset.as_bytes()).collect();
        self.post(&format!("touch?asset={asset}"), &Value::Null).await
    }

    pub(super) async fn tick(&self, seconds: i64) -> Result<(), String> {
        self.post(&format!("tick?seconds={seconds}"), &Value::Null).await
    }

    pub(super) async fn sign_out(&self) -> Result<(), String> {
        self.post("sign-out", &Value::Null).await
    }

    /// Calls so far, and how many of them changed something.
    pub(super) async fn calls(&self) -> Result<(u64, u64), String> {
        let counts = self.get("calls").await?;
        let count = |name: &str| counts[name].as_u64().ok_or_else(|| "no count".to_owned());
        Ok((count("calls")?, count("writes")?))
    }
}
