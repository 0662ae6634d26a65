//! The clients of external CMMSs: built from configuration and vault, kept until either changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cmms::egress::{Egress, Tls};
use cmms::engine::{self, ConnectionError, ManifestClient, Seen, Watch};
use domain::ids::ConnectionId;
use secrecy::ExposeSecret;
use services::Services;
use services::connections::{CLIENT_CERTIFICATE, manifest};
use services::secrets::{Vault, VaultError};
use store::connections::{self, Call, Config};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Calls stored in one transaction.
const SET: usize = 200;
/// A database that is away is asked again after this.
const AGAIN: Duration = Duration::from_millis(500);

/// Why a connection has no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The database failed.
    #[error(transparent)]
    Services(#[from] services::Error),
    /// A secret does not open.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Something is not filled in.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
}

impl From<store::Error> for ClientError {
    fn from(error: store::Error) -> Self {
        Self::Services(error.into())
    }
}

/// Hands out the client of each connection.
#[derive(Clone)]
pub struct Clients {
    services: Services,
    vault: Vault,
    egress: Egress,
    cache: Arc<Mutex<HashMap<ConnectionId, Kept>>>,
    calls: mpsc::UnboundedSender<Call>,
}

struct Kept {
    version: (i32, i32),
    client: Arc<ManifestClient>,
}

impl Clients {
    /// Clients over the vault's secrets, whose calls go where `egress` allows. Each call becomes a
    /// row of `api_transaction`, written by a task of its own that ends with the last client.
    pub fn new(services: Services, vault: Vault, egress: Egress) -> Self {
        let (calls, heard) = mpsc::unbounded_channel();
        tokio::spawn(keep_records(services.clone(), heard));
        Self { services, vault, egress, cache: Arc::default(), calls }
    }

    /// The client of a connection; `None` for the built-in book.
    ///
    /// # Errors
    /// When something is not filled in, does not open, or the database refuses.
    pub async fn manifest(
        &self,
        id: ConnectionId,
    ) -> Result<Option<Arc<ManifestClient>>, ClientError> {
        let mut tx = self.services.store.begin_system().await?;
        let Some((version, mapping, system)) = connections::version(&mut tx, id).await? else {
            return Err(services::Error::NotFound.into());
        };
        if system == "book" {
            return Ok(None);
        }
        let version = (version, mapping);
        if let Some(kept) = self.lock().get(&id).filter(|kept| kept.version == version) {
            return Ok(Some(kept.client.clone()));
        }
        let config = connections::config(&mut tx, id).await?.ok_or(services::Error::NotFound)?;
        let version = (config.version, config.mapping_version);
        let client = Arc::new(self.build(&mut tx, config, "current").await?);
        tx.commit().await?;
        self.lock().insert(id, Kept { version, client: client.clone() });
        Ok(Some(client))
    }

    /// A client with the secrets that wait for a test, current ones where none waits; not kept.
    ///
    /// # Errors
    /// As [`manifest`](Self::manifest).
    pub async fn with_next_secrets(&self, id: ConnectionId) -> Result<ManifestClient, ClientError> {
        let mut tx = self.services.store.begin_system().await?;
        let config = connections::config(&mut tx, id).await?.ok_or(services::Error::NotFound)?;
        self.build(&mut tx, config, "next").await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ConnectionId, Kept>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn build(
        &self,
        tx: &mut store::ScopedTx,
        config: Config,
        role: &str,
    ) -> Result<ManifestClient, ClientError> {
        let id = ConnectionId(config.id);
        let manifest = Arc::new(manifest(&config.system, config.manifest.as_deref())?);
        let limits = manifest.limits.timeout_seconds;
        let mut secrets = self.vault.open(tx, id, role).await?;
        let identity =
            secrets.remove(CLIENT_CERTIFICATE).map(|pem| pem.expose_secret().as_bytes().to_vec());
        secrets.retain(|name, _| manifest.secrets.contains_key(name));
        let clock = Clock::set(tx.now());
        let base_url = config.base_url.unwrap_or_default();
        let mut connection =
            engine::Connection::new(base_url, self.egress.clone(), Arc::new(move || clock.now()));
        connection.settings = config.settings;
        connection.secrets = secrets;
        connection.maps = config.maps;
        connection.statuses = config.statuses;
        connection.tls = Tls { authority: config.authority.map(String::into_bytes), identity };
        let seconds = config.timeout_seconds.map_or(limits, i32::unsigned_abs);
        let timeout = Duration::from_secs(seconds.into());
        connection.timeout = Some(self.services.settings.scaled(timeout));
        connection.watch = Some(Arc::new(Recorder { id, calls: self.calls.clone() }));
        Ok(ManifestClient::new(manifest, connection)?)
    }
}

/// The database's time, carried on by this machine's steady clock.
struct Clock {
    at: chrono::DateTime<chrono::Utc>,
    since: Instant,
}

impl Clock {
    fn set(at: chrono::DateTime<chrono::Utc>) -> Self {
        Self { at, since: Instant::now() }
    }

    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.at + self.since.elapsed()
    }
}

/// Passes on what is seen, to be stored.
struct Recorder {
    id: ConnectionId,
    calls: mpsc::UnboundedSender<Call>,
}

impl Watch for Recorder {
    fn seen(&self, call: Seen) {
        let call = Call {
            connection: self.id.0,
            work_order: call.order.map(|order| order.0),
            direction: "out",
            operation: call.operation.to_owned(),
            step: call.step,
            method: call.method,
            status: call.status.and_then(|status| i16::try_from(status).ok()),
            outcome: call.outcome.to_owned(),
            said: call.said,
            milliseconds: i32::try_from(call.took.as_millis()).unwrap_or(i32::MAX),
            payload_sha256: Some(call.payload_sha256),
            ago: call.took.as_secs_f64(),
        };
        // Nobody listens while the program stops.
        let _ = self.calls.send(call);
    }
}

/// Stores calls in sets, until the last client is gone.
async fn keep_records(services: Services, mut heard: mpsc::UnboundedReceiver<Call>) {
    let mut calls = Vec::with_capacity(SET);
    while heard.recv_many(&mut calls, SET).await > 0 {
        while let Err(error) = store_records(&services, &calls).await {
            tracing::warn!(%error, "calls could not be stored");
            tokio::time::sleep(AGAIN).await;
            if heard.is_closed() && heard.is_empty() {
                return;
            }
        }
        calls.clear();
    }
}

async fn store_records(services: &Services, calls: &[Call]) -> Result<(), services::Error> {
    let mut tx = services.store.begin_system().await?;
    connections::record(&mut tx, calls).await?;
    Ok(tx.commit().await?)
}
