//! Alerts: the list, one alert with the reasons of its decision, and the review queue.

mod actions;
mod card;
mod claim;
mod detail;
mod did;
mod empty;
mod facets;
mod follow;
mod head;
mod list;
mod predictions;
mod query;
mod raise;
mod review;
mod side;
mod why;

pub(crate) use card::{Card, Did};
pub use detail::AlertPage;
pub(crate) use follow::follow;
pub use list::AlertsPage;
pub use review::ReviewPage;

use actions::{
    ApproveReview, RaiseForAlert, RejectReview, SnoozeReview, UndoReview, load_alert, load_alerts,
    load_reviewing,
};
use query::AlertQuery;

/// What the list at an address shows, for its export.
#[cfg(feature = "ssr")]
pub fn listed(query: &crate::ui::Query) -> services::alerts::ListQuery {
    actions::ssr::list_query(AlertQuery::of(query))
}
