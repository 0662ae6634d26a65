//! The running system checks its own invariants every minute (R24).

use std::time::Duration;

use services::{Error, Services};
use store::self_check;
use tokio_util::sync::CancellationToken;

use crate::rounds::{Worker, rounds};

const EVERY: Duration = Duration::from_secs(60);

struct SelfCheck(Services);

impl Worker for SelfCheck {
    const NAME: &'static str = "self-check";

    async fn round(&mut self) -> Result<usize, Error> {
        let mut tx = self.0.store.begin_system().await?;
        self_check::ensure_partitions(&mut tx).await?;
        let found = self_check::run(&mut tx).await?;
        tx.commit().await?;
        for (rule, count) in found {
            metrics::gauge!("invariant_violations", "rule" => rule).set(count as f64);
            if count > 0 {
                tracing::error!(rule, count, "an invariant does not hold");
            }
        }
        Ok(0)
    }
}

/// Checks until `stop`.
pub(crate) async fn run(services: Services, stop: CancellationToken) {
    let every = services.settings.scaled(EVERY).max(Duration::from_secs(1));
    rounds(SelfCheck(services), None, every, &stop).await;
}
