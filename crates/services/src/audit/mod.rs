//! Reading the audit log: a query of terms, pages, facets, one event with what it changed and the
//! case it belongs to.

mod changes;
mod query;
mod show;

pub use query::{Understood, understand};
pub use show::{page, row_detail};
