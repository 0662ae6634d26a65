//! The shift logbook: entries, open points, hand-over, and raising a work order from it.

mod desk;
mod export;
mod hand_over;
mod points;
mod raise;
mod read;
pub(crate) mod shifts;
mod write;

pub use desk::desk;
pub use export::LogbookSheet;
pub use hand_over::{hand_over, take_over};
pub use points::tick;
pub use raise::{RaiseFromLogbook, raise};
pub(crate) use read::auto;
pub use read::{Which, logbook};
pub use write::{Write, write};
