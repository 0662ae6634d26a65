use domain::ids::{SiteId, UserId};
use domain::permission::{Permission, Role};
use secrecy::SecretString;
use store::users as table;
use store::{Scope, ScopedTx};

use super::{passwords, secrets};
use crate::{Caller, Error, FieldError};

/// A role to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantInput {
    /// What the person is.
    pub role: Role,
    /// Where; `None` is every site.
    pub site: Option<SiteId>,
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
    for grant in &new.grants {
        may_give(caller, *grant)?;
    }
    caller.scope(Permission::Administer)?;
    let id = insert(tx, &new.email, &new.name, new.password_hash.as_deref()).await?;
    for grant in &new.grants {
        table::grant(tx, id, grant.role, grant.site).await?;
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
/// [`Error::Denied`] when the caller does not hold what it gives.
pub async fn grant_role(
    tx: &mut ScopedTx,
    caller: &Caller,
    user: UserId,
    grant: GrantInput,
) -> Result<(), Error> {
    may_give(caller, grant)?;
    table::account(tx, user).await?.ok_or(Error::NotFound)?;
    table::grant(tx, user, grant.role, grant.site).await?;
    Ok(())
}

/// Nobody gives a right they lack (S3).
fn may_give(caller: &Caller, grant: GrantInput) -> Result<(), Error> {
    let holds = |permission| match (caller.scope(permission), grant.site) {
        (Ok(Scope::All), _) => true,
        (Ok(scope), Some(site)) => scope.contains(site),
        _ => false,
    };
    let all = std::iter::once(Permission::Administer)
        .chain(grant.role.permissions().iter().copied())
        .all(holds);
    if all { Ok(()) } else { Err(Error::Denied) }
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
    table::grant(tx, id, Role::Admin, None).await?;
    Ok(id)
}

async fn insert(
    tx: &mut ScopedTx,
    email: &str,
    name: &str,
    hash: Option<&str>,
) -> Result<UserId, Error> {
    let mut problems = Vec::new();
    if let Some(problem) = judge_email(email) {
        problems.push(problem);
    }
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
        problems.push(FieldError::new("name", "invalid", "A name of 1 to 120 characters, please."));
    }
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
