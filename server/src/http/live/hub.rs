//! What changed lately, in this process and in the others, with its order: a page that comes (back)
//! is told what it missed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::SiteId;
use store::{Change, Topic};
use tokio::sync::broadcast;

/// Topics people can watch.
pub(super) const WATCHED: [Topic; 6] = [
    Topic::Alerts,
    Topic::Reviews,
    Topic::WorkOrders,
    Topic::Logbook,
    Topic::Notices,
    Topic::Predictions,
];

/// A change and its place in the order of changes.
pub(super) type Numbered = (u64, Change);

/// Changes of this process and of the others.
#[derive(Debug, Clone)]
pub struct Hub {
    told: broadcast::Sender<Numbered>,
    history: Arc<Mutex<History>>,
    /// Tells this process from others, and from itself before a restart.
    process: Arc<str>,
}

/// The latest change of each topic and site.
#[derive(Debug, Default)]
struct History {
    number: u64,
    latest: BTreeMap<(Topic, Option<SiteId>), u64>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            told: broadcast::channel(1024).0,
            history: Arc::default(),
            process: process_name().into(),
        }
    }
}

impl Hub {
    /// How other processes know this one.
    pub(super) fn process(&self) -> &str {
        &self.process
    }

    /// Everything told from now on.
    pub(super) fn subscribe(&self) -> broadcast::Receiver<Numbered> {
        self.told.subscribe()
    }

    /// Tells whoever watches, and those who come later.
    pub fn tell(&self, change: Change) {
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        history.number += 1;
        let number = history.number;
        history.latest.insert(change, number);
        // Under the lock, so that changes are heard in their order. Without a listener nobody watches.
        drop(self.told.send((number, change)));
    }

    /// Anything may have changed.
    pub(super) fn tell_all(&self) {
        WATCHED.iter().for_each(|topic| self.tell((*topic, None)));
    }

    /// Where the order of changes stands, for [`Self::missed`]: take it before reading what a page
    /// shows.
    pub fn position(&self) -> String {
        let number = self.history.lock().unwrap_or_else(PoisonError::into_inner).number;
        self.position_at(number)
    }

    pub(super) fn position_at(&self, number: u64) -> String {
        format!("{}-{number}", self.process)
    }

    /// What changed after a position; every topic when the position is not from this process.
    pub(super) fn missed(&self, position: &str) -> Vec<Change> {
        let since = position
            .split_once('-')
            .filter(|(process, _)| **process == *self.process)
            .and_then(|(_, number)| number.parse::<u64>().ok());
        let Some(since) = since else {
            return WATCHED.iter().map(|topic| (*topic, None)).collect();
        };
        let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = history.latest.iter();
        latest.filter(|(_, number)| **number > since).map(|(change, _)| *change).collect()
    }
}

fn process_name() -> String {
    let mut bytes = [0_u8; 8];
    match getrandom::fill(&mut bytes) {
        Ok(()) => hex::encode(bytes),
        Err(_) => std::process::id().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALERTS: Change = (Topic::Alerts, Some(SiteId(1)));
    const ORDERS: Change = (Topic::WorkOrders, Some(SiteId(1)));

    #[test]
    fn who_comes_later_is_told_what_changed_since_the_page_was_made_and_no_more() {
        let hub = Hub::default();
        hub.tell(ALERTS);
        let position = hub.position();
        assert_eq!(hub.missed(&position), []);
        hub.tell(ORDERS);
        hub.tell(ORDERS);
        assert_eq!(hub.missed(&position), [ORDERS]);
        assert_eq!(hub.missed(&hub.position()), []);
    }

    #[test]
    fn a_position_of_another_process_may_have_missed_everything() {
        let hub = Hub::default();
        for position in [Hub::default().position(), String::new(), format!("{}-x", hub.process())] {
            assert_eq!(hub.missed(&position).len(), WATCHED.len(), "{position}");
        }
    }
}
