//! Work orders as CSV.

use chrono_tz::Tz;
use domain::ids::WorkOrderId;
use domain::views::work_orders::WorkOrderFilter;
use store::ScopedTx;
use store::work_orders::read::OrderRow;

use super::show::rows;
use crate::export::{Line, Part, Sheet};
use crate::{Caller, Error};

/// Rows read at once.
const ROWS: u32 = 200;

/// The list of work orders, newest first.
#[derive(Debug)]
pub struct WorkOrderSheet(WorkOrderFilter);

impl WorkOrderSheet {
    /// Of what the list shows, from its first page on.
    pub fn new(filter: WorkOrderFilter) -> Self {
        Self(WorkOrderFilter { after: None, ..filter })
    }
}

impl Sheet for WorkOrderSheet {
    const FILE: &'static str = "work-orders";
    const ACTION: &'static str = "work_order.export";
    const COLUMNS: &'static [&'static str] = &[
        "work_order",
        "cmms_number",
        "priority",
        "title",
        "asset",
        "path",
        "site",
        "failure_mode",
        "status",
        "cmms_status",
        "origin",
        "rule",
        "policy_version",
        "requested_by",
        "assigned_to",
        "due",
        "created_at",
        "delivery",
        "attempts",
        "error",
        "closed_at",
        "outcome",
    ];

    async fn part(&mut self, tx: &mut ScopedTx, _: &Caller) -> Result<Part, Error> {
        let (found, next) = rows(tx, &self.0, ROWS).await?;
        self.0.after = found.last().map(|row| WorkOrderId(row.id));
        Ok(Part { lines: found.iter().map(line).collect(), more: next.is_some() })
    }
}

fn line(row: &OrderRow) -> Line {
    let zone: Tz = row.time_zone.parse().unwrap_or(Tz::UTC);
    Line::new()
        .integer(row.id)
        .maybe(row.cmms_number.as_ref())
        .integer(i64::from(row.priority))
        .text(&row.title)
        .text(&row.tag)
        .text(&row.path_text)
        .text(&row.site_name)
        .text(&row.failure_mode)
        .text(&row.status)
        .maybe(row.cmms_status.as_ref())
        .text(&row.origin)
        .maybe(row.rule.as_ref())
        .integer(row.policy_version.map(i64::from))
        .text(row.requester.as_deref().unwrap_or("Millwright"))
        .maybe(row.assigned_to.as_ref())
        .time(row.due, zone)
        .time(row.created_at, zone)
        .text(&row.delivery_state)
        .integer(i64::from(row.attempts))
        .maybe(row.error_text.as_ref())
        .time(row.closed_at, zone)
        .maybe(row.outcome.as_ref())
}
