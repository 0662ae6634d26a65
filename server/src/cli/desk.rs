use anyhow::Result;
use serde_json::Value;
use services::{Caller, Services, Settings};
use store::ScopedTx;
use store::embedded::Holder;
use tokio_util::sync::CancellationToken;

use super::Common;
use crate::database::Database;
use crate::{serve, vault};

/// A subcommand at work: the database, and the program itself as the caller.
pub(super) struct Desk {
    pub(super) services: Services,
    pub(super) caller: Caller,
    database: Database,
}

impl Desk {
    /// Finds the database as `serve` does: the running one, else started for the moment.
    pub(super) async fn open(common: &Common) -> Result<Self> {
        let config = common.load(None, None)?;
        serve::log(&config, true);
        let database = Database::open(&config, Holder::Command, &CancellationToken::new()).await?;

        let vault = match vault::open(&config) {
            Ok(vault) => vault,
            Err(error) => {
                database.close().await;
                return Err(error);
            }
        };
        let base_url = serve::base_url(&config, None);
        let settings = Settings { base_url, vault, ..Settings::default() };
        let services = Services { store: database.store.clone(), settings };
        Ok(Self { services, caller: Caller::system(), database })
    }

    /// A transaction over every site.
    pub(super) async fn begin(&self) -> Result<ScopedTx> {
        Ok(self.services.store.begin_system().await?)
    }

    pub(super) async fn close(self) {
        drop(self.services);
        self.database.close().await;
    }
}

/// Runs `work` at a desk and leaves it tidy, whatever happened.
pub(super) async fn with<T>(
    common: &Common,
    work: impl AsyncFnOnce(&Desk) -> Result<T>,
) -> Result<T> {
    let desk = Desk::open(common).await?;
    let result = work(&desk).await;
    desk.close().await;
    result
}

/// One result: a line for people, or JSON for machines.
pub(super) fn say(json: bool, line: &str, value: &Value) {
    if json { println!("{value}") } else { println!("{line}") }
}
