//! Reading the asset registers of CMMSs: each at its own cadence, page by page, and the plan that
//! comes of it.
//!
//! A page and the place where the next one begins are stored in one transaction: killed anywhere,
//! the reading goes on at the page it had not stored yet, in whichever process finds it first.

use std::time::Duration;

use cmms::CallError;
use cmms::engine::{Cursor, ManifestClient};
use domain::ids::ConnectionId;
use serde_json::json;
use services::assets::reconcile;
use services::{Error, Services};
use store::assets::reconcile::{self as rows, SyncRow};
use store::connections::mapping::{self, CodeRow};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::Clients;

/// Another process goes on when nothing was heard of a reading for so long: a page takes at most
/// the time-out of its call, and comparing a large register some seconds.
const LEASE: Duration = Duration::from_secs(180);
/// Between looks for readings that are due.
const POLL: Duration = Duration::from_secs(5);
/// After a failed page, doubled with each further one.
const AGAIN: Duration = Duration::from_secs(15);
/// Pages of failure codes after which the list counts as endless.
const MOST_PAGES: u32 = 1_000;
/// Waits grow so often.
const DOUBLINGS: u32 = 6;

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A page was stored.
    Page,
    /// The plan was made: the reading has ended.
    Done,
    /// A page failed and is tried again later; or the reading was given up.
    Failed,
    /// Another process has gone on with it.
    Lost,
}

/// Begins the readings that are due and carries out those that nobody does, each beside the others,
/// until `stop`; then stops after the page at hand.
pub(crate) async fn run(services: Services, clients: Clients, stop: CancellationToken) {
    let poll = services.settings.scaled(POLL).max(Duration::from_millis(100));
    let mut readings = JoinSet::new();
    while !stop.is_cancelled() {
        while readings.try_join_next().is_some() {}
        match find(&services).await {
            Ok(found) => {
                for sync in found {
                    readings.spawn(read(services.clone(), clients.clone(), sync, stop.clone()));
                }
            }
            Err(error) => tracing::warn!(?error, "readings of registers could not be looked up"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(poll) => {}
        }
    }
    while readings.join_next().await.is_some() {}
}

async fn find(services: &Services) -> Result<Vec<SyncRow>, Error> {
    let mut tx = services.store.begin_system().await?;
    reconcile::begin_due(&mut tx).await?;
    let mut found = Vec::new();
    while let Some(sync) = rows::claim(&mut tx, None, LEASE).await? {
        found.push(sync);
    }
    tx.commit().await?;
    Ok(found)
}

async fn read(services: Services, clients: Clients, sync: SyncRow, stop: CancellationToken) {
    let client = match clients.manifest(ConnectionId(sync.connection_id)).await {
        Ok(Some(client)) => client,
        Ok(None) => return,
        Err(error) => {
            if let Err(error) = failed(&services, &sync, &error.to_string(), None).await {
                tracing::warn!(?error, "a failed reading could not be noted");
            }
            return;
        }
    };
    if let Err(error) = carry_out(&services, sync, &client, &stop).await {
        tracing::warn!(?error, "a reading stopped and is taken up again");
    }
}

/// Takes the reading of a connection, if one is under way and nobody carries it out, and carries it
/// out to its end or first failure. `None`: there is none.
///
/// # Errors
/// When the database refuses.
pub async fn read_register(
    services: &Services,
    connection: ConnectionId,
    client: &ManifestClient,
) -> Result<Option<Step>, Error> {
    let mut tx = services.store.begin_system().await?;
    let sync = rows::claim(&mut tx, Some(connection), LEASE).await?;
    tx.commit().await?;
    match sync {
        None => Ok(None),
        Some(sync) => carry_out(services, sync, client, &CancellationToken::new()).await.map(Some),
    }
}

async fn carry_out(
    services: &Services,
    mut sync: SyncRow,
    client: &ManifestClient,
    stop: &CancellationToken,
) -> Result<Step, Error> {
    loop {
        let step = carry_on(services, &sync, client).await?;
        if step != Step::Page {
            return Ok(step);
        }
        let mut tx = services.store.begin_system().await?;
        if stop.is_cancelled() {
            rows::let_go(&mut tx, sync.id).await?;
            tx.commit().await?;
            return Ok(step);
        }
        let next = rows::latest(&mut tx, ConnectionId(sync.connection_id)).await?;
        let Some(next) = next else { return Ok(Step::Lost) };
        sync = next;
    }
}

/// One page, or the comparison after the last one.
///
/// # Errors
/// When the database refuses.
pub async fn carry_on(
    services: &Services,
    sync: &SyncRow,
    client: &ManifestClient,
) -> Result<Step, Error> {
    match sync.state.as_str() {
        "reading" => page(services, sync, client).await,
        "comparing" => compare(services, sync, client).await,
        _ => Ok(Step::Lost),
    }
}

async fn page(services: &Services, sync: &SyncRow, client: &ManifestClient) -> Result<Step, Error> {
    let cursor: Cursor = serde_json::from_value(sync.cursor.clone())
        .map_err(|error| store::Error::corrupt("asset_sync", error))?;
    match client.assets(sync.since, &cursor).await {
        Ok(batch) => {
            let mut tx = services.store.begin_system().await?;
            let taken = reconcile::take_page(&mut tx, sync, batch, LEASE).await?;
            if taken {
                tx.commit().await?;
            }
            Ok(if taken { Step::Page } else { Step::Lost })
        }
        Err(error) => {
            let wait = match &error {
                CallError::RateLimited { retry_after } => Some(retry_after.unwrap_or(AGAIN)),
                _ => None,
            };
            failed(services, sync, &error.to_string(), wait).await?;
            Ok(Step::Failed)
        }
    }
}

/// Notes a failure: tried again after `wait`, which does not count, or after a growing while.
async fn failed(
    services: &Services,
    sync: &SyncRow,
    error: &str,
    wait: Option<Duration>,
) -> Result<(), Error> {
    let grown = 1 << u32::try_from(sync.failures).unwrap_or(0).min(DOUBLINGS);
    let again = wait.unwrap_or_else(|| services.settings.scaled(AGAIN * grown));
    let mut tx = services.store.begin_system().await?;
    rows::fail(&mut tx, sync.id, error, again, wait.is_none()).await?;
    Ok(tx.commit().await?)
}

async fn compare(
    services: &Services,
    sync: &SyncRow,
    client: &ManifestClient,
) -> Result<Step, Error> {
    let codes = if sync.since.is_none() { failure_codes(client).await } else { None };
    let connection = ConnectionId(sync.connection_id);
    let mut tx = services.store.begin_system().await?;
    let registers = reconcile::load(&mut tx, connection).await?;
    tx.commit().await?;
    let compared = tokio::task::spawn_blocking(move || reconcile::compare(&registers));
    let compared = compared.await.map_err(|_| Error::Unavailable)?;
    let mut tx = services.store.begin_system().await?;
    if let Some(codes) = codes {
        mapping::take_codes(&mut tx, connection, &codes).await?;
    }
    let made = reconcile::keep(&mut tx, connection, sync.id, compared).await?;
    let detail = json!({
        "connection": sync.connection_id, "records": sync.records, "changed": sync.changed,
        "linked": made.linked, "items": made.items,
    });
    if !rows::finish(&mut tx, sync.id, detail).await? {
        return Ok(Step::Lost);
    }
    tx.commit().await?;
    Ok(Step::Done)
}

/// The complete list of failure codes. `None` when the CMMS has none to read, or it cannot be read
/// now: what was read before stays.
async fn failure_codes(client: &ManifestClient) -> Option<Vec<CodeRow>> {
    let (mut codes, mut cursor) = (Vec::new(), Cursor::default());
    for _ in 0..MOST_PAGES {
        let batch = match client.failure_codes(&cursor).await? {
            Ok(batch) => batch,
            Err(error) => {
                tracing::warn!(%error, "failure codes could not be read");
                return None;
            }
        };
        codes.extend(batch.rows.into_iter().map(|row| CodeRow {
            code: row.code,
            name: row.name,
            parent: row.parent,
        }));
        match batch.next {
            Some(next) => cursor = next,
            None => return Some(codes),
        }
    }
    None
}
