//! The decision stage: wakes with every intake, decides in batches.

use std::time::Duration;

use services::alerts::Decider;
use services::{Error, Services};
use tokio_util::sync::CancellationToken;

use crate::rounds::{Worker, rounds};

/// Deciders per process: one takes larger batches; more processes share the work.
pub(crate) const TASKS: usize = 1;
/// Looks without a wake-up this often: a signal of another process is not heard.
const POLL: Duration = Duration::from_millis(250);
/// A batch of this size suggests that there is more.
const FULL: usize = 256;

struct Decide {
    services: Services,
    decider: Decider,
}

impl Worker for Decide {
    const NAME: &'static str = "decide";

    async fn round(&mut self) -> Result<usize, Error> {
        let mut tx = self.services.store.begin_steady().await?;
        let taken = self.decider.decide_pending(&mut tx).await?;
        if taken > 0 {
            tx.commit().await?;
            metrics::counter!("decision_lanes_total").increment(taken as u64);
        }
        if taken >= FULL {
            self.services.store.signals.decisions.notify_one();
        }
        Ok(taken)
    }
}

/// Decides until `stop`.
pub(crate) async fn run(services: Services, stop: CancellationToken) {
    let wake = services.store.signals.decisions.clone();
    let worker = Decide { services, decider: Decider::default() };
    rounds(worker, Some(&wake), POLL, &stop).await;
}
