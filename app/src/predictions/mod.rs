//! The quarantine: predictions that wait for somebody.

mod actions;
mod page;
mod row;

pub use page::QuarantinePage;

use actions::{
    DismissPrediction, MapPredictionAsset, MapPredictionMode, QuarantineFilter, ReplayPrediction,
    quarantine_list,
};

/// What the list at an address shows, for its export.
#[cfg(feature = "ssr")]
pub fn listed(query: &crate::ui::Query) -> services::predictions::QuarantineQuery {
    actions::ssr::asked(page::filter_of(query))
}
