//! Rules, drafts and previews.

use domain::policy::{
    Action, AssignTo, Condition, CreateAs, CreateSpec, DecisionAction, Due, Field, FieldType,
    HoldSpec, HoldUntil, Op, PrioritySpec, Repeats, ReviewSpec, Test, Value, WorkType,
};
use domain::verdict::Outcome;

use super::alerts as alert_texts;
use crate::ui::format;

/// The page.
pub const TITLE: &str = "Rules";
/// Grey line under it.
pub const LEAD: &str = "Rules are asked from the top; the first that fits decides.";
/// Column.
pub const RULE: &str = "Rule";
/// Column.
pub const WHEN: &str = "When";
/// Column and part of the sentence.
pub const THEN: &str = "Then";
/// Column.
pub const STATE: &str = "State";
/// Column: last 30 days.
pub const MATCHED: &str = "Matched, 30 days";
/// Column.
pub const ORDERS: &str = "Work orders";
/// Column.
pub const USEFUL: &str = "Useful";
/// What "useful" means.
pub const USEFUL_HINT: &str = "Useful: confirmed faults among the alerts that were judged right or \
                               wrong, counted for the rule that decided last.";
/// Nothing judged yet.
pub const NOT_JUDGED: &str = "not judged yet";
/// A rule in force.
pub const LIVE: &str = "live";
/// A rule that is passed over.
pub const PAUSED: &str = "paused";
/// A draft waits.
pub const DRAFT: &str = "draft";
/// A draft is asked beside.
pub const IN_SHADOW: &str = "shadow";
/// Opens the editor.
pub const EDIT: &str = "Edit rules";
/// Opens the editor where a draft is there.
pub const EDIT_DRAFT: &str = "Edit draft";
/// Opens the page of a policy.
pub const OPEN: &str = "Open";
/// Rules of one site.
pub const OVERRIDE: &str = "Give a site rules of its own…";
/// The question.
pub const OVERRIDE_TITLE: &str = "Rules of its own for a site?";
/// What happens.
pub const OVERRIDE_HINT: &str = "It starts as a copy, so nothing changes until you edit it. From then \
                                 on, changes of the common rules pass this site by.";
/// The site.
pub const SITE: &str = "Site";
/// Does it.
pub const OVERRIDE_NOW: &str = "Copy the rules for this site";
/// While it runs.
pub const COPYING: &str = "Copying…";
/// Why.
pub const REASON: &str = "Reason";
/// Help.
pub const REASON_HINT: &str = "Everybody who reads the history will see it.";
/// No policies.
pub const NONE: &str = "No rules yet";
/// Why.
pub const NONE_HINT: &str = "Every connection starts with a set of rules. Import assets first: a site \
                             gets the rules of its connection.";
/// Pauses a rule.
pub const PAUSE: &str = "Pause…";
/// The question.
pub const PAUSE_TITLE: &str = "Pause this rule?";
/// What happens.
pub const PAUSE_HINT: &str = "A new version is published at once. New predictions pass this rule over; \
                              what was decided stays.";
/// Does it.
pub const PAUSE_NOW: &str = "Pause the rule";
/// Resumes a rule.
pub const RESUME: &str = "Resume…";
/// The question.
pub const RESUME_TITLE: &str = "Resume this rule?";
/// What happens.
pub const RESUME_HINT: &str = "A new version is published at once. New predictions are asked by this \
                               rule again; what was decided stays.";
/// Does it.
pub const RESUME_NOW: &str = "Resume the rule";
/// While publishing.
pub const PUBLISHING: &str = "Publishing…";
/// The versions.
pub const VERSIONS: &str = "Versions";
/// All of them.
pub const ALL_VERSIONS: &str = "All versions";
/// Column.
pub const VERSION: &str = "Version";
/// Column.
pub const PUBLISHED: &str = "Published";
/// Column.
pub const BY: &str = "By";
/// The program published it.
pub const PROGRAM: &str = "Millwright";
/// Column.
pub const CHANGES: &str = "Changes";
/// Column of actions.
pub const ACTIONS: &str = "Actions";
/// Compares.
pub const COMPARE: &str = "Compare";
/// Title of the page.
pub const COMPARE_TITLE: &str = "Compare versions";
/// The earlier one.
pub const FROM: &str = "Earlier";
/// The later one.
pub const TO: &str = "Later";
/// Restores a version.
pub const RESTORE: &str = "Restore as draft…";
/// The question.
pub const RESTORE_TITLE: &str = "Restore this version as a draft?";
/// What happens.
pub const RESTORE_HINT: &str = "It takes the place of the draft, if there is one. Nothing is in force \
                                before you publish it.";
/// Does it.
pub const RESTORE_NOW: &str = "Restore as draft";
/// While it runs.
pub const RESTORING: &str = "Restoring…";
/// Nothing differs.
pub const NO_CHANGES: &str = "No rule differs.";
/// The first version.
pub const FIRST_VERSION: &str = "The first version.";
/// Panel.
pub const DIFFERENCES: &str = "What changes";
/// Text view.
pub const AS_TEXT: &str = "As text";
/// Help.
pub const AS_TEXT_HINT: &str = "The same rules as TOML. Paste TOML or JSON and take it as the draft; a \
                                slip is named with its line, and nothing is in force before you publish.";
/// The field.
pub const TEXT: &str = "Rules as text";
/// Takes the text.
pub const TAKE_TEXT: &str = "Take as draft";
/// While it runs.
pub const TAKING: &str = "Reading…";
/// Download.
pub const DOWNLOAD_TOML: &str = "Download TOML";
/// Download.
pub const DOWNLOAD_JSON: &str = "Download JSON";
/// Reads a file into the field.
pub const UPLOAD: &str = "From a file";
/// Shadow panel.
pub const SHADOW: &str = "Shadow";
/// Help.
pub const SHADOW_HINT: &str = "A draft in shadow is asked about every decision beside the live rules. \
                               What it would have done is counted; nothing is created.";
/// Starts it.
pub const SHADOW_START: &str = "Put the draft into shadow";
/// Starts it again.
pub const SHADOW_AGAIN: &str = "Put the saved draft into shadow instead";
/// Ends it.
pub const SHADOW_END: &str = "End shadow";
/// No draft to start with.
pub const SHADOW_NEEDS_DRAFT: &str = "Save a draft first.";
/// While it runs.
pub const STARTING: &str = "Starting…";
/// Column.
pub const LIVE_DID: &str = "Live did";
/// Column.
pub const SHADOW_WOULD: &str = "Shadow would";
/// Column.
pub const TIMES: &str = "Times";
/// Column.
pub const ALERT: &str = "Alert";
/// Column.
pub const AT: &str = "When";
/// Nothing yet.
pub const SHADOW_NONE: &str = "No decision has been made since it began.";
/// Caption.
pub const SHADOW_CASES: &str = "Latest decisions that would have been others";
/// Editor, title of the panel of rules.
pub const RULES: &str = "Rules";
/// Adds a rule.
pub const ADD_RULE: &str = "Add rule";
/// Copies a rule.
pub const DUPLICATE: &str = "Duplicate";
/// Removes a rule.
pub const REMOVE_RULE: &str = "Remove rule";
/// Moves up.
pub const UP: &str = "Move up";
/// Moves down.
pub const DOWN: &str = "Move down";
/// Name of a rule.
pub const NAME: &str = "Name of the rule";
/// Passed over.
pub const PAUSE_IN_DRAFT: &str = "Paused: pass this rule over";
/// Legend.
pub const WHEN_HINT: &str = "a prediction meets";
/// Legend.
pub const FOR: &str = "For";
/// Legend.
pub const FOR_HINT: &str = "long enough to trust";
/// Legend.
pub const UNLESS: &str = "Unless";
/// Legend.
pub const UNLESS_HINT: &str = "any of";
/// Adds a test.
pub const ADD_CONDITION: &str = "Add condition";
/// Adds a group.
pub const ADD_GROUP: &str = "Add group";
/// Adds repeats.
pub const ADD_DURATION: &str = "Add duration";
/// Adds an exception.
pub const ADD_EXCEPTION: &str = "Add exception";
/// Removes a part.
pub const REMOVE: &str = "Remove";
/// No conditions.
pub const ALWAYS: &str = "Always: it fits every prediction that gets here.";
/// Joins conditions.
pub const ALL_OF: &str = "all of";
/// Joins conditions.
pub const ANY_OF: &str = "any of";
/// Joins conditions.
pub const NONE_OF: &str = "none of";
/// Joins conditions.
pub const NOT_ALL_OF: &str = "not all of";
/// Label of the joiner.
pub const JOINER: &str = "How the conditions are joined";
/// Between conditions.
pub const AND: &str = "and";
/// Between conditions.
pub const OR: &str = "or";
/// Label of a choice.
pub const WHAT: &str = "What is asked";
/// Label of a choice.
pub const HOW: &str = "How it is compared";
/// Label of a choice.
pub const WITH: &str = "With what";
/// Label of a choice.
pub const UNIT: &str = "Unit";
/// Unit.
pub const HOURS: &str = "hours";
/// Unit.
pub const DAYS: &str = "days";
/// Choice.
pub const YES: &str = "yes";
/// Choice.
pub const NO: &str = "no";
/// An attribute of the message.
pub const ATTRIBUTE: &str = "attribute of the message…";
/// Label.
pub const ATTRIBUTE_NAME: &str = "Name of the attribute";
/// Adds to a list.
pub const ADD_VALUE: &str = "Add…";
/// Repeats: before n.
pub const AT_LEAST: &str = "at least";
/// Repeats: between n and m.
pub const OF_THE_LAST: &str = "of the last";
/// Repeats: after m.
pub const PREDICTIONS_WITHIN: &str = "predictions within";
/// What a rule does.
pub const DO: &str = "What happens";
/// Action.
pub const PRIORITY: &str = "priority";
/// Action.
pub const BY_CRITICALITY: &str = "by criticality";
/// Action.
pub const IF_CRITICAL: &str = "critical assets";
/// Action.
pub const OTHERWISE: &str = "others";
/// Action.
pub const AS: &str = "as";
/// Action.
pub const KIND: &str = "kind of work";
/// Action.
pub const ASSIGN: &str = "for";
/// Action.
pub const WHO: &str = "Name of the crew or e-mail address";
/// Action.
pub const DUE: &str = "due";
/// Action.
pub const LEAD_HOURS: &str = "created before it starts by";
/// Action.
pub const URGENT: &str = "If it cannot wait that long";
/// Choice.
pub const URGENT_ASK: &str = "ask a reviewer";
/// Choice.
pub const URGENT_CREATE: &str = "create a work order now";
/// The last rule.
pub const CATCH_ALL: &str =
    "The last rule catches everything, so it has no conditions and cannot be paused.";
/// Saves.
pub const SAVE: &str = "Save draft";
/// While saving.
pub const SAVING: &str = "Saving…";
/// Goes to publish.
pub const PUBLISH: &str = "Publish…";
/// Publishes.
pub const PUBLISH_NOW: &str = "Publish";
/// Edits are not saved.
pub const UNSAVED: &str = "not saved yet";
/// Asked before a link out of the editor.
pub const LEAVE_TITLE: &str = "Leave without saving?";
/// What would be lost.
pub const LEAVE_HINT: &str =
    "Your edits are not saved as a draft yet. They are gone when you leave.";
/// Leaves.
pub const LEAVE: &str = "Leave without saving";
/// Label of the choice of a view.
pub const VIEW: &str = "View";
/// The editor as a sentence.
pub const AS_SENTENCE: &str = "Sentence";
/// The editor as text.
pub const SHORT_TEXT: &str = "Text";
/// Said of a rule with a problem.
pub const WRONG: &str = "needs a correction";
/// Nothing to save.
pub const UNCHANGED: &str = "no changes";
/// Throws the draft away.
pub const DISCARD: &str = "Discard draft…";
/// The question.
pub const DISCARD_TITLE: &str = "Discard the draft?";
/// What happens.
pub const DISCARD_HINT: &str = "The draft is gone for everybody. What is in force stays as it is.";
/// Does it.
pub const DISCARD_NOW: &str = "Discard the draft";
/// While it runs.
pub const DISCARDING: &str = "Discarding…";
/// On phones.
pub const SMALL: &str = "Editing needs a wider screen. Here you can read the draft; rules can be paused \
                         on the page of the policy.";
/// Puts the draft on top.
pub const REBASE: &str = "Put my draft on top of it";
/// Saved in the meantime by another.
pub const RELOAD: &str = "Load their version";
/// Only some may edit.
pub const READ_ONLY: &str = "You may look, but not change these rules: they decide for sites where you \
                             may not draft.";
/// Publish page.
pub const PUBLISH_TITLE: &str = "Publish the draft";
/// Publish page.
pub const PUBLISH_LEAD: &str =
    "From then on it decides about new predictions. What was decided stays.";
/// Nothing to publish.
pub const CANNOT_PUBLISH: &str = "The draft cannot be published yet.";
/// Cancel of the publish page.
pub const BACK_TO_EDIT: &str = "Back to the draft";
/// Lints.
pub const PROBABLY_NOT: &str = "Probably not meant";
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

/// "v7".
pub fn version(n: i64) -> String {
    format!("v{n}")
}

/// "Live v7".
pub fn live(n: u32) -> String {
    format!("Live v{n}")
}

/// "Draft 3".
pub fn draft(n: i32) -> String {
    if n == 0 { "New draft".to_owned() } else { format!("Draft {n}") }
}

/// "draft", or "version 3".
pub fn named(n: i32) -> String {
    if n == 0 { "Draft".to_owned() } else { format!("Version {n}") }
}

/// Name of a policy: its connection, and the site it is for.
pub fn scope(connection: &str, site: Option<&str>) -> String {
    site.map_or_else(|| connection.to_owned(), |site| format!("{connection}, only {site}"))
}

/// Who it decides for.
pub fn serves(names: &[&str]) -> String {
    match names {
        [] => "decides for no site".to_owned(),
        [one] => format!("decides for {one}"),
        [first, second] => format!("decides for {first} and {second}"),
        [first, rest @ ..] => format!("decides for {first} and {} more sites", rest.len()),
    }
}

/// "7 rules".
pub fn rules(n: i64) -> String {
    if n == 1 { "1 rule".to_owned() } else { format!("{} rules", format::integer(n)) }
}

/// "published by Mei".
pub fn published_by(who: Option<&str>) -> String {
    format!("published by {}", who.unwrap_or(PROGRAM))
}

/// "saved by Mei".
pub fn saved_by(who: Option<&str>) -> String {
    format!("saved by {}", who.unwrap_or(PROGRAM))
}

/// "Rule 3 of 6".
pub fn place(at: i64, of: i64) -> String {
    format!("Rule {at} of {of}")
}

/// Somebody published meanwhile.
pub fn moved_on(published: u32) -> String {
    format!("Version {published} was published after this draft was begun.")
}

/// Link to the comparison.
pub fn see_changes(from: i32, to: u32) -> String {
    format!("See what changed from v{from} to v{to}")
}

/// Published.
pub fn is_live(version: i32) -> String {
    format!("Version {version} is live. New predictions obey it.")
}

/// The shadow in a sentence.
pub fn shadow_sum(decisions: i64, other: i64) -> String {
    match (decisions, other) {
        (0, _) => SHADOW_NONE.to_owned(),
        (n, 0) => format!("The same in all {} decisions.", format::integer(n)),
        (n, other) => format!(
            "Would have decided otherwise in {} of {} decisions.",
            format::integer(other),
            format::integer(n)
        ),
    }
}

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
    outcome.map_or("not known yet", alert_texts::outcome)
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

/// Name of a new rule.
pub fn new_rule(n: i64) -> String {
    format!("New rule {n}")
}

/// Name of a copy.
pub fn copy_of(name: &str) -> String {
    format!("{name} (copy)")
}

/// A field as it is chosen.
pub fn field(field: &Field) -> String {
    match field {
        Field::Asset => "asset or what contains it".to_owned(),
        Field::AssetTag => "tag of the asset".to_owned(),
        other => alert_texts::field(&other.name()).to_owned(),
    }
}

/// An operator as it is chosen.
pub const fn op(op: Op) -> &'static str {
    match op {
        Op::Lt => "is below",
        Op::Le => "is at most",
        Op::Gt => "is above",
        Op::Ge => "is at least",
        Op::Eq => "is",
        Op::Ne => "is not",
        Op::In => "is one of",
        Op::NotIn => "is none of",
        Op::Within => "is or lies below",
        Op::NotWithin => "is not and lies not below",
        Op::Present => "is known",
        Op::Absent => "is not known",
    }
}

/// Hours as people write them.
pub fn hours(n: f64) -> String {
    if n >= 72.0 && n % 24.0 == 0.0 {
        format!("{} days", number(n / 24.0))
    } else {
        format!("{} hours", number(n))
    }
}

fn number(n: f64) -> String {
    format!("{n}")
}

fn value(field: &Field, value: &Value) -> String {
    match (field, value) {
        (Field::Confidence, Value::Number(n)) => format::confidence(*n),
        (Field::RemainingLifeHours | Field::WindowHours, Value::Number(n)) => hours(*n),
        (Field::FailureMode, Value::Text(code)) => mode(code),
        (Field::FailureMode, Value::List(codes)) => {
            codes.iter().map(|code| mode(&code.to_string())).collect::<Vec<_>>().join(", ")
        }
        (Field::DayOfWeek, Value::Text(day)) => weekday(day).to_owned(),
        (_, Value::Bool(true)) => YES.to_owned(),
        (_, Value::Bool(false)) => NO.to_owned(),
        (_, other) => other.to_string(),
    }
}

/// A failure mode in words.
pub fn mode(code: &str) -> String {
    domain::failure_mode::find(code)
        .map_or_else(|| code.to_owned(), |mode| mode.name.to_lowercase())
}

/// A day.
pub fn weekday(word: &str) -> &str {
    match word {
        "mon" => "Monday",
        "tue" => "Tuesday",
        "wed" => "Wednesday",
        "thu" => "Thursday",
        "fri" => "Friday",
        "sat" => "Saturday",
        "sun" => "Sunday",
        other => other,
    }
}

fn fact(field: &Field, holds: bool) -> Option<&'static str> {
    Some(match (field, holds) {
        (Field::Overdue, true) => "it is past its end of life",
        (Field::Overdue, false) => "it is not past its end of life",
        (Field::Critical, true) => "the asset is critical",
        (Field::Critical, false) => "the asset is not critical",
        (Field::OpenWorkOrder, true) => "an open work order stands on the asset",
        (Field::OpenWorkOrder, false) => "no open work order stands on the asset",
        (Field::InProduction, true) => "production is running",
        (Field::InProduction, false) => "production is not running",
        (Field::ShutdownInWindow, true) => "a planned shutdown lies inside the window",
        (Field::ShutdownInWindow, false) => "no planned shutdown lies inside the window",
        _ => return None,
    })
}

fn test(test: &Test) -> String {
    if let (FieldType::Bool, Value::Bool(b), Op::Eq | Op::Ne) =
        (test.field.kind(), &test.value, test.op)
        && let Some(fact) = fact(&test.field, *b == (test.op == Op::Eq))
    {
        return fact.to_owned();
    }
    let name = field(&test.field);
    match test.op {
        Op::Present | Op::Absent => format!("{name} {}", op(test.op)),
        Op::Within if test.field == Field::Asset => {
            format!("the asset is or lies below {}", value(&test.field, &test.value))
        }
        Op::NotWithin if test.field == Field::Asset => {
            format!("the asset lies not below {}", value(&test.field, &test.value))
        }
        _ => format!("{name} {} {}", op(test.op), value(&test.field, &test.value)),
    }
}

/// A condition in words; alternatives inside others stand in brackets.
pub fn condition(condition: &Condition) -> String {
    joined(condition, false)
}

fn joined(condition: &Condition, inside: bool) -> String {
    let (parts, word) = match condition {
        Condition::Test(t) => return test(t),
        Condition::Not(part) => return format!("not ({})", joined(part, false)),
        Condition::All(parts) => (parts, " and "),
        Condition::Any(parts) => (parts, " or "),
    };
    match parts.as_slice() {
        [] => "always".to_owned(),
        [one] => joined(one, inside),
        many => {
            let text = many.iter().map(|part| joined(part, true)).collect::<Vec<_>>().join(word);
            if inside { format!("({text})") } else { text }
        }
    }
}

/// "at least 2 of the last 3 predictions within 7 days".
pub fn repeats(repeats: &Repeats) -> String {
    format!(
        "at least {} of the last {} predictions within {} days",
        repeats.at_least,
        repeats.of_last,
        number(repeats.within_days)
    )
}

/// When a rule applies, in words: exceptions last.
pub fn when(when: &Condition, again: Option<&Repeats>) -> String {
    let parts: &[Condition] = match when {
        Condition::All(parts) => parts,
        other => std::slice::from_ref(other),
    };
    let (unless, given): (Vec<_>, Vec<_>) =
        parts.iter().partition(|part| matches!(part, Condition::Not(_)));
    let mut text = given
        .iter()
        .map(|part| joined(part, given.len() > 1))
        .chain(again.map(repeats))
        .collect::<Vec<_>>()
        .join(" and ");
    if text.is_empty() {
        text = if unless.is_empty() { "anything else" } else { "anything" }.to_owned();
    }
    if !unless.is_empty() {
        let unless = unless.iter().map(|part| match part {
            Condition::Not(inner) => joined(inner, unless.len() > 1),
            other => joined(other, true),
        });
        text.push_str(", unless ");
        text.push_str(&unless.collect::<Vec<_>>().join(" or "));
    }
    text
}

/// A priority, fixed or by criticality.
pub fn priority(spec: PrioritySpec) -> String {
    match spec {
        PrioritySpec::Fixed(p) => format!("priority {}", p.get()),
        PrioritySpec::ByCriticality(by) => {
            format!("priority {}, for others {}", by.critical.get(), by.otherwise.get())
        }
    }
}

/// Who gets a work order.
pub fn assign_to(to: &AssignTo) -> String {
    match to {
        AssignTo::PlannerQueue => "the planner queue".to_owned(),
        AssignTo::ShutdownCrew => "the crew of the shutdown".to_owned(),
        AssignTo::Crew(name) => format!("crew {name}"),
        AssignTo::Person(name) => name.clone(),
    }
}

/// When work is due.
pub fn due(due: Due) -> String {
    match due {
        Due::WindowEnd => "at the end of the window".to_owned(),
        Due::ShutdownEnd => "at the end of the shutdown".to_owned(),
        Due::Hours(n) => format!("{} after creation", hours(n)),
    }
}

/// Kind of work.
pub const fn work_type(kind: WorkType) -> &'static str {
    match kind {
        WorkType::Predictive => "predictive",
        WorkType::Corrective => "corrective",
        WorkType::Preventive => "preventive",
        WorkType::Inspection => "inspection",
    }
}

/// Status a work order starts with.
pub const fn create_as(create: CreateAs) -> &'static str {
    match create {
        CreateAs::Draft => "draft",
        CreateAs::Approved => "approved",
    }
}

fn spec(spec: &CreateSpec) -> String {
    let mut text = priority(spec.priority);
    if spec.create_as == CreateAs::Approved {
        text.push_str(", approved");
    }
    if spec.wo_type != WorkType::Predictive {
        text.push_str(&format!(", {}", work_type(spec.wo_type)));
    }
    text.push_str(&format!(", for {}", assign_to(&spec.assign_to)));
    if spec.due != Due::WindowEnd {
        text.push_str(&format!(", due {}", due(spec.due)));
    }
    text
}

fn review(spec: &ReviewSpec) -> String {
    let to = match &spec.assign_to {
        AssignTo::PlannerQueue => String::new(),
        other => format!(", work for {}", assign_to(other)),
    };
    format!("{}{to}", priority(spec.priority))
}

/// What is waited for.
pub const fn hold(until: HoldUntil) -> &'static str {
    match until {
        HoldUntil::NextDayReview => "ask at the next production start",
        HoldUntil::WeeklyBatch => "hold for the weekly batch",
        HoldUntil::NextShutdown => "hold for the next shutdown",
    }
}

fn held(spec_: &HoldSpec) -> String {
    let lead = if spec_.until == HoldUntil::NextShutdown {
        format!(", created {} before it starts", hours(spec_.lead_hours))
    } else {
        String::new()
    };
    let urgent = match &spec_.urgent {
        Some(urgent) => format!("; create now ({}) if it cannot wait", priority(urgent.priority)),
        None => "; ask a reviewer if it cannot wait".to_owned(),
    };
    format!("{}: {}{lead}{urgent}", hold(spec_.until), spec(&spec_.create))
}

/// What a rule does, in words.
pub fn then(action: &Action) -> String {
    match action {
        Action::Log(_) => "keep it for the record".to_owned(),
        Action::Review(spec) => format!("ask a reviewer, {}", review(spec)),
        Action::Create(create) => format!("create a work order now, {}", spec(create)),
        Action::Hold(hold) => held(hold),
    }
}

/// What a change of a rule is called.
pub const ADDED: &str = "Added";
/// What a change of a rule is called.
pub const REMOVED: &str = "Removed";
/// What a change of a rule is called.
pub const CHANGED: &str = "Changed";
/// What a change of a rule is called.
pub const MOVED: &str = "Moved";

/// A rule moved.
pub fn moved(from: u32, to: u32) -> String {
    format!("from place {} to {}", from + 1, to + 1)
}

/// At a place.
pub fn at_place(at: u32) -> String {
    format!("at place {}", at + 1)
}

/// Was called something else.
pub fn was_called(name: &str) -> String {
    format!("was called “{name}”")
}

/// Paused or resumed.
pub const fn paused(now: bool) -> &'static str {
    if now { "is paused" } else { "is no longer paused" }
}

/// Counts of changes.
pub fn change_count(n: i64) -> String {
    if n == 1 {
        "1 rule differs".to_owned()
    } else {
        format!("{} rules differ", format::integer(n))
    }
}

#[cfg(test)]
mod tests {
    use domain::policy::{default_policy, scheduled_work_rule};

    use super::*;

    #[test]
    fn rules_are_read_as_sentences() {
        let policy = default_policy();
        let rule = &policy.rules[3];
        assert_eq!(
            when(&rule.when, None),
            "remaining life is at least 30 days and a planned shutdown lies inside the window"
        );
        assert_eq!(
            then(&scheduled_work_rule().then),
            "hold for the next shutdown: priority 3, for the crew of the shutdown, due at the end of \
             the shutdown, created 3 days before it starts; ask a reviewer if it cannot wait"
        );
        assert_eq!(when(&policy.rules[6].when, None), "anything else");
    }

    #[test]
    fn exceptions_and_alternatives_are_told_apart() {
        let low = Condition::test(Field::Confidence, Op::Lt, 0.5);
        let open = Condition::test(Field::OpenWorkOrder, Op::Eq, true);
        let shift = Condition::test(Field::InProduction, Op::Ne, true);
        let all = Condition::All(vec![
            low.clone(),
            Condition::Any(vec![low, shift]),
            Condition::Not(Box::new(open)),
        ]);
        assert_eq!(
            when(&all, Some(&Repeats { at_least: 2, of_last: 3, within_days: 7.0 })),
            "confidence is below 0.50 and (confidence is below 0.50 or production is not running) \
             and at least 2 of the last 3 predictions within 7 days, unless an open work order \
             stands on the asset"
        );
    }
}
