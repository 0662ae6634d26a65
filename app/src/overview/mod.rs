//! The overview: what needs me, does the pipeline run, what is at risk, what happened meanwhile.

mod actions;
mod links;
mod needs;
mod page;
mod pipeline;
mod risk;
mod since;
mod steps;

pub use page::OverviewPage;

use actions::load_overview;

use chrono::{DateTime, Utc};

/// Whole minutes from one instant to a later one.
fn minutes(from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
    (to - from).num_minutes().max(0)
}
