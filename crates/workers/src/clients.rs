//! The clients of external CMMSs: built from configuration and vault, kept until either changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cmms::egress::{Egress, Tls};
use cmms::engine::{self, ConnectionError, ManifestClient};
use domain::ids::ConnectionId;
use secrecy::ExposeSecret;
use services::Services;
use services::connections::{CLIENT_CERTIFICATE, manifest};
use services::secrets::{Vault, VaultError};
use store::connections::{self, Config};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::calls::CallLog;

/// Until logging out everywhere is given up.
const LEAVING: Duration = Duration::from_secs(5);

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
    log: CallLog,
}

struct Kept {
    version: (i32, i32),
    client: Arc<ManifestClient>,
}

impl Clients {
    /// Clients over the vault's secrets, whose calls go where `egress` allows. Each call is written
    /// down before it is made.
    pub fn new(services: Services, vault: Vault, egress: Egress) -> Self {
        let log = CallLog::start(services.store.clone());
        Self { services, vault, egress, cache: Arc::default(), log }
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
        let before = self.lock().insert(id, Kept { version, client: client.clone() });
        if let Some(before) = before {
            tokio::spawn(async move { before.client.log_out().await });
        }
        Ok(Some(client))
    }

    /// Logs out everywhere, as the program stops.
    pub async fn log_out(&self) {
        let all: Vec<Kept> = self.lock().drain().map(|(_, kept)| kept).collect();
        let mut leaving: JoinSet<()> =
            all.into_iter().map(|kept| async move { kept.client.log_out().await }).collect();
        let all = async { while leaving.join_next().await.is_some() {} };
        // A CMMS that is away holds nothing up.
        let _ = tokio::time::timeout(LEAVING, all).await;
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
        connection.watch = Some(Arc::new(self.log.of(id)));
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
