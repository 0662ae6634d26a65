//! How this installation runs, as the use cases need to know it.

use std::time::Duration;

use crate::secrets::Vault;

/// Values from the configuration, loaded once in `server`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address people and mails use, without a trailing slash.
    pub base_url: String,
    /// 1.0 outside tests; waits of our own making are multiplied by it.
    pub time_scale: f64,
    /// How long a review decision can be undone.
    pub undo: Duration,
    /// What seals secrets.
    pub vault: Vault,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1:3000".to_owned(),
            time_scale: 1.0,
            undo: Duration::from_secs(8),
            vault: Vault::default(),
        }
    }
}

impl Settings {
    /// A wait of our own making, shortened in tests.
    pub fn scaled(&self, wait: Duration) -> Duration {
        wait.mul_f64(self.time_scale)
    }
}
