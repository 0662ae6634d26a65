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

/// What the page at an address shows, for its export; `working` is the site the person works at.
#[cfg(feature = "ssr")]
pub fn listed(
    query: &crate::ui::Query,
    working: Option<domain::ids::SiteId>,
) -> services::logbook::Which {
    actions::ssr::at(page::which(query), working)
}
