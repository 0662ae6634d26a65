//! What happens in a CMMS comes back: its work orders are read, all of them and then what has
//! changed, and single ones again when a webhook hints at them.
//!
//! A webhook is never believed: it names a record, which is read there. A missed one is found by
//! the next list, and from a CMMS that cannot list changes by reading our open ones.

mod loops;
mod readings;
mod run;

pub use loops::run;

use std::time::Duration;

use cmms::CallError;
use cmms::engine::ManifestClient;
use domain::connection::Health;
use domain::ids::ConnectionId;
use services::{Error, Services};
use store::connections;

/// An open breaker lets one call through this often.
const PROBE: Duration = Duration::from_secs(30);
/// How long a CMMS may ask us to wait.
const PATIENCE: std::ops::RangeInclusive<u64> = 1..=3_600;

/// One CMMS whose work orders are followed.
pub struct Follower<'a> {
    /// The database, and how this installation runs.
    pub services: &'a Services,
    /// The connection.
    pub connection: ConnectionId,
    /// Its client.
    pub client: &'a ManifestClient,
}

/// Why a step ended early.
enum Stop {
    /// The CMMS gave no readable answer.
    Call(CallError),
    /// Another worker has taken over.
    Fenced,
    /// The database failed.
    Failed(Error),
}

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Follower<'_> {
    fn scaled(&self, wait: Duration) -> Duration {
        self.services.settings.scaled(wait)
    }

    /// Tells the circuit what a call said about the credentials; refused ones pause the connection
    /// before the CMMS locks the account. An unreadable list is no reason to hold deliveries back.
    async fn report(&self, health: Health) -> Result<(), Error> {
        let mut tx = self.services.store.begin_system().await?;
        connections::report(&mut tx, self.connection, health, self.scaled(PROBE)).await?;
        Ok(tx.commit().await?)
    }

    /// How long to wait after a call without an answer, after so many in a row.
    async fn wait_after(&self, error: &CallError, failures: i32) -> Result<Duration, Error> {
        Ok(match error {
            CallError::RateLimited { retry_after } => {
                let asked = retry_after.map_or(30, |wait| wait.as_secs());
                Duration::from_secs(asked.clamp(*PATIENCE.start(), *PATIENCE.end()))
            }
            CallError::Unauthorised(_) => {
                self.report(Health::Unauthorised).await?;
                self.scaled(Duration::from_secs(600))
            }
            CallError::Failed(_) => {
                let doubled = 5_u64 << failures.clamp(0, 8);
                self.scaled(Duration::from_secs(doubled.min(900)))
            }
        })
    }
}
