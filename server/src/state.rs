//! What every handler can reach.

use std::net::IpAddr;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;
use services::Services;
use services::predictions::{Intake, IntakeSettings};
use services::sources::SourceCache;
use services::work_orders::webhooks::Manners;
use tokio_util::sync::CancellationToken;

use crate::http::keys::Keys;
use crate::http::limits::Limits;
use crate::http::live::Hub;

/// How the HTTP side behaves.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Scheme, host and port under which people reach the program, such as
    /// `https://plant.example`. Links and cross-site checks use it, never the `Host` header.
    pub base_url: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Folder of what the browser loads; without it the files inside the program are served.
    pub site_dir: Option<PathBuf>,
    /// Requests worked on at once; more are answered 503.
    pub max_in_flight: usize,
    /// Predictions or requests a second one key may send; more are answered 429.
    pub key_quota_per_sec: u32,
    /// `POST /test/clock` exists.
    pub test_clock: bool,
}

impl HttpSettings {
    /// The defaults for an address.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            trusted_proxies: Vec::new(),
            site_dir: None,
            max_in_flight: 512,
            key_quota_per_sec: 20_000,
            test_clock: false,
        }
    }

    /// Whether people reach the program over TLS.
    pub fn https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// The state of the router. Every layer clones it for every request, so it is one pointer.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What the state holds.
pub struct Parts {
    /// The use cases' surroundings: store and settings.
    pub services: Services,
    /// Options of the pages.
    pub leptos: LeptosOptions,
    /// How the HTTP side behaves.
    pub http: HttpSettings,
    /// Bounds on what is worked on at once.
    pub limits: Limits,
    /// Whose keys requests carry.
    pub keys: Keys,
    /// Where predictions wait for the next commit.
    pub intake: Intake,
    /// What sources declare about their messages.
    pub sources: SourceCache,
    /// How webhooks are verified.
    pub manners: Manners,
    /// What live pages listen to.
    pub live: Hub,
    /// Renders `/metrics`.
    pub metrics: PrometheusHandle,
    /// Cancelled when the program stops: long answers end.
    pub shutdown: CancellationToken,
}

impl AppState {
    /// Puts the state together.
    pub fn new(
        services: Services,
        http: HttpSettings,
        metrics: PrometheusHandle,
        shutdown: CancellationToken,
    ) -> Self {
        let leptos = LeptosOptions::builder().output_name("millwright").site_pkg_dir("pkg").build();
        let limits = Limits::new(http.max_in_flight, http.key_quota_per_sec);
        let live = Hub::default();
        let intake = Intake::start(services.store.clone(), IntakeSettings::default());
        let keys = Keys::start(services.clone());
        let sources = SourceCache::new(services.store.clone());
        Self(Arc::new(Parts {
            services,
            leptos,
            http,
            limits,
            keys,
            intake,
            sources,
            manners: Manners::default(),
            live,
            metrics,
            shutdown,
        }))
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
