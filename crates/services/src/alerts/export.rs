//! Alerts and waiting questions as CSV.

use domain::alert::{AlertState, ReviewStatus};
use store::ScopedTx;
use store::alerts::Row;

use super::desk::zone;
use super::read::{ListQuery, page};
use crate::export::{Line, Part, Sheet};
use crate::{Caller, Error};

/// Rows read at once.
const ROWS: i64 = 200;

/// The alert list, newest first.
#[derive(Debug)]
pub struct AlertSheet(ListQuery);

impl AlertSheet {
    /// Of what the list shows, from its first page on.
    pub fn new(query: ListQuery) -> Self {
        Self(ListQuery { after: None, limit: ROWS, ..query })
    }
}

impl Sheet for AlertSheet {
    const FILE: &'static str = "alerts";
    const ACTION: &'static str = "alert.export";
    const COLUMNS: &'static [&'static str] = &[
        "alert",
        "severity",
        "state",
        "asset",
        "asset_name",
        "path",
        "failure_mode",
        "confidence",
        "remaining_life_hours",
        "window_hours",
        "predictions",
        "first_seen",
        "last_seen",
        "rule",
        "action",
        "note",
        "held_until",
        "review_due",
        "work_order",
        "work_order_status",
        "delivery",
        "outcome",
        "closed_at",
    ];

    async fn part(&mut self, tx: &mut ScopedTx, _: &Caller) -> Result<Part, Error> {
        let (rows, next) = page(tx, &self.0, false).await?;
        self.0.after = next;
        Ok(Part { lines: rows.iter().map(alert).collect(), more: next.is_some() })
    }
}

fn alert(row: &Row) -> Line {
    let zone = zone(&row.time_zone);
    let asked = row.review_status.as_deref() == Some(ReviewStatus::Pending.as_str());
    Line::new()
        .integer(row.id)
        .text(&row.severity)
        .text(&row.state)
        .text(&row.tag)
        .text(&row.asset_name)
        .text(&row.path_text)
        .text(&row.failure_mode)
        .number(row.confidence)
        .number(row.rul_hours)
        .number(row.window_hours)
        .integer(i64::from(row.predictions))
        .time(row.first_seen, zone)
        .time(row.last_seen, zone)
        .maybe(row.rule.as_ref())
        .maybe(row.action.as_ref())
        .maybe(row.note.as_ref())
        .time(row.hold_until, zone)
        .time(row.review_due.filter(|_| asked), zone)
        .maybe(row.cmms_number.as_ref())
        .maybe(row.work_order_status.as_ref())
        .maybe(row.delivery_state.as_ref())
        .maybe(row.outcome.as_ref())
        .time(row.closed_at, zone)
}

/// The questions that wait for a reviewer, newest first.
#[derive(Debug)]
pub struct ReviewSheet(ListQuery);

impl Default for ReviewSheet {
    fn default() -> Self {
        let states = vec![AlertState::WaitingReview];
        Self(ListQuery { states, limit: ROWS, ..ListQuery::default() })
    }
}

impl Sheet for ReviewSheet {
    const FILE: &'static str = "review";
    const ACTION: &'static str = "review.export";
    const COLUMNS: &'static [&'static str] = &[
        "alert",
        "severity",
        "asset",
        "asset_name",
        "path",
        "failure_mode",
        "confidence",
        "remaining_life_hours",
        "asked_at",
        "due",
        "overdue",
        "asked_role",
        "escalations",
        "rule",
    ];

    async fn part(&mut self, tx: &mut ScopedTx, _: &Caller) -> Result<Part, Error> {
        let now = tx.now();
        let (rows, next) = page(tx, &self.0, false).await?;
        self.0.after = next;
        let waits =
            |row: &&Row| row.review_status.as_deref() == Some(ReviewStatus::Pending.as_str());
        let lines = rows.iter().filter(waits).map(|row| question(row, now)).collect();
        Ok(Part { lines, more: next.is_some() })
    }
}

fn question(row: &Row, now: chrono::DateTime<chrono::Utc>) -> Line {
    let zone = zone(&row.time_zone);
    Line::new()
        .integer(row.id)
        .text(&row.severity)
        .text(&row.tag)
        .text(&row.asset_name)
        .text(&row.path_text)
        .text(&row.failure_mode)
        .number(row.confidence)
        .number(row.rul_hours)
        .time(row.review_created_at, zone)
        .time(row.review_due, zone)
        .yes(row.review_due.is_some_and(|due| due < now))
        .maybe(row.review_role.as_ref())
        .integer(row.review_escalations.map(i64::from))
        .maybe(row.rule.as_ref())
}
