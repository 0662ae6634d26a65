//! What time it is in a double.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

/// The clock of a double.
#[derive(Clone)]
pub enum Clock {
    /// Stands, and moves a second with every change: tests see the same times each run.
    Stands(DateTime<Utc>),
    /// Runs as the program's does.
    Runs(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>),
}

impl Clock {
    pub(super) fn now(&self) -> DateTime<Utc> {
        match self {
            Self::Stands(start) => *start,
            Self::Runs(now) => now(),
        }
    }

    pub(super) const fn stands(&self) -> bool {
        matches!(self, Self::Stands(_))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.stands() { "Stands" } else { "Runs" })
    }
}
