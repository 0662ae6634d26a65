//! The one clock: the database's, plus an offset that only tests move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// Business time is the database's `now()` plus this offset; zero outside tests.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// Moves business time. Leases and order keep database time.
    pub fn advance(&self, by: TimeDelta) {
        self.offset_ms.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }

    /// Business time at a database instant.
    pub fn at(&self, database_now: DateTime<Utc>) -> DateTime<Utc> {
        database_now + TimeDelta::milliseconds(self.offset_ms.load(Ordering::SeqCst))
    }
}
