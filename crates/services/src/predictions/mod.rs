//! Predictions: receiving them, alone or in groups, and dealing with those in quarantine.

mod export;
mod intake;
mod place;
mod read;
mod receive;
mod replay;

pub use export::QuarantineSheet;
pub use intake::{Intake, IntakeSettings};
pub use read::{QuarantineQuery, get, quarantine};
pub use receive::{Outcome, Receipt, ReceiveError, Request, receive};
pub use replay::{dismiss, map_asset, map_failure_mode, replay};
