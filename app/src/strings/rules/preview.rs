//! What a draft would have done.

use domain::policy::DecisionAction;
use domain::verdict::Outcome;

use crate::ui::format;

/// Preview panel.
pub const PREVIEW: &str = "Live preview";
/// Choice of period.
pub const PERIOD: &str = "Period";
/// Runs it again.
pub const RECALCULATE: &str = "Recalculate";
/// While it runs.
pub const CALCULATING: &str = "Calculating…";
/// Stops it.
pub const CANCEL: &str = "Cancel";
/// It was stopped.
pub const CANCELLED: &str = "Cancelled; this is the last result.";
/// The draft has problems.
pub const WAITS: &str = "The preview waits until what is marked is right.";
/// Nothing to look at.
pub const NO_DATA: &str = "No prediction came in during this period, so nothing can be said. That does \
                           not mean these rules would not act.";
/// Legend of the strip.
pub const CREATES: &str = "creates";
/// Legend of the strip.
pub const ASKS: &str = "asks a reviewer";
/// Legend of the strip.
pub const GAP: &str = "no data";
/// Caption of the table.
pub const STRIP_TABLE: &str = "Work orders and questions per day";
/// Column.
pub const DAY: &str = "Day";
/// Column.
pub const PREDICTIONS: &str = "Predictions";
/// Panel.
pub const TRUTH: &str = "Against what really happened";
/// Row.
pub const CONFIRMED: &str = "Confirmed";
/// Row.
pub const FALSE_ALARM: &str = "False alarm";
/// Row.
pub const OTHER_FAULT: &str = "Another fault";
/// Row.
pub const NOT_KNOWN: &str = "Not known yet";
/// Row.
pub const MISSED: &str = "Confirmed faults it lets pass";
/// Column.
pub const HOW_IT_ENDED: &str = "How it ended";
/// Column.
pub const NOW: &str = "Draft";
/// Panel.
pub const NOT_SIMULATED: &str = "Not simulated";
/// What is not.
pub const NOT_SIMULATED_LIST: &str = "What was open in the CMMS then, deliveries it refused, notices and \
    overdue questions, and what people would have done otherwise: an alert ends when it really ended. \
    Assets and calendars are those of today.";
/// Sample.
pub const SAMPLE_FIELD: &str = "Field";
/// Sample.
pub const SAMPLE_NONE: &str = "No work order in this period.";
/// Left column head.
pub const LEFT: &str = "left";
/// Arrow of a change.
pub const BECOMES: &str = "becomes";
/// What a decision does, as a verb.
pub const fn did(action: Option<DecisionAction>) -> &'static str {
    match action {
        Some(DecisionAction::Create) => "creates",
        Some(DecisionAction::Review) => "asks",
        Some(DecisionAction::Hold) => "holds",
        Some(DecisionAction::Log) => "logs",
        None => "nothing",
    }
}

/// How an alert ended.
pub fn ended(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or("not known yet", crate::strings::alerts::outcome)
}

/// Coverage in words.
pub fn coverage(days: i32, predictions: i64, alerts: i64, gaps: i64) -> String {
    let gaps = match gaps {
        0 => "no day without data".to_owned(),
        1 => "1 day without data".to_owned(),
        n => format!("{n} days without data"),
    };
    format!(
        "{days} days: {} predictions on {} alerts, {gaps}",
        format::integer(predictions),
        format::integer(alerts)
    )
}

/// "recalculated in 0.4 s".
#[expect(clippy::cast_precision_loss, reason = "milliseconds of one calculation")]
pub fn took(ms: i64) -> String {
    format!("calculated in {} s", format::decimal(ms as f64 / 1000.0, 2))
}

/// "7 work orders".
pub fn orders(n: i64) -> String {
    if n == 1 { "1 work order".to_owned() } else { format!("{} work orders", format::integer(n)) }
}

/// The rest of the headline after the work orders.
pub fn headline(held: i64, reviews: i64, logged: i64, merged: i64) -> String {
    let n = format::integer;
    format!(
        ", held {} for later, sent {} to review, logged {} and merged {} repeats.",
        n(held),
        n(reviews),
        n(logged),
        n(merged)
    )
}

/// The same of what is live.
pub fn live_headline(version: i32, created: i64, held: i64, reviews: i64) -> String {
    let n = format::integer;
    format!("Live v{version}: {}, {} held, {} to review.", orders(created), n(held), n(reviews))
}

/// The cap.
pub fn capped(n: i64) -> String {
    format!(
        "{} of the questions would be work orders but for the cap of the connection.",
        format::integer(n)
    )
}

/// More than five a day.
pub fn busy(days: i64, most: i64) -> String {
    let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    format!("More than 5 work orders on {days}, {most} at most.")
}

/// A rule behind a wider one.
pub fn unreachable(rule: &str, by: &str) -> String {
    format!("“{rule}” never gets its turn: “{by}” above it fits everything it fits.")
}

/// A rule that others take from.
pub fn overlap(rule: &str, taken: i64, of: i64) -> String {
    format!(
        "“{rule}” fits {} predictions, but rules above it take {} of them.",
        format::integer(of),
        format::integer(taken)
    )
}

/// "3 new, 1 gone, 2 changed, 4 same".
pub fn compared(new: i64, gone: i64, changed: i64, same: i64) -> String {
    format!("{new} new, {gone} gone, {changed} changed, {same} same")
}

/// "Against live v7".
pub fn against(version: i32) -> String {
    format!("Against live v{version}")
}

/// "As Work-order book would get it".
pub fn as_sent(connection: &str) -> String {
    format!("As {connection} would get it")
}

/// What a screen reader hears of the strip.
pub fn strip(created: i64, live: i64, days: i64) -> String {
    format!(
        "{} by the draft and {} by the live rules in {days} days.",
        orders(created),
        orders(live)
    )
}

/// "left of 1 240".
pub fn left_of(n: i64) -> String {
    format!("left of {}", format::integer(n))
}
