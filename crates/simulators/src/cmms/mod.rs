//! Simulated CMMSs: one kernel (ledger, faults, clock) and a thin face per system, faithful to
//! that system's sign-in, paging, errors and quirks.
//!
//! A double speaks plain HTTP. Beside its own paths it answers below `/_double/`, for tests and for
//! people who want to see what it holds: `GET ledger`, `POST faults`, `POST work` (what a technician
//! does there), `POST tick` (moves its clock), `GET about` (how to connect).

mod call;
mod control;
mod faces;
mod faults;
mod query;
mod server;
mod world;

pub use call::{Answer, Call};
pub use faces::{Face, face, systems};
pub use faults::{Fault, FaultRule, On};
pub use server::Double;
pub use world::{LedgerEntry, World};
