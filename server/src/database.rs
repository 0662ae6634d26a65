//! Finding the database: the configured one, or the private cluster in the data folder.

use anyhow::{Context, Result, bail};
use store::Store;
use store::connect::{prepare, role};
use store::embedded::{Cluster, Holder, Options};

use crate::config::Config;

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
    pub async fn open(config: &Config, holder: Holder) -> Result<Self> {
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
        match Self::connect(config, &url, owner_url).await {
            Ok(store) => Ok(Self { store, cluster }),
            Err(error) => {
                if let Some(cluster) = cluster {
                    cluster.stop().await;
                }
                Err(error)
            }
        }
    }

    async fn connect(config: &Config, url: &str, owner_url: Option<String>) -> Result<Store> {
        let me = role(url).await.context("the database does not answer")?;
        if me.powerful && !config.database.allow_owner {
            bail!(
                "the role {:?} of database.url owns the tables or is a superuser: use a plain role there and put the owner into database.owner_url, or set database.allow_owner = true",
                me.name
            );
        }
        match owner_url {
            Some(owner_url) => prepare(&owner_url, &me.name).await?,
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
