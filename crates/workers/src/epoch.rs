//! Notices that the database was restored (R18): it counts, and a file outside it knows how far. A
//! database behind its file has forgotten work orders that CMMSs may hold.

use std::path::{Path, PathBuf};
use std::time::Duration;

use services::{Error, Services, connections};
use store::connections::edit;
use tokio_util::sync::CancellationToken;

/// A restore of a copy younger than this may go unnoticed by the count.
const BEAT: Duration = Duration::from_secs(20);
const AGAIN: Duration = Duration::from_millis(500);

/// Compares once, before anything is delivered. Answers whether the database was restored.
///
/// # Errors
/// When the database refuses.
pub async fn compare(services: &Services, file: &Path) -> Result<bool, Error> {
    let mut tx = services.store.begin_system().await?;
    let known = read(file);
    let counted = edit::epoch(&mut tx).await?;
    let behind = known.is_some_and(|known| counted < known);
    if behind {
        let why = format!("the database counts {counted}, its file {}", known.unwrap_or_default());
        let connections = connections::restored(&mut tx, &why).await?;
        tracing::warn!(connections, "{why}: it was restored; creates are preceded by look-ups");
    }
    let next = edit::advance_epoch(&mut tx, known.unwrap_or_default() + 1).await?;
    tx.commit().await?;
    write(file, next);
    Ok(behind)
}

/// Compares until it succeeds or `stop`.
pub(crate) async fn compare_patiently(services: &Services, file: &Path, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match compare(services, file).await {
            Ok(_) => return,
            Err(error) => tracing::warn!(%error, "the count of the database cannot be compared"),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Counts on until `stop`.
pub(crate) async fn run(services: Services, file: PathBuf, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(BEAT) => {}
        }
        match beat(&services).await {
            Ok(count) => write(&file, count),
            Err(error) => tracing::warn!(%error, "the database was not counted on"),
        }
    }
}

async fn beat(services: &Services) -> Result<i64, Error> {
    let mut tx = services.store.begin_system().await?;
    let count = edit::advance_epoch(&mut tx, 0).await?;
    tx.commit().await?;
    Ok(count)
}

fn read(file: &Path) -> Option<i64> {
    std::fs::read_to_string(file).ok()?.trim().parse().ok()
}

/// Never backwards: several processes may write.
fn write(file: &Path, count: i64) {
    if read(file).is_some_and(|known| known >= count) {
        return;
    }
    let new = file.with_extension(format!("{}.new", std::process::id()));
    let written =
        std::fs::write(&new, count.to_string()).and_then(|()| std::fs::rename(&new, file));
    if let Err(error) = written {
        tracing::warn!(%error, "the count of the database could not be written");
    }
}
