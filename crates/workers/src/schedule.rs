//! What is due by the clock: held decisions, reviewers' words, escalations, notices, quiet alerts.

use std::time::Duration;

use services::alerts::{carry_out_due, close_quiet, escalate_overdue, fire_holds};
use services::notices::{tell_deliveries, tell_reviews};
use services::{Error, Services};
use tokio_util::sync::CancellationToken;

use crate::rounds::{Worker, rounds};

const POLL: Duration = Duration::from_millis(500);

struct Schedule(Services);

impl Worker for Schedule {
    const NAME: &'static str = "schedule";

    /// Each kind of work has its own transaction: one that fails does not undo the others.
    async fn round(&mut self) -> Result<usize, Error> {
        let (store, settings) = (&self.0.store, &self.0.settings);
        let mut done = 0;
        let mut tx = store.begin_system().await?;
        done += carry_out_due(&mut tx).await?;
        tx.commit().await?;
        let mut tx = store.begin_system().await?;
        done += fire_holds(&mut tx).await?;
        tx.commit().await?;
        let mut tx = store.begin_system().await?;
        done += escalate_overdue(&mut tx, settings).await?;
        done += tell_reviews(&mut tx, settings).await?;
        done += tell_deliveries(&mut tx, settings).await?;
        done += close_quiet(&mut tx).await?;
        tx.commit().await?;
        Ok(done)
    }
}

/// Looks at the clock until `stop`.
pub(crate) async fn run(services: Services, stop: CancellationToken) {
    let poll = services.settings.scaled(POLL).max(Duration::from_millis(50));
    rounds(Schedule(services), None, poll, &stop).await;
}
