//! API keys: made once shown once, listed, revoked.

mod actions;
mod page;
mod table;

pub use actions::*;
pub use page::KeysPage;
pub(super) use table::KeyTable;
