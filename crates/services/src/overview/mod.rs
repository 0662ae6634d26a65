//! The overview: what needs a person, how the pipeline runs, what is at risk, what happened.

mod links;
mod needs;
mod pipeline;
mod read;
mod steps;

pub use read::overview;

use chrono::TimeDelta;
use domain::ids::SiteId;
use store::Scope;

/// A source that said nothing for so long has fallen silent.
const SILENT: TimeDelta = TimeDelta::minutes(30);
/// A source that said nothing for so long is no longer expected to.
const GONE: TimeDelta = TimeDelta::days(7);

/// Those of the sites that lie in a scope.
fn within(sites: &[i64], scope: &Scope) -> Vec<i64> {
    sites.iter().copied().filter(|site| scope.contains(SiteId(*site))).collect()
}
