//! One loop for every worker: work while there is any, then wait for a wake-up with a poll behind it.

use std::time::Duration;

use services::Error;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Wait after a failure, so that a database that is down is not hammered.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// One kind of work. A round is one or a few transactions; a failed one has done nothing by halves.
pub(crate) trait Worker: Send {
    /// Name in the log.
    const NAME: &'static str;

    /// Does what there is, up to a batch; answers how much it was.
    fn round(&mut self) -> impl Future<Output = Result<usize, Error>> + Send;
}

/// Rounds until `stop`: again at once while there is work, else after `wake` or `poll`.
pub(crate) async fn rounds(
    mut worker: impl Worker,
    wake: Option<&Notify>,
    poll: Duration,
    stop: &CancellationToken,
) {
    while !stop.is_cancelled() {
        let wait = match worker.round().await {
            Ok(0) => poll,
            Ok(_) => continue,
            Err(error) => {
                warn(&worker, &error);
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

fn warn<W: Worker>(_: &W, error: &Error) {
    tracing::warn!(worker = W::NAME, ?error, "a round failed and will be tried again");
}
