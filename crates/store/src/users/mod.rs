//! People and their rights, sign-in bookkeeping, one-time links, API keys.
//!
//! Sign-in, sessions and keys follow the clock of the database, not business time: moving the test
//! clock ends nobody's session.

mod accounts;
mod api_keys;
mod setup_tokens;
mod sign_in;

pub use accounts::{
    Account, GrantRow, account, account_by_email, admin_exists, grant, grants, insert,
    other_admin_exists, people_with_role, set_password, set_status, site_exists,
};
pub use api_keys::{
    ApiKeyRow, KeyCaller, NewApiKey, ensure_source, insert_api_key, key_caller, revoke_api_key,
    touch_api_key,
};
pub use setup_tokens::{insert_setup_token, setup_token_valid, use_setup_token};
pub use sign_in::{Attempt, attempt, failed, locked_for, refused, signed_in};
