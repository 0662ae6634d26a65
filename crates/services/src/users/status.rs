use domain::ids::UserId;
use store::ScopedTx;
use store::users as table;

use super::authority::{everywhere, may_act_for};
use super::create::{judge_email, judge_name, keep_an_administrator};
use crate::{Caller, Error};

/// Disables an account: its sessions and keys are refused from the next request on.
///
/// # Errors
/// [`Error::Denied`] unless the caller administers every site, [`Error::Conflict`] for the last
/// administrator.
pub async fn disable_user(tx: &mut ScopedTx, caller: &Caller, user: UserId) -> Result<(), Error> {
    everywhere(caller)?;
    table::account(tx, user).await?.ok_or(Error::NotFound)?;
    keep_an_administrator(tx, user).await?;
    Ok(table::set_status(tx, user, false).await?)
}

/// Puts a disabled account back to use, with the roles it has.
///
/// # Errors
/// [`Error::Denied`] unless the caller administers every site and holds what the person holds.
pub async fn enable_user(tx: &mut ScopedTx, caller: &Caller, user: UserId) -> Result<(), Error> {
    everywhere(caller)?;
    table::account(tx, user).await?.ok_or(Error::NotFound)?;
    may_act_for(tx, caller, user).await?;
    Ok(table::set_status(tx, user, true).await?)
}

/// Gives a person another name or address.
///
/// # Errors
/// [`Error::Denied`] unless the caller holds what the person holds: links go to the address.
/// [`Error::Invalid`] for a bad or taken address.
pub async fn rename_user(
    tx: &mut ScopedTx,
    caller: &Caller,
    user: UserId,
    name: &str,
    email: &str,
) -> Result<(), Error> {
    may_act_for(tx, caller, user).await?;
    table::person(tx, user).await?.ok_or(Error::NotFound)?;
    let name = name.trim();
    let problems: Vec<_> = judge_email(email).into_iter().chain(judge_name(name)).collect();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    table::rename(tx, user, email, name).await.map_err(|error| {
        if error.constraint() == Some("app_user_email") {
            Error::invalid("email", "taken", "Somebody has an account with this address already.")
        } else {
            error.into()
        }
    })
}
