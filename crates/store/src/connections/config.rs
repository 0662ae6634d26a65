//! What a client of a connection is built from.

use std::collections::BTreeMap;

use domain::ids::ConnectionId;
use domain::work_order::WorkOrderStatus;
use serde_json::Value;

use crate::{Error, ScopedTx};

/// One external CMMS as configured.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Config {
    /// Its id.
    pub id: i64,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Name of its manifest.
    pub system: String,
    /// An own manifest instead of the one that comes with the program.
    pub manifest: Option<String>,
    /// Where it is.
    pub base_url: Option<String>,
    /// Settings of its manifest.
    #[sqlx(json)]
    pub settings: BTreeMap<String, Value>,
    /// Value maps that stand before the manifest's.
    #[sqlx(json)]
    pub maps: BTreeMap<String, BTreeMap<String, Value>>,
    /// Statuses that are added to the manifest's.
    #[sqlx(json)]
    pub statuses: BTreeMap<String, WorkOrderStatus>,
    /// An authority of the owner's, PEM.
    pub authority: Option<String>,
    /// Seconds until a call counts as unanswered; else as the manifest says.
    pub timeout_seconds: Option<i32>,
    /// `shadow`, `live` or `paused`.
    pub state: String,
    /// Calls at once, at most.
    pub concurrency: i16,
    /// Counts up with every change of what a client is built from.
    pub version: i32,
    /// The published field mapping; 0 is none.
    pub mapping_version: i32,
}

/// The configuration of a connection.
///
/// # Errors
/// When the database refuses.
pub async fn config(tx: &mut ScopedTx, id: ConnectionId) -> Result<Option<Config>, Error> {
    Ok(sqlx::query_as(
        "SELECT id, slug, name, system, manifest, base_url, settings, maps, statuses, authority,
                timeout_seconds, state, concurrency, version, mapping_version
         FROM connection WHERE id = $1",
    )
    .bind(id.0)
    .fetch_optional(tx.conn())
    .await?)
}

/// Versions of configuration and mapping, and the system; `None` when there is no such connection.
///
/// # Errors
/// When the database refuses.
pub async fn version(
    tx: &mut ScopedTx,
    id: ConnectionId,
) -> Result<Option<(i32, i32, String)>, Error> {
    Ok(sqlx::query_as("SELECT version, mapping_version, system FROM connection WHERE id = $1")
        .bind(id.0)
        .fetch_optional(tx.conn())
        .await?)
}

/// Makes clients be built anew.
///
/// # Errors
/// When the database refuses.
pub async fn changed(tx: &mut ScopedTx, id: ConnectionId) -> Result<(), Error> {
    sqlx::query("UPDATE connection SET version = version + 1 WHERE id = $1")
        .bind(id.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}
