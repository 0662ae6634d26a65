//! A CNC shop of two sites that measures, predicts and repairs, speaking through `/api/v1` only. Its
//! people work in the built-in book, or in simulated CMMSs where it has some.
//!
//! It first plays three stories (a spindle bearing, a worn tool, a ball screw), then goes on as
//! background life. Everything it did is found again through the interface, so it may be stopped and
//! started at any moment: a story continues where it was and is never told twice.
//!
//! To add a machine to the background, add it to `demo/assets.csv` and a line to [`fleet`].

pub mod api;
pub mod background;
pub mod cmms;
pub mod features;
pub mod fleet;
pub mod people;
pub mod prediction;
pub mod rng;
pub mod stories;
pub mod telemetry;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use api::Api;
use cmms::Cmms;
use rng::Rng;

/// Tells the time; the program hands in its clock.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// API keys of the plant: one of the machines, three of people.
#[derive(Debug, Clone)]
pub struct PlantKeys {
    /// The key of the source: predictions, telemetry, read.
    pub plant: SecretString,
    /// Bound to a planner: approves and assigns.
    pub planner: SecretString,
    /// Bound to a supervisor: decides reviews, raises work orders.
    pub supervisor: SecretString,
    /// Bound to a technician: starts and closes.
    pub technician: SecretString,
}

impl PlantKeys {
    /// Reads lines `PLANT_KEY=…`, `PLANNER_KEY=…`, `SUPERVISOR_KEY=…`, `TECHNICIAN_KEY=…`; other
    /// lines are ignored. A file keeps keys out of the process list.
    ///
    /// # Errors
    /// Names the key that is missing.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let find = |name: &str| {
            text.lines()
                .filter_map(|line| line.trim().split_once('='))
                .find(|(key, value)| *key == name && !value.is_empty())
                .map(|(_, value)| SecretString::from(value.to_owned()))
                .ok_or_else(|| anyhow::anyhow!("{name} is missing in the keys file"))
        };
        Ok(Self {
            plant: find("PLANT_KEY")?,
            planner: find("PLANNER_KEY")?,
            supervisor: find("SUPERVISOR_KEY")?,
            technician: find("TECHNICIAN_KEY")?,
        })
    }
}

/// How a plant is run.
#[derive(Clone)]
pub struct PlantOptions {
    /// Where Millwright listens, such as `http://127.0.0.1:3000`.
    pub base_url: String,
    /// Who speaks.
    pub keys: PlantKeys,
    /// Where the simulated CMMSs of its sites listen; without any, people work in the built-in book.
    pub doubles: Vec<String>,
    /// Certificate authority to trust, PEM; for a server with its own local authority.
    pub ca_pem: Option<Vec<u8>>,
    /// Speed of the stories: 1 is for people who watch, 0 does not wait at all.
    pub pace: f64,
    /// The same seed gives the same plant.
    pub seed: u64,
    /// Stop after the stories instead of going on as background life.
    pub stories_only: bool,
    /// The clock.
    pub now: Now,
}

impl PlantOptions {
    /// A plant for people who watch: pace 1, seed 1050, no extra authority, no end.
    pub fn new(base_url: impl Into<String>, keys: PlantKeys, now: Now) -> Self {
        Self {
            base_url: base_url.into(),
            keys,
            doubles: Vec::new(),
            ca_pem: None,
            pace: 1.0,
            seed: 1_050,
            stories_only: false,
            now,
        }
    }
}

impl std::fmt::Debug for PlantOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlantOptions")
            .field("base_url", &self.base_url)
            .field("doubles", &self.doubles)
            .field("pace", &self.pace)
            .field("seed", &self.seed)
            .field("stories_only", &self.stories_only)
            .finish_non_exhaustive()
    }
}

/// What every part of the plant holds: the interface, the clock, chance.
#[derive(Clone)]
pub struct Plant {
    api: Api,
    cmms: Vec<Cmms>,
    keys: PlantKeys,
    now: Now,
    pace: f64,
    rng: Rng,
    run: i64,
    events: Arc<AtomicU64>,
}

impl Plant {
    /// A plant that has not begun.
    ///
    /// # Errors
    /// A base address or an authority that cannot be used.
    pub fn new(options: &PlantOptions) -> anyhow::Result<Self> {
        Ok(Self {
            api: Api::new(&options.base_url, options.ca_pem.as_deref())?,
            cmms: options.doubles.iter().map(|url| Cmms::new(url)).collect::<Result<_, _>>()?,
            keys: options.keys.clone(),
            now: Arc::clone(&options.now),
            pace: options.pace.max(0.0),
            rng: Rng::new(options.seed),
            run: (options.now)().timestamp(),
            events: Arc::new(AtomicU64::new(0)),
        })
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// Waits `seconds` of story time; `pace` turns them into seconds on the wall.
    pub async fn pause(&self, seconds: f64) {
        tokio::time::sleep(Duration::from_secs_f64(seconds * self.pace)).await;
    }

    /// Chance of its own for one purpose.
    pub fn rng(&self, purpose: &str) -> Rng {
        self.rng.fork(purpose)
    }

    /// An event id that no other run of this plant uses.
    pub fn next_event_id(&self) -> String {
        format!("plant-{}-{}", self.run, self.events.fetch_add(1, Ordering::Relaxed))
    }

    /// A key under which one step of this run may be repeated safely.
    pub fn step_key(&self, step: &str) -> String {
        format!("plant-{}-{step}", self.run)
    }
}

/// Runs the plant until SIGTERM or Ctrl-C.
///
/// # Errors
/// A base address or an authority that cannot be used. What the server refuses later is logged and
/// does not end the plant.
pub async fn run(options: PlantOptions) -> anyhow::Result<()> {
    run_until(options, stop_signal()).await
}

/// Runs the plant until `stop` is ready, or until its work is done.
///
/// # Errors
/// As [`run`].
pub async fn run_until(
    options: PlantOptions,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let plant = Plant::new(&options)?;
    tokio::select! {
        () = stop => {
            tracing::info!("the plant stops");
            Ok(())
        }
        result = live(&plant, options.stories_only) => result,
    }
}

async fn live(plant: &Plant, stories_only: bool) -> anyhow::Result<()> {
    plant.api.wait_until_ready().await;
    tracing::info!(base_url = plant.api.base_url(), "the plant begins");
    if stories_only {
        stories::play_all(plant).await;
        return Ok(());
    }
    futures::join!(stories::play_all(plant), background::live(plant));
    Ok(())
}

#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "cannot listen for SIGTERM");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn stop_signal() {
    let _ = tokio::signal::ctrl_c().await;
}
