//! Signing in and out, the first minutes of an installation, and the people of it: accounts, roles,
//! keys, sessions.

mod account;
mod admin;
mod keys;
mod people;
mod roles;
pub mod session;
mod set_up;
mod sheet;
mod sign_in;
mod sign_out;

pub use account::AccountPage;
#[cfg(feature = "ssr")]
pub(crate) use admin::ssr::end_of;
pub use admin::{AdminPage, ChecksPage};
pub use keys::KeysPage;
pub use people::{PersonPage, UsersPage, listed};
pub use roles::RolesPage;
pub use set_up::{SetUpPage, SetUpSitePage};
pub use sign_in::SignInPage;
