//! Texts of work orders.

use domain::alert::Origin;
use domain::views::work_orders::{Attempt, Delivery, RuleRef};
use domain::work_order::{DeliveryState, Finding, WorkOrderStatus};

use crate::ui::format;

/// Title of the list.
pub const TITLE: &str = "Work orders";
/// Under it.
pub const LEAD: &str = "What was asked for, how it reached the CMMS, and what came of it.";
/// Column and fact.
pub const PRIORITY: &str = "Priority";
/// Column.
pub const NUMBER: &str = "Number";
/// Column.
pub const WORK: &str = "Asset and work";
/// Column, fact and filter.
pub const STATUS: &str = "Status";
/// Column, fact and filter.
pub const ORIGIN: &str = "Origin";
/// Column and fact.
pub const DUE: &str = "Due";
/// Filter: past its due date and still open.
pub const OVERDUE: &str = "Overdue";
/// Column.
pub const AGE: &str = "Asked";
/// Column, fact and filter.
pub const DELIVERY: &str = "Delivery";
/// Filter.
pub const SEARCH: &str = "Search";
/// Caption of the list.
pub const CAPTION: &str = "Work orders, newest first";
/// Nothing yet.
pub const EMPTY: &str = "No work orders yet";
/// Why.
pub const EMPTY_HINT: &str =
    "They are created by the rules, by approved reviews and from the shift logbook.";
/// Link to alerts.
pub const TO_ALERTS: &str = "See the alerts";
/// Nothing matches.
pub const NO_MATCH: &str = "No work orders match";
/// Fact.
pub const ASSIGNED: &str = "Assigned to";
/// The value of nobody in particular.
pub const PLANNER_QUEUE: &str = "Planner queue";
/// Fact.
pub const LABOUR: &str = "Labour";
/// Fact.
pub const COST: &str = "Cost";
/// Fact.
pub const AVOIDED: &str = "Avoided";
/// Fact.
pub const DOWNTIME: &str = "Downtime";
/// Missing because the work is not finished.
pub const NOT_YET: &str = "no data until it is closed";
/// Not due at any time.
pub const NO_DUE: &str = "no date";
/// Heading.
pub const TIMELINE: &str = "Timeline";
/// Under it.
pub const TIMELINE_NOTE: &str = "first reading to verdict";
/// Legend.
pub const SYSTEM: &str = "system";
/// Legend.
pub const PERSON: &str = "person";
/// Heading.
pub const NEXT: &str = "Next step";
/// Button.
pub const APPROVE: &str = "Approve";
/// Button.
pub const ASSIGN: &str = "Assign";
/// Button.
pub const START: &str = "Start work";
/// Button.
pub const CLOSE: &str = "Close work order";
/// Button.
pub const REOPEN: &str = "Reopen…";
/// Button in the question.
pub const REOPEN_NOW: &str = "Reopen";
/// Question.
pub const REOPEN_TITLE: &str = "Reopen this work order?";
/// What it means.
pub const REOPEN_CONSEQUENCE: &str =
    "It goes back to work and the verdict on the prediction is void until it is closed again.";
/// Button.
pub const CANCEL: &str = "Cancel work order…";
/// Button in the question.
pub const CANCEL_NOW: &str = "Cancel it for good";
/// Question.
pub const CANCEL_TITLE: &str = "Cancel this work order?";
/// What it means.
pub const CANCEL_CONSEQUENCE: &str =
    "Nobody will do the work. The alert ends as deferred; a new prediction can ask again.";
/// While a step is taken.
pub const SAVING: &str = "Saving…";
/// Field.
pub const WHO: &str = "Person or crew";
/// Button.
pub const RETRY: &str = "Send again";
/// Button.
pub const AMEND: &str = "Edit and send again…";
/// Question.
pub const AMEND_TITLE: &str = "What should it say instead?";
/// Button in the question.
pub const AMEND_NOW: &str = "Save and send again";
/// Label.
pub const DESCRIPTION: &str = "Description";
/// Button.
pub const SKIP: &str = "Give up…";
/// Button in the question.
pub const SKIP_NOW: &str = "Give up";
/// Question.
pub const SKIP_TITLE: &str = "Give this delivery up?";
/// What it means.
pub const SKIP_CONSEQUENCE: &str =
    "The work order is cancelled here and never sent. The alert ends as deferred.";
/// Button.
pub const BY_HAND: &str = "Made by hand…";
/// Button in the question.
pub const BY_HAND_NOW: &str = "That is this one";
/// What it means.
pub const BY_HAND_HINT: &str =
    "Nothing is sent any more. From now on this work order follows that record.";
/// Label.
pub const NUMBER_THERE: &str = "Its number there";
/// Label.
pub const ID_THERE: &str = "Its id there";
/// Below it.
pub const ID_THERE_HINT: &str = "Only where it differs from the number.";
/// Label.
pub const REASON: &str = "Reason";

/// Question.
pub fn by_hand_title(connection: &str) -> String {
    format!("Was it made in {connection} by hand?")
}

/// Explains retrying.
pub const RETRY_HINT: &str = "It keeps its reference, so it can never be made twice.";
/// Somebody else took a step.
pub const CHANGED: &str = "This work order was changed meanwhile.";
/// Loads again.
pub const RELOAD: &str = "Load again";
/// Nothing a person can do here.
pub const NOTHING_TO_DO: &str = "Nothing to do here for you now";
/// The CMMS keeps it.
pub fn kept_by(connection: &str) -> String {
    format!("{connection} keeps this work order; its status is changed there.")
}
/// It is not there yet.
pub const BEING_DELIVERED: &str = "It is still being delivered.";
/// Heading of the closure form.
pub const CLOSE_TITLE: &str = "Close the work order";
/// Field.
pub const FINDING: &str = "What was found";
/// Field.
pub const ACTUAL_MODE: &str = "Actual failure mode";
/// First choice of it.
pub const CHOOSE: &str = "Choose";
/// Field.
pub const ACTION: &str = "What was done";
/// Field.
pub const PARTS: &str = "Parts used";
/// Under the field.
pub const PARTS_HINT: &str = "One per line: quantity, part number, description.";
/// Field.
pub const LABOUR_HOURS: &str = "Labour, hours";
/// Field.
pub const DOWNTIME_HOURS: &str = "Downtime, hours";
/// Field.
pub const AVOIDED_HOURS: &str = "Downtime avoided, hours";
/// Field.
pub const COST_FIELD: &str = "Cost";
/// Field.
pub const CURRENCY: &str = "Currency";
/// Field.
pub const FAILED_AT: &str = "Failed at";
/// Under the field.
pub const FAILED_HINT: &str = "Only if it lost its function.";
/// Field.
pub const RESTORED_AT: &str = "Working again at";
/// Field.
pub const REPAIR_FROM: &str = "Repair began";
/// Field.
pub const REPAIR_TO: &str = "Repair ended";
/// Field.
pub const NOTES: &str = "Notes";
/// Opens the fields seldom needed.
pub const TIMES: &str = "Times";
/// A number that is none.
pub const NO_NUMBER: &str = "A number, such as 6.5.";
/// A time that is none.
pub const NO_TIME: &str = "A date and time of the site.";
/// A part that is none.
pub const NO_PART: &str = "Quantity, part number, description: 1 SBC-1050 bearing cartridge.";
/// Heading.
pub const CLOSURE: &str = "Closure";
/// In the card of the closure.
pub const FOUND: &str = "Found";
/// In the card.
pub const CODE: &str = "Mode";
/// In the card.
pub const REPAIR: &str = "Repair";
/// Heading.
pub const WHAT: &str = "What is to be done";
/// Heading.
pub const SENT: &str = "What was sent";
/// Caption of the table.
pub const SENT_CAPTION: &str = "The payload as sent, field by field, beside what the CMMS holds";
/// Column.
pub const FIELD: &str = "Field";
/// Column.
pub const WE_SENT: &str = "We sent";
/// Column.
pub const CHECK: &str = "Check";
/// The same here and there.
pub const SAME: &str = "same";
/// Different there.
pub const CHANGED_THERE: &str = "changed there";
/// Its record does not say.
pub const NOT_READ_BACK: &str = "not read back";
/// It does not hold it yet.
pub const NOT_THERE: &str = "not there yet";
/// Heading.
pub const DELIVERY_NOTE: &str = "one order, never two";
/// Queued.
pub const QUEUED_WITH_KEY: &str = "Queued with its key";
/// What a picture shows.
pub const PICTURE: &str = "Trend graph";
/// Heading.
pub const ATTACHMENTS: &str = "Attachments";
/// Heading.
pub const PARTS_NEEDED: &str = "Parts needed";
/// Fact.
pub const REQUESTED_BY: &str = "Asked for by";
/// Fact.
pub const PLANNED: &str = "Planned";
/// Fact.
pub const FAILURE_CODE: &str = "Failure code";
/// Fact.
pub const REFERENCE: &str = "Our reference";
/// Late.
pub const LATE: &str = "late";

/// "WO-10001", or "No. 12" until the CMMS has given it a number.
pub fn number(id: i64, cmms: Option<&str>) -> String {
    cmms.map_or_else(|| ours(id), str::to_owned)
}

/// "No. 12": our own number.
pub fn ours(id: i64) -> String {
    format!("No. {id}")
}

/// "WO-10001, Spindle bearing fault, VMC-1050-SP02: replace".
pub fn heading(number: &str, title: &str) -> String {
    format!("{number}, {title}")
}

/// A long text of a payload, shortened for a table.
pub fn shortened(text: String) -> String {
    const LETTERS: usize = 120;
    match text.char_indices().nth(LETTERS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// "3, scheduled".
pub fn priority(value: u8) -> &'static str {
    match value {
        1 => "1, emergency",
        2 => "2, high",
        3 => "3, scheduled",
        4 => "4, low",
        _ => "5, when there is an opportunity",
    }
}

/// Status in words.
pub const fn status(status: WorkOrderStatus) -> &'static str {
    match status {
        WorkOrderStatus::Draft => "Draft",
        WorkOrderStatus::Approved => "Approved",
        WorkOrderStatus::Assigned => "Assigned",
        WorkOrderStatus::InProgress => "In progress",
        WorkOrderStatus::Closed => "Closed",
        WorkOrderStatus::Cancelled => "Cancelled",
    }
}

/// Delivery state in words.
pub const fn delivery(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Queued => "Waiting to be sent",
        DeliveryState::Sending => "Sending",
        DeliveryState::Created => "Created",
        DeliveryState::Rejected => "Refused",
        DeliveryState::Unknown => "Sent, no answer; checking",
        DeliveryState::NeedsPerson => "Needs a person",
        DeliveryState::Dead => "Gave up",
    }
}

/// "attempt 2".
pub fn attempt(count: i32) -> String {
    format!("attempt {count}")
}

/// What the delivery page says about what happens next.
pub fn delivery_says(delivery: &Delivery, connection: &str) -> String {
    match delivery.state {
        DeliveryState::Queued => format!("Waits for its turn to be sent to {connection}."),
        DeliveryState::Sending => format!("A call to {connection} is under way."),
        DeliveryState::Created => format!("{connection} holds it."),
        DeliveryState::Rejected => format!("{connection} refused it. Nothing was made there."),
        DeliveryState::Unknown => {
            format!(
                "Sent, no certain answer. It is looked up in {connection} before anything is sent again."
            )
        }
        DeliveryState::NeedsPerson => {
            format!(
                "Nobody can tell whether {connection} holds it. Look there, then send it again or give it up."
            )
        }
        DeliveryState::Dead => format!("{connection} could not be reached for too long."),
    }
}

/// "Next call 18 Jun 04:13".
pub fn next_call(at: &str) -> String {
    format!("Next call {at}")
}

/// One call to the CMMS in words.
pub fn call(at: &Attempt, number: usize) -> String {
    let what =
        if at.kind == "look_up" { "Looked up".to_owned() } else { format!("Attempt {number}") };
    match at.outcome.as_deref() {
        None => format!("{what}, under way"),
        Some("absent") => format!("{what}, not there"),
        Some("created") => format!("{what}, created"),
        Some("found") => format!("{what}, found"),
        Some("unknown" | "interrupted") => format!("{what}, no certain answer"),
        Some(other) => format!("{what}, {}", other.replace('_', " ")),
    }
}

/// "1.4 s".
pub fn took(seconds: f64) -> String {
    format!("{} s", format::decimal(seconds, 1))
}

/// Beside a status that the connection's status map does not know.
pub const UNMAPPED: &str = "Status not mapped";

/// "Due, changed there".
pub fn drifted(field: &str) -> String {
    let field = match field {
        "title" => "Title",
        "priority" => "Priority",
        "due" => "Due",
        "assigned_to" => "Assigned to",
        other => other,
    };
    format!("{field}, changed there")
}

/// "asked for: 2".
pub fn asked_for(ours: &str) -> String {
    format!("asked for: {ours}")
}

/// Where a work order comes from.
pub fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Rule => "Rule",
        Origin::Review => "Review",
        Origin::Person => "Person",
        Origin::Batch => "Weekly batch",
        Origin::Shutdown => "Planned shutdown",
        Origin::Linked => "Found in the CMMS",
    }
}

/// "Critical in production, v3".
pub fn rule(rule: &RuleRef) -> String {
    format!("{}, v{}", rule.rule, rule.policy_version)
}

/// What was found.
pub const fn finding(finding: Finding) -> &'static str {
    match finding {
        Finding::Found => "The fault was there",
        Finding::Failed => "It had failed already",
        Finding::NothingFound => "Nothing was wrong",
        Finding::SensorFault => "The sensor was the fault",
        Finding::NotInspected => "The work was not done",
        Finding::Inconclusive => "It cannot be told",
    }
}

/// The verdict on the prediction.
pub fn verdict(outcome: &str, prevented: bool) -> String {
    let outcome = match outcome {
        "confirmed" if prevented => return "Confirmed, failure prevented".to_owned(),
        "confirmed" => "Confirmed",
        "wrong_mode" => "Another fault",
        "false_positive" => "False alarm",
        "sensor_issue" => "Sensor fault",
        "deferred" => "Deferred",
        "inconclusive" => "Inconclusive",
        "duplicate" => "Duplicate",
        "known" => "Known before",
        "no_action" => "No action",
        other => other,
    };
    outcome.to_owned()
}

/// Who has it.
pub fn assigned(to: Option<&str>) -> String {
    match to {
        None | Some("planner_queue") => PLANNER_QUEUE.to_owned(),
        Some(to) => to.to_owned(),
    }
}

/// "1 × SBC-1050 spindle bearing cartridge".
pub fn part(quantity: f64, part: &str, description: Option<&str>) -> String {
    let quantity = format::decimal(quantity, if quantity.fract().abs() < 1e-9 { 0 } else { 2 });
    match description {
        Some(description) => format!("{quantity} × {part} {description}"),
        None => format!("{quantity} × {part}"),
    }
}

/// "What Work-order book holds".
pub fn holds(connection: &str) -> String {
    format!("{connection} holds")
}

/// "Work-order book: COMP".
pub fn theirs(connection: &str, status: &str) -> String {
    format!("{connection}: {status}")
}
