//! What a CMMS calls us with. A call counts only if it is verified, and then only as a hint: the
//! work order it names is read there (S13).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use cmms::manifest::{self, Manifest, Verify, Webhook};
use domain::ids::ConnectionId;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::work_orders::{order_sync, webhooks as rows};
use store::{ScopedTx, connections};

use crate::Error;
use crate::secrets::Vault;

/// The vault's field for the secret that a CMMS signs with.
const SECRET: &str = "webhook";
/// A signed call may be so much older or younger than we.
const WINDOW: TimeDelta = TimeDelta::minutes(5);

/// A call as it came.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Headers, names in any case.
    pub headers: &'a [(String, String)],
    /// Body, not parsed.
    pub body: &'a [u8],
}

/// Where a call came in.
#[derive(Debug, Clone, Copy)]
pub enum Door<'a> {
    /// At the connection's address; it has to be signed.
    Signed(&'a str),
    /// At the connection's address with a secret in it.
    Secret(&'a str, &'a str),
}

/// How a call wants to be believed.
#[derive(Debug, Clone, Copy)]
pub enum Proof<'a> {
    /// By a secret in its path, which was found live.
    Path,
    /// By its signature: any of the live secrets.
    Signature(&'a [SecretString]),
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The work order it names will be read.
    Taken,
    /// It was heard before, and changes nothing.
    Again,
    /// It proves nothing.
    Unverified,
    /// It was sent too long ago, or in the future.
    Stale,
}

impl Heard {
    /// One word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Again => "again",
            Self::Unverified => "unverified",
            Self::Stale => "stale",
        }
    }
}

/// How the webhooks of each connection are verified, kept until its configuration changes.
#[derive(Debug, Clone, Default)]
pub struct Manners(Arc<Mutex<HashMap<i64, Manner>>>);

/// Version of a configuration, and what its manifest says.
type Manner = (i32, Option<Arc<Webhook>>);

impl Manners {
    async fn of(
        &self,
        tx: &mut ScopedTx,
        connection: ConnectionId,
    ) -> Result<Option<Arc<Webhook>>, Error> {
        let config = connections::config(tx, connection).await?.ok_or(Error::NotFound)?;
        let kept = self.lock().get(&connection.0).cloned();
        if let Some((version, webhook)) = kept
            && version == config.version
        {
            return Ok(webhook);
        }
        let manifest = match &config.manifest {
            Some(yaml) => Manifest::read(yaml).ok(),
            None => manifest::find(&config.system).and_then(Result::ok),
        };
        let webhook = manifest.and_then(|manifest| manifest.webhook).map(Arc::new);
        self.lock().insert(connection.0, (config.version, webhook.clone()));
        Ok(webhook)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Manner>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a call in at a door. Both the current signing secret and the one before it count.
///
/// # Errors
/// When the database refuses, or a secret does not open.
pub async fn receive(
    tx: &mut ScopedTx,
    vault: &Vault,
    manners: &Manners,
    door: Door<'_>,
    call: Call<'_>,
) -> Result<Heard, Error> {
    let found = match door {
        Door::Signed(slug) => rows::connection(tx, slug).await?,
        Door::Secret(slug, token) => {
            // Found by its hash: the search tells nothing about the secret.
            rows::by_token(tx, slug, Sha256::digest(token).as_slice()).await?
        }
    };
    let Some(connection) = found else { return Ok(Heard::Unverified) };
    let webhook = manners.of(tx, connection).await?;
    if !signs(webhook.as_deref()) {
        let proof = match door {
            Door::Secret(..) => Proof::Path,
            Door::Signed(_) => Proof::Signature(&[]),
        };
        return hear(tx, connection, webhook.as_deref(), proof, call).await;
    }
    let mut secrets = Vec::new();
    for role in ["current", "previous"] {
        let opened = vault.open(tx, connection, role).await.map_err(|error| {
            tracing::error!(%connection, %error, "a signing secret does not open");
            Error::Unavailable
        });
        secrets.extend(opened?.remove(SECRET));
    }
    hear(tx, connection, webhook.as_deref(), Proof::Signature(&secrets), call).await
}

/// Hears a call. Nothing of its body is parsed before it is verified. One that names no work order
/// has the list read at once.
///
/// # Errors
/// When the database refuses.
pub async fn hear(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    webhook: Option<&Webhook>,
    proof: Proof<'_>,
    call: Call<'_>,
) -> Result<Heard, Error> {
    if !verified(webhook, proof, call) {
        return Ok(Heard::Unverified);
    }
    let body: Value = serde_json::from_slice(call.body).unwrap_or_default();
    let notice = webhook.map(|webhook| webhook.read(call.headers, &body)).unwrap_or_default();
    if notice.time.is_some_and(|time| (tx.now() - time).abs() > WINDOW) {
        return Ok(Heard::Stale);
    }
    let hash = Sha256::digest(call.body);
    let event = match &notice.event {
        Some(event) => event.clone(),
        None => format!("body {}", hex::encode(hash)),
    };
    let first =
        rows::first_time(tx, connection, &event, notice.id.as_deref(), hash.as_slice()).await?;
    // Without an id of its own, two calls of the same words may tell of two changes.
    let heard = match notice.event {
        Some(_) if !first => Heard::Again,
        _ => Heard::Taken,
    };
    connections::received(tx, transaction(connection, hash.to_vec())).await?;
    if heard == Heard::Again {
        return Ok(heard);
    }
    match notice.id {
        Some(id) => order_sync::ask(tx, connection, &[id], Duration::ZERO).await?,
        None => order_sync::hurry(tx, connection).await?,
    }
    Ok(heard)
}

/// A verified call as the log of calls has it.
fn transaction(connection: ConnectionId, hash: Vec<u8>) -> connections::Call {
    connections::Call {
        connection: connection.0,
        work_order: None,
        operation: "webhook".to_owned(),
        step: String::new(),
        method: "POST".to_owned(),
        payload_sha256: hash,
    }
}

fn signs(webhook: Option<&Webhook>) -> bool {
    webhook.is_some_and(|one| matches!(one.verify, Verify::Hmac { .. }))
}

fn verified(webhook: Option<&Webhook>, proof: Proof<'_>, call: Call<'_>) -> bool {
    match (proof, webhook) {
        // A CMMS that can sign has to.
        (Proof::Path, _) => !signs(webhook),
        (Proof::Signature(secrets), Some(webhook)) if signs(Some(webhook)) => {
            let secrets: Vec<&str> = secrets.iter().map(|secret| secret.expose_secret()).collect();
            webhook.verify(call.headers, call.body, &secrets)
        }
        (Proof::Signature(_), _) => false,
    }
}
