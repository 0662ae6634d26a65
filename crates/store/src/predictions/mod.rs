//! Predictions: the intake transaction, statement by statement, and what is read back.
//!
//! Intake runs, in this order: [`resolve`] → [`claim`] (event keys) → [`wake_lanes`] → [`attach`]
//! → [`insert`]. Lanes are locked before alerts, and every multi-row statement takes its keys
//! sorted, so that two intakes never wait for each other in a circle.

mod aliases;
mod attach;
mod event_keys;
mod insert;
mod quarantine;
mod read;
mod resolve;

pub use aliases::{failure_mode_aliases, map_asset, map_failure_mode};
pub use attach::{Attached, Attachment, Recorded, attach, record_held_off, wake_lanes};
pub use event_keys::{Claim, Existing, claim, existing};
pub use insert::{NewPrediction, insert};
pub use quarantine::{
    QuarantineFilter, QuarantinedRow, Replayed, SameWord, Waiting, counts, dismiss, list,
    lock_waiting, mark_replayed, waiting_with,
};
pub use read::{PredictionRow, get, overdue_lanes};
pub use resolve::{HeldAlert, Lookup, Resolved, resolve};
