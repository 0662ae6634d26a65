//! One's own account: password and sessions.

mod actions;
mod page;

pub use actions::*;
pub use page::AccountPage;
