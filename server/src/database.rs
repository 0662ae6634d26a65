//! Finding the database: the configured one, or the private cluster in the data folder.

use std::time::Duration;

use anyhow::{Context, Error, Result, bail};
use store::Store;
use store::connect::{prepare, role};
use store::embedded::{Cluster, Holder, Options};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// A database that goes away during a start is waited for so long.
const PATIENCE: Duration = Duration::from_secs(60);
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// A store on a migrated database, with the private cluster behind it if there is one.
#[derive(Debug)]
pub struct Database {
    /// The store, as the app role.
    pub store: Store,
    cluster: Option<Cluster>,
}

impl Database {
    /// Finds and migrates the database.
    ///
    /// # Errors
    /// One line: no database, a newer database, or a role that is too powerful.
    pub async fn open(config: &Config, holder: Holder, stop: &CancellationToken) -> Result<Self> {
        let database = &config.database;
        let (url, owner_url, cluster) = match &database.url {
            Some(url) => {
                let owner = database.owner_url.as_ref().map(|url| url.expose().to_owned());
                (url.expose().to_owned(), owner, None)
            }
            None => {
                let mut options = Options::new(&config.data_dir, holder);
                options.binaries.clone_from(&database.binaries);
                let cluster = Cluster::open(&options).await?;
                (cluster.url(), Some(cluster.owner_url()), Some(cluster))
            }
        };
        let connect = async || Self::connect(config, &url, owner_url.as_deref()).await;
        let connected =
            if cluster.is_some() { patiently(stop, connect).await } else { connect().await };
        match connected {
            Ok(store) => Ok(Self { store, cluster }),
            Err(error) => {
                if let Some(cluster) = cluster {
                    cluster.stop().await;
                }
                Err(error)
            }
        }
    }

    async fn connect(config: &Config, url: &str, owner_url: Option<&str>) -> Result<Store> {
        let me = role(url).await.context("the database does not answer")?;
        if me.powerful && !config.database.allow_owner {
            bail!(
                "the role {:?} of database.url owns the tables or is a superuser: use a plain role there and put the owner into database.owner_url, or set database.allow_owner = true",
                me.name
            );
        }
        match owner_url {
            Some(owner_url) => prepare(owner_url, &me.name).await?,
            None if config.database.allow_owner => prepare(url, &me.name).await?,
            None => store::connect::require_migrated(url).await?,
        }
        Ok(Store::connect(url, config.database.connections).await?)
    }

    /// Closes the connections and stops the cluster, if it is ours to stop.
    pub async fn close(self) {
        let patience = std::time::Duration::from_secs(2);
        let _ = tokio::time::timeout(patience, self.store.close()).await;
        if let Some(cluster) = self.cluster {
            cluster.stop().await;
        }
    }
}

/// Does `work` again while the database is away (killed, recovering), up to a minute or until `stop`.
///
/// # Errors
/// What `work` answered last.
pub async fn patiently<T>(
    stop: &CancellationToken,
    work: impl AsyncFn() -> Result<T>,
) -> Result<T> {
    let begun = Instant::now();
    loop {
        match work().await {
            Err(error) if is_away(&error) && begun.elapsed() < PATIENCE && !stop.is_cancelled() => {
                tracing::warn!(%error, "the database is away; trying again");
                sleep(AGAIN_AFTER).await;
            }
            other => return other,
        }
    }
}

fn is_away(error: &Error) -> bool {
    error.chain().any(|cause| {
        matches!(cause.downcast_ref(), Some(store::Error::Unavailable(_)))
            || matches!(cause.downcast_ref(), Some(services::Error::Unavailable))
    })
}
