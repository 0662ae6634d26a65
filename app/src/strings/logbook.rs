//! Texts of the shift logbook.

use domain::views::logbook::{AutoEntry, AutoKind, Shift};

use crate::ui::format;

/// Title.
pub const TITLE: &str = "Shift logbook";
/// Name of the form for a new entry, and placeholder of its text.
pub const WHAT: &str = "What happened?";
/// Name of the form.
pub const NEW: &str = "New entry";
/// Field.
pub const ASSET: &str = "Asset";
/// Field.
pub const TAG: &str = "Tag";
/// Box: the next shift must know of it; also the tag of such an entry.
pub const POINT: &str = "Open point";
/// Button.
pub const ADD: &str = "Add entry";
/// While it is saved.
pub const SAVING: &str = "Saving…";
/// Button of a correction.
pub const CORRECT_NOW: &str = "Save correction";
/// Link on an entry.
pub const CORRECT: &str = "Correct";
/// Before the entry that a correction strikes.
pub const CORRECTS: &str = "The new entry strikes this one:";
/// Goes back without doing it.
pub const CANCEL: &str = "Cancel";
/// State of an entry.
pub const SAVED: &str = "saved";
/// State of an entry that was corrected.
pub const STRUCK: &str = "corrected";
/// Heading of the entries of the shift under way.
pub const NOW: &str = "This shift";
/// Name of the group of filters.
pub const SHOW: &str = "Show";
/// Filter.
pub const ALL: &str = "All";
/// Filter.
pub const PEOPLE: &str = "People";
/// Opens the list of shifts.
pub const SHIFTS: &str = "Shifts";
/// In the list of shifts.
pub const UNDER_WAY: &str = "under way";
/// Prints the report of the shift.
pub const PRINT: &str = "Print";
/// Leads from an earlier shift to the one under way.
pub const TO_NOW: &str = "To the shift under way";
/// Name of the choice among sites.
pub const SITES: &str = "Site";
/// Nothing written.
pub const EMPTY: &str = "Nothing in this shift yet";
/// What to do about it.
pub const EMPTY_HINT: &str = "Write down what the next shift should find here.";
/// Nothing matches.
pub const NO_MATCH: &str = "Nothing in this shift matches";
/// More entries than are shown.
pub const MORE: &str = "Earlier entries of this shift are not shown.";
/// Nobody may write into a shift that is over.
pub const OVER: &str = "This shift is over; new entries go into the one under way.";
/// Button on an automatic entry.
pub const RAISE: &str = "Raise work order";
/// Button of the form.
pub const RAISE_NOW: &str = "Raise work order";
/// While it is raised.
pub const RAISING: &str = "Raising…";
/// Field.
pub const RAISE_TITLE: &str = "Title";
/// Field.
pub const PRIORITY: &str = "Priority";
/// Field.
pub const NOTES: &str = "Notes";
/// Under the field.
pub const NOTES_HINT: &str = "What you saw at the machine. Goes along, and stays here as an entry.";
/// Box of the form.
pub const KEEP: &str = "Keep as open point for the next shift";
/// Before what goes along with the work order.
pub const GOES_ALONG: &str = "Goes along";
/// No trend.
pub const NO_TREND: &str = "no trend: nothing measured";
/// Link to the work order there is already.
pub const HAS_ORDER: &str = "There is an open work order for this already:";
/// Heading over nothing to carry over.
pub const NO_POINTS: &str = "No open points";
/// How to make one.
pub const NO_POINTS_HINT: &str = "Tick “Open point” on an entry the next shift must know of.";
/// Button.
pub const HAND_OVER: &str = "Hand over…";
/// Button in the question.
pub const HAND_OVER_NOW: &str = "Sign and hand over";
/// Field of the question.
pub const HAND_OVER_NOTES: &str = "Notes for the next shift";
/// Button.
pub const TAKE_OVER: &str = "Take over";
/// While it is signed.
pub const SIGNING: &str = "Signing…";
/// Who signs on paper.
pub const OUTGOING: &str = "Handed over by";
/// Who signs on paper.
pub const INCOMING: &str = "Taken over by";
/// Not signed.
pub const UNSIGNED: &str = "not signed";
/// State of a point.
pub const DONE: &str = "done";
/// Tag on a work order raised from here.
pub const TREND: &str = "Trend graph";

/// "Night shift", "Between shifts", "Day".
pub fn shift_name(shift: &Shift) -> String {
    match shift.name.as_str() {
        "off" => "Between shifts".to_owned(),
        "day" if whole_day(shift) => "Whole day".to_owned(),
        name if name.to_lowercase().contains("shift") => capital(name),
        name => format!("{} shift", capital(name)),
    }
}

fn whole_day(shift: &Shift) -> bool {
    (shift.until - shift.from).num_hours() >= 23
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// "Day shift, Thu 18 Jun, 06:00 to 14:00".
pub fn shift_line(shift: &Shift, day: &str, from: &str, until: &str) -> String {
    format!("{}, {day}, {from} to {until}", shift_name(shift))
}

/// "Between shifts, Fri 19 Jun 22:00 to Mon 22 Jun 06:00".
pub fn long_line(shift: &Shift, from: (&str, &str), until: (&str, &str)) -> String {
    format!("{}, {} {} to {} {}", shift_name(shift), from.0, from.1, until.0, until.1)
}

/// "7 entries, newest first. Written by R. Castillo, L. Ortega."
pub fn entries(count: usize, people: &[String]) -> String {
    let entries = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
    if people.is_empty() {
        format!("{entries}, newest first")
    } else {
        format!("{entries}, newest first. Written by {}", people.join(", "))
    }
}

/// "Corrects the entry of 06:18".
pub fn corrects(time: &str) -> String {
    format!("Corrects the entry of {time}")
}

/// "Hand-over at 14:00".
pub fn hand_over_at(time: &str) -> String {
    format!("Hand-over at {time}")
}

/// "to night shift".
pub fn to_shift(shift: &Shift) -> String {
    format!("to {}", shift_name(shift).to_lowercase())
}

/// "2 open points will be carried over".
pub fn carried(count: usize) -> String {
    match count {
        0 => "No open points to carry over".to_owned(),
        1 => "1 open point will be carried over".to_owned(),
        count => format!("{count} open points will be carried over"),
    }
}

/// "Hand over night shift?"
pub fn hand_over_question(shift: &Shift) -> String {
    format!("Hand over: {}", shift_name(shift).to_lowercase())
}

/// The shift before is handed over and waits for a signature.
pub fn waits_for_you(shift: &Shift, by: &str, time: &str) -> String {
    format!("{by} handed over the {} at {time}.", shift_name(shift).to_lowercase())
}

/// The shift before is signed by both.
pub fn taken_from(from: &str, by: &str, time: &str) -> String {
    format!("Taken over from {from} by {by} at {time}")
}

/// The shift before was not handed over.
pub fn not_handed_over(shift: &Shift) -> String {
    format!("The {} before was not handed over.", shift_name(shift).to_lowercase())
}

/// Name of the button that ticks a point off or opens it again.
pub fn tick(done: bool, text: &str) -> String {
    if done { format!("Open again: {text}") } else { format!("Done: {text}") }
}

/// "done by L. Ortega".
pub fn done_by(who: &str) -> String {
    format!("done by {who}")
}

/// "TWL-04, priority 3".
pub fn order_facts(code: Option<&str>, priority: i16) -> String {
    match code {
        Some(code) => format!("{code}, priority {priority}"),
        None => format!("Priority {priority}"),
    }
}

/// "TWL-04, priority 3, due Fri 19 Jun".
pub fn order_due(facts: &str, day: &str) -> String {
    format!("{facts}, due {day}")
}

/// "In Work-order book".
pub fn in_cmms(connection: &str) -> String {
    format!("In {connection}")
}

/// "2 notes".
pub fn notes(count: i64) -> String {
    if count == 1 { "Notes".to_owned() } else { format!("{count} notes") }
}

/// "failure code TWL-04".
pub fn failure_code(code: &str) -> String {
    format!("failure code {code}")
}

/// "trend graph of ML-2007/T4/flank_wear".
pub fn trend_of(point: &str) -> String {
    format!("trend graph of {point}")
}

/// "will be sent to Work-order book".
pub fn will_go_to(connection: &str) -> String {
    format!("Will be sent to {connection} as a draft for the planner")
}

/// The claim behind the form: "Tool wear, confidence 0.65, 50 h left".
pub fn claim(mode: &str, confidence: Option<f64>, rul_hours: Option<f64>) -> String {
    let confidence = confidence.map(|c| format!(", confidence {}", format::confidence(c)));
    let life = rul_hours.map(|hours| format!(", {} left", format::life(hours)));
    format!("{mode}{}{}", confidence.unwrap_or_default(), life.unwrap_or_default())
}

/// What stands after the plate of the asset, or alone where there is none. `due` is written in
/// the zone of the site.
pub fn sentence(entry: &AutoEntry, due: Option<&str>) -> String {
    let mode = entry.failure_mode.as_deref().unwrap_or("Failure").to_lowercase();
    let confidence = entry.confidence.map(|c| format!(" {}", format::confidence(c)));
    let case = format!("{mode}{}", confidence.unwrap_or_default());
    let by = entry.by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
    let why = |words: Option<&str>| {
        words.map(|w| format!(": {}", w.replace('_', " "))).unwrap_or_default()
    };
    let detail = why(entry.detail.as_deref());
    match entry.kind {
        AutoKind::ReviewAsked => match due {
            Some(due) => format!("{case}. A reviewer is asked, answer due {due}."),
            None => format!("{case}. A reviewer is asked."),
        },
        AutoKind::ReviewApproved => format!("{case}. Approved{by}{detail}."),
        AutoKind::ReviewRejected => format!("{case}. Rejected{by}{detail}."),
        AutoKind::ReviewSnoozed => match due {
            Some(due) => format!("{case}. Snoozed{by} until {due}."),
            None => format!("{case}. Snoozed{by}."),
        },
        AutoKind::Held => match due {
            Some(due) => format!("{case}. Held until {due}{detail}."),
            None => format!("{case}. Held{detail}."),
        },
        AutoKind::OrderRaised => {
            let priority = entry.priority.map(|p| format!(", priority {p}")).unwrap_or_default();
            format!("{case}. Work order asked for{by}{priority}.")
        }
        AutoKind::OrderClosed => {
            let hours = entry.labour_hours.map(|h| format!(", {}", format::hours(h)));
            format!("{mode}. Closed{by}{detail}{}.", hours.unwrap_or_default())
        }
        AutoKind::DeliveryFailed => format!("{mode}. Delivery stopped{detail}."),
        AutoKind::HandedOver => match entry.detail.as_deref() {
            Some("0") | None => format!("Shift handed over{by}, no open points."),
            Some("1") => format!("Shift handed over{by}, 1 open point."),
            Some(count) => format!("Shift handed over{by}, {count} open points."),
        },
        AutoKind::TakenOver => {
            let from = entry.detail.as_deref().map(|f| format!(" from {f}")).unwrap_or_default();
            format!("Shift taken over{from}{by}.")
        }
    }
}
