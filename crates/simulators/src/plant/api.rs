//! The client of `/api/v1`: keys, retries, and the few fields the plant reads.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const FIRST_BACK_OFF: Duration = Duration::from_millis(250);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(10);

/// An answer the plant cannot go on with.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The server said no; `code` is the stable word of the problem document.
    #[error("{method} {path} was refused: {status} {code}: {detail}")]
    Refused {
        /// HTTP method of the call.
        method: Method,
        /// Path of the call.
        path: String,
        /// HTTP status of the answer.
        status: StatusCode,
        /// Stable code of the problem, empty if the answer had none.
        code: String,
        /// The problem document as text.
        detail: String,
    },
    /// The answer is not what the interface promises.
    #[error("{path} answered something else than expected")]
    Unreadable {
        /// Path of the call.
        path: String,
        /// What did not fit.
        #[source]
        source: serde_json::Error,
    },
}

impl ApiError {
    /// Whether the record has moved on since it was read (409).
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == StatusCode::CONFLICT)
    }
}

/// The asset of an alert.
#[derive(Debug, Clone, Deserialize)]
pub struct AssetRef {
    /// Equipment id.
    pub tag: String,
}

/// What the last decision on an alert said.
#[derive(Debug, Clone, Deserialize)]
pub struct DecisionView {
    /// What is done.
    pub action: Value,
}

/// What the plant reads of an alert.
#[derive(Debug, Clone, Deserialize)]
pub struct Alert {
    /// Id in Millwright.
    pub id: i64,
    /// The machine or component.
    pub asset: AssetRef,
    /// Failure mode code.
    pub failure_mode: String,
    /// `open`, `waiting_review`, `held`, `work_order`, `closed`.
    pub state: String,
    /// Latest confidence; absent while no prediction stands behind it.
    #[serde(default)]
    pub confidence: Option<f64>,
    /// Version for optimistic writes.
    pub version: i64,
    /// The last decision, once there is one.
    #[serde(default)]
    pub decision: Option<DecisionView>,
    /// The work order, once there is one.
    #[serde(default)]
    pub work_order_id: Option<i64>,
    /// When the last prediction was observed or received.
    #[serde(default)]
    pub last_seen: Option<DateTime<Utc>>,
    /// The verdict, once closed.
    #[serde(default)]
    pub outcome: Option<Value>,
}

/// What the plant reads of a work order.
#[derive(Debug, Clone, Deserialize)]
pub struct WorkOrder {
    /// Id in Millwright.
    pub id: i64,
    /// `draft`, `approved`, `assigned`, `in_progress`, `closed`, `cancelled`.
    pub status: String,
    /// 1 to 5.
    pub priority: i64,
    /// Version for optimistic writes.
    pub version: i64,
    /// The reference that its record in a CMMS carries.
    pub external_ref: String,
    /// Who does it.
    #[serde(default)]
    pub assigned_to: Option<String>,
    /// How it got to its CMMS.
    pub delivery: Delivery,
}

/// How a work order got to its CMMS.
#[derive(Debug, Clone, Deserialize)]
pub struct Delivery {
    /// `queued`, `sending`, `created`, `unknown`, `rejected`, `needs_person`, `dead`.
    pub state: String,
}

#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
}

/// A client of one Millwright.
#[derive(Debug, Clone)]
pub struct Api {
    http: reqwest::Client,
    base: String,
}

impl Api {
    /// A client for the server at `base_url`, trusting `ca_pem` besides the system's authorities.
    ///
    /// # Errors
    /// An authority that is not PEM.
    pub fn new(base_url: &str, ca_pem: Option<&[u8]>) -> anyhow::Result<Self> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none());
        if let Some(pem) = ca_pem {
            builder = builder.add_root_certificate(reqwest::Certificate::from_pem(pem)?);
        }
        Ok(Self { http: builder.build()?, base: base_url.trim_end_matches('/').to_owned() })
    }

    /// Where the server is.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Returns once the server says that it is ready.
    pub async fn wait_until_ready(&self) {
        let mut back_off = FIRST_BACK_OFF;
        loop {
            match self.http.get(format!("{}/readyz", self.base)).send().await {
                Ok(answer) if answer.status().is_success() => return,
                Ok(answer) => tracing::debug!(status = %answer.status(), "server not ready"),
                Err(error) => tracing::debug!(%error, "server not reachable"),
            }
            tokio::time::sleep(back_off).await;
            back_off = (back_off * 2).min(LONGEST_BACK_OFF);
        }
    }

    /// Reads one record or page.
    ///
    /// # Errors
    /// When the server refuses, or answers something else than `T`.
    pub async fn get<T: DeserializeOwned>(
        &self,
        key: &SecretString,
        path: &str,
    ) -> Result<T, ApiError> {
        let answer = self.call(Method::GET, key, path, None, None).await?;
        serde_json::from_value(answer)
            .map_err(|source| ApiError::Unreadable { path: path.to_owned(), source })
    }

    /// Writes; `idempotency_key` makes the repeat after a lost answer harmless.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn post(
        &self,
        key: &SecretString,
        path: &str,
        body: &Value,
        idempotency_key: Option<&str>,
    ) -> Result<Value, ApiError> {
        self.call(Method::POST, key, path, Some(body), idempotency_key).await
    }

    /// Alerts of one asset, newest first as the server lists them.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn alerts_of(&self, key: &SecretString, asset: &str) -> Result<Vec<Alert>, ApiError> {
        let page: Page<Alert> =
            self.get(key, &format!("/api/v1/alerts?asset={asset}&limit=50")).await?;
        Ok(page.items)
    }

    /// Alerts in one state.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn alerts_in(&self, key: &SecretString, state: &str) -> Result<Vec<Alert>, ApiError> {
        let page: Page<Alert> =
            self.get(key, &format!("/api/v1/alerts?state={state}&limit=200")).await?;
        Ok(page.items)
    }

    /// One work order.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn work_order(&self, key: &SecretString, id: i64) -> Result<WorkOrder, ApiError> {
        self.get(key, &format!("/api/v1/work-orders/{id}")).await
    }

    async fn call(
        &self,
        method: Method,
        key: &SecretString,
        path: &str,
        body: Option<&Value>,
        idempotency_key: Option<&str>,
    ) -> Result<Value, ApiError> {
        let mut back_off = FIRST_BACK_OFF;
        loop {
            let mut request = self
                .http
                .request(method.clone(), format!("{}{path}", self.base))
                .bearer_auth(key.expose_secret());
            if let Some(body) = body {
                request = request.json(body);
            }
            if let Some(idempotency_key) = idempotency_key {
                request = request.header("Idempotency-Key", idempotency_key);
            }
            let wait = match request.send().await {
                Ok(answer) if is_temporary(answer.status()) => {
                    tracing::debug!(%method, path, status = %answer.status(), "asked to wait");
                    retry_after(&answer).unwrap_or(back_off)
                }
                Ok(answer) => {
                    let status = answer.status();
                    match answer.text().await {
                        Ok(text) => return read(method, path, status, &text),
                        Err(error) => {
                            tracing::debug!(%method, path, %error, "the answer broke off");
                            back_off
                        }
                    }
                }
                Err(error) => {
                    tracing::debug!(%method, path, %error, "no answer");
                    back_off
                }
            };
            tokio::time::sleep(wait).await;
            back_off = (back_off * 2).min(LONGEST_BACK_OFF);
        }
    }
}

fn is_temporary(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

fn retry_after(answer: &reqwest::Response) -> Option<Duration> {
    let seconds: u64 = answer.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.clamp(1, 60)))
}

fn read(method: Method, path: &str, status: StatusCode, text: &str) -> Result<Value, ApiError> {
    if status.is_success() {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        return serde_json::from_str(text)
            .map_err(|source| ApiError::Unreadable { path: path.to_owned(), source });
    }
    let problem: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    Err(ApiError::Refused {
        method,
        path: path.to_owned(),
        status,
        code: problem["code"].as_str().unwrap_or_default().to_owned(),
        detail: text.chars().take(600).collect(),
    })
}
