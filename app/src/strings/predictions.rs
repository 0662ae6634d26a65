//! Texts of the quarantine.

use domain::prediction::Quarantine;

/// Title.
pub const TITLE: &str = "Quarantine";
/// Under the title.
pub const LEAD: &str = "Predictions that were kept but not acted upon, and why.";
/// Tab.
pub const WAITING: &str = "Waiting";
/// Tab.
pub const HANDLED: &str = "Handled";
/// Name of the tabs.
pub const TABS: &str = "State";
/// Filter and column.
pub const REASON: &str = "Reason";
/// Filter and column.
pub const SOURCE: &str = "Source";
/// Column.
pub const ASSET: &str = "Asset as sent";
/// Column.
pub const FAILURE_MODE: &str = "Failure mode as sent";
/// Column.
pub const CONFIDENCE: &str = "Confidence";
/// Column.
pub const RECEIVED: &str = "Received";
/// Column.
pub const ACTIONS: &str = "What to do";
/// Opens the message.
pub const MESSAGE: &str = "Message";
/// Before the time the machine was observed.
pub const OBSERVED: &str = "Observed";
/// Button.
pub const REPLAY: &str = "Replay";
/// While it is replayed.
pub const REPLAYING: &str = "Replaying…";
/// Button of the mapping forms.
pub const MAP: &str = "Map and replay";
/// Field.
pub const MAP_MODE: &str = "Stands for";
/// First choice of the field.
pub const CHOOSE: &str = "Choose a failure mode";
/// Field.
pub const MAP_ASSET: &str = "Tag of the asset";
/// Button.
pub const DISMISS: &str = "Dismiss…";
/// Button in the question.
pub const DISMISS_NOW: &str = "Dismiss";
/// Question.
pub const DISMISS_TITLE: &str = "Dismiss this prediction?";
/// What it means.
pub const DISMISS_CONSEQUENCE: &str = "It is kept for the record and never acted upon. The same \
                                       event sent again stays dismissed, too.";
/// Heading over nothing.
pub const EMPTY: &str = "Nothing in quarantine";
/// Why there is nothing.
pub const EMPTY_HINT: &str = "Every prediction named a known asset, a known failure mode and a \
                              time that has come.";
/// Heading over nothing with a filter.
pub const NO_MATCH: &str = "Nothing matches these filters";
/// State of a row.
pub const REPLAYED: &str = "Replayed";
/// State of a row.
pub const DISMISSED: &str = "Dismissed";
/// After a replay of a prediction too old to act on.
pub const DONE_STALE: &str = "Replayed. It is too old to open an alert.";
/// After dismissing.
pub const DONE_DISMISSED: &str = "Dismissed. The prediction is kept for the record.";

/// The reason in words.
pub const fn reason(reason: Quarantine) -> &'static str {
    match reason {
        Quarantine::UnknownAsset => "Unknown asset",
        Quarantine::UnknownFailureMode => "Unknown failure mode",
        Quarantine::FutureTimestamp => "Time lies in the future",
    }
}

/// What helps against the reason.
pub const fn advice(reason: Quarantine) -> &'static str {
    match reason {
        Quarantine::UnknownAsset => "Import the asset and replay, or name the asset it means.",
        Quarantine::UnknownFailureMode => "Say which failure mode the word stands for.",
        Quarantine::FutureTimestamp => {
            "Check the clock of the source; replay when the time has come."
        }
    }
}

/// After a replay; the link to the alert follows.
pub fn done_alert(alert: i64) -> String {
    format!("Replayed. It now belongs to alert {alert}.")
}

/// Heading of the list.
pub fn waiting(count: i64) -> String {
    match count {
        1 => "1 prediction waits".to_owned(),
        n => format!("{} predictions wait", crate::ui::format::integer(n)),
    }
}
