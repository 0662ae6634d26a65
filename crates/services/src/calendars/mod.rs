//! A site's calendar, from wall-clock rules to instants. Pure functions; the only place besides
//! formatting that knows time zones.

mod expand;
mod zones;

pub use expand::{Calendar, CalendarError, ShiftInstance};
pub use zones::{TzZones, resolve};
