//! In-process wake-ups and live topics, published after a commit (never inside one).

use std::sync::Arc;

use domain::ids::SiteId;
use tokio::sync::{Notify, broadcast};

/// What has changed, or what has work to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// Alerts changed.
    Alerts,
    /// Review items changed.
    Reviews,
    /// Work orders changed.
    WorkOrders,
    /// The shift logbook changed.
    Logbook,
    /// Somebody was told something.
    Notices,
    /// Quarantined predictions changed.
    Predictions,
    /// Wakes the decision worker.
    Decisions,
    /// Wakes the delivery worker.
    Deliveries,
    /// Wakes the mail worker.
    Mail,
}

impl Topic {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alerts => "alerts",
            Self::Reviews => "reviews",
            Self::WorkOrders => "work_orders",
            Self::Logbook => "logbook",
            Self::Notices => "notices",
            Self::Predictions => "predictions",
            Self::Decisions => "decisions",
            Self::Deliveries => "deliveries",
            Self::Mail => "mail",
        }
    }
}

/// A topic and the site it concerns; `None` is every site.
pub type Change = (Topic, Option<SiteId>);

/// Where committed changes are announced.
#[derive(Debug, Clone)]
pub struct Signals {
    /// Something to decide.
    pub decisions: Arc<Notify>,
    /// Something to deliver.
    pub deliveries: Arc<Notify>,
    /// Something to mail.
    pub mail: Arc<Notify>,
    /// Something to show; slow readers lag and must refetch.
    pub live: broadcast::Sender<Change>,
}

impl Default for Signals {
    fn default() -> Self {
        Self {
            decisions: Arc::default(),
            deliveries: Arc::default(),
            mail: Arc::default(),
            live: broadcast::channel(1024).0,
        }
    }
}

impl Signals {
    /// Announces what a transaction changed, after it committed.
    pub fn publish(&self, changes: &[Change]) {
        for &(topic, site) in changes {
            match topic {
                Topic::Decisions => self.decisions.notify_one(),
                Topic::Deliveries => self.deliveries.notify_one(),
                Topic::Mail => self.mail.notify_one(),
                // No receiver means nobody watches.
                _ => drop(self.live.send((topic, site))),
            }
        }
    }
}
