//! Signing in and out, and the first minutes of an installation.

pub mod session;
mod set_up;
mod sheet;
mod sign_in;
mod sign_out;

pub use set_up::{SetUpPage, SetUpSitePage};
pub use sign_in::SignInPage;
