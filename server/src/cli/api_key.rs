use anyhow::{Result, anyhow};
use clap::Subcommand;
use domain::permission::KeyScope;
use secrecy::ExposeSecret;
use serde_json::json;
use services::users::{NewKey, create_api_key};

use super::{Common, desk, import};

/// Keys of machines, and of programs that act for a person.
#[derive(Debug, Subcommand)]
pub(super) enum ApiKey {
    /// Makes a key and prints it, once, as the last line.
    Create {
        /// What people call it.
        #[arg(long)]
        name: String,
        /// The feed it belongs to; its name when absent.
        #[arg(long)]
        source: Option<String>,
        /// Only at these sites; everywhere when absent.
        #[arg(long, value_name = "TAG")]
        site: Vec<String>,
        /// predictions, telemetry, production, assets, read, decide, training; by default
        /// predictions, telemetry and read, for a person read and decide.
        #[arg(long, value_delimiter = ',')]
        scope: Vec<KeyScope>,
        /// The person it acts for.
        #[arg(long, value_name = "EMAIL")]
        user: Option<String>,
    },
}

pub(super) async fn run(command: ApiKey, common: &Common) -> Result<()> {
    let ApiKey::Create { name, source, site, scope, user } = command;
    desk::with(common, async |desk| {
        let mut tx = desk.begin().await?;
        let user = match &user {
            None => None,
            Some(email) => {
                let account = store::users::account_by_email(&mut tx, email).await?;
                Some(account.ok_or_else(|| anyhow!("nobody has the address {email}"))?.id)
            }
        };
        let scopes = match (scope.is_empty(), user) {
            (false, _) => scope,
            (true, None) => vec![KeyScope::Predictions, KeyScope::Telemetry, KeyScope::Read],
            (true, Some(_)) => vec![KeyScope::Read, KeyScope::Decide],
        };
        let sites = import::sites(&mut tx, &site).await?;
        let new = NewKey { name, source, user, scopes, sites, expires_at: None };
        let (id, key) = create_api_key(&mut tx, &desk.caller, &new).await?;
        tx.commit().await?;
        let key = key.expose_secret();
        desk::say(common.json, key, &json!({ "id": id.0, "name": new.name, "key": key }));
        Ok(())
    })
    .await
}
