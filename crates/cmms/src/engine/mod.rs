//! One client for every CMMS that a manifest describes.

mod attach;
mod call;
mod create;
mod database;
mod heard;
mod outgoing;
mod pace;
mod read;
mod rows;
mod scrub;
mod session;
mod watch;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::cmms_record::CmmsRecord;
use domain::work_order::WorkOrderStatus;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use url::Url;

use crate::egress::{Egress, Gate, Tls};
use crate::manifest::{Class, Manifest, Step};
use crate::sql::Database;
use crate::template::{Scope, Template};
use crate::{CallError, Capabilities, CmmsClient, CreateOutcome, Identity, NewOrder};

pub use create::{Journal, JournalClosed, NoJournal, Progress, StepState};
pub use rows::{AssetRow, Batch, CodeRow, Cursor, OrderRow};
pub use watch::{Announced, Ended, Place, Unwatched, Watch, on_behalf_of};

use heard::StepError;
use pace::Pace;
use scrub::Scrubber;
use session::Session;
use watch::during;

/// Where time comes from.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What a connection adds to its manifest.
#[derive(Clone)]
pub struct Connection {
    /// Where the CMMS is, without a slash at the end.
    pub base_url: String,
    /// Settings, by name.
    pub settings: BTreeMap<String, Value>,
    /// Secrets, by name.
    pub secrets: BTreeMap<String, SecretString>,
    /// Value maps that replace the manifest's.
    pub maps: BTreeMap<String, BTreeMap<String, Value>>,
    /// Statuses that are added to the manifest's, or replace them.
    pub statuses: BTreeMap<String, WorkOrderStatus>,
    /// Where calls may go.
    pub egress: Egress,
    /// Own authority and certificate.
    pub tls: Tls,
    /// Until a call counts as unanswered; else as the manifest says.
    pub timeout: Option<Duration>,
    /// Rows of a page, where that is less than the manifest says.
    pub page_size: Option<u32>,
    /// Where time comes from.
    pub now: Now,
    /// Is told of every call.
    pub watch: Option<Arc<dyn Watch>>,
}

impl Connection {
    /// A connection with nothing filled in.
    pub fn new(base_url: impl Into<String>, egress: Egress, now: Now) -> Self {
        Self {
            base_url: base_url.into(),
            settings: BTreeMap::new(),
            secrets: BTreeMap::new(),
            maps: BTreeMap::new(),
            statuses: BTreeMap::new(),
            egress,
            tls: Tls::default(),
            timeout: None,
            page_size: None,
            now,
            watch: None,
        }
    }
}

/// Why a connection cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    /// A setting or secret without a default is missing.
    #[error("`{0}` is not filled in")]
    Missing(String),
    /// There is no such setting, secret or map.
    #[error("there is no `{0}` in the manifest")]
    Unknown(String),
    /// The address or a certificate cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

/// A CMMS behind a manifest.
pub struct ManifestClient {
    manifest: Arc<Manifest>,
    base: Url,
    gate: Gate,
    database: Option<Database>,
    settings: Value,
    secrets: Value,
    maps: Value,
    fields: Value,
    statuses: BTreeMap<String, WorkOrderStatus>,
    session: tokio::sync::Mutex<Session>,
    scrubber: Scrubber,
    pace: Pace,
    places: Semaphore,
    page_size: u32,
    now: Now,
    watch: Option<Arc<dyn Watch>>,
}

impl fmt::Debug for ManifestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManifestClient")
            .field("system", &self.manifest.system)
            .finish_non_exhaustive()
    }
}

impl ManifestClient {
    /// A client.
    ///
    /// # Errors
    /// When something is not filled in, or cannot be read.
    pub fn new(manifest: Arc<Manifest>, connection: Connection) -> Result<Self, ConnectionError> {
        let base = connection.base_url.trim_end_matches('/');
        let base = Url::parse(base)
            .map_err(|_| ConnectionError::Unreadable(format!("`{base}` is no address")))?;
        let settings = settings(&manifest, &connection)?;
        let (secrets, scrubber) = secrets(&manifest, &connection)?;
        if let Some(name) = connection.maps.keys().find(|name| !manifest.maps.contains_key(*name)) {
            return Err(ConnectionError::Unknown(name.clone()));
        }
        let mut maps = manifest.maps.clone();
        maps.extend(connection.maps);
        let mut statuses = manifest.statuses.clone();
        statuses.extend(connection.statuses);
        let fields = manifest.fields.iter().map(|(name, field)| {
            (name.clone(), json!({"at": field.at, "length": field.length.filter(|_| field.cut)}))
        });
        let limits = &manifest.limits;
        let timeout = connection
            .timeout
            .unwrap_or_else(|| Duration::from_secs(limits.timeout_seconds.into()));
        let database = match &manifest.sql {
            Some(_) => {
                let way = Database::new(&base, connection.egress.clone(), &connection.tls, timeout);
                Some(way.map_err(ConnectionError::Unreadable)?)
            }
            None => None,
        };
        let gate = Gate::new(connection.egress, &connection.tls, timeout)
            .map_err(ConnectionError::Unreadable)?;
        Ok(Self {
            base,
            gate,
            database,
            settings,
            secrets,
            maps: json!(maps),
            fields: Value::Object(fields.collect()),
            statuses,
            session: tokio::sync::Mutex::default(),
            scrubber,
            pace: Pace::new(limits.per_minute),
            places: Semaphore::new(limits.concurrent.max(1) as usize),
            page_size: connection.page_size.unwrap_or(u32::MAX),
            now: connection.now,
            watch: connection.watch,
            manifest,
        })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Shows that address and credentials are right: who we are there, and its version.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn connect(&self) -> Result<(Option<String>, Option<String>), CallError> {
        let check = &self.manifest.operations.connect;
        let nothing = Value::Null;
        let kept = during("connect", self.read_steps(&check.steps, &[("id", &nothing)])).await?;
        self.connect_writer().await.map_err(|error| self.call_error(error))?;
        let now = self.time();
        let names = self.names(&now);
        let scope = Scope::of(&names);
        let scope = scope.with("steps", &kept);
        let text = |template: &Option<Template>| {
            let text = template.as_ref().and_then(|one| one.text(&scope).ok());
            text.filter(|text| !text.is_empty()).map(|text| self.scrubber.clean(&text))
        };
        Ok((text(&check.who), text(&check.version)))
    }

    /// Puts a work order into a status; `None` when the manifest does not know how.
    pub async fn transition(
        &self,
        id: &str,
        to: WorkOrderStatus,
        closure: &Value,
    ) -> Option<Result<(), CallError>> {
        let transition = self.manifest.operations.transitions.get(&to)?;
        Some(
            during(
                "transition",
                self.change(
                    &transition.steps,
                    &[("id", &json!(id)), ("closure", closure), ("order", &Value::Null)],
                ),
            )
            .await,
        )
    }

    /// Changes texts, priority and dates; `None` when the manifest does not know how.
    pub async fn update(&self, id: &str, order: &Value) -> Option<Result<(), CallError>> {
        let update = self.manifest.operations.update.as_ref()?;
        Some(
            during("update", self.change(&update.steps, &[("id", &json!(id)), ("order", order)]))
                .await,
        )
    }

    async fn change(&self, steps: &[Step], names: &[(&str, &Value)]) -> Result<(), CallError> {
        self.read_steps(steps, names).await.map(drop)
    }

    /// Runs steps whose repetition does no harm.
    async fn read_steps(
        &self,
        steps: &[Step],
        names: &[(&str, &Value)],
    ) -> Result<Value, CallError> {
        self.run(steps, names).await.map_err(|error| self.call_error(error))
    }

    fn call_error(&self, error: StepError) -> CallError {
        match error.class {
            Some(Class::RateLimited) => CallError::RateLimited { retry_after: error.retry_after },
            Some(Class::Unauthorised | Class::SessionExpired) => {
                CallError::Unauthorised(self.scrubber.clean(&error.message))
            }
            _ => CallError::Failed(self.scrubber.clean(&error.message)),
        }
    }
}

fn settings(manifest: &Manifest, connection: &Connection) -> Result<Value, ConnectionError> {
    if let Some(name) =
        connection.settings.keys().find(|name| !manifest.settings.contains_key(*name))
    {
        return Err(ConnectionError::Unknown(name.clone()));
    }
    let mut settings = Map::new();
    settings.insert("base_url".to_owned(), json!(connection.base_url.trim_end_matches('/')));
    for (name, setting) in &manifest.settings {
        let value = connection.settings.get(name).or(setting.default.as_ref());
        match value {
            Some(value) => drop(settings.insert(name.clone(), value.clone())),
            None if setting.optional => {}
            None => return Err(ConnectionError::Missing(name.clone())),
        }
    }
    Ok(Value::Object(settings))
}

fn secrets(
    manifest: &Manifest,
    connection: &Connection,
) -> Result<(Value, Scrubber), ConnectionError> {
    if let Some(name) = connection.secrets.keys().find(|name| !manifest.secrets.contains_key(*name))
    {
        return Err(ConnectionError::Unknown(name.clone()));
    }
    let mut secrets = Map::new();
    let scrubber = Scrubber::default();
    for (name, secret) in &manifest.secrets {
        match connection.secrets.get(name) {
            Some(value) => {
                scrubber.hide(value.expose_secret());
                secrets.insert(name.clone(), json!(value.expose_secret()));
            }
            None if secret.optional => {}
            None => return Err(ConnectionError::Missing(name.clone())),
        }
    }
    Ok((Value::Object(secrets), scrubber))
}

#[async_trait]
impl CmmsClient for ManifestClient {
    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::remote(self.manifest.identity);
        let lag = Duration::from_secs(self.manifest.lag_seconds.into());
        if let Some(last) = capabilities.look_ups.last_mut() {
            *last = (*last).max(lag);
        }
        capabilities
    }

    async fn create(&self, order: &NewOrder) -> CreateOutcome {
        self.create_from(order, StepState::default(), &NoJournal).await
    }

    fn creates_in_steps(&self) -> bool {
        self.manifest.operations.create.steps.len() > 1
    }

    async fn resume(
        &self,
        order: &NewOrder,
        state: StepState,
        journal: &dyn Journal,
    ) -> CreateOutcome {
        self.create_from(order, state, journal).await
    }

    fn objection(&self, order: &NewOrder) -> Option<(&'static str, String)> {
        self.manifest.objection(&order.body)
    }

    async fn look_up(&self, external_ref: &str) -> Result<Vec<CmmsRecord>, CallError> {
        match self.manifest.identity {
            Identity::Neither => Ok(Vec::new()),
            Identity::NativeKey | Identity::SearchableRef => {
                during("look_up", self.find_by_reference(external_ref)).await
            }
        }
    }

    async fn read(&self, cmms_id: &str) -> Result<Option<CmmsRecord>, CallError> {
        Ok(self.read_order(cmms_id).await?.map(|row| row.record))
    }
}
