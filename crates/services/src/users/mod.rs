//! People, their rights and how they prove who they are; the keys of machines.

mod api_keys;
mod callers;
mod create;
mod passwords;
mod refusals;
mod secrets;
mod setup;
mod sign_in;
mod status;

pub use api_keys::{NewKey, create_api_key, revoke_api_key};
pub use callers::{KeyCaller, caller_for_key, caller_for_session, note_key_use, of_key, of_person};
pub use create::{GrantInput, NewUser, create_admin, create_user, grant_role};
pub use passwords::{MAX_PASSWORD, MIN_PASSWORD, hash_password, judge as judge_password};
pub use refusals::note_refusal;
pub use setup::{SetUp, issue_setup_token, set_up, setup_open};
pub use sign_in::{SignIn, SignInInput, sign_in, sign_out};
pub use status::disable_user;
