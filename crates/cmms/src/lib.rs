//! What a CMMS can do, and the clients that drive one.
//!
//! A client is a thin translator: it makes exactly one call per method and says how certain its
//! outcome is. It never retries, sleeps or remembers; all of that is the delivery worker's, because
//! a retried create is a second work order.

mod capabilities;
mod client;
mod outcome;

pub use capabilities::{Capabilities, Identity};
pub use client::{CmmsClient, NewOrder};
pub use outcome::{CallError, CreateOutcome, Refusal};
