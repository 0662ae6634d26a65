//! Texts of the audit log.

use domain::audit::Key;
use domain::failure_mode;
use domain::permission::{Permission, Role};
use domain::views::audit::Who;

use crate::ui::format;

/// Title.
pub const TITLE: &str = "Audit";
/// Label of the query.
pub const QUERY: &str = "Query";
/// Name of the form.
pub const FORM: &str = "Search the audit log";
/// Inside it.
pub const PLACEHOLDER: &str = "actor: action: object: site: outcome: before: after:";
/// Button.
pub const SEARCH: &str = "Search";
/// Button.
pub const CLEAR: &str = "Clear";
/// Read before a term: following it removes the term.
pub const REMOVE: &str = "Remove ";
/// Name of the menus.
pub const FACETS: &str = "Facets";
/// Column.
pub const TIME: &str = "Time";
/// Column.
pub const ACTOR: &str = "Actor";
/// Column.
pub const ACTION: &str = "Action";
/// Column.
pub const OBJECT: &str = "Object";
/// Column.
pub const OUTCOME: &str = "Outcome";
/// Column.
pub const ADDRESS: &str = "Address";
/// Nothing found.
pub const NOTHING: &str = "No events";
/// The program.
pub const PROGRAM: &str = "millwright";
/// A person that is no longer there.
pub const SOMEBODY: &str = "a former user";
/// Of a key.
pub const BY_KEY: &str = "API key";
/// Of a source.
pub const BY_SOURCE: &str = "source";
/// Column of a change.
pub const FIELD: &str = "Field";
/// Column of a change.
pub const BEFORE: &str = "Before";
/// Column of a change.
pub const AFTER: &str = "After";
/// Caption of a change.
pub const CHANGES: &str = "Before and after";
/// Nothing was there, or is.
pub const NONE: &str = "nothing";
/// Nothing was noted.
pub const NO_CHANGES: &str = "No field was changed.";
/// Fact.
pub const REQUEST: &str = "Request";
/// Fact.
pub const PAYLOAD: &str = "SHA-256 of the message";
/// Heading.
pub const CHAIN: &str = "From prediction to closure";
/// Beside the step that is open.
pub const HERE: &str = "this event";
/// Opens an event.
pub const OPEN: &str = "Open";
/// Closes it.
pub const CLOSE: &str = "Close";
/// Under the query.
pub const HINT: &str = "Terms such as action:rule.publish or -actor:millwright; several values with commas, names with spaces in quotation marks. Days for before: and after:, or -7d.";
/// Menu of the exports.
pub const EXPORT: &str = "Export";
/// Button.
pub const AS_CSV: &str = "Export CSV";
/// Button.
pub const AS_JSON: &str = "Export JSON";

/// Heading of a menu.
pub const fn key(key: Key) -> &'static str {
    match key {
        Key::Actor => ACTOR,
        Key::Action => ACTION,
        Key::Object => OBJECT,
        Key::Site => "Site",
        Key::Outcome => OUTCOME,
        Key::Before => BEFORE,
        Key::After => AFTER,
    }
}

/// The range when none was asked for.
pub const USUAL: &str = "last 90 days";

/// "1 306 events", or "10 000+ events".
pub fn events(total: i64, more: bool) -> String {
    match (total, more) {
        (1, false) => "1 event".to_owned(),
        (n, more) => format!("{}{} events", format::integer(n), if more { "+" } else { "" }),
    }
}

/// The range in words.
pub fn range(from: &str, until: Option<&str>) -> String {
    match until {
        Some(until) => format!("{from} to {until}"),
        None => format!("since {from}"),
    }
}

/// Parts of the query that were left out.
pub fn ignored(parts: &[String]) -> String {
    format!("Not understood and left out: {}", parts.join(" "))
}

/// Nothing was found, with the query in words.
pub fn nothing(range: &str) -> String {
    format!("Nothing matches in this range ({range}).")
}

/// Who acted.
pub fn who(who: &Who) -> String {
    match (&who.name, who.kind.as_str()) {
        (Some(name), _) => name.clone(),
        (None, "system") => PROGRAM.to_owned(),
        (None, "user") => SOMEBODY.to_owned(),
        (None, kind) => kind.to_owned(),
    }
}

/// What kind of actor it is, where that is not a person.
pub fn kind(kind: &str) -> Option<&'static str> {
    match kind {
        "key" => Some(BY_KEY),
        "source" => Some(BY_SOURCE),
        _ => None,
    }
}

/// The kind of a row.
pub fn entity(entity: &str) -> String {
    let word = match entity {
        "app_user" => "user",
        "role_grant" => "role of a user",
        "custom_role" => "role",
        "setup_token" => "password link",
        "logbook_entry" => "logbook entry",
        "logbook_point" => "open point",
        "logbook_hand_over" => "hand-over",
        other => return other.replace('_', " "),
    };
    word.to_owned()
}

/// How it ended.
pub fn outcome(word: &str) -> String {
    if word == "ok" { "done".to_owned() } else { word.replace('_', " ") }
}

/// A field of a row, in words.
pub fn field(key: &str) -> String {
    let word = match key {
        "path_text" => "Path",
        "own_criticality" => "Own criticality",
        "parent_id" => "Parent",
        "ends" => "Ends",
        "name_and_address" => "Name and address",
        "rul_hours" => "Remaining life, hours",
        other => {
            let text = other.replace('_', " ");
            let mut chars = text.chars();
            return chars
                .next()
                .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect());
        }
    };
    word.to_owned()
}

/// A value of a field: permissions, roles and failure modes by their names.
pub fn value(key: &str, text: &str) -> String {
    let one = |word: &str| match key {
        "permissions" => {
            word.parse::<Permission>().map(|p| super::people::permission(p).to_owned())
        }
        "role" => word.parse::<Role>().map(|r| super::people::built_in(r).to_owned()),
        "failure_mode" => Ok(failure_mode::find(word)
            .map_or_else(|| word.replace('_', " "), |mode| mode.name.to_lowercase())),
        _ => Ok(word.to_owned()),
    };
    match key {
        "permissions" => text
            .split(", ")
            .map(|word| one(word).unwrap_or_else(|_| word.to_owned()))
            .collect::<Vec<_>>()
            .join("; "),
        _ => one(text).unwrap_or_else(|_| text.to_owned()),
    }
}

/// A step from prediction to closure, in words.
pub fn step(action: &str) -> String {
    let words = match action {
        "prediction.receive" => "A prediction came in",
        "alert.open" => "The alert was opened",
        "alert.decide" => "The rules decided",
        "alert.state" => "The alert changed its state",
        "alert.work_order" => "The alert got its work order",
        "alert.verdict" => "The prediction was judged",
        "alert.close" => "The alert was closed",
        "alert.reopen" => "The alert was opened again",
        "alert.snooze" => "The alert was put off",
        "alert.wake" => "The alert came back",
        "alert.release" => "The held decision was carried out",
        "review.ask" => "A reviewer was asked",
        "review.approve" => "The review was approved",
        "review.reject" => "The review was rejected",
        "review.snooze" => "The review was put off",
        "review.undo" => "The answer was taken back",
        "review.carry_out" => "The answer was carried out",
        "review.escalate" => "The next role was asked",
        "review.supersede" => "A later decision replaced the question",
        "work_order.queue" => "The work order was queued",
        "work_order.send" => "The work order was sent",
        "work_order.created" => "The CMMS holds the work order",
        "work_order.approve" => "The work order was approved",
        "work_order.assign" => "The work order was assigned",
        "work_order.start" => "Work began",
        "work_order.close" => "The work order was closed",
        "work_order.cancel" => "The work order was cancelled",
        "work_order.mirror" => "The CMMS reported the work order",
        "work_order.reopen" => "The work order was opened again",
        "work_order.amend" => "Changed and sent again",
        "work_order.retry" => "Sent again by hand",
        "work_order.skip" => "Given up by hand",
        other => return other.replace(['_', '.'], " "),
    };
    words.to_owned()
}
