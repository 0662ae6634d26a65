use chrono::{DateTime, Utc};
use domain::ids::{GrantId, SiteId, UserId};
use domain::permission::{Permission, Role, RoleRef};
use secrecy::SecretString;
use store::ScopedTx;
use store::users as table;

use super::authority::{holds, may_give};
use super::{passwords, secrets};
use crate::{Caller, Error, FieldError};

/// A role to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantInput {
    /// What the person is.
    pub role: RoleRef,
    /// Where; `None` is every site.
    pub site: Option<SiteId>,
    /// When it ends by itself, for people who are here for a while.
    pub expires_at: Option<DateTime<Utc>>,
}

impl GrantInput {
    /// A role for good.
    pub fn new(role: impl Into<RoleRef>, site: Option<SiteId>) -> Self {
        Self { role: role.into(), site, expires_at: None }
    }
}

/// A person to be added.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Address; also the name to sign in with.
    pub email: String,
    /// How the person is called on screen.
    pub name: String,
    /// From [`super::hash_password`]; without one the person is invited.
    pub password_hash: Option<String>,
    /// What the person may do.
    pub grants: Vec<GrantInput>,
}

/// Adds a person; one without a password gets a one-time link, returned here once.
///
/// # Errors
/// [`Error::Denied`] when the caller does not hold what it gives, [`Error::Invalid`] for a bad or
/// taken address.
pub async fn create_user(
    tx: &mut ScopedTx,
    caller: &Caller,
    new: &NewUser,
) -> Result<(UserId, Option<SecretString>), Error> {
    caller.scope(Permission::Administer)?;
    for grant in &new.grants {
        may_give(tx, caller, grant.role, grant.site).await?;
        in_future(tx, grant)?;
    }
    let id = insert(tx, &new.email, &new.name, new.password_hash.as_deref()).await?;
    for grant in &new.grants {
        table::grant(tx, id, grant.role, grant.site, grant.expires_at).await?;
    }
    if new.password_hash.is_some() {
        return Ok((id, None));
    }
    let token = secrets::token()?;
    table::insert_setup_token(tx, &hash_of(&token), Some(id)).await?;
    Ok((id, Some(token)))
}

/// Gives a person a role; their sessions end, as their rights have changed.
///
/// # Errors
/// [`Error::Denied`] when the caller does not hold what it gives, [`Error::Conflict`] when the last
/// administrator would end some day.
pub async fn grant_role(
    tx: &mut ScopedTx,
    caller: &Caller,
    user: UserId,
    grant: GrantInput,
) -> Result<(), Error> {
    may_give(tx, caller, grant.role, grant.site).await?;
    in_future(tx, &grant)?;
    table::account(tx, user).await?.ok_or(Error::NotFound)?;
    if is_administrator(grant.role, grant.site) && grant.expires_at.is_some() {
        keep_an_administrator(tx, user).await?;
    }
    table::grant(tx, user, grant.role, grant.site, grant.expires_at).await?;
    Ok(())
}

/// Takes a role from a person; their sessions end. Of two administrators who remove each other at
/// once, one succeeds.
///
/// # Errors
/// [`Error::NotFound`] for a grant the caller does not see, [`Error::Denied`] without the right to
/// administer there, [`Error::Conflict`] for the last administrator.
pub async fn revoke_role(
    tx: &mut ScopedTx,
    caller: &Caller,
    user: UserId,
    id: GrantId,
) -> Result<(), Error> {
    let given = table::given_one(tx, id).await?.filter(|row| row.user_id == user.0);
    let given = given.ok_or(Error::NotFound)?;
    let site = given.site_id.map(SiteId);
    if !holds(caller, Permission::Administer, site) {
        return Err(Error::Denied);
    }
    if is_administrator(given.role()?, site) && given.expires_at.is_none() {
        keep_an_administrator(tx, user).await?;
    }
    Ok(table::revoke(tx, &given).await?)
}

fn is_administrator(role: RoleRef, site: Option<SiteId>) -> bool {
    role == Role::Admin.into() && site.is_none()
}

/// Refuses when nobody else administers every site for good.
pub(super) async fn keep_an_administrator(tx: &mut ScopedTx, without: UserId) -> Result<(), Error> {
    if table::other_admin_exists(tx, without).await? {
        return Ok(());
    }
    let message = "This is the last administrator. Make another one first.";
    Err(Error::conflict("last_admin", message))
}

fn in_future(tx: &ScopedTx, grant: &GrantInput) -> Result<(), Error> {
    match grant.expires_at {
        Some(end) if end <= tx.now() => {
            Err(Error::invalid("until", "past", "A day in the future, please."))
        }
        _ => Ok(()),
    }
}

/// Makes an administrator of every site: for the command line, and for first-run set-up. An
/// existing person gets the role and the password.
///
/// # Errors
/// [`Error::Invalid`] for a bad address or password.
pub async fn create_admin(
    tx: &mut ScopedTx,
    email: &str,
    name: &str,
    password: &SecretString,
) -> Result<UserId, Error> {
    if let Some(problem) = passwords::judge("password", password) {
        return Err(Error::Invalid(vec![problem]));
    }
    let hash = passwords::hash_password(password).await?;
    admin_with_hash(tx, email, name, &hash).await
}

pub(super) async fn admin_with_hash(
    tx: &mut ScopedTx,
    email: &str,
    name: &str,
    hash: &str,
) -> Result<UserId, Error> {
    let id = match table::account_by_email(tx, email).await? {
        Some(account) => {
            table::set_password(tx, account.id, hash).await?;
            if account.status == "disabled" {
                table::set_status(tx, account.id, true).await?;
            }
            account.id
        }
        None => insert(tx, email, name, Some(hash)).await?,
    };
    table::grant(tx, id, Role::Admin.into(), None, None).await?;
    Ok(id)
}

async fn insert(
    tx: &mut ScopedTx,
    email: &str,
    name: &str,
    hash: Option<&str>,
) -> Result<UserId, Error> {
    let name = name.trim();
    let problems: Vec<_> = judge_email(email).into_iter().chain(judge_name(name)).collect();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    table::insert(tx, email, name, hash).await.map_err(|error| {
        if error.constraint() == Some("app_user_email") {
            Error::invalid("email", "taken", "Somebody has an account with this address already.")
        } else {
            error.into()
        }
    })
}

pub(super) fn judge_name(name: &str) -> Option<FieldError> {
    let bad = name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control);
    bad.then(|| FieldError::new("name", "invalid", "A name of 1 to 120 characters, please."))
}

pub(super) fn judge_email(email: &str) -> Option<FieldError> {
    let email = email.trim();
    let good = email.len() <= 254
        && !email.chars().any(|c| c.is_control() || c.is_whitespace())
        && email.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && !host.is_empty() && !host.contains('@')
        });
    (!good).then(|| {
        FieldError::new("email", "invalid", "An address such as name@company.example, please.")
    })
}

pub(super) fn hash_of(token: &SecretString) -> Vec<u8> {
    use secrecy::ExposeSecret;
    secrets::sha256(token.expose_secret())
}
