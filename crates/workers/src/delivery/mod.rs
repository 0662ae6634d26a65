//! Getting every CMMS to hold its work orders: exactly one record each, whatever dies or hangs.
//!
//! One loop per connection, so that a slow or dead CMMS delays only itself (R12). Loops wake by the
//! store's signal and by a poll behind it; the database decides who works on what.

mod book;
mod files;
mod journal;
mod lane;
mod pulse;
mod sweep;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use cmms::CmmsClient;
use domain::ids::ConnectionId;
use services::{Error, Services};
use store::connections::{self, Connection};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::Clients;

pub use book::BookClient;
pub use files::send_file;
use lane::{Courier, Source};
use pulse::Pulse;

/// Lanes per claim where records lie in our own database.
const SET: usize = 64;
/// Behind every signal.
const POLL: Duration = Duration::from_millis(250);
/// New, changed and removed connections are noticed after this.
const LOOK: Duration = Duration::from_secs(1);
/// Trend graphs drawn per transaction.
const DRAW: i64 = 4;

/// The loops of one connection.
struct Running {
    cap: usize,
    bell: Arc<Notify>,
    stop: CancellationToken,
}

/// Delivers for every connection until `stop`; then finishes the calls under way. Connections that
/// are made, changed or paused meanwhile are noticed.
pub async fn run(services: Services, clients: Clients, stop: CancellationToken) {
    let mut loops = JoinSet::new();
    let mut running: HashMap<i64, Running> = HashMap::new();
    let drawing = Arc::new(Notify::new());
    loops.spawn(draw(services.clone(), drawing.clone(), stop.clone()));
    let signal = services.store.signals.deliveries.clone();
    let mut looked: Option<tokio::time::Instant> = None;
    while !stop.is_cancelled() {
        if looked.is_none_or(|at| at.elapsed() >= services.settings.scaled(LOOK)) {
            match configured(&services).await {
                Ok(all) => {
                    attend(&services, &clients, &all, &mut running, &mut loops, &stop);
                    looked = Some(tokio::time::Instant::now());
                }
                Err(error) => pause(&error).await,
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = signal.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
        drawing.notify_one();
        running.values().for_each(|one| one.bell.notify_one());
    }
    while loops.join_next().await.is_some() {}
    clients.log_out().await;
}

/// Starts and ends loops, so that each connection that delivers has its own.
fn attend(
    services: &Services,
    clients: &Clients,
    all: &[Connection],
    running: &mut HashMap<i64, Running>,
    loops: &mut JoinSet<()>,
    stop: &CancellationToken,
) {
    let cap = |connection: &Connection| usize::try_from(connection.concurrency).unwrap_or(1).max(1);
    running.retain(|id, one| {
        let stays = all.iter().any(|connection| {
            connection.id == *id && connection.state == "live" && cap(connection) == one.cap
        });
        if !stays {
            one.stop.cancel();
        }
        stays
    });
    for connection in all.iter().filter(|connection| connection.state == "live") {
        if running.contains_key(&connection.id) {
            continue;
        }
        let id = ConnectionId(connection.id);
        let is_book = connection.system == "book";
        let source = match is_book {
            true => Source::Fixed(Arc::new(BookClient::new(services.store.clone()))),
            false => Source::Configured(clients.clone()),
        };
        let one = Running {
            cap: cap(connection),
            bell: Arc::new(Notify::new()),
            stop: stop.child_token(),
        };
        let courier = Courier {
            services: services.clone(),
            connection: id,
            source,
            same_database: is_book,
            pulse: Pulse::default(),
        };
        spawn(loops, courier, one.cap, &one.bell, &one.stop);
        if !is_book {
            let (services, clients) = (services.clone(), clients.clone());
            loops.spawn(files::run(services.clone(), clients.clone(), id, one.stop.clone()));
            loops.spawn(sweep::run(services, clients, id, one.stop.clone()));
        }
        running.insert(connection.id, one);
    }
}

fn spawn(
    loops: &mut JoinSet<()>,
    courier: Courier,
    cap: usize,
    bell: &Arc<Notify>,
    stop: &CancellationToken,
) {
    let (bell, stop) = (bell.clone(), stop.clone());
    loops.spawn(async move {
        if courier.same_database {
            sets(&courier, &bell, &stop).await;
        } else {
            singles(&courier, cap, &bell, &stop).await;
        }
    });
}

async fn configured(services: &Services) -> Result<Vec<Connection>, Error> {
    let mut tx = services.store.begin_system().await?;
    Ok(connections::list(&mut tx).await?)
}

/// Delivers through the given clients, each with its cap of calls at once, until `stop`.
pub async fn deliver(
    services: Services,
    couriers: Vec<(ConnectionId, Arc<dyn CmmsClient>, usize)>,
    stop: CancellationToken,
) {
    let mut loops = JoinSet::new();
    let mut bells = Vec::new();
    for (connection, client, cap) in couriers {
        let bell = Arc::new(Notify::new());
        bells.push(bell.clone());
        let same_database = client.capabilities().same_database;
        let source = Source::Fixed(client);
        let (services, pulse) = (services.clone(), Pulse::default());
        let courier = Courier { services, connection, source, same_database, pulse };
        spawn(&mut loops, courier, cap, &bell, &stop);
    }
    let bell = Arc::new(Notify::new());
    bells.push(bell.clone());
    loops.spawn(draw(services.clone(), bell, stop.clone()));
    let signal = services.store.signals.deliveries.clone();
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            () = signal.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
        for bell in &bells {
            bell.notify_one();
        }
    }
    while loops.join_next().await.is_some() {}
}

async fn rung(bell: &Notify, stop: &CancellationToken) {
    tokio::select! {
        () = bell.notified() => {}
        () = stop.cancelled() => {}
    }
}

/// After a failed step: not at full speed into a database that is away.
async fn pause(error: &Error) {
    tracing::error!(%error, source = ?std::error::Error::source(error), "delivery step failed");
    tokio::time::sleep(POLL).await;
}

/// Sets of lanes, one set at a time.
async fn sets(courier: &Courier, bell: &Notify, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match courier.claim(SET).await {
            Ok(batch) if batch.len() == 0 => rung(bell, stop).await,
            Ok(batch) => {
                if let Err(error) = courier.carry_out(batch).await {
                    pause(&error).await;
                }
            }
            Err(error) => pause(&error).await,
        }
    }
}

/// Single lanes, up to `cap` at once.
async fn singles(courier: &Courier, cap: usize, bell: &Notify, stop: &CancellationToken) {
    let free = Arc::new(Semaphore::new(cap));
    let mut calls = JoinSet::new();
    while !stop.is_cancelled() {
        while calls.try_join_next().is_some() {}
        let Ok(permit) = free.clone().acquire_owned().await else { break };
        let mut permits = vec![permit];
        permits.extend(std::iter::from_fn(|| free.clone().try_acquire_owned().ok()));
        match courier.claim(permits.len()).await {
            Ok(batch) if batch.len() == 0 => {
                drop(permits);
                rung(bell, stop).await;
            }
            Ok(batch) => {
                for (one, permit) in batch.into_singles().zip(permits) {
                    let courier = courier.clone();
                    calls.spawn(async move {
                        if let Err(error) = courier.carry_out(one).await {
                            pause(&error).await;
                        }
                        drop(permit);
                    });
                }
            }
            Err(error) => pause(&error).await,
        }
    }
    while calls.join_next().await.is_some() {}
}

/// Draws the trend graphs of new work orders, off the path of their delivery.
async fn draw(services: Services, bell: Arc<Notify>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match draw_some(&services).await {
            Ok(0) => rung(&bell, &stop).await,
            Ok(_) => {}
            Err(error) => pause(&error).await,
        }
    }
}

async fn draw_some(services: &Services) -> Result<usize, Error> {
    let mut tx = services.store.begin_system().await?;
    let drawn = services::work_orders::draw_waiting(&mut tx, DRAW).await?;
    tx.commit().await?;
    Ok(drawn)
}
