//! Simulated CMMSs: one kernel (ledger, faults, clock) and a thin face per system, faithful to
//! that system's sign-in, paging, errors and quirks.
//!
//! A double speaks plain HTTP. Beside its own paths it answers below `/_double/`, for tests and for
//! people who want to see what it holds: `GET ledger`, `POST faults`, `POST work` (what a technician
//! does there), `POST orders` (somebody makes a work order by hand), `POST`, `GET` and `DELETE
//! webhooks` (who is told of changes), `POST tick` (moves its clock), `GET about` (how to connect).

mod call;
mod clock;
mod closure;
mod control;
mod faces;
mod faults;
mod keep;
mod query;
pub mod register;
mod server;
mod webhooks;
mod world;

pub use call::{Answer, Call};
pub use clock::Clock;
pub use control::ByHand;
pub use faces::{Face, face, systems};
pub use faults::{Fault, FaultRule, On};
pub use server::{Double, Setup};
pub use webhooks::{Change, Hook, HookFault, HookRule};
pub use world::{LedgerEntry, World};
