use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::postmaster::{Postmaster, Site};

const LOOK_EVERY: Duration = Duration::from_millis(100);
const RETRY_FIRST: Duration = Duration::from_millis(200);
const RETRY_LONGEST: Duration = Duration::from_secs(10);

/// Keeps the cluster running until told to stop, then stops it. A killed or crashed Postgres is
/// started again, for ever, with growing pauses while it refuses (a full disk may be cleared).
pub(crate) async fn supervise(
    site: Site,
    mut postmaster: Postmaster,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        while postmaster.alive() {
            tokio::select! {
                () = told(&mut stop) => {
                    postmaster.stop().await;
                    return;
                }
                () = sleep(LOOK_EVERY) => {}
            }
        }
        tracing::error!(
            pid = postmaster.pid(),
            "the private Postgres has ended; starting it again"
        );
        let mut pause = RETRY_FIRST;
        postmaster = loop {
            let attempt = tokio::select! {
                () = told(&mut stop) => {
                    stop_after_start(&site).await;
                    return;
                }
                attempt = site.run() => attempt,
            };
            match attempt {
                Ok(started) => break started,
                Err(error) => {
                    tracing::error!(%error, "the private Postgres does not start");
                    tokio::select! {
                        () = told(&mut stop) => return,
                        () = sleep(pause) => {}
                    }
                    pause = (pause * 2).min(RETRY_LONGEST);
                }
            }
        };
        tracing::info!(pid = postmaster.pid(), "the private Postgres runs again");
    }
}

/// A stop that arrives while the cluster is being started: whatever has begun is stopped.
async fn stop_after_start(site: &Site) {
    if let Some(postmaster) = site.found() {
        postmaster.stop().await;
    }
}

/// Waits for the word to stop; a sender that is gone never says it.
async fn told(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending().await
    }
}
