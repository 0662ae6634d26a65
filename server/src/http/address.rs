//! Where a request came from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use http::Extensions;
use http::HeaderMap;

/// The address of the caller; `X-Forwarded-For` counts only behind a configured proxy, and then its
/// last entry that is not such a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Reads it from a request.
    pub fn of(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpAddr]) -> Self {
        let peer = extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip().to_canonical());
        if !trusted.contains(&peer) {
            return Self(peer);
        }
        let forwarded = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|part| part.trim().parse::<IpAddr>().ok())
            .map(|ip| ip.to_canonical())
            .collect::<Vec<_>>();
        let client = forwarded.into_iter().rev().find(|ip| !trusted.contains(ip));
        Self(client.unwrap_or(peer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &'static str) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", http::HeaderValue::from_static(forwarded));
        let trusted = ["10.0.0.1".parse().unwrap()];
        ClientAddress::of(&extensions, &headers, &trusted).0.to_string()
    }

    #[test]
    fn a_caller_cannot_choose_its_address() {
        assert_eq!(client("192.0.2.7", "127.0.0.1"), "192.0.2.7");
    }

    #[test]
    fn behind_a_proxy_the_last_foreign_entry_counts() {
        assert_eq!(client("10.0.0.1", "127.0.0.1, 192.0.2.9, 10.0.0.1"), "192.0.2.9");
    }
}
