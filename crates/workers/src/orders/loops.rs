//! The loops behind each connection.

use std::collections::HashSet;
use std::time::Duration;

use domain::ids::ConnectionId;
use services::{Error, Services};
use store::connections;
use store::work_orders::{cmms_orders, webhooks};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Follower;
use crate::clients::Clients;
use crate::rounds::{Worker, rounds};

/// A new connection is followed after this at most.
const NEW: Duration = Duration::from_secs(2);
/// Looks for due runs this often.
const LISTS: Duration = Duration::from_secs(1);
/// Looks for hints this often.
const READINGS: Duration = Duration::from_millis(250);
/// What nobody needs any more goes this often.
const TIDY: Duration = Duration::from_secs(900);
/// Calls are known for so long (S13), and what nobody claims is shown after so long (B28), hours.
const KNOWN: f64 = 48.0;
const UNCLAIMED: f64 = 24.0;

/// Follows every CMMS until `stop`; a connection that is made meanwhile, too.
pub async fn run(services: Services, clients: Clients, stop: CancellationToken) {
    let mut followed = HashSet::new();
    let mut loops = JoinSet::new();
    loops.spawn(tidy(services.clone(), stop.clone()));
    while !stop.is_cancelled() {
        match outside(&services).await {
            Ok(all) => {
                for connection in all.into_iter().filter(|one| followed.insert(*one)) {
                    let follow = |list| Follow {
                        services: services.clone(),
                        clients: clients.clone(),
                        connection,
                        list,
                    };
                    loops.spawn(follow(true).run(LISTS, stop.clone()));
                    loops.spawn(follow(false).run(READINGS, stop.clone()));
                }
            }
            Err(error) => tracing::warn!(?error, "connections cannot be listed"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(NEW) => {}
        }
    }
    while loops.join_next().await.is_some() {}
}

async fn outside(services: &Services) -> Result<Vec<ConnectionId>, Error> {
    let mut tx = services.store.begin_system().await?;
    let all = connections::list(&mut tx).await?;
    let outside = all.into_iter().filter(|one| one.system != "book");
    Ok(outside.map(|one| ConnectionId(one.id)).collect())
}

/// One of the two loops of a connection: over its list, or over single records.
struct Follow {
    services: Services,
    clients: Clients,
    connection: ConnectionId,
    list: bool,
}

impl Follow {
    async fn run(self, poll: Duration, stop: CancellationToken) {
        let poll = self.services.settings.scaled(poll).max(Duration::from_millis(20));
        rounds(self, None, poll, &stop).await;
    }
}

impl Worker for Follow {
    const NAME: &'static str = "orders";

    async fn round(&mut self) -> Result<usize, Error> {
        let client = match self.clients.manifest(self.connection).await {
            Ok(Some(client)) => client,
            Ok(None) => return Ok(0),
            Err(error) => {
                tracing::debug!(connection = %self.connection, %error, "no client");
                return Ok(0);
            }
        };
        let (services, connection) = (&self.services, self.connection);
        let follower = Follower { services, connection, client: &client };
        if self.list { follower.sync().await } else { follower.read().await }
    }
}

struct Tidy(Services);

impl Worker for Tidy {
    const NAME: &'static str = "orders tidy";

    async fn round(&mut self) -> Result<usize, Error> {
        let mut tx = self.0.store.begin_system().await?;
        let scale = self.0.settings.time_scale;
        let forgotten = webhooks::forget(&mut tx, KNOWN * scale).await?;
        let unclaimed = cmms_orders::quarantine_held(&mut tx, UNCLAIMED * scale).await?;
        tx.commit().await?;
        if forgotten + unclaimed > 0 {
            tracing::debug!(forgotten, unclaimed, "cleared away");
        }
        Ok(0)
    }
}

async fn tidy(services: Services, stop: CancellationToken) {
    let every = services.settings.scaled(TIDY).max(Duration::from_secs(1));
    rounds(Tidy(services), None, every, &stop).await;
}
