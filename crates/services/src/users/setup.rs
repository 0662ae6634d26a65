//! The first minutes: a one-time link, printed by the program, makes the first administrator (S10).

use domain::ids::UserId;
use secrecy::{ExposeSecret, SecretString};
use store::ScopedTx;
use store::users as table;

use super::authority::may_act_for;
use super::create::{NewUser, admin_with_hash, create_user, hash_of, judge_email};
use super::{passwords, secrets};
use crate::{Caller, Error, FieldError, Services, Settings};

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
        Some(Some(user)) => match table::account(tx, user).await? {
            Some(account) if account.status != "disabled" => Ok(Some(account)),
            _ => Err(Error::NotFound),
        },
    }
}

/// A fresh one-time link with which a person chooses a password; earlier ones end. It is returned
/// here once, and mailed.
///
/// # Errors
/// [`Error::Denied`] unless the caller holds what the person holds, [`Error::Conflict`] for a
/// disabled account.
pub async fn issue_link(
    tx: &mut ScopedTx,
    settings: &Settings,
    caller: &Caller,
    user: UserId,
) -> Result<(String, SecretString), Error> {
    may_act_for(tx, caller, user).await?;
    table::person(tx, user).await?.ok_or(Error::NotFound)?;
    let account = table::account(tx, user).await?.ok_or(Error::NotFound)?;
    if account.status == "disabled" {
        let message = "The account is not in use. Put it back to use first.";
        return Err(Error::conflict("disabled", message));
    }
    let token = secrets::token()?;
    table::insert_setup_token(tx, &hash_of(&token), Some(user)).await?;
    let link = mail_link(tx, settings, &account, &token).await?;
    Ok((account.name, link))
}

/// Adds a person and mails them their link.
///
/// # Errors
/// As [`create_user`](super::create_user).
pub async fn invite(
    tx: &mut ScopedTx,
    settings: &Settings,
    caller: &Caller,
    new: &NewUser,
) -> Result<(UserId, SecretString), Error> {
    if new.grants.is_empty() {
        return Err(Error::invalid("role", "missing", "Choose what the person may do."));
    }
    let new = NewUser { password_hash: None, ..new.clone() };
    let (id, token) = create_user(tx, caller, &new).await?;
    let token = token.ok_or(Error::Unavailable)?;
    let account = table::account(tx, id).await?.ok_or(Error::NotFound)?;
    let link = mail_link(tx, settings, &account, &token).await?;
    Ok((id, link))
}

async fn mail_link(
    tx: &mut ScopedTx,
    settings: &Settings,
    account: &table::Account,
    token: &SecretString,
) -> Result<SecretString, Error> {
    let link = format!("{}/setup?token={}", settings.base_url, token.expose_secret());
    let (subject, body) = link_mail(account, &link);
    store::notices::mail(tx, account.id, subject, &body).await?;
    Ok(SecretString::from(link))
}

fn link_mail(account: &table::Account, link: &str) -> (&'static str, String) {
    let (subject, why) = if account.status == "invited" {
        ("Your account on Millwright", "An account on Millwright waits for you.")
    } else {
        (
            "A new password on Millwright",
            "Somebody made you a link for a new password on Millwright.",
        )
    };
    let body = format!(
        "Hello {},\n\n{why} Choose a password here:\n\n{link}\n\nThe link works once, within \
         seven days. You sign in with {}.\nIf you did not expect this, do nothing and tell whoever \
         administers your installation.\n",
        account.name, account.email
    );
    (subject, body)
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
