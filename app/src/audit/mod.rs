//! The audit log: who did what, when, to what, and what came of it.

mod actions;
mod bar;
mod chain;
mod facets;
mod opened;
mod page;
mod row;

use actions::load_audit;
pub use page::AuditPage;
