//! Predictions: receiving them, alone or in groups, and dealing with those in quarantine.

mod intake;
mod place;
mod receive;

pub use intake::{Intake, IntakeSettings};
pub use receive::{Outcome, Receipt, ReceiveError, Request, receive};
