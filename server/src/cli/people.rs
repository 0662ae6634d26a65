use anyhow::{Context, Result, ensure};
use clap::Subcommand;
use domain::permission::Role;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use services::users::{
    GrantInput, NewUser, create_admin, create_user, hash_password, judge_password,
};

use super::{Common, desk, import};

/// Administrators.
#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    /// Makes an administrator of every site, without a browser.
    Create {
        /// The address to sign in with.
        #[arg(long)]
        email: String,
        /// How the person is called; the address when absent.
        #[arg(long)]
        name: Option<String>,
        /// Reads the password from the first line of the standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

/// People.
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Adds a person and prints the one-time link for choosing a password.
    Create {
        /// The address to sign in with.
        #[arg(long)]
        email: String,
        /// How the person is called.
        #[arg(long)]
        name: String,
        /// viewer, operator, technician, reviewer, supervisor, planner, integration_admin or admin.
        #[arg(long)]
        role: Role,
        /// Only at these sites; everywhere when absent.
        #[arg(long, value_name = "TAG")]
        site: Vec<String>,
        /// Reads the password from the first line of the standard input, in place of a link.
        #[arg(long)]
        password_stdin: bool,
    },
}

pub(super) async fn admin(command: Admin, common: &Common) -> Result<()> {
    let Admin::Create { email, name, password_stdin: _ } = command;
    let password = password()?;
    desk::with(common, async |desk| {
        let mut tx = desk.begin().await?;
        let name = name.as_deref().unwrap_or(&email);
        let id = create_admin(&mut tx, &email, name, &password).await?;
        tx.commit().await?;
        let line = format!("{email} administers this installation");
        desk::say(common.json, &line, &json!({ "id": id.0, "email": email }));
        Ok(())
    })
    .await
}

pub(super) async fn user(command: User, common: &Common) -> Result<()> {
    let User::Create { email, name, role, site, password_stdin } = command;
    let password_hash = if password_stdin { Some(hashed(&password()?).await?) } else { None };
    desk::with(common, async |desk| {
        let mut tx = desk.begin().await?;
        let sites = import::sites(&mut tx, &site).await?;
        let grants = match sites {
            None => vec![GrantInput::new(role, None)],
            Some(sites) => {
                sites.into_iter().map(|site| GrantInput::new(role, Some(site))).collect()
            }
        };
        let new = NewUser { email: email.clone(), name: name.clone(), password_hash, grants };
        let (id, token) = create_user(&mut tx, &desk.caller, &new).await?;
        tx.commit().await?;
        let base = &desk.services.settings.base_url;
        let link = token.map(|token| format!("{base}/setup?token={}", token.expose_secret()));
        let line = link.clone().unwrap_or_else(|| email.clone());
        desk::say(common.json, &line, &json!({ "id": id.0, "email": email, "setup": link }));
        Ok(())
    })
    .await
}

async fn hashed(password: &SecretString) -> Result<String> {
    if let Some(problem) = judge_password("password", password) {
        return Err(services::Error::Invalid(vec![problem]).into());
    }
    Ok(hash_password(password).await?)
}

fn password() -> Result<SecretString> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("cannot read the password")?;
    let password = line.trim_end_matches(['\r', '\n']);
    ensure!(!password.is_empty(), "no password on the standard input");
    Ok(SecretString::from(password.to_owned()))
}
