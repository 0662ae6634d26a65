//! Connections: which CMMSs there are, what they are built from, and how their circuit stands.

mod calls;
pub mod checks;
mod circuit;
mod config;
pub mod desk;
pub mod edit;
pub mod mapping;
pub mod shadow;

pub use calls::{Call, Ended, announce, complete, received};
pub use circuit::{probing, report, resume};
pub use config::{Config, changed, config, version};

use crate::{Error, ScopedTx};

/// One configured CMMS.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Connection {
    /// Its id.
    pub id: i64,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Which system it is: `book`, or a manifest's name.
    pub system: String,
    /// `shadow`, `live` or `paused`.
    pub state: String,
    /// Calls at once, at most.
    pub concurrency: i16,
    /// Failures in a row.
    pub failures: i32,
}

/// Every connection.
///
/// # Errors
/// When the database refuses.
pub async fn list(tx: &mut ScopedTx) -> Result<Vec<Connection>, Error> {
    Ok(sqlx::query_as(
        "SELECT id, slug, name, system, state, concurrency, failures FROM connection ORDER BY id",
    )
    .fetch_all(tx.conn())
    .await?)
}
