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

pub use detail::AlertPage;
pub use list::AlertsPage;
pub use review::ReviewPage;

use actions::{
    ApproveReview, RaiseForAlert, RejectReview, SnoozeReview, UndoReview, load_alert, load_alerts,
    load_reviewing,
};
use query::AlertQuery;
