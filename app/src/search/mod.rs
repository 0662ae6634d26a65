//! The search of the top bar: assets, alerts and work orders of the person's sites on one page.

mod actions;
mod page;

pub use page::SearchPage;

use actions::find;
