//! Single records that are read again.

use std::time::Duration;

use domain::connection::Health;
use services::Error;
use services::work_orders::sync::{self, Source};
use store::crash_point;
use store::work_orders::order_sync::{self, Reading};

use super::{Follower, Stop};

/// Longer than a reading takes; a second one would do no harm.
const LEASE: Duration = Duration::from_secs(120);
/// Records per claim.
const AT_ONCE: i64 = 8;
/// A record that is not there is sought for so long, then shown as unknown (B28).
const SOUGHT: Duration = Duration::from_secs(24 * 3_600);
/// Until the next look at a record that is not there, in seconds.
const LOOKS: [u64; 6] = [5, 30, 120, 600, 1_800, 3_600];

impl Follower<'_> {
    /// Reads the records that are due; answers how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(&self) -> Result<usize, Error> {
        let mut tx = self.services.store.begin_system().await?;
        let lease = self.scaled(LEASE);
        let id = self.connection;
        let mut due = order_sync::claim_readings(&mut tx, id, false, AT_ONCE, lease).await?;
        if due.is_empty() {
            due = order_sync::claim_readings(&mut tx, id, true, AT_ONCE, lease).await?;
        }
        tx.commit().await?;
        crash_point!("orders.after_reading_claim");
        for reading in &due {
            match self.read_one(reading).await {
                Ok(()) | Err(Stop::Fenced) => {}
                Err(Stop::Failed(error)) => return Err(error),
                Err(Stop::Call(error)) => {
                    let wait = self.wait_after(&error, reading.attempts).await?;
                    self.put_off(reading, &error.to_string(), Some(wait)).await?;
                }
            }
        }
        Ok(due.len())
    }

    async fn read_one(&self, reading: &Reading) -> Result<(), Stop> {
        let Some(row) = self.client.read_order(&reading.cmms_id).await? else {
            let look = usize::try_from(reading.attempts).unwrap_or_default().min(LOOKS.len() - 1);
            let wait = self.scaled(Duration::from_secs(LOOKS[look]));
            let sought = reading.age_seconds < self.scaled(SOUGHT).as_secs_f64();
            let text = "the CMMS has no such work order";
            return Ok(self.put_off(reading, text, sought.then_some(wait)).await?);
        };
        let mut tx = self.services.store.begin_system().await?;
        let priority = |ours| self.client.priority_there(ours);
        sync::take(&mut tx, self.connection, vec![row], Source::Reading, &priority).await?;
        order_sync::read(&mut tx, self.connection, reading).await?;
        crash_point!("orders.before_reading_commit");
        tx.commit().await?;
        Ok(self.report(Health::Well).await?)
    }

    async fn put_off(
        &self,
        reading: &Reading,
        error: &str,
        wait: Option<Duration>,
    ) -> Result<(), Error> {
        let mut tx = self.services.store.begin_system().await?;
        order_sync::not_read(&mut tx, self.connection, reading, error, wait).await?;
        Ok(tx.commit().await?)
    }
}
