//! The quarantine as CSV.

use chrono_tz::Tz;
use domain::views::predictions::Quarantined;
use store::ScopedTx;

use super::read::{QuarantineQuery, quarantine};
use crate::export::{Line, Part, Sheet};
use crate::{Caller, Error};

/// Rows read at once.
const ROWS: i64 = 500;

/// The quarantine, newest first. What waits there may belong to no site, so its times are UTC.
#[derive(Debug)]
pub struct QuarantineSheet(QuarantineQuery);

impl QuarantineSheet {
    /// Of what the list shows, from its first page on.
    pub fn new(query: QuarantineQuery) -> Self {
        Self(QuarantineQuery { before: None, limit: Some(ROWS), ..query })
    }
}

impl Sheet for QuarantineSheet {
    const FILE: &'static str = "quarantine";
    const ACTION: &'static str = "prediction.export";
    const COLUMNS: &'static [&'static str] = &[
        "prediction",
        "reason",
        "source",
        "event_id",
        "received_at",
        "observed_at",
        "asset",
        "failure_mode",
        "confidence",
        "model",
        "replayed_at",
        "dismissed_at",
        "alert",
    ];

    async fn part(&mut self, tx: &mut ScopedTx, caller: &Caller) -> Result<Part, Error> {
        let page = quarantine(tx, caller, self.0.clone()).await?;
        self.0.before = page.next;
        Ok(Part { lines: page.items.iter().map(line).collect(), more: page.next.is_some() })
    }
}

fn line(item: &Quarantined) -> Line {
    Line::new()
        .integer(item.id.0)
        .text(item.reason.as_str())
        .text(&item.source)
        .text(&item.event_id)
        .time(item.received_at, Tz::UTC)
        .time(item.observed_at, Tz::UTC)
        .text(&item.asset)
        .text(&item.failure_mode)
        .number(item.confidence)
        .text(&item.model)
        .time(item.replayed_at, Tz::UTC)
        .time(item.dismissed_at, Tz::UTC)
        .integer(item.alert_id.map(|id| id.0))
}
