//! The shift logbook: entries, open points, hand-over, and raising a work order from it.

mod desk;
mod hand_over;
mod points;
mod raise;
mod read;
mod shifts;
mod write;

pub use desk::desk;
pub use hand_over::{hand_over, take_over};
pub use points::tick;
pub use raise::{RaiseFromLogbook, raise};
pub use read::{Which, logbook};
pub use write::{Write, write};
