//! What is due by the clock: held decisions, reviewers' words, escalations, notices, quiet alerts.

use std::time::Duration;

use services::alerts::{carry_out_due, close_quiet, escalate_overdue, fire_holds};
use services::notices::{tell_deliveries, tell_reviews};
use services::{Error, Services};
use tokio_util::sync::CancellationToken;

use crate::rounds::{Worker, rounds};

const POLL: Duration = Duration::from_millis(500);
/// Two weeks of quiet need no finer clock; the look reads every logged alert.
const QUIET_POLL: Duration = Duration::from_mins(1);

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
        tx.commit().await?;
        Ok(done)
    }
}

struct Quiet(Services);

impl Worker for Quiet {
    const NAME: &'static str = "quiet";

    async fn round(&mut self) -> Result<usize, Error> {
        let mut tx = self.0.store.begin_system().await?;
        let closed = close_quiet(&mut tx).await?;
        tx.commit().await?;
        Ok(closed)
    }
}

/// Looks at the clock until `stop`.
pub(crate) async fn run(services: Services, stop: CancellationToken) {
    let poll = |poll| services.settings.scaled(poll).max(Duration::from_millis(50));
    let (often, seldom) = (poll(POLL), poll(QUIET_POLL));
    tokio::join!(
        rounds(Schedule(services.clone()), None, often, &stop),
        rounds(Quiet(services), None, seldom, &stop),
    );
}
