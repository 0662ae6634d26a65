//! The shift logbook: what people write mixed with what the program did, open points, hand-over.

mod actions;
mod automatic;
mod entries;
mod hand;
mod head;
mod page;
mod person;
mod quick;
mod raise;

pub use page::LogbookPage;
