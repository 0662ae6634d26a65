//! One loop for every worker: work while there is any, then wait for a wake-up with a poll behind it.

use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Wait after a failure, so that a database that is down is not hammered.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Calls `work` until `stop`: again at once while it reports work done, else after `wake` or `poll`.
/// A failure is logged and tried again; each round is one transaction, so nothing is half done.
pub(crate) async fn rounds<E: std::fmt::Display + std::fmt::Debug>(
    name: &'static str,
    wake: Option<&Notify>,
    poll: Duration,
    stop: &CancellationToken,
    mut work: impl AsyncFnMut() -> Result<usize, E>,
) {
    while !stop.is_cancelled() {
        let wait = match work().await {
            Ok(0) => poll,
            Ok(_) => continue,
            Err(error) => {
                tracing::warn!(worker = name, ?error, "a round failed and will be tried again");
                AFTER_FAILURE
            }
        };
        let woken = async {
            match wake {
                Some(wake) => wake.notified().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
            () = woken => {}
        }
    }
}
