//! Alerts: decided, reviewed, released by the clock, read.

mod answer;
mod caps;
pub(crate) mod case;
mod decide;
mod desk;
mod escalate;
mod export;
pub(crate) mod intent;
mod read;
mod review;
pub(crate) mod rulebook;
mod schedule;
mod trend;

pub use answer::{Answer, Until, answer};
pub use decide::Decider;
pub use desk::{queue, reviewing};
pub use escalate::escalate_overdue;
pub use export::{AlertSheet, ReviewSheet};
pub use read::{ListQuery, detail, get, list, search, waiting};
pub(crate) use read::{listed, listed_by_ids, listed_one};
pub use review::{Edits, Verdict, carry_out_due, decide, undo};
pub use schedule::{close_quiet, fire_holds};
