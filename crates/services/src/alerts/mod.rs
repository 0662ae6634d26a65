//! Alerts: decided, reviewed, released by the clock, read.

mod case;
mod decide;
mod escalate;
mod intent;
mod read;
mod review;
mod rulebook;
mod schedule;
mod trend;

pub use decide::Decider;
pub use escalate::escalate_overdue;
pub use read::{ListQuery, detail, get, list, search, waiting};
pub use review::{Edits, Verdict, carry_out_due, decide, undo};
pub use schedule::{close_quiet, fire_holds};
