//! The address is the state: reading and changing query strings.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

/// An address with its query, to be read and changed a little for a link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    path: String,
    pairs: Vec<(String, String)>,
}

impl Query {
    /// An address without a query.
    pub fn of(path: impl Into<String>) -> Self {
        Self { path: path.into(), pairs: Vec::new() }
    }

    /// A path with a query as it stands in an address.
    pub fn parse(path: impl Into<String>, query: &str) -> Self {
        let pairs = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("__"))
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(key, value)| (decode(key), decode(value)))
            .collect();
        Self { path: path.into(), pairs }
    }

    /// The same query at another path.
    #[must_use]
    pub fn at(&self, path: impl Into<String>) -> Self {
        Self { path: path.into(), pairs: self.pairs.clone() }
    }

    /// The current address; changes with it. Parameters of a failed form post are left out.
    pub fn current() -> Memo<Self> {
        let (location, params) = (use_location(), use_query_map());
        Memo::new(move |_| {
            let pairs = params
                .get()
                .into_iter()
                .map(|(key, value)| (key.into_owned(), value))
                .filter(|(key, _)| !key.starts_with("__"))
                .collect();
            Self { path: location.pathname.get(), pairs }
        })
    }

    /// The first value of a parameter, if it is not empty.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(k, v)| k == key && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// The values of a comma list, such as `sev=high,critical`.
    pub fn list(&self, key: &str) -> Vec<&str> {
        self.get(key).map(|v| v.split(',').filter(|v| !v.is_empty()).collect()).unwrap_or_default()
    }

    /// Every parameter with a value, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// The same address with one parameter set.
    #[must_use]
    pub fn with(&self, key: &str, value: &str) -> Self {
        let mut next = self.without(key);
        next.pairs.push((key.to_owned(), value.to_owned()));
        next
    }

    /// The same address without one parameter.
    #[must_use]
    pub fn without(&self, key: &str) -> Self {
        let pairs = self.pairs.iter().filter(|(k, _)| k != key).cloned().collect();
        Self { path: self.path.clone(), pairs }
    }

    /// The address as a link.
    pub fn href(&self) -> String {
        let query: Vec<_> =
            self.pairs().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
        if query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, query.join("&"))
        }
    }
}

/// Percent-encodes a value of a query; `,` `:` and `/` stay readable.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'.'
            | b'~'
            | b','
            | b':'
            | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Reads a value of a query: the reverse of [`encode`], and `+` is a space.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let pair = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                let hex = std::str::from_utf8(&pair).unwrap_or("00");
                bytes.push(u8::from_str_radix(hex, 16).unwrap_or(b'?'));
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The address if it leads into this application, otherwise the start page.
pub fn local(address: &str) -> &str {
    let inside = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains('\\')
        && !address.contains(char::is_control);
    if inside { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_a_parameter_replaces_it() {
        let query = Query::of("/alerts").with("sev", "high").with("sev", "low,high");
        assert_eq!(query.href(), "/alerts?sev=low,high");
        assert_eq!(query.list("sev"), ["low", "high"]);
    }

    #[test]
    fn removing_the_last_parameter_leaves_the_path() {
        assert_eq!(Query::of("/alerts").with("q", "a").without("q").href(), "/alerts");
    }

    #[test]
    fn a_value_cannot_break_out_of_the_query() {
        assert_eq!(Query::of("/a").with("q", "x&y=1#z ü").href(), "/a?q=x%26y%3D1%23z%20%C3%BC");
    }

    #[test]
    fn an_address_is_read_as_it_was_written() {
        let query = Query::of("/alerts").with("q", "a&b=c d+e ü").with("sev", "high,low");
        let (path, text) =
            query.href().split_once('?').map(|(p, q)| (p.to_owned(), q.to_owned())).unwrap();
        assert_eq!(Query::parse(path, &text), query);
        assert_eq!(Query::parse("/alerts", "q=a+b&__err=x").href(), "/alerts?q=a%20b");
    }

    #[test]
    fn coming_back_never_leaves_the_application() {
        assert_eq!(local("/alerts?q=1"), "/alerts?q=1");
        for outside in ["//evil", "https://evil", "/\\evil", "javascript:x", "", "/\n/evil"] {
            assert_eq!(local(outside), "/");
        }
    }
}
