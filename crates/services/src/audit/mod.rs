//! Reading the audit log: a query of terms, pages, facets, one event with what it changed and the
//! case it belongs to, and the log as a file.

mod changes;
mod export;
mod query;
mod show;

pub use export::{Export, Format};
pub use query::{Understood, understand};
pub use show::page;
