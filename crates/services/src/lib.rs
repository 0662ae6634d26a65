//! Use cases: one folder per feature, one file per verb. Each takes a [`store::ScopedTx`] that the
//! outermost layer (HTTP handler, server function, worker) began and commits, so that an
//! idempotency row or a second use case can share the transaction.

pub mod alerts;
pub mod assets;
pub mod audit;
pub mod calendars;
mod caller;
pub mod charts;
pub mod connections;
mod error;
pub mod export;
pub mod logbook;
pub mod notices;
pub mod overview;
pub mod predictions;
pub mod rules;
pub mod search;
pub mod secrets;
mod settings;
pub mod sources;
pub mod telemetry;
pub mod users;
pub mod work_orders;

pub use caller::{Caller, Grant};
pub use error::{Error, FieldError};
pub use settings::Settings;

use domain::permission::Permission;
use store::{ScopedTx, Store};

/// What every use case can reach.
#[derive(Debug, Clone)]
pub struct Services {
    /// The database.
    pub store: Store,
    /// How this installation runs.
    pub settings: Settings,
}

impl Services {
    /// Opens a transaction over the sites where the caller has the permission.
    ///
    /// # Errors
    /// [`Error::Denied`] without the permission, [`Error::Unavailable`] without a database.
    pub async fn begin(&self, caller: &Caller, permission: Permission) -> Result<ScopedTx, Error> {
        let scope = caller.scope(permission)?;
        Ok(self.store.begin(&scope, caller.actor).await?)
    }
}
