//! A site's calendar, from wall-clock rules to instants, and what a planner does to it.
//! `expand` and `zones` are pure functions; the only place besides formatting that knows time zones.

mod crews;
mod edit;
mod expand;
mod form;
mod week;
mod words;
mod zones;

pub use crews::{add_crew, crew_names, edit_crew};
pub use edit::{page, replace, save, zone};
pub use expand::{Calendar, CalendarError, ShiftInstance};
pub use week::week;
pub use words::changed;
pub use zones::{TzZones, resolve};
