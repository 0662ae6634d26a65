//! Texts of the review queue.

use domain::alert::{RejectReason, ReviewDecision};

use crate::ui::format;

/// Title.
pub const TITLE: &str = "Review";
/// Heading of the queue.
pub const WAITING: &str = "Waiting";
/// Fact.
pub const SINCE: &str = "Waiting since";
/// Fact.
pub const DUE: &str = "Answer due";
/// Fact.
pub const ASKED: &str = "Asked";
/// After a due time that has passed.
pub const OVERDUE: &str = "overdue";
/// Nothing waits.
pub const EMPTY: &str = "Nothing waiting";
/// Under it.
pub const EMPTY_HINT: &str = "New questions appear here by themselves.";
/// Under it, on a new installation.
pub const NEVER: &str = "Nobody has decided anything yet.";
/// Link.
pub const SEE_ALERTS: &str = "See all alerts";
/// Button.
pub const APPROVE: &str = "Approve";
/// Button.
pub const REJECT: &str = "Reject";
/// Button.
pub const SNOOZE: &str = "Snooze";
/// Button.
pub const UNDO: &str = "Undo";
/// While it is sent.
pub const APPROVING: &str = "Approving…";
/// While it is sent.
pub const UNDOING: &str = "Undoing…";
/// Name of the three buttons.
pub const DECISION: &str = "Decision";
/// Link.
pub const PREVIOUS: &str = "Previous";
/// Link.
pub const NEXT: &str = "Next";
/// Link.
pub const OPEN_ALERT: &str = "Open alert";
/// Heading.
pub const WHY: &str = "Why it asks you";
/// Heading.
pub const ALONG: &str = "Goes along";
/// What goes along.
pub const TREND_GRAPH: &str = "Trend graph";
/// Field.
pub const PRIORITY: &str = "Priority";
/// Field.
pub const DUE_DATE: &str = "Work due";
/// Field.
pub const ASSIGN_TO: &str = "Assign to";
/// Placeholder of the field.
pub const PLANNER_QUEUE: &str = "Planner queue";
/// Fact.
pub const FAILURE_CODE: &str = "Failure code";
/// No failure code.
pub const NO_CODE: &str = "not mapped";
/// Question.
pub const REJECT_TITLE: &str = "Why is it rejected?";
/// What it means.
pub const REJECT_HINT: &str = "The alert closes with this reason. Predictions of the same case are \
                               only recorded for 48 hours.";
/// Field.
pub const COMMENT: &str = "Comment";
/// Question.
pub const SNOOZE_TITLE: &str = "Ask again when?";
/// What it means.
pub const SNOOZE_HINT: &str = "The question leaves the queue and comes back by itself. A worse \
                               prediction brings it back sooner.";
/// Button.
pub const SHIFT_END: &str = "End of shift";
/// Button.
pub const TOMORROW: &str = "Tomorrow";
/// Field.
pub const ON_DATE: &str = "On a day";
/// Button.
pub const SNOOZE_UNTIL: &str = "Snooze until that day";
/// The item is not a question any more.
pub const NO_QUESTION: &str = "This alert asks nothing now.";
/// The work order ended the question.
pub const SUPERSEDED: &str = "A work order exists, so the question has ended.";
/// A decision that waits to be carried out.
pub const CARRIED_OUT: &str = "Will be carried out in a moment.";

/// "2 of 5".
pub fn place(n: usize, of: usize) -> String {
    format!("{n} of {of}")
}

/// What the CMMS gets.
pub fn receives(connection: &str) -> String {
    format!("{connection} will receive")
}

/// The tally under the queue.
pub fn today(approved: i64, rejected: i64, snoozed: i64) -> String {
    format!("Today: {approved} approved, {rejected} rejected, {snoozed} snoozed.")
}

/// Who decided last; the time follows.
pub fn last(by: &str) -> String {
    format!("Last decided by {by},")
}

/// What was said, past tense.
pub const fn said(decision: ReviewDecision) -> &'static str {
    match decision {
        ReviewDecision::Approve => "Approved",
        ReviewDecision::Reject => "Rejected",
        ReviewDecision::Snooze => "Snoozed",
    }
}

/// Toast and notice after a decision.
pub fn done(decision: ReviewDecision, tag: &str) -> String {
    format!("{} {tag}", said(decision))
}

/// Heading where somebody decided; the time follows.
pub fn decided_by(decision: Option<ReviewDecision>, by: Option<&str>) -> String {
    let said = decision.map_or("Decided", said);
    match by {
        Some(by) => format!("{said} by {by},"),
        None => format!("{said},"),
    }
}

/// Why it was rejected.
pub const fn reason(reason: RejectReason) -> &'static str {
    match reason {
        RejectReason::FalseAlarm => "False alarm",
        RejectReason::SensorFault => "Sensor fault",
        RejectReason::Known => "Known already",
        RejectReason::AlreadyFixed => "Already fixed",
        RejectReason::Planned => "Already planned",
        RejectReason::Duplicate => "Duplicate",
    }
}

/// How often and to whom a question went on.
pub fn escalated(role: &str, times: i32) -> String {
    match times {
        0 => role.to_owned(),
        1 => format!("{role}, escalated"),
        n => format!("{role}, escalated {} times", format::integer(n.into())),
    }
}

/// Parts that go along.
pub fn parts(count: usize) -> String {
    match count {
        1 => "1 spare part".to_owned(),
        n => format!("{n} spare parts"),
    }
}
