//! Who watches is told of every call before it is made and after it has ended: what it was for and
//! how it ended, never what it said.

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::ids::WorkOrderId;
use sha2::{Digest, Sha256};
use tokio::task::futures::TaskLocalFuture;
use tokio::time::Instant;

use super::ManifestClient;
use super::call::Kind;
use super::heard::{Heard, StepError};
use crate::manifest::Class;

tokio::task_local! {
    static OPERATION: &'static str;
    static ORDER: WorkOrderId;
}

/// A call that is about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// `create`, `look_up`, `read`, `attach`, …
    pub operation: &'static str,
    /// The manifest's name of the call.
    pub step: String,
    /// The work order it is made for.
    pub order: Option<WorkOrderId>,
    /// HTTP method; of a statement its first word.
    pub method: String,
    /// Hash of what is sent.
    pub payload_sha256: Vec<u8>,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// `ok`, or what went wrong.
    pub outcome: &'static str,
    /// What went wrong in words, without secrets.
    pub said: Option<String>,
    /// How long it took.
    pub took: Duration,
}

/// Where a call is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
}

/// The call could not be written down, and so is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the call could not be written down")]
pub struct Unwatched;

/// Is told of every call.
#[async_trait]
pub trait Watch: Send + Sync {
    /// Writes a call down; it is made afterwards.
    ///
    /// # Errors
    /// When it could not be written down: it is not made.
    async fn announced(&self, call: Announced) -> Result<Place, Unwatched>;

    /// It has ended.
    fn ended(&self, place: Place, how: Ended);
}

/// A call under way.
pub(super) struct Watched {
    place: Place,
    begun: Instant,
}

/// Names what the calls of `work` are for.
pub(super) fn during<F: Future>(
    operation: &'static str,
    work: F,
) -> TaskLocalFuture<&'static str, F> {
    OPERATION.scope(operation, work)
}

/// Names the work order that the calls of `work` are made for.
pub fn on_behalf_of<F: Future>(order: WorkOrderId, work: F) -> TaskLocalFuture<WorkOrderId, F> {
    ORDER.scope(order, work)
}

impl ManifestClient {
    pub(super) async fn begin(
        &self,
        step: &str,
        kind: Kind,
        method: &str,
        payload: &[u8],
    ) -> Result<Option<Watched>, StepError> {
        let Some(watch) = &self.watch else { return Ok(None) };
        let operation = match kind {
            Kind::LogIn => "log_in",
            Kind::Call => OPERATION.try_with(|name| *name).unwrap_or("call"),
        };
        let call = Announced {
            operation,
            step: step.to_owned(),
            order: ORDER.try_with(|order| *order).ok(),
            method: method.to_owned(),
            payload_sha256: Sha256::digest(payload).to_vec(),
        };
        match watch.announced(call).await {
            Ok(place) => Ok(Some(Watched { place, begun: Instant::now() })),
            Err(error) => {
                Err(StepError { unsent: true, ..StepError::new(None, error.to_string()) })
            }
        }
    }

    pub(super) fn end(
        &self,
        call: Option<Watched>,
        outcome: &Result<Heard, (Option<u16>, StepError)>,
    ) {
        let (Some(watch), Some(call)) = (&self.watch, call) else { return };
        let (status, word, said) = match outcome {
            Ok(heard) if heard.status >= 400 => (Some(heard.status), "unauthorised", None),
            Ok(heard) => (Some(heard.status), "ok", None),
            Err((status, error)) => {
                (*status, word(error), Some(self.scrubber.clean(&error.message)))
            }
        };
        let how = Ended { status, outcome: word, said, took: call.begun.elapsed() };
        watch.ended(call.place, how);
    }
}

fn word(error: &StepError) -> &'static str {
    match error.class {
        Some(Class::Final) => "refused",
        Some(Class::Missing) => "missing",
        Some(Class::Duplicate) => "duplicate",
        Some(Class::Unauthorised | Class::SessionExpired | Class::Csrf) => "unauthorised",
        Some(Class::RateLimited) => "rate_limited",
        Some(Class::Transient) => "busy",
        Some(Class::Unknown) => "unexpected_answer",
        None if error.unsent => "not_sent",
        None => "no_answer",
    }
}
