//! What a CMMS can do, and the clients that drive one.
//!
//! A client is a thin translator: it makes its calls once and says how certain their outcome is. It
//! never retries, sleeps or remembers; all of that is the delivery worker's, because a retried
//! create is a second work order.

mod capabilities;
mod client;
pub mod conformance;
pub mod delivery;
pub mod egress;
pub mod engine;
pub mod manifest;
mod outcome;
mod sql;
pub mod template;
mod xml;

pub use capabilities::{Capabilities, Identity};
pub use client::{CmmsClient, NewOrder};
pub use outcome::{CallError, CreateOutcome, Refusal};
