//! What sources declare, kept for a moment: every request needs it before its transaction begins.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::SourceId;
use domain::prediction::SourceSettings;
use store::Store;

use crate::Error;

const KEEP: Duration = Duration::from_secs(2);

/// What a source declares, and the business time at which it was asked for.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The declaration.
    pub settings: Arc<SourceSettings>,
    /// Now.
    pub now: DateTime<Utc>,
}

#[derive(Clone)]
struct Entry {
    settings: Arc<SourceSettings>,
    /// Database time when it was read.
    database_now: DateTime<Utc>,
    read: Instant,
}

/// Settings of sources, at most two seconds old.
#[derive(Debug, Clone)]
pub struct SourceCache {
    store: Store,
    entries: Arc<Mutex<HashMap<SourceId, Entry>>>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl SourceCache {
    /// An empty cache.
    pub fn new(store: Store) -> Self {
        Self { store, entries: Arc::default() }
    }

    /// What the source declares.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such source, [`Error::Unavailable`] without a database.
    pub async fn get(&self, id: SourceId) -> Result<Declared, Error> {
        let kept = self.entries.lock().ok().and_then(|entries| entries.get(&id).cloned());
        let entry = match kept {
            Some(entry) if entry.read.elapsed() < KEEP => entry,
            _ => self.read(id).await?,
        };
        let elapsed = TimeDelta::from_std(entry.read.elapsed()).unwrap_or_default();
        let now = self.store.clock.at(entry.database_now + elapsed);
        Ok(Declared { settings: entry.settings, now })
    }

    async fn read(&self, id: SourceId) -> Result<Entry, Error> {
        let mut tx = self.store.begin_system().await?;
        let settings = super::settings(&mut tx, id).await?;
        let zero = DateTime::UNIX_EPOCH;
        let offset = self.store.clock.at(zero) - zero;
        let entry = Entry {
            settings: Arc::new(settings),
            database_now: tx.now() - offset,
            read: Instant::now(),
        };
        if let Ok(mut entries) = self.entries.lock() {
            entries.insert(id, entry.clone());
        }
        Ok(entry)
    }
}
