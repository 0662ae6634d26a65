use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;

use super::reader::Reader;

/// Section `[server]`: where and how the program is reached.
#[derive(Debug, Clone)]
pub struct Server {
    /// `server.listen`: address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// `server.base_url`: what people type; from the listen address when absent.
    pub base_url: Option<String>,
    /// `server.behind_proxy`: a reverse proxy in front ends TLS.
    pub behind_proxy: bool,
    /// `server.trusted_proxies`: whose `X-Forwarded-For` is believed; the proxy on this machine
    /// when absent.
    pub trusted_proxies: Vec<IpAddr>,
    /// `server.site_dir`: files of the browser, instead of those inside the program.
    pub site_dir: Option<PathBuf>,
    /// `server.key_quota_per_sec`: predictions or requests a second one API key may send.
    pub key_quota_per_sec: u32,
    /// How a connection is protected, from `server.certificate`, `server.key` and the address.
    pub transport: Transport,
}

/// How a connection is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// Plain HTTP: only on loopback or behind a proxy.
    Plain,
    /// TLS with a certificate of the owner.
    Certificate {
        /// PEM file with the chain.
        certificate: PathBuf,
        /// PEM file with the private key.
        key: PathBuf,
    },
    /// TLS with a certificate from a local authority that the first start makes.
    LocalAuthority,
}

impl Server {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let listen = reader
            .parsed("server.listen", "an address such as 127.0.0.1:3000")
            .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)));
        let base_url =
            reader.text("server.base_url").map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = &base_url
            && !is_origin(url)
        {
            reader.problem(
                "server.base_url",
                "scheme, host and port are expected, such as https://plant.example",
            );
        }
        let behind_proxy = reader.flag("server.behind_proxy").unwrap_or(false);
        let proxies = reader.list("server.trusted_proxies", "an IP address");
        if proxies.as_ref().is_some_and(|list| !list.is_empty()) && !behind_proxy {
            reader.problem(
                "server.trusted_proxies",
                "means nothing without server.behind_proxy = true",
            );
        }
        let trusted_proxies = proxies.unwrap_or_else(|| match behind_proxy {
            true => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            false => Vec::new(),
        });
        let site_dir = reader.path("server.site_dir");
        let key_quota_per_sec = reader
            .parsed("server.key_quota_per_sec", "a whole number above 0")
            .map_or(20_000, NonZeroU32::get);
        let transport = transport(reader, listen, behind_proxy);
        Self {
            listen,
            base_url,
            behind_proxy,
            trusted_proxies,
            site_dir,
            key_quota_per_sec,
            transport,
        }
    }
}

fn transport(reader: &mut Reader, listen: SocketAddr, behind_proxy: bool) -> Transport {
    match (reader.path("server.certificate"), reader.path("server.key")) {
        (Some(certificate), Some(key)) => {
            for (name, path) in [("server.certificate", &certificate), ("server.key", &key)] {
                if !path.is_file() {
                    reader.problem(name, format!("there is no file {}", path.display()));
                }
            }
            Transport::Certificate { certificate, key }
        }
        (None, None) if behind_proxy || listen.ip().is_loopback() => Transport::Plain,
        (None, None) => Transport::LocalAuthority,
        (Some(_), None) => {
            reader.problem("server.key", "is missing beside server.certificate");
            Transport::LocalAuthority
        }
        (None, Some(_)) => {
            reader.problem("server.certificate", "is missing beside server.key");
            Transport::LocalAuthority
        }
    }
}

fn is_origin(url: &str) -> bool {
    let Ok(uri) = url.parse::<http::Uri>() else { return false };
    matches!(uri.scheme_str(), Some("http" | "https"))
        && uri.host().is_some_and(|host| !host.is_empty())
        && uri.path() == "/"
        && uri.query().is_none()
        && !url.contains('@')
}
