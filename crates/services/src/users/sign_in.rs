use domain::ids::UserId;
use secrecy::SecretString;
use store::users as table;
use store::{AuditEntry, ScopedTx};

use super::passwords::{self, Verdict};
use crate::{Error, Services};

/// What the sign-in form says, and from where.
#[derive(Debug, Clone)]
pub struct SignInInput {
    /// The address as typed.
    pub email: String,
    /// The password as typed.
    pub password: SecretString,
    /// Network address of the browser.
    pub address: String,
}

/// How a sign-in ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// Make a new session with these.
    Done {
        /// Who.
        user: UserId,
        /// The version of their rights.
        rights_version: i32,
    },
    /// No such person, wrong password, or an account that is not in use: nobody is told which.
    Wrong,
    /// Too many failures; nothing was checked.
    Locked {
        /// Seconds until the next try is taken.
        secs: i64,
    },
}

/// Checks a password. Opens its own transactions, because a failure must be stored as well, and
/// because hashing takes long. Known and unknown people cost the same work.
///
/// # Errors
/// When the database or the machine cannot do it.
pub async fn sign_in(services: &Services, input: &SignInInput) -> Result<SignIn, Error> {
    let (email, address) = (input.email.as_str(), input.address.as_str());
    let mut tx = services.store.begin_system().await?;
    let attempt = table::attempt(&mut tx, email).await?;
    let user = attempt.as_ref().map(|a| a.user);
    if let Some(secs) = table::locked_for(&mut tx, email, address).await? {
        table::refused(&mut tx, user, address).await?;
        tx.commit().await?;
        return Ok(SignIn::Locked { secs });
    }
    drop(tx);
    let stored = attempt.as_ref().and_then(|a| a.password_hash.clone());
    let verdict = passwords::verify(&input.password, stored).await?;
    let mut tx = services.store.begin_system().await?;
    let better = match (&verdict, attempt.as_ref()) {
        (Verdict::Right, Some(a)) if a.active => None,
        (Verdict::RightButWeak(hash), Some(a)) if a.active => Some(hash.as_str()),
        _ => {
            table::failed(&mut tx, user, email, address).await?;
            tx.commit().await?;
            return Ok(SignIn::Wrong);
        }
    };
    let Some(attempt) = attempt else { return Ok(SignIn::Wrong) };
    table::signed_in(&mut tx, attempt.user, email, address, better).await?;
    tx.commit().await?;
    Ok(SignIn::Done { user: attempt.user, rights_version: attempt.rights_version })
}

/// Notes that a person ended their session.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(tx: &mut ScopedTx, user: UserId) -> Result<(), Error> {
    Ok(tx.audit(vec![AuditEntry::new("user.sign_out", "app_user", user.0)]).await?)
}
