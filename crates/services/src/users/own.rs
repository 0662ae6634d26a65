//! What a person does with their own account: another password, ending sessions.

use domain::ids::UserId;
use domain::permission::Permission;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use store::users as table;
use store::{ScopedTx, sessions};

use super::authority::may_act_for;
use super::passwords::{self, Verdict};
use crate::{Caller, Error, Services};

/// What the id of a session is stored as.
pub fn session_hash(id: i128) -> Vec<u8> {
    Sha256::digest(id.to_le_bytes()).to_vec()
}

/// Another password for oneself.
#[derive(Debug, Clone)]
pub struct NewPassword {
    /// Proves who asks.
    pub current: SecretString,
    /// From now on.
    pub new: SecretString,
    /// Network address of the browser.
    pub address: String,
}

/// Changes the caller's password after a look at the current one; every session ends, the one that
/// asks included. Answers the version of rights for a new one. Opens its own transactions, because
/// hashing takes long; wrong answers count as failed sign-ins.
///
/// # Errors
/// [`Error::Invalid`] for a wrong or bad password, [`Error::TooMany`] after too many wrong ones.
pub async fn change_password(
    services: &Services,
    caller: &Caller,
    input: &NewPassword,
) -> Result<i32, Error> {
    let user = caller.user()?;
    let mut tx = services.store.begin(&store::Scope::All, caller.actor).await?;
    let account = table::account(&mut tx, user).await?.ok_or(Error::NotSignedIn)?;
    if let Some(secs) = table::locked_for(&mut tx, &account.email, &input.address).await? {
        let retry_after_secs = u32::try_from(secs).unwrap_or(u32::MAX);
        return Err(Error::TooMany { retry_after_secs });
    }
    let stored = table::password_hash(&mut tx, user).await?;
    drop(tx);
    if matches!(passwords::verify(&input.current, stored).await?, Verdict::Wrong) {
        let mut tx = services.store.begin(&store::Scope::All, caller.actor).await?;
        table::failed(&mut tx, Some(user), &account.email, &input.address).await?;
        tx.commit().await?;
        let message = "This is not your current password.";
        return Err(Error::invalid("current", "wrong", message));
    }
    if let Some(problem) = passwords::judge("new", &input.new) {
        return Err(Error::Invalid(vec![problem]));
    }
    let hash = passwords::hash_password(&input.new).await?;
    let mut tx = services.store.begin(&store::Scope::All, caller.actor).await?;
    tx.set_address(input.address.as_str());
    table::set_password(&mut tx, user, &hash).await?;
    let account = table::account(&mut tx, user).await?.ok_or(Error::NotSignedIn)?;
    tx.commit().await?;
    Ok(account.rights_version)
}

/// Ends one of the caller's sessions, or with no number every one but `keep`.
///
/// # Errors
/// [`Error::NotFound`] when there is no such session.
pub async fn end_own_sessions(
    tx: &mut ScopedTx,
    caller: &Caller,
    number: Option<i64>,
    keep: Option<&[u8]>,
) -> Result<(), Error> {
    let ended = sessions::end(tx, caller.user()?, number, keep).await?;
    if ended == 0 && number.is_some() { Err(Error::NotFound) } else { Ok(()) }
}

/// Ends sessions of somebody else: one, or all of them.
///
/// # Errors
/// [`Error::NotFound`] for a person the caller does not administer, or no such session.
pub async fn end_sessions(
    tx: &mut ScopedTx,
    caller: &Caller,
    user: UserId,
    number: Option<i64>,
) -> Result<(), Error> {
    caller.scope(Permission::Administer)?;
    table::person(tx, user).await?.ok_or(Error::NotFound)?;
    may_act_for(tx, caller, user).await?;
    let ended = sessions::end(tx, user, number, None).await?;
    if ended == 0 && number.is_some() { Err(Error::NotFound) } else { Ok(()) }
}
