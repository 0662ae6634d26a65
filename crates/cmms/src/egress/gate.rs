use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Identity, Method};
use url::Url;

use super::{Egress, Refused};

/// The most of an answer that is read.
pub const MOST_BYTES: usize = 1024 * 1024;

/// What a connection needs besides the system's authorities.
#[derive(Clone, Default)]
pub struct Tls {
    /// An authority of the owner's, PEM.
    pub authority: Option<Vec<u8>>,
    /// Our certificate and key for mutual TLS, PEM.
    pub identity: Option<Vec<u8>>,
}

/// One call.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// HTTP method.
    pub method: Method,
    /// The full address.
    pub url: Url,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Option<Vec<u8>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// At most [`MOST_BYTES`].
    pub body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The owner does not allow it; nothing was sent.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The call cannot be written down; nothing was sent.
    #[error("{0}")]
    Unsendable(String),
    /// No connection; nothing was sent.
    #[error("no connection: {0}")]
    NotSent(String),
    /// Sent, but no whole answer came in time.
    #[error("no answer in time")]
    TimedOut,
    /// Sent, but the connection broke.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The answer does not end.
    #[error("the answer is longer than {MOST_BYTES} bytes")]
    TooLong,
}

impl Failure {
    /// Whether it is certain that the CMMS has seen nothing of the call.
    pub const fn is_unsent(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Unsendable(_) | Self::NotSent(_))
    }
}

/// The way out for one connection.
#[derive(Clone)]
pub struct Gate {
    http: reqwest::Client,
    egress: Egress,
    admitted: Admitted,
}

/// The only addresses that the HTTP client can learn: those that were checked for a call.
#[derive(Clone, Default)]
struct Admitted(Arc<Mutex<HashMap<String, Vec<SocketAddr>>>>);

impl Admitted {
    fn remember(&self, host: &str, addresses: Vec<SocketAddr>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), addresses);
    }
}

impl Resolve for Admitted {
    fn resolve(&self, name: Name) -> Resolving {
        let known =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name.as_str()).cloned();
        Box::pin(async move {
            let known = known.ok_or_else(|| format!("{} was not checked", name.as_str()))?;
            Ok(Box::new(known.into_iter()) as Addrs)
        })
    }
}

impl Gate {
    /// A way out.
    ///
    /// # Errors
    /// A certificate that cannot be read.
    pub fn new(egress: Egress, tls: &Tls, timeout: Duration) -> Result<Self, String> {
        let admitted = Admitted::default();
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .dns_resolver(Arc::new(admitted.clone()))
            .connect_timeout(timeout.min(Duration::from_secs(10)))
            .timeout(timeout)
            .user_agent(concat!("millwright/", env!("CARGO_PKG_VERSION")));
        if let Some(pem) = &tls.authority {
            let certificates = Certificate::from_pem_bundle(pem).map_err(|e| e.to_string())?;
            builder = certificates.into_iter().fold(builder, |b, one| b.add_root_certificate(one));
        }
        if let Some(pem) = &tls.identity {
            builder = builder.identity(Identity::from_pem(pem).map_err(|e| e.to_string())?);
        }
        let http = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { http, egress, admitted })
    }

    /// Makes one call, once.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn send(&self, call: Outgoing) -> Result<Answer, Failure> {
        let addresses = self.egress.admit(&call.url).await?;
        if let Some(domain) = call.url.domain() {
            self.admitted.remember(domain, addresses);
        }
        let mut request = self.http.request(call.method, call.url).headers(headers(&call.headers)?);
        if let Some(body) = call.body {
            request = request.body(body);
        }
        let mut response = request.send().await.map_err(|error| failure(&error))?;
        let mut answer = Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: Vec::new(),
        };
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if answer.body.len() + chunk.len() > MOST_BYTES {
                return Err(Failure::TooLong);
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

fn headers(pairs: &[(String, String)]) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let bad = || Failure::Unsendable(format!("the header {name} cannot be sent"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        headers.append(name, HeaderValue::from_str(value).map_err(|_| bad())?);
    }
    Ok(headers)
}

/// Without the address: it may carry a key.
fn failure(error: &reqwest::Error) -> Failure {
    if error.is_connect() {
        return Failure::NotSent(innermost(error));
    }
    if error.is_timeout() {
        return Failure::TimedOut;
    }
    if error.is_builder() {
        return Failure::Unsendable("the call cannot be written down".to_owned());
    }
    Failure::Broken(innermost(error))
}

fn innermost(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    source.to_string()
}
