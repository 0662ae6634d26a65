//! Texts of the field mapping of a connection.

use domain::views::mapping::{FieldState, FieldView};

/// Title.
pub const TITLE: &str = "Field mapping";
/// Under it.
pub const LEAD: &str = "What of an alert goes into which field of the CMMS's work order. Work orders that are \
                        queued keep the version they were made with.";
/// Path.
pub const CONNECTIONS: &str = "Connections";
/// Nothing is in force.
pub const NOT_PUBLISHED: &str = "Nothing published, usual sources in force";
/// Panel.
pub const FIELDS: &str = "Work order fields";
/// Caption of the matrix.
pub const CAPTION: &str = "Fields of the CMMS, their source and the value a real alert gives";
/// Column and field.
pub const SOURCE: &str = "Source";
/// Column.
pub const LIVE: &str = "Live value";
/// Column.
pub const CHECK: &str = "Check";
/// Name of the segments.
pub const SHOW: &str = "Show";
/// Segment.
pub const ALL: &str = "All";
/// A field without a source.
pub const NOTHING: &str = "sends nothing";
/// A field that is always ours.
pub const FIXED: &str = "set by Millwright";
/// No value.
pub const NONE: &str = "none";
/// A value without a counterpart.
pub const CHOOSE: &str = "choose";
/// Column.
pub const OURS: &str = "Ours";
/// Column.
pub const USES: &str = "90 d";
/// Field.
pub const SAMPLE: &str = "Live values from";
/// Action: a dry run.
pub const TRY: &str = "Test with this alert";
/// Without alerts.
pub const NO_SAMPLE: &str =
    "No alert yet at the sites of this connection: live values appear with the first one.";
/// Panel.
pub const RENDERED: &str = "What would be sent";
/// Beside it.
pub const RENDERED_HINT: &str = "a dry run; nothing is written";
/// Panel.
pub const VERSIONS: &str = "Versions";
/// Field.
pub const REASON: &str = "Why";
/// Action.
pub const PUBLISH_NOW: &str = "Publish";
/// What publishing does.
pub const PUBLISH_HINT: &str =
    "It holds for work orders that are asked for from now on. Queued ones stay as they are.";
/// Under the source.
pub const SOURCE_HINT: &str =
    "Text with ${…} in it, such as ${order.title} or ${asset.name | upper}.";
/// Action.
pub const CLOSE: &str = "Close";
/// Action.
pub const SAVE: &str = "Save in the draft";
/// Opens the list below.
pub const NAMES: &str = "What a source can name";
/// Names and what they are.
pub const KNOWN: &[(&str, &str)] = &[
    (
        "order.title, description, priority, work_type, failure_code, due, assigned_to",
        "as the rule asks for it",
    ),
    ("alert.failure_mode, severity, confidence, rul_hours, first_seen, last_seen", "the open case"),
    (
        "prediction.description, recommended_action, model_name, observed_at, event_id",
        "the latest message",
    ),
    (
        "asset.tag, name, serial_number, barcode, manufacturer, model, criticality, path, link",
        "where it is",
    ),
    ("site.tag, site.name", "its site"),
    ("decision.rule, action, policy_version", "what the rules said"),
    ("attributes.…", "what the source sent along"),
];

/// The version in force.
pub fn live(version: i32) -> String {
    format!("Live v{version}")
}

/// The version being drafted.
pub fn draft(version: i32) -> String {
    format!("Draft v{version}")
}

/// A version in the list.
pub fn version(version: i32) -> String {
    format!("v{version}")
}

/// Its state.
pub fn state(state: &str) -> &'static str {
    match state {
        "draft" => "draft",
        "published" => "in force",
        _ => "superseded",
    }
}

/// Action; a question comes first.
pub fn publish(version: i32) -> String {
    format!("Publish v{version}…")
}

/// Question.
pub fn publish_title(version: i32) -> String {
    format!("Publish version {version}?")
}

/// Over what blocks publishing.
pub fn blocked(count: usize) -> String {
    match count {
        1 => "1 problem blocks publishing:".to_owned(),
        n => format!("{n} problems block publishing:"),
    }
}

/// An alert to try with.
pub fn sample(id: i64, tag: &str, mode: &str) -> String {
    format!("A-{id}, {tag}, {}", mode.replace('_', " "))
}

/// Segment.
pub fn problems(count: usize) -> String {
    format!("Problems {count}")
}

/// Column.
pub fn field_of(name: &str) -> String {
    format!("{name} field")
}

/// Beside the heading.
pub fn used(used: usize, all: usize, required: usize) -> String {
    format!("{used} of {all} used, {required} required")
}

/// Heading and label.
pub fn edit(field: &str) -> String {
    format!("Source of {}", field.replace('_', " "))
}

/// Heading and label.
pub fn edit_value(label: &str) -> String {
    format!("Counterpart of {label}")
}

/// Under a field's name.
pub fn kind(field: &FieldView) -> String {
    let kind = match field.kind.as_str() {
        "number" => "number",
        "time" => "date and time",
        "code" => "one of a list",
        "reference" => "id of a record",
        "rows" => "list",
        _ => "text",
    };
    let length = field.length.map(|length| format!(", up to {length}")).unwrap_or_default();
    let required = if field.required { "required, " } else { "" };
    format!("{required}{kind}{length}")
}

/// What the check says.
pub fn check(field: &FieldView) -> String {
    let of = |length: Option<u32>| match length {
        Some(length) => format!("{} of {length}", field.letters),
        None => "fits".to_owned(),
    };
    match field.state {
        FieldState::Fits => of(field.length),
        FieldState::Cut => {
            format!("cut from {} to {}", field.letters, field.length.unwrap_or_default())
        }
        FieldState::Empty => "may be empty".to_owned(),
        FieldState::Missing => "required, but empty".to_owned(),
        FieldState::TooLong => {
            format!("{} letters, at most {}", field.letters, field.length.unwrap_or_default())
        }
        FieldState::WrongType => "wrong type".to_owned(),
        FieldState::Unmapped => "no counterpart".to_owned(),
        FieldState::Broken => field.problem.clone().unwrap_or_else(|| "cannot be read".to_owned()),
    }
}

/// Box.
pub fn may_cut(length: Option<u32>) -> String {
    match length {
        Some(length) => format!("Cut at {length} letters; the cut shows"),
        None => "Cut where it is too long".to_owned(),
    }
}

/// A likely source.
pub fn source_suggested(source: &str, score: u8) -> String {
    format!("Suggested by name: {source}, {score} %")
}

/// A likely counterpart.
pub fn suggested(value: &str, name: &str, score: u8) -> String {
    format!("Suggested: {value} {name}, {score} %")
}

/// Action.
pub fn take_suggested(count: usize) -> String {
    match count {
        1 => "Take 1 suggestion".to_owned(),
        n => format!("Take {n} suggestions"),
    }
}

/// Name of a value map.
pub fn map(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How many used values lack a counterpart.
pub fn unmapped(count: i64) -> String {
    match count {
        0 => "complete".to_owned(),
        n => format!("{n} unmapped"),
    }
}
