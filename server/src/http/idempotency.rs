//! `Idempotency-Key`: a client may repeat any write (R20).
//!
//! ```ignore
//! let mut tx = state.services.begin(&api.caller, Permission::WorkOrderRaise).await?;
//! let once = match Once::claim(&mut tx, &api, &key, &body.bytes).await? {
//!     Claim::Answered(answer) => return Ok(answer),
//!     Claim::Go(once) => once,
//! };
//! let made = services::work_orders::raise(&mut tx, &api.caller, body.value).await?;
//! once.commit(tx, StatusCode::CREATED, &made).await
//! ```

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::ScopedTx;
use store::idempotency::{Known, claim, store_answer};

use super::auth::ApiCaller;
use super::problem::{Problem, Result};

/// The value of the header, if the client sent one, and what it was sent to.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    key: Option<String>,
    route: String,
}

impl IdempotencyKey {
    /// Whether the client sent one.
    pub fn is_sent(&self) -> bool {
        self.key.is_some()
    }

    /// The key as it was sent.
    pub fn value(&self) -> Option<&str> {
        self.key.as_deref()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let route = format!("{} {}", parts.method, parts.uri.path());
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self { key: None, route });
        };
        let value = value.to_str().unwrap_or_default().trim();
        if value.is_empty() || value.len() > 255 {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "idempotency_key_invalid",
                "Idempotency-Key takes 1 to 255 visible ASCII characters.",
            ));
        }
        Ok(Self { key: Some(value.to_owned()), route })
    }
}

/// What became of a key.
pub enum Claim {
    /// Done before: this is the stored answer.
    Answered(Response),
    /// Not done yet: go on, then [`Once::commit`].
    Go(Once),
}

/// A key taken for the running transaction (or no key at all).
pub struct Once(Option<Taken>);

struct Taken {
    caller: String,
    route: String,
    key: String,
    fingerprint: Vec<u8>,
}

impl Once {
    /// Takes the key. It belongs to the caller, the method and the path with its ids.
    ///
    /// # Errors
    /// 409 while the same key is at work, 422 if it was used for other content.
    pub async fn claim(
        tx: &mut ScopedTx,
        api: &ApiCaller,
        key: &IdempotencyKey,
        content: &[u8],
    ) -> Result<Claim> {
        let route = key.route.clone();
        let Some(key) = key.key.clone() else { return Ok(Claim::Go(Self(None))) };
        let caller = format!("key:{}", api.key);
        let fingerprint = Sha256::digest(content).to_vec();
        match claim(tx, &caller, &route, &key, &fingerprint).await? {
            Known::New => Ok(Claim::Go(Self(Some(Taken { caller, route, key, fingerprint })))),
            Known::Running => Err(Problem::new(
                StatusCode::CONFLICT,
                "idempotency_running",
                "A request with this Idempotency-Key is being worked on.",
            )
            .retry_after(1)),
            Known::Mismatch => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_mismatch",
                "This Idempotency-Key was used for other content.",
            )),
            Known::Answered { status, body } => {
                let status = StatusCode::from_u16(status).map_err(|_| Problem::internal())?;
                let mut answer = (status, axum::Json(body)).into_response();
                answer
                    .headers_mut()
                    .insert("idempotency-replayed", HeaderValue::from_static("true"));
                Ok(Claim::Answered(answer))
            }
        }
    }

    /// Stores the answer together with the effect, commits both, and gives the answer.
    ///
    /// # Errors
    /// When the commit fails: nothing happened.
    pub async fn commit(
        self,
        mut tx: ScopedTx,
        status: StatusCode,
        answer: &(impl Serialize + Sync),
    ) -> Result<Response> {
        let body = serde_json::to_value(answer).map_err(|error| {
            tracing::error!(%error, "answer cannot be written as JSON");
            Problem::internal()
        })?;
        if let Some(t) = self.0 {
            let code = status.as_u16();
            store_answer(&mut tx, &t.caller, &t.route, &t.key, &t.fingerprint, code, &body).await?;
        }
        tx.commit().await?;
        Ok((status, axum::Json(body)).into_response())
    }
}
