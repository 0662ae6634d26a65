use domain::alert::AlertState;
use domain::views::alerts::AlertRow;

use crate::strings::alerts as texts;
use crate::ui::Level;
use crate::ui::time::{TimeStyle, written};

/// What the rules did with an alert, in words.
pub(super) fn did(row: &AlertRow) -> String {
    match row.state {
        AlertState::WorkOrder => texts::work_order(
            row.work_order_number.as_deref(),
            row.work_order_status.as_deref().and_then(|word| word.parse().ok()),
            row.delivery_state.as_deref().and_then(|word| word.parse().ok()),
        ),
        AlertState::WaitingReview if row.review_due.is_none() => texts::DECIDED.to_owned(),
        AlertState::WaitingReview => texts::waiting(row.overdue, row.escalations).to_owned(),
        AlertState::Held => {
            let at = row.hold_until.map(|at| day_and_clock(at, &row.asset.time_zone));
            texts::held(row.hold, &at.unwrap_or_default())
        }
        AlertState::Open => texts::open(row.action).to_owned(),
        AlertState::Closed => {
            row.outcome.map_or_else(|| texts::state(row.state), texts::outcome).to_owned()
        }
    }
}

/// How urgent the state itself is: a refused or overdue one stands out.
pub(super) fn level(row: &AlertRow) -> Option<Level> {
    let stuck = matches!(row.delivery_state.as_deref(), Some("rejected" | "dead" | "needs_person"));
    (row.state == AlertState::WorkOrder && stuck || row.overdue).then_some(Level::High)
}

/// "Mon 23 Nov 06:00" in the zone of the site.
pub(super) fn day_and_clock(at: chrono::DateTime<chrono::Utc>, zone: &str) -> String {
    format!("{} {}", written(at, zone, TimeStyle::Day), written(at, zone, TimeStyle::Clock))
}
