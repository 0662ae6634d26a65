//! Calendar and crews of a site: the week as rules see it, and the forms behind it.

mod actions;
mod choices;
mod crews;
mod editor;
mod page;
mod rows;
mod week;

pub use page::CalendarPage;

pub(crate) use choices::Crews;
