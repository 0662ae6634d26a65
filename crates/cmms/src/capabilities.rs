//! What a CMMS promises, which decides what may follow an unknown outcome.

use std::time::Duration;

use serde::Deserialize;

/// How a create can be recognised afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// The CMMS refuses a second record under the same key.
    NativeKey,
    /// Records can be searched by our reference.
    SearchableRef,
    /// Neither: after an unknown outcome only a person can tell.
    Neither,
}

/// What a CMMS promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// How a create can be recognised afterwards.
    pub identity: Identity,
    /// Its records live in our own database: calls are cheap, sets are welcome, and nothing lags.
    pub same_database: bool,
    /// When to look up after an unknown outcome, each counted from the one before. The last
    /// absence allows one new create, so together they must outlast a late commit.
    pub look_ups: Vec<Duration>,
}

impl Capabilities {
    /// A CMMS across a network: look-ups after 5 s, 30 s and 120 s.
    pub fn remote(identity: Identity) -> Self {
        let look_ups = [5, 30, 120].map(Duration::from_secs).to_vec();
        Self { identity, same_database: false, look_ups }
    }

    /// Records in our own database, unique by our reference.
    pub fn same_database() -> Self {
        Self { identity: Identity::NativeKey, same_database: true, look_ups: vec![Duration::ZERO] }
    }
}
