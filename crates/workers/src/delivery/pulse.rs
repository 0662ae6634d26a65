//! When a connection's circuit is told how a call went.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::connection::Health;
use tokio::time::Instant;

/// That all is well is news again after this.
const AGAIN: Duration = Duration::from_secs(1);

/// When it was last said that all is well.
#[derive(Debug, Clone, Default)]
pub(super) struct Pulse(Arc<Mutex<Option<Instant>>>);

impl Pulse {
    /// Whether it has to be said. Every failure has; after one so has the next success.
    pub(super) fn is_news(&self, health: Health) -> bool {
        let mut well = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if health != Health::Well {
            *well = None;
            return true;
        }
        if well.is_some_and(|said| said.elapsed() < AGAIN) {
            return false;
        }
        *well = Some(Instant::now());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_is_news_once_and_again_after_a_failure() {
        let pulse = Pulse::default();
        let said = [Health::Well, Health::Well, Health::Failed, Health::Well, Health::Well];
        let news: Vec<bool> = said.into_iter().map(|health| pulse.is_news(health)).collect();
        assert_eq!(news, [true, false, true, true, false]);
    }
}
