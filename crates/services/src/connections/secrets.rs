use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use cmms::manifest::Verify;
use domain::ids::ConnectionId;
use domain::permission::Permission;
use domain::views::connections::WebhookAddress;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::connections::{self, edit};
use store::{AuditEntry, ScopedTx, secrets as rows};

use super::access::require;
use super::fields::{self, CLIENT_CERTIFICATE, WEBHOOK};
use crate::secrets::{Place, Vault};
use crate::{Caller, Error};

/// Longest secret, bytes: a certificate chain with its key.
const LONGEST: usize = 64 * 1024;

/// Sets a secret. The first of a field is used at once; a later one waits until a test with it
/// passes, and the one in use stays until then. A webhook secret is accepted beside the one before.
///
/// # Errors
/// [`Error::Invalid`] for an unknown field or an empty value; [`Error::Denied`], [`Error::NotFound`].
pub async fn set_secret(
    tx: &mut ScopedTx,
    vault: &Vault,
    caller: &Caller,
    id: ConnectionId,
    field: &str,
    value: &SecretString,
    expires_at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    require(tx, caller, Permission::SecretManage, id).await?;
    let config = connections::config(tx, id).await?.ok_or(Error::NotFound)?;
    let manifest = fields::manifest(&config.system, config.manifest.as_deref())?;
    if !manifest.secrets.contains_key(field) && ![WEBHOOK, CLIENT_CERTIFICATE].contains(&field) {
        return Err(Error::invalid("field", "unknown", "The manifest has no such secret."));
    }
    let text = value.expose_secret();
    if text.trim().is_empty() || text.len() > LONGEST {
        return Err(Error::invalid("value", "invalid", "The value is empty or too long."));
    }
    let about = rows::about(tx, id).await?;
    let is_set = about.iter().any(|one| one.field == field && one.role == "current");
    let role = if is_set { "next" } else { "current" };
    let place = Place { connection: id, field: field.to_owned() };
    vault.put(tx, &place, role, value, expires_at).await?;
    if field == WEBHOOK && is_set {
        promote(tx, id).await?;
    } else if role == "current" {
        connections::changed(tx, id).await?;
    }
    Ok(())
}

/// Makes the secrets that wait the ones in use; those before are kept.
///
/// # Errors
/// When the database refuses.
pub async fn promote(tx: &mut ScopedTx, id: ConnectionId) -> Result<bool, Error> {
    let changed = rows::promote(tx, id).await?;
    if changed.is_empty() {
        return Ok(false);
    }
    let entries = changed.into_iter().map(|secret| {
        AuditEntry::new("secret.promote", "secret", secret).detail(json!({ "connection": id }))
    });
    tx.audit(entries.collect()).await?;
    connections::changed(tx, id).await?;
    Ok(true)
}

/// Forgets secrets whose successor was set before a time.
///
/// # Errors
/// When the database refuses.
pub async fn drop_replaced(tx: &mut ScopedTx, before: DateTime<Utc>) -> Result<(), Error> {
    let gone = rows::drop_previous(tx, before).await?;
    let entries = gone.into_iter().map(|(secret, connection)| {
        AuditEntry::new("secret.discard", "secret", secret)
            .detail(json!({ "connection": connection }))
    });
    Ok(tx.audit(entries.collect()).await?)
}

/// Throws a secret away that waits for a test.
///
/// # Errors
/// [`Error::NotFound`] when none waits or out of reach; [`Error::Denied`].
pub async fn discard_next(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: ConnectionId,
    field: &str,
) -> Result<(), Error> {
    require(tx, caller, Permission::SecretManage, id).await?;
    let secret = rows::discard(tx, id, field, "next").await?.ok_or(Error::NotFound)?;
    let detail = json!({"connection": id, "field": field});
    tx.audit(vec![AuditEntry::new("secret.discard", "secret", secret).detail(detail)]).await?;
    Ok(())
}

/// A new token for the address of webhooks, shown once; the one before stays valid beside it.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`].
pub async fn rotate_webhook_token(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: ConnectionId,
) -> Result<SecretString, Error> {
    require(tx, caller, Permission::SecretManage, id).await?;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Error::Unavailable)?;
    let token = URL_SAFE_NO_PAD.encode(bytes);
    edit::set_webhook_token(tx, id, &Sha256::digest(&token)).await?;
    tx.audit(vec![AuditEntry::new("connection.webhook_token", "connection", id.0)]).await?;
    Ok(SecretString::from(token))
}

/// The address of webhooks with a new token, shown once.
///
/// # Errors
/// As [`rotate_webhook_token`]; [`Error::NotFound`] also where the CMMS sends none.
pub async fn new_webhook_address(
    tx: &mut ScopedTx,
    base_url: &str,
    caller: &Caller,
    id: ConnectionId,
) -> Result<SecretString, Error> {
    let token = rotate_webhook_token(tx, caller, id).await?;
    let found = webhook_address(tx, base_url, caller, id).await?.ok_or(Error::NotFound)?;
    Ok(format!("{}/{}", found.address, token.expose_secret()).into())
}

/// Where the CMMS reports changes to; `None` where it cannot.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`].
pub async fn webhook_address(
    tx: &mut ScopedTx,
    base_url: &str,
    caller: &Caller,
    id: ConnectionId,
) -> Result<Option<WebhookAddress>, Error> {
    require(tx, caller, Permission::Integrate, id).await?;
    let config = connections::config(tx, id).await?.ok_or(Error::NotFound)?;
    let manifest = fields::manifest(&config.system, config.manifest.as_deref())?;
    let Some(webhook) = &manifest.webhook else { return Ok(None) };
    Ok(Some(WebhookAddress {
        address: format!("{base_url}/api/v1/webhooks/{}", config.slug),
        signs: !matches!(webhook.verify, Verify::Path),
        made: edit::has_webhook_token(tx, id).await?,
        shown: None,
    }))
}
