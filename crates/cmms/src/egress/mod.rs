//! The only way out: every call to a CMMS goes through here.
//!
//! An address is parsed once, its name resolved once, every answer checked in canonical form, and
//! the connection goes to a checked address and nowhere else. No redirects, no proxy from the
//! environment, no retries; https unless the owner allows the exact `host:port`.

mod address;
mod gate;

use std::collections::HashSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use url::{Host, Url};

pub use address::{Reach, reach};
pub use gate::{Answer, Failure, Gate, Outgoing, Tls};

/// Why an address may not be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no address.
    #[error("`{0}` is no address")]
    Unreadable(String),
    /// A user name or password stands in it.
    #[error("an address may not carry a user or a password")]
    Credentials,
    /// Neither https nor an allowed http target.
    #[error("{0} is not https; `{1}` is not in [egress] allow")]
    Plain(String, String),
    /// A private or loopback target that is not allowed.
    #[error("{0} is a private address ({1}); `{2}` is not in [egress] allow")]
    Private(String, IpAddr, String),
    /// A database that the owner does not name.
    #[error("the database {0} is not in [egress] allow")]
    Database(String),
    /// Link-local, cloud metadata, multicast and the like.
    #[error("{0} ({1}) may never be called")]
    Never(String, IpAddr),
    /// The name has no address.
    #[error("{0} cannot be resolved: {1}")]
    NoSuchName(String, String),
}

/// Turns names into addresses.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// Every address of the name.
    ///
    /// # Errors
    /// When the name server has no answer.
    async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, String>;
}

/// The system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, String> {
        let found = tokio::net::lookup_host((name, 0)).await.map_err(|error| error.to_string())?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// What the owner allows, and how names are resolved.
#[derive(Clone)]
pub struct Egress {
    allow: Arc<HashSet<String>>,
    lookup: Arc<dyn Lookup>,
}

impl fmt::Debug for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Egress").field("allow", &self.allow).finish_non_exhaustive()
    }
}

impl Egress {
    /// Public https targets, and of the private ones those in `allow`, as exact `host:port`.
    pub fn new(allow: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self::with_lookup(allow, Arc::new(SystemLookup))
    }

    /// As [`new`](Self::new) with a resolver of one's own.
    pub fn with_lookup(
        allow: impl IntoIterator<Item = impl AsRef<str>>,
        lookup: Arc<dyn Lookup>,
    ) -> Self {
        let allow = allow.into_iter().map(|target| target.as_ref().to_lowercase()).collect();
        Self { allow: Arc::new(allow), lookup }
    }

    /// The addresses a call may go to.
    ///
    /// # Errors
    /// When the owner does not allow the target.
    pub async fn admit(&self, url: &Url) -> Result<Vec<SocketAddr>, Refused> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Credentials);
        }
        let unreadable = || Refused::Unreadable(url.to_string());
        let host = url.host().ok_or_else(unreadable)?;
        let port = url.port_or_known_default().ok_or_else(unreadable)?;
        let target = format!("{host}:{port}").to_lowercase();
        let allowed = self.allow.contains(&target);
        match url.scheme() {
            "https" => {}
            "http" if allowed => {}
            scheme => return Err(Refused::Plain(format!("{scheme}://{target}"), target)),
        }
        self.resolved(host, port, allowed).await
    }

    /// The addresses a database may be asked at: only of targets that the owner names.
    ///
    /// # Errors
    /// When the owner does not allow the target.
    pub async fn admit_database(&self, url: &Url) -> Result<Vec<SocketAddr>, Refused> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Credentials);
        }
        let unreadable = || Refused::Unreadable(url.to_string());
        let (host, port) = (url.host().ok_or_else(unreadable)?, url.port().ok_or_else(unreadable)?);
        let target = format!("{host}:{port}").to_lowercase();
        if !self.allow.contains(&target) {
            return Err(Refused::Database(target));
        }
        let host = match host {
            Host::Domain(domain) => domain.parse().map_or(Host::Domain(domain), Host::Ipv4),
            host => host,
        };
        self.resolved(host, port, true).await
    }

    /// Every address of a host, if all of them may be called.
    async fn resolved(
        &self,
        host: Host<&str>,
        port: u16,
        allowed: bool,
    ) -> Result<Vec<SocketAddr>, Refused> {
        let name = host.to_string();
        let found = match host {
            Host::Ipv4(address) => vec![IpAddr::V4(address)],
            Host::Ipv6(address) => vec![IpAddr::V6(address)],
            Host::Domain(domain) => self
                .lookup
                .addresses(domain)
                .await
                .map_err(|why| Refused::NoSuchName(domain.to_owned(), why))?,
        };
        if found.is_empty() {
            return Err(Refused::NoSuchName(name, "no address".to_owned()));
        }
        for &address in &found {
            match reach(address) {
                Reach::Never => return Err(Refused::Never(name, address)),
                Reach::Private if !allowed => {
                    return Err(Refused::Private(name.clone(), address, format!("{name}:{port}")));
                }
                Reach::Private | Reach::Public => {}
            }
        }
        Ok(found.into_iter().map(|address| SocketAddr::new(address, port)).collect())
    }
}

#[cfg(test)]
mod tests;
