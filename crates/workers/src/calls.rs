//! The log of calls: each is written down before it is made, and completed after it has ended.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cmms::engine::{Announced, Ended, Place, Unwatched, Watch};
use domain::ids::ConnectionId;
use store::connections::{self, Call};
use store::work_orders::delivery::relax;
use store::{Store, crash_point};
use tokio::sync::{mpsc, oneshot};

/// Calls stored in one transaction.
const SET: usize = 200;
/// A database that is away is asked again after this.
const AGAIN: Duration = Duration::from_millis(500);

/// A call to be written down, and who waits for that.
type Waiting = (Call, oneshot::Sender<(i64, DateTime<Utc>)>);

/// Writes down the calls of every connection, those of one moment together.
#[derive(Clone)]
pub(crate) struct CallLog {
    announced: mpsc::UnboundedSender<Waiting>,
    ended: mpsc::UnboundedSender<connections::Ended>,
}

impl CallLog {
    /// The log, and its two tasks; they end with the last watcher.
    pub(crate) fn start(store: Store) -> Self {
        let (announced, waiting) = mpsc::unbounded_channel();
        let (ended, done) = mpsc::unbounded_channel();
        tokio::spawn(announce(store.clone(), waiting));
        tokio::spawn(complete(store, done));
        Self { announced, ended }
    }

    /// The watcher of a connection.
    pub(crate) fn of(&self, connection: ConnectionId) -> Recorder {
        Recorder { log: self.clone(), connection }
    }
}

/// Watches the calls of one connection.
pub(crate) struct Recorder {
    log: CallLog,
    connection: ConnectionId,
}

#[async_trait]
impl Watch for Recorder {
    async fn announced(&self, call: Announced) -> Result<Place, Unwatched> {
        let call = Call {
            connection: self.connection.0,
            work_order: call.order.map(|order| order.0),
            operation: call.operation.to_owned(),
            step: call.step,
            method: call.method,
            payload_sha256: call.payload_sha256,
        };
        let (written, place) = oneshot::channel();
        self.log.announced.send((call, written)).map_err(|_| Unwatched)?;
        let (id, at) = place.await.map_err(|_| Unwatched)?;
        crash_point!("call.announced");
        Ok(Place { id, at })
    }

    fn ended(&self, place: Place, how: Ended) {
        let ended = connections::Ended {
            id: place.id,
            at: place.at,
            connection: self.connection.0,
            status: how.status.and_then(|status| i16::try_from(status).ok()),
            outcome: how.outcome.to_owned(),
            said: how.said,
            milliseconds: i32::try_from(how.took.as_millis()).unwrap_or(i32::MAX),
        };
        // Nobody listens while the program stops.
        let _ = self.log.ended.send(ended);
    }
}

/// A set that cannot be written is dropped: its calls are not made.
async fn announce(store: Store, mut waiting: mpsc::UnboundedReceiver<Waiting>) {
    let mut set = Vec::with_capacity(SET);
    while waiting.recv_many(&mut set, SET).await > 0 {
        let (calls, written): (Vec<Call>, Vec<_>) = set.drain(..).unzip();
        match write(&store, &calls).await {
            Ok(places) => {
                for (place, written) in places.into_iter().zip(written) {
                    // Whoever stopped waiting makes no call.
                    let _ = written.send(place);
                }
            }
            Err(error) => tracing::warn!(%error, "calls could not be written down"),
        }
    }
}

/// Survives a kill of this program; nothing waits for the disk.
async fn write(store: &Store, calls: &[Call]) -> Result<Vec<(i64, DateTime<Utc>)>, store::Error> {
    let mut tx = store.begin_system().await?;
    relax(&mut tx).await?;
    let places = connections::announce(&mut tx, calls).await?;
    tx.commit().await?;
    Ok(places)
}

async fn complete(store: Store, mut done: mpsc::UnboundedReceiver<connections::Ended>) {
    let mut set = Vec::with_capacity(SET);
    while done.recv_many(&mut set, SET).await > 0 {
        while let Err(error) = write_ends(&store, &set).await {
            tracing::warn!(%error, "calls could not be completed");
            tokio::time::sleep(AGAIN).await;
            if done.is_closed() && done.is_empty() {
                return;
            }
        }
        set.clear();
    }
}

async fn write_ends(store: &Store, ended: &[connections::Ended]) -> Result<(), store::Error> {
    let mut tx = store.begin_system().await?;
    relax(&mut tx).await?;
    connections::complete(&mut tx, ended).await?;
    tx.commit().await
}
