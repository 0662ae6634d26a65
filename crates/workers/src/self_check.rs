//! The running system checks its own invariants every minute (R24).

use std::time::Duration;

use services::{Error, Services};
use store::self_check;
use tokio_util::sync::CancellationToken;

use crate::rounds::rounds;

const EVERY: Duration = Duration::from_secs(60);

/// Checks until `stop`.
pub(crate) async fn run(services: Services, stop: CancellationToken) {
    let every = services.settings.scaled(EVERY).max(Duration::from_secs(1));
    rounds("self-check", None, every, &stop, async || {
        let mut tx = services.store.begin_system().await?;
        self_check::ensure_partitions(&mut tx).await?;
        let found = self_check::run(&mut tx).await?;
        tx.commit().await?;
        for (rule, count) in found {
            metrics::gauge!("invariant_violations", "rule" => rule).set(count as f64);
            if count > 0 {
                tracing::error!(rule, count, "an invariant does not hold");
            }
        }
        Ok::<_, Error>(0)
    })
    .await;
}
