//! Who watches is told of every call: what it was for and how it ended, never what it said.

use std::future::Future;
use std::time::Duration;

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

/// One call, after it has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// `create`, `look_up`, `read`, `attach`, …
    pub operation: &'static str,
    /// The manifest's name of the call.
    pub step: String,
    /// The work order it was made for.
    pub order: Option<WorkOrderId>,
    /// HTTP method; of a statement its first word.
    pub method: String,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// `ok`, or what went wrong.
    pub outcome: &'static str,
    /// What went wrong in words, without secrets.
    pub said: Option<String>,
    /// How long it took.
    pub took: Duration,
    /// Hash of what was sent.
    pub payload_sha256: Vec<u8>,
}

/// Is told of every call.
pub trait Watch: Send + Sync {
    /// A call has ended.
    fn seen(&self, call: Seen);
}

/// A call under way.
pub(super) struct Watched {
    step: String,
    operation: &'static str,
    method: String,
    payload_sha256: Vec<u8>,
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
    pub(super) fn begin(
        &self,
        step: &str,
        kind: Kind,
        method: &str,
        payload: &[u8],
    ) -> Option<Watched> {
        self.watch.as_ref()?;
        let operation = match kind {
            Kind::LogIn => "log_in",
            Kind::Call => OPERATION.try_with(|name| *name).unwrap_or("call"),
        };
        Some(Watched {
            step: step.to_owned(),
            operation,
            method: method.to_owned(),
            payload_sha256: Sha256::digest(payload).to_vec(),
            begun: Instant::now(),
        })
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
        watch.seen(Seen {
            operation: call.operation,
            step: call.step,
            order: ORDER.try_with(|order| *order).ok(),
            method: call.method,
            status,
            outcome: word,
            said,
            took: call.begun.elapsed(),
            payload_sha256: call.payload_sha256,
        });
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
