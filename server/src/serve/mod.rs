//! The long-running program: everything is started here, and stopped in order.

mod http_server;
mod listener;
mod logging;
mod working;

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::ExposeSecret;
use services::{Services, Settings};
use store::embedded::Holder;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Transport};
use crate::database::{Database, patiently};
use crate::http::live;
use crate::state::{AppState, HttpSettings};
use crate::{tls, vault};

pub use logging::log;

/// Answers that are being written when the program stops may take so long.
const FINISH_ANSWERS: Duration = Duration::from_secs(4);
/// Buckets of durations, seconds.
const BUCKETS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// What `serve` was asked to do.
#[derive(Debug)]
pub struct Serve {
    /// The configuration.
    pub config: Config,
    /// Workers run in this process too.
    pub workers: bool,
    /// Tests may move and shorten time.
    pub test_clock: bool,
}

/// Runs until SIGTERM or SIGINT; then stops intake, lets work finish and stops what it started,
/// within 20 s.
///
/// # Errors
/// Whatever keeps the program from starting, in one line.
pub async fn run(serve: Serve) -> Result<()> {
    let config = &serve.config;
    log(config, false);
    let stop = CancellationToken::new();
    stop_on_signals(stop.clone())?;
    let metrics = metrics()?;
    let listener = bind(config.server.listen)?;
    let base_url = base_url(config, Some(listener.local_addr()?));
    // The database makes the data folder, with the right owner, if it is not there.
    let database = Database::open(config, Holder::Program, &stop).await?;
    let result = run_on(&serve, &database, listener, base_url, metrics, stop).await;
    database.close().await;
    tracing::info!("stopped");
    result
}

async fn run_on(
    serve: &Serve,
    database: &Database,
    listener: TcpListener,
    base_url: String,
    metrics: PrometheusHandle,
    stop: CancellationToken,
) -> Result<()> {
    let config = &serve.config;
    let tls = tls::server_config(config, &base_url, time::OffsetDateTime::now_utc())?;
    let services = services(config, database, base_url.clone())?;
    let mut http = HttpSettings::new(base_url.clone());
    http.trusted_proxies.clone_from(&config.server.trusted_proxies);
    http.site_dir.clone_from(&config.server.site_dir);
    http.key_quota_per_sec = config.server.key_quota_per_sec;
    http.test_clock = serve.test_clock;
    let state = AppState::new(services.clone(), http, metrics.clone(), stop.clone());
    patiently(&stop, async || prepare(&services).await).await?;
    let workers =
        if serve.workers { Some(working::start(config, &services, &stop)?) } else { None };
    let background = [
        tokio::spawn(live::relay(services.store.clone(), state.live.clone(), stop.clone())),
        tokio::spawn(upkeep(metrics, stop.clone())),
    ];
    patiently(&stop, async || announce(&services, &base_url).await).await?;
    let router = crate::http::router(state);
    let served = http_server::run(
        listener,
        tls,
        &config.server.trusted_proxies,
        router,
        stop.clone(),
        FINISH_ANSWERS,
    )
    .await;
    stop.cancel();
    if let Some(workers) = workers {
        working::finish(workers).await;
    }
    for task in background {
        let _ = task.await;
    }
    served.context("the HTTP listener failed")
}

/// Runs workers only, until SIGTERM or SIGINT.
///
/// # Errors
/// Whatever keeps them from starting, in one line.
pub async fn work(config: Config) -> Result<()> {
    log(&config, false);
    let stop = CancellationToken::new();
    stop_on_signals(stop.clone())?;
    let database = Database::open(&config, Holder::Command, &stop).await?;
    let result = work_on(&config, &database, &stop).await;
    database.close().await;
    result
}

async fn work_on(config: &Config, database: &Database, stop: &CancellationToken) -> Result<()> {
    let services = services(config, database, base_url(config, None))?;
    patiently(stop, async || prepare(&services).await).await?;
    let workers = working::start(config, &services, stop)?;
    live::relay(services.store.clone(), live::Hub::default(), stop.clone()).await;
    stop.cancelled().await;
    working::finish(workers).await;
    Ok(())
}

fn services(config: &Config, database: &Database, base_url: String) -> Result<Services> {
    let vault = vault::open(config)?;
    let time_scale = config.test.time_scale;
    let settings = Settings { base_url, time_scale, vault, ..Settings::default() };
    Ok(Services { store: database.store.clone(), settings })
}

/// What every start makes sure of.
async fn prepare(services: &Services) -> Result<()> {
    let mut tx = services.store.begin_system().await?;
    services::rules::ensure_defaults(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Tells where the program is, and while nobody administers it, how to become its administrator.
async fn announce(services: &Services, base_url: &str) -> Result<()> {
    tracing::info!(url = base_url, "listening");
    let mut tx = services.store.begin_system().await?;
    let token = services::users::issue_setup_token(&mut tx).await?;
    tx.commit().await?;
    let mut lines = format!("Millwright runs at {base_url}\n");
    if let Some(token) = token {
        let token = token.expose_secret();
        lines += &format!("Set up the first administrator, once: {base_url}/setup?token={token}\n");
    }
    // Who started the program may have stopped listening to it; that is no reason to stop.
    if let Err(error) = std::io::stdout().write_all(lines.as_bytes()) {
        tracing::info!(%error, "nobody reads the output");
    }
    Ok(())
}

/// What people type: as configured, else from the address.
pub fn base_url(config: &Config, bound: Option<SocketAddr>) -> String {
    if let Some(url) = &config.server.base_url {
        return url.clone();
    }
    let address = bound.unwrap_or(config.server.listen);
    let scheme = if config.server.transport == Transport::Plain { "http" } else { "https" };
    if address.ip().is_unspecified() {
        return format!("{scheme}://{}:{}", tls::host_name(), address.port());
    }
    format!("{scheme}://{address}")
}

/// The clock on the wall, for simulated neighbours; the program itself asks its database.
#[allow(clippy::disallowed_methods, reason = "a simulated plant has a clock of its own")]
pub fn wall_clock() -> DateTime<Utc> {
    Utc::now()
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    let listener = TcpListener::bind(address)
        .with_context(|| format!("cannot listen on {address}; is another program there?"))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn metrics() -> Result<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)?
        .install_recorder()
        .context("cannot set metrics up")
}

async fn upkeep(metrics: PrometheusHandle, stop: CancellationToken) {
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => metrics.run_upkeep(),
        }
    }
}

fn stop_on_signals(stop: CancellationToken) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        stop.cancel();
    });
    Ok(())
}
