//! People and their rights, sign-in bookkeeping, one-time links, API keys.
//!
//! Sign-in, sessions and keys follow the clock of the database, not business time: moving the test
//! clock ends nobody's session.

mod accounts;
mod api_keys;
mod grants;
mod key_list;
mod people;
mod roles;
mod setup_tokens;
mod sign_in;

pub use accounts::{
    Account, account, account_by_email, insert, password_hash, rename, set_password, set_status,
    site_exists,
};
pub use api_keys::{
    ApiKeyRow, KeyCaller, NewApiKey, ensure_source, insert_api_key, key_caller, revoke_api_key,
    touch_api_key,
};
pub(crate) use grants::held;
pub use grants::{
    GivenRow, GrantRow, admin_exists, ending, given, given_one, grant, grants, other_admin_exists,
    people_with_role, revoke,
};
pub use key_list::{KeyRow, key, keys};
pub use people::{PersonRow, count_people, people, people_names, person, site_names, site_of_tag};
pub use roles::{
    CustomRole, custom_roles, delete_custom_role, holders, insert_custom_role, lock_custom_role,
    update_custom_role,
};
pub use setup_tokens::{insert_setup_token, setup_token_valid, use_setup_token};
pub use sign_in::{Attempt, attempt, failed, locked_for, refused, signed_in};
