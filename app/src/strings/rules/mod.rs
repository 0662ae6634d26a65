//! Rules: the list, one policy and its versions. The editor, the preview and the sentences that
//! rules are read as have their own files.

mod editor;
mod preview;
mod sentence;

use crate::ui::format;

pub use editor::*;
pub use preview::*;
pub use sentence::*;

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
