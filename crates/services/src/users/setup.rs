//! The first minutes: a one-time link, printed by the program, makes the first administrator (S10).

use domain::ids::UserId;
use secrecy::SecretString;
use store::ScopedTx;
use store::users as table;

use super::create::{admin_with_hash, hash_of, judge_email};
use super::{passwords, secrets};
use crate::{Error, FieldError, Services};

/// What the set-up form says.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// From the link.
    pub token: SecretString,
    /// The person's address; not used for an invited person, who has one.
    pub email: String,
    /// How the person is called on screen.
    pub name: String,
    /// The chosen password.
    pub password: SecretString,
}

/// A fresh one-time link if nobody administers this installation yet; earlier ones end.
///
/// # Errors
/// When the database fails.
pub async fn issue_setup_token(tx: &mut ScopedTx) -> Result<Option<SecretString>, Error> {
    if table::admin_exists(tx).await? {
        return Ok(None);
    }
    let token = secrets::token()?;
    table::insert_setup_token(tx, &hash_of(&token), None).await?;
    Ok(Some(token))
}

/// Whether a link can be used, and if it belongs to an invited person, to whom.
///
/// # Errors
/// [`Error::NotFound`] for a link that is unknown, used or too old.
pub async fn setup_open(
    tx: &mut ScopedTx,
    token: &SecretString,
) -> Result<Option<table::Account>, Error> {
    match table::setup_token_valid(tx, &hash_of(token)).await? {
        None => Err(Error::NotFound),
        Some(None) if table::admin_exists(tx).await? => Err(Error::NotFound),
        Some(None) => Ok(None),
        Some(Some(user)) => Ok(table::account(tx, user).await?),
    }
}

/// Uses the link: makes the first administrator, or gives an invited person their password. Opens
/// its own transactions, because hashing takes long.
///
/// # Errors
/// [`Error::NotFound`] for a bad link, [`Error::Invalid`] for bad input.
pub async fn set_up(services: &Services, input: &SetUp) -> Result<UserId, Error> {
    let mut tx = services.store.begin_system().await?;
    let invited = setup_open(&mut tx, &input.token).await?;
    drop(tx);
    let mut problems: Vec<FieldError> = Vec::new();
    if invited.is_none() {
        problems.extend(judge_email(&input.email));
    }
    problems.extend(passwords::judge("password", &input.password));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let hash = passwords::hash_password(&input.password).await?;
    let mut tx = services.store.begin_system().await?;
    let user = match table::use_setup_token(&mut tx, &hash_of(&input.token)).await? {
        None => return Err(Error::NotFound),
        Some(None) => {
            if table::admin_exists(&mut tx).await? {
                return Err(Error::NotFound);
            }
            admin_with_hash(&mut tx, &input.email, &input.name, &hash).await?
        }
        Some(Some(user)) => {
            table::set_password(&mut tx, user, &hash).await?;
            user
        }
    };
    tx.commit().await?;
    Ok(user)
}
