//! People: the list, inviting, one person.

mod actions;
mod detail;
mod given;
mod list;
mod sessions;

pub use actions::*;
pub use detail::PersonPage;
pub use list::{UsersPage, listed};
pub(super) use sessions::SessionTable;
