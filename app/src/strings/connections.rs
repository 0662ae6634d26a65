//! Texts of the connections.

use domain::views::connections::{CheckState, Circuit, Health};

use crate::ui::format;

/// Heading.
pub const TITLE: &str = "Connections";
/// Below it.
pub const LEAD: &str = "Circuits open by themselves when the other side fails, and close after a \
                        good call. Nothing is sent twice.";
/// Makes one.
pub const ADD: &str = "Add connection";
/// Caption of the list.
pub const CAPTION: &str =
    "Connections with health, circuit, what waits, and the calls of the last 24 hours";
/// Column.
pub const NAME: &str = "Name";
/// Column.
pub const HEALTH: &str = "Health";
/// Column.
pub const CIRCUIT: &str = "Circuit";
/// Column.
pub const WAITING: &str = "Waiting";
/// Column.
pub const LAST_OK: &str = "Last success";
/// Column.
pub const DAY: &str = "24 h";
/// Column.
pub const ERRORS: &str = "Errors";
/// Column.
pub const SITES: &str = "Sites";
/// Nothing was called yet.
pub const NEVER: &str = "not yet";
/// Panel.
pub const READING: &str = "Reading its work orders";
/// Fact.
pub const RUNS_SINCE: &str = "Runs since";
/// Fact.
pub const READ_LAST: &str = "Last run ended";
/// Fact.
pub const READ_ALL: &str = "Everything read";
/// Fact.
pub const READ_NEXT: &str = "Next run";
/// Fact.
pub const MIRRORED: &str = "Work orders known";
/// Fact.
pub const READ_SINGLY: &str = "Waiting to be read singly";
/// Fact.
pub const UNKNOWN: &str = "Known to nobody";
/// Caption.
pub const UNKNOWN_CAPTION: &str = "Records that the CMMS spoke of and nothing answers to";
/// Column.
pub const RECORD: &str = "Record";
/// Column.
pub const HEARD: &str = "First heard of";
/// Column.
pub const WHY_UNKNOWN: &str = "What came of it";

/// What a run reads.
pub fn reading_mode(mode: Option<&str>) -> &'static str {
    match mode {
        Some("full") => "everything",
        Some("incremental") => "what has changed",
        Some("open") => "our open ones, one by one",
        _ => "has not begun",
    }
}

/// How far a run has come.
pub fn reading_says(runs: bool, pages: i32, records: i64, changed: i64) -> String {
    let pages = if pages == 1 { "1 page".to_owned() } else { format!("{pages} pages") };
    let (records, changed) = (format::integer(records), format::integer(changed));
    let so_far = if runs { " so far" } else { "" };
    format!("{pages}, {records} records{so_far}, of which {changed} were new or had changed.")
}

/// A run that failed goes on.
pub fn reading_failed(error: &str) -> String {
    format!("The last run stopped and goes on from there: {error}")
}
/// Empty list.
pub const NONE: &str = "No connections yet";
/// What to do.
pub const NONE_HINT: &str = "Choose your system below. To try without one, start a simulator: \
                             millwright simulate cmms maximo.";
/// Tag of a connection that writes nothing.
pub const SHADOW: &str = "shadow";
/// Tag of the built-in one.
pub const BUILT_IN: &str = "built in";
/// Tag of a connection that serves sites.
pub const LIVE: &str = "live";

/// How a connection is.
pub const fn health(health: Health) -> &'static str {
    match health {
        Health::Healthy => "Healthy",
        Health::Degraded => "Degraded",
        Health::Failing => "Failing",
        Health::Paused => "Paused",
    }
}

/// How a circuit stands; `until` is a time of day.
pub fn circuit(circuit: Circuit, until: Option<&str>) -> String {
    match (circuit, until) {
        (Circuit::Closed, _) => "closed".to_owned(),
        (Circuit::Open, Some(until)) => format!("open until {until}"),
        (Circuit::Open, None) => "open".to_owned(),
        (Circuit::Trying, _) => "trying".to_owned(),
    }
}

/// "1 connection, 1 healthy"
pub fn counted(all: usize, healthy: usize) -> String {
    let noun = if all == 1 { "connection" } else { "connections" };
    format!("{all} {noun}, {healthy} healthy. {LEAD}")
}

/// "3, oldest 12 min"
pub fn waiting(count: i64, oldest: Option<i64>) -> String {
    match oldest.filter(|_| count > 0) {
        Some(minutes) => {
            format!("{}, oldest {}", format::integer(count), format::duration(minutes))
        }
        None => format::integer(count),
    }
}

/// "2 of 48 calls failed in the last 24 hours"
pub fn hours_say(failed: i64, all: i64) -> String {
    match (failed, all) {
        (_, 0) => "No calls in the last 24 hours".to_owned(),
        (0, all) => format!("{} calls in the last 24 hours, none failed", format::integer(all)),
        (failed, all) => format!(
            "{} of {} calls failed in the last 24 hours",
            format::integer(failed),
            format::integer(all)
        ),
    }
}

// The page of one.

/// Tab.
pub const STATUS: &str = "Status";
/// Tab.
pub const TIMELINE: &str = "Timeline";
/// Tab.
pub const MAPPING: &str = "Mapping";
/// Tab.
pub const SECRETS: &str = "Secrets";
/// Tab.
pub const SETTINGS: &str = "Settings";
/// Fact.
pub const NEXT_RETRY: &str = "Next retry";
/// Fact.
pub const STOPPED: &str = "Stopped";
/// Fact.
pub const CREATED: &str = "Created, 24 h";
/// Fact.
pub const ANSWERS: &str = "Answers in";
/// Fact.
pub const MODE: &str = "Mode";
/// Fact.
pub const ADDRESS: &str = "Address";
/// No value.
pub const NOTHING: &str = "–";
/// Panel.
pub const CALLS: &str = "Calls of the last 24 hours";
/// Panel.
pub const SERVES: &str = "Sites";
/// Column.
pub const ACTIVE: &str = "Work orders of the site";
/// The connection is the active one.
pub const GO_HERE: &str = "go here";
/// Another one is.
pub const GO_ELSEWHERE: &str = "go elsewhere; this one reads along";
/// Without sites.
pub const NO_SITES: &str = "It serves no site yet.";
/// Fast and slow calls.
pub fn latency(p50: f64, p95: f64) -> String {
    format!("{} ms", format::decimal(p50, 0))
        + &format!(", 95 % below {} ms", format::decimal(p95, 0))
}

/// Opens the question.
pub const PAUSE: &str = "Pause…";
/// The question.
pub const PAUSE_TITLE: &str = "Pause this connection?";
/// What happens.
pub const PAUSE_HINT: &str =
    "No call is made until somebody resumes it. Work orders wait in order; none is lost.";
/// Does it.
pub const PAUSE_NOW: &str = "Pause";
/// While it runs.
pub const PAUSING: &str = "Pausing…";
/// Ends a pause.
pub const RESUME: &str = "Resume";
/// While it runs.
pub const RESUMING: &str = "Resuming…";
/// Calls now.
pub const RETRY_NOW: &str = "Retry now";
/// While it runs.
pub const RETRYING: &str = "Asking…";
/// Opens the question.
pub const GO_LIVE: &str = "Go live…";
/// The question.
pub const GO_LIVE_TITLE: &str = "Send the work orders of these sites here?";
/// What happens.
pub const GO_LIVE_HINT: &str = "From now on new work orders of the chosen sites are created in this \
                                system. Those under way stay where they are. The rules of the sites go along.";
/// Does it.
pub const GO_LIVE_NOW: &str = "Go live";
/// While it runs.
pub const GOING_LIVE: &str = "Switching…";
/// Label.
pub const REASON: &str = "Reason";
/// Below it.
pub const REASON_HINT: &str = "Others will read it.";
/// Goes on with the set-up.
pub const SET_UP: &str = "Set up";

/// Why it is paused.
pub fn paused(reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!("Paused: {reason}"),
        None => "Paused.".to_owned(),
    }
}

/// After a restore.
pub fn reconciling(until: &str) -> String {
    format!("The database was restored: until {until} every create is preceded by a look-up.")
}

/// What is missing.
pub fn missing(names: &[String]) -> String {
    format!("Still to be filled in: {}.", names.join(", "))
}

// Deliveries that stopped.

/// Panel.
pub const STOPPED_TITLE: &str = "Deliveries that stopped";
/// None.
pub const NONE_STOPPED: &str = "Nothing has stopped.";
/// Column.
pub const ORDER: &str = "Work order";
/// Column.
pub const WHY: &str = "Why";
/// Column.
pub const SINCE: &str = "Asked for";
/// The question.
pub const REPLAY_TITLE: &str = "Send them again?";
/// Does it.
pub const REPLAY_NOW: &str = "Send again";
/// While it runs.
pub const REPLAYING: &str = "Queueing…";

/// Opens the question.
pub fn replay(count: usize) -> String {
    format!("Replay {count}…")
}

/// What happens.
pub fn replay_hint(count: usize) -> String {
    format!(
        "{count} go back into the queue, oldest first, each with the key it had: what did arrive is \
         found there and not made again."
    )
}

/// Panel.
pub const SHADOW_TITLE: &str = "What it would have sent";
/// Remark.
pub const SHADOW_NOTE: &str = "In shadow nothing is written outside.";
/// Column.
pub const BODY: &str = "Body";
/// Shown folded.
pub const SHOW_BODY: &str = "show";
/// None yet.
pub const NO_SHADOW: &str = "No work order has come up since it reads along.";

// The live test.

/// Panel.
pub const TEST: &str = "Live test";
/// Starts it.
pub const TEST_NOW: &str = "Test";
/// While it is queued.
pub const TEST_STARTING: &str = "Starting…";
/// The box.
pub const WITH_ORDER: &str = "Also create one marked test order there and cancel it";
/// Never tested.
pub const NOT_TESTED: &str = "Not tested yet.";
/// It waits for its turn.
pub const TEST_RUNS: &str = "The test is under way.";
/// All went well.
pub const TEST_PASSED: &str = "Every step passed.";
/// Something did not.
pub const TEST_FAILED: &str = "A step failed. Nothing of yours was changed over there.";
/// What the last test used.
pub const WITH_NEXT: &str = "with the new secrets";

/// The name of a step.
pub fn step(step: &str) -> String {
    match step {
        "resolves" => "Name resolves",
        "opens" => "Port opens",
        "tls" => "Certificate valid",
        "signs_in" => "Signed in",
        "reads_assets" => "May read assets",
        "reads_orders" => "May read work orders",
        "creates" => "Creates a marked test order",
        "cancels" => "Cancels the test order",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

/// How a step stands.
pub const fn check_state(state: CheckState) -> &'static str {
    match state {
        CheckState::Waiting => "waits",
        CheckState::Running => "under way",
        CheckState::Passed => "passed",
        CheckState::Failed => "failed",
        CheckState::Skipped => "not checked",
    }
}

// Calls.

/// Caption.
pub const CALLS_CAPTION: &str = "Calls to and from the system, newest first";
/// Filter.
pub const ALL_CALLS: &str = "All";
/// Filter.
pub const FAILED_CALLS: &str = "Failed";
/// Label of the filter.
pub const WHICH_CALLS: &str = "Which calls";
/// Column.
pub const WHEN: &str = "When";
/// Column.
pub const WHAT: &str = "What for";
/// Column.
pub const CALL: &str = "Call";
/// Column.
pub const ANSWER: &str = "Answer";
/// Column.
pub const TOOK: &str = "Took";
/// Column.
pub const HASH: &str = "Body hash";
/// None.
pub const NO_CALLS: &str = "No such calls.";
/// It went well.
pub const WENT_WELL: &str = "ok";
/// To us.
pub const INWARD: &str = "in";

/// What a call was for.
pub fn operation(operation: &str) -> String {
    operation.replace('_', " ")
}

// Mapping.

/// Panel.
pub const MAPPING_TITLE: &str = "Field mapping";
/// Nothing published.
pub const MAPPING_NONE: &str = "None is published: fields go as the manifest says.";
/// Leads there.
pub const MAPPING_OPEN: &str = "Open the mapping";

/// Which one is published.
pub fn mapping(version: i32) -> String {
    format!("Version {version} is published.")
}

// Webhooks.

/// Panel.
pub const WEBHOOKS: &str = "Webhooks";
/// Label.
pub const WEBHOOK_ADDRESS: &str = "Address of webhooks";
/// What they are, where calls are signed.
pub const WEBHOOK_SIGNED: &str = "Enter this address in the CMMS, and the webhook secret on both sides: it signs its \
                                  calls with it. A call only says that a work order changed; the work order is then \
                                  read, so a lost call costs minutes and no more.";
/// What they are, where calls are not signed.
pub const WEBHOOK_NONE: &str = "This CMMS does not sign its calls, so their address carries a secret. Make one and \
                                enter it in the CMMS. Until then changes are seen when its work orders are read.";
/// Where there is one.
pub const WEBHOOK_MADE: &str = "An address with a secret is in use. A call only says that a work order changed; the \
                                work order is then read, so a lost call costs minutes and no more.";
/// With the address that was just made.
pub const WEBHOOK_SHOWN: &str = "Enter this address in the CMMS.";
/// Button.
pub const WEBHOOK_MAKE: &str = "Make an address";
/// Opens the question.
pub const WEBHOOK_ANEW: &str = "Make another address…";
/// The question.
pub const WEBHOOK_ANEW_TITLE: &str = "Replace the address of webhooks?";
/// What happens.
pub const WEBHOOK_ANEW_HINT: &str = "The present one stays valid until yet another is made, so that the CMMS can be \
                                     changed in between.";

// Secrets.

/// Lead.
pub const SECRETS_LEAD: &str = "Secrets are written and never shown. A new one waits until a test with it passes; \
                                the one in use stays until then.";
/// In use.
pub const IN_USE: &str = "in use";
/// Waits.
pub const WAITS: &str = "waits for a test";
/// Not set.
pub const NOT_SET: &str = "not set";
/// Optional and not set.
pub const NOT_NEEDED: &str = "not set, not required";
/// Label.
pub const NEW_VALUE: &str = "New value";
/// Label.
pub const EXPIRES: &str = "Expires there";
/// Saves.
pub const SET: &str = "Set";
/// While it runs.
pub const SETTING: &str = "Setting…";
/// Throws it away.
pub const DISCARD: &str = "Discard the new one";

/// Who set it and when.
pub fn set_by(name: Option<&str>, when: &str) -> String {
    match name {
        Some(name) => format!("set by {name}, {when}"),
        None => format!("set {when}"),
    }
}

/// When it was last used.
pub fn last_used(when: &str) -> String {
    format!("last used {when}")
}

/// When it ends.
pub fn expires(when: &str) -> String {
    format!("expires {when}")
}

// Settings and the wizard.

/// Panel.
pub const WHERE: &str = "Address and network";
/// Panel.
pub const SCHEDULE: &str = "Sites and schedule";
/// Label.
pub const BASE_URL: &str = "Address";
/// Below it.
pub const BASE_URL_HINT: &str =
    "Such as https://cmms.example.com/maximo. The server must be allowed to call it.";
/// Label.
pub const AUTHORITY: &str = "Own certificate authority";
/// Below it.
pub const AUTHORITY_HINT: &str =
    "PEM, where the system's certificate is from an authority of your own.";
/// Below it, when one is set.
pub const AUTHORITY_SET: &str = "One is set. Paste another to replace it.";
/// Label.
pub const ORDERS_EVERY: &str = "Ask for work orders every (seconds)";
/// Label.
pub const ASSETS_EVERY: &str = "Read the asset register every (seconds)";
/// Label.
pub const TIMEOUT: &str = "Give up on a call after (seconds)";
/// Label.
pub const CONCURRENCY: &str = "Calls at once";
/// Label.
pub const PER_HOUR: &str = "Work orders by rules, per hour";
/// Label.
pub const PER_DAY: &str = "Work orders by rules, per day";
/// Below it.
pub const CAP_HINT: &str = "More of them ask a reviewer.";
/// Saves.
pub const SAVE: &str = "Save";
/// While it runs.
pub const SAVING: &str = "Saving…";
/// Title of the wizard.
pub const NEW: &str = "New connection";
/// Heading of the cards.
pub const WHICH: &str = "Which system?";
/// Goes on.
pub const CREATE: &str = "Save and go on";
/// Goes on.
pub const GO_ON: &str = "Go on";
/// Ends it.
pub const LATER: &str = "Finish later";
/// Remark.
pub const SAVED_STEPS: &str = "saved after every step; nothing is written over there";
/// Back to the cards.
pub const OTHER_SYSTEM: &str = "Another system";
/// A guess of ours.
pub const UNVERIFIED: &str = "our guess; check it";
/// The steps of the wizard.
pub const STEPS: [&str; 6] =
    ["System", "Address and network", "Sign-in", "Test", "Sites and schedule", "Mapping"];
/// Not yet.
pub const NOT_YET: &str = "not yet";
/// After the last step.
pub const READY: &str = "It reads along in shadow";
/// What next.
pub const READY_HINT: &str =
    "Watch what it would have sent, map its fields, then go live with a reason.";
/// Leads there.
pub const TO_PAGE: &str = "To its page";

/// Where a manifest's knowledge comes from.
pub fn evidence(evidence: &str) -> &'static str {
    match evidence {
        "recorded" => "checked against recorded exchanges",
        "documented" => "by the maker's documentation",
        _ => "by assumption; test it well",
    }
}

/// What a system can do besides.
pub fn takes(files: bool, webhooks: bool) -> &'static str {
    match (files, webhooks) {
        (true, true) => "takes files, calls back",
        (true, false) => "takes files",
        (false, true) => "calls back",
        (false, false) => "",
    }
}
