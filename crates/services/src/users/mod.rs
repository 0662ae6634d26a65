//! People, their rights and how they prove who they are; the keys of machines.

mod api_keys;
mod authority;
mod callers;
mod create;
mod export;
mod once;
mod own;
mod passwords;
mod refusals;
mod roles;
mod secrets;
mod setup;
mod show;
mod sign_in;
mod status;
mod why;

pub use api_keys::{NewKey, create_api_key, revoke_api_key};
pub use callers::{KeyCaller, caller_for_key, caller_for_session, note_key_use, of_key, of_person};
pub use create::{GrantInput, NewUser, create_admin, create_user, grant_role, revoke_role};
pub use export::{KeySheet, PeopleSheet};
pub use once::{show_once, take_shown};
pub use own::{NewPassword, change_password, end_own_sessions, end_sessions, session_hash};
pub use passwords::{MAX_PASSWORD, MIN_PASSWORD, hash_password, judge as judge_password};
pub use refusals::note_refusal;
pub use roles::{delete_role, duplicate_role, rename_role, role_matrix, save_boxes};
pub use setup::{SetUp, invite, issue_link, issue_setup_token, set_up, setup_open};
pub use show::{list_keys, list_people, own_account, person};
pub use sign_in::{SignIn, SignInInput, sign_in, sign_out};
pub use status::{disable_user, enable_user, rename_user};
