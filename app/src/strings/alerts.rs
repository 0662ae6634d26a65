//! Texts of alerts: list, detail, why.

use domain::alert::{AlertState, Severity};
use domain::policy::{CreateAs, DecisionAction, HoldUntil, Op};
use domain::verdict::Outcome;
use domain::work_order::{DeliveryState, WorkOrderStatus};

use crate::ui::format;

/// Title.
pub const TITLE: &str = "Alerts";
/// Filter.
pub const SEARCH: &str = "Words";
/// Filter and column.
pub const ASSET: &str = "Asset";
/// Name of the facets.
pub const STATES: &str = "State";
/// Name of the facets.
pub const SEVERITIES: &str = "Severity";
/// Every state but closed.
pub const ACTIVE: &str = "Active";
/// Every severity.
pub const ANY: &str = "Any severity";
/// Column.
pub const FAILURE_MODE: &str = "Failure mode";
/// Column and fact.
pub const CONFIDENCE: &str = "Confidence";
/// Column and fact.
pub const LIFE: &str = "Remaining life";
/// Column.
pub const FIRST_SEEN: &str = "First seen";
/// Column.
pub const RULES_DID: &str = "State and what the rules did";
/// Heading of the list beside an alert.
pub const BESIDE: &str = "Alerts";
/// Link from the list beside an alert to the filters.
pub const ALL: &str = "All";
/// Heading over nothing with a filter.
pub const NO_MATCH: &str = "No alerts match";
/// Heading over nothing.
pub const NONE_ACTIVE: &str = "Nothing needs attention";
/// Link to the closed ones.
pub const SHOW_CLOSED: &str = "Show closed alerts";
/// Link that removes every filter.
pub const CLEAR: &str = "Clear all filters";
/// Before the explanation of the intake.
pub const INTAKE: &str = "How alerts get here.";
/// After it.
pub const INTAKE_HINT: &str = "Alerts open by themselves when a model sends a prediction to the \
                                  address below. Make a key with `millwright api-key create`, put \
                                  it in place of KEY, and send this:";
/// Tag for an action changed by the cap.
pub const CAP: &str = "cap";
/// Explains the tag.
pub const CAP_HINT: &str = "The site had reached its limit of work orders for the hour or day, so a \
                            person is asked instead.";
/// Fact.
pub const SEVERITY: &str = "Severity";
/// Fact.
pub const ACT_BEFORE: &str = "Act before";
/// Fact.
pub const STATE: &str = "State";
/// Fact.
pub const NEXT_RUN: &str = "Next step";
/// Fact.
pub const CLOSED_AT: &str = "Closed";
/// Fact.
pub const CRITICALITY: &str = "Criticality";
/// Model or source that gave no remaining life.
pub const NOT_GIVEN: &str = "not given";
/// After a fact that ran out.
pub const PASSED: &str = "has passed";
/// Heading.
pub const TREND: &str = "Measured values";
/// No chart.
pub const NO_TREND: &str = "No measured values";
/// Why there is no chart.
pub const NO_TREND_HINT: &str = "The prediction names no sensor, and none is mapped to this asset. \
                                 Send telemetry, or name sensors in the prediction's evidence.";
/// Column of the table behind a chart.
pub const TIME: &str = "Time";
/// Column of the table behind a chart.
pub const VALUE: &str = "Value";
/// Heading.
pub const WHY: &str = "Why this happened";
/// State of a rule.
pub const MATCHED: &str = "Matched";
/// State of a rule.
pub const NOT_MET: &str = "not met";
/// State of a rule.
pub const NOT_REACHED: &str = "not reached";
/// A rule without conditions.
pub const ALWAYS: &str = "always";
/// Before the decision.
pub const NOT_DECIDED: &str = "Not decided yet. The rules are asked within seconds.";
/// Raised by a person.
pub const BY_PERSON: &str = "A person raised this; no rule was asked.";
/// Between alternatives.
pub const OR: &str = "or";
/// Heading.
pub const PREDICTIONS: &str = "Predictions";
/// Column and axis.
pub const LIFE_DAYS: &str = "Remaining life, days";
/// On the chart where no life is given.
pub const NO_LIFE: &str = "no remaining life given";
/// Column.
pub const OBSERVED: &str = "Observed";
/// Column.
pub const MODEL: &str = "Model";
/// Heading.
pub const SIMILAR: &str = "Similar cases here";
/// No similar ones.
pub const NO_SIMILAR: &str = "No case of this failure mode has been closed at this site yet.";
/// Heading.
pub const PARTS: &str = "Parts it will need";
/// Column.
pub const PART: &str = "Part";
/// Column.
pub const QUANTITY: &str = "Quantity";
/// Opens the message.
pub const MESSAGE: &str = "Latest message as sent";
/// Before the model's advice.
pub const RECOMMENDED: &str = "Recommended";
/// Action.
pub const REVIEW_IT: &str = "Review";
/// Action.
pub const RAISE: &str = "Raise a work order…";
/// Question.
pub const RAISE_TITLE: &str = "Raise a work order?";
/// What it means.
pub const RAISE_HINT: &str = "It is sent to the CMMS at once, as a draft in your name. A question \
                              that waits for a reviewer ends with it.";
/// Button in the question.
pub const RAISE_NOW: &str = "Raise it";
/// While it is raised.
pub const RAISING: &str = "Raising…";
/// Field.
pub const WORK_TITLE: &str = "What is to be done";
/// Field.
pub const PRIORITY: &str = "Priority";
/// Field.
pub const NOTES: &str = "Notes for the technician";
/// Alert no longer active: what its predictions do.
pub const HELD_OFF: &str = "Predictions are only recorded until";

/// The state as people say it.
pub const fn state(state: AlertState) -> &'static str {
    match state {
        AlertState::Open => "Logged",
        AlertState::WaitingReview => "Waiting for review",
        AlertState::Held => "Held",
        AlertState::WorkOrder => "Work order",
        AlertState::Closed => "Closed",
    }
}

/// The severity as people say it.
pub const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
    }
}

/// The outcome as people say it.
pub const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Confirmed => "Confirmed",
        Outcome::WrongMode => "Another fault was found",
        Outcome::FalsePositive => "False alarm",
        Outcome::SensorIssue => "Sensor fault",
        Outcome::Known => "Known already",
        Outcome::Duplicate => "Duplicate",
        Outcome::Deferred => "Deferred",
        Outcome::NoAction => "No action",
        Outcome::Inconclusive => "Inconclusive",
        Outcome::Missed => "Missed",
    }
}

/// "34 active" under the title.
pub fn matching(total: i64) -> String {
    match total {
        1 => "1 alert".to_owned(),
        n => format!("{} alerts", format::integer(n)),
    }
}

/// The banner of a flood.
pub fn flood(site: &str, alerts: i64) -> String {
    format!(
        "{site}: {} alerts within 10 minutes. Look for one common cause before working through them.",
        format::integer(alerts)
    )
}

/// "4 predictions".
pub fn repeats(predictions: i32) -> String {
    match predictions {
        1 => "1 prediction".to_owned(),
        n => format!("{} predictions", format::integer(n.into())),
    }
}

/// What became of a work order that exists or is on its way.
pub fn work_order(
    number: Option<&str>,
    status: Option<WorkOrderStatus>,
    delivery: Option<DeliveryState>,
) -> String {
    let named = number.map_or_else(|| "Work order".to_owned(), ToOwned::to_owned);
    match delivery {
        Some(DeliveryState::Queued | DeliveryState::Sending) => format!("{named} is being sent"),
        Some(DeliveryState::Unknown) => format!("{named} sent, no answer yet; checking"),
        Some(DeliveryState::Rejected) => format!("{named} refused by the CMMS"),
        Some(DeliveryState::Dead) => format!("{named} could not be delivered"),
        Some(DeliveryState::NeedsPerson) => format!("{named} needs a look: delivery is unclear"),
        Some(DeliveryState::Created) | None => match status {
            Some(WorkOrderStatus::Approved) => format!("{named} approved"),
            Some(WorkOrderStatus::Assigned) => format!("{named} assigned"),
            Some(WorkOrderStatus::InProgress) => format!("{named} in progress"),
            Some(WorkOrderStatus::Closed) => format!("{named} closed"),
            Some(WorkOrderStatus::Cancelled) => format!("{named} cancelled"),
            Some(WorkOrderStatus::Draft) | None => format!("Created {named}"),
        },
    }
}

/// What a hold waits for, and until when.
pub fn held(until: Option<HoldUntil>, at: &str) -> String {
    match until {
        Some(HoldUntil::WeeklyBatch) => format!("In the weekly batch, {at}"),
        Some(HoldUntil::NextShutdown) => format!("Next shutdown, sent {at}"),
        Some(HoldUntil::NextDayReview) => format!("Review at the next production start, {at}"),
        None => format!("Snoozed until {at}"),
    }
}

/// Open, by what the rules did.
pub const fn open(action: Option<DecisionAction>) -> &'static str {
    match action {
        Some(_) => "Logged",
        None => "Being decided",
    }
}

/// A question that is overdue, escalated or just waits.
pub const fn waiting(overdue: bool, escalations: i32) -> &'static str {
    match (overdue, escalations) {
        (_, 1..) => "Waiting for review, escalated",
        (true, _) => "Waiting for review, overdue",
        _ => "Waiting for review",
    }
}

/// A decision of a person that is about to be carried out.
pub const DECIDED: &str = "Decided, about to be carried out";

/// The claim; `*` marks the telling words.
pub fn claim(mode: &str, asset: &str, rul_hours: Option<f64>, confidence: Option<f64>) -> String {
    match (rul_hours, confidence) {
        (Some(hours), _) if hours <= 0.0 => {
            format!("*{mode}* on {asset}: the predicted end of life *has passed*.")
        }
        (Some(hours), _) => {
            format!("*{mode}* on {asset}: about *{}* of useful life left.", life(hours))
        }
        (None, Some(confidence)) => {
            format!("*{mode}* on {asset} is *{}*.", likely(confidence))
        }
        (None, None) => format!("A person reported *{}* on {asset}.", mode.to_lowercase()),
    }
}

/// The same without marks, for a heading.
pub fn claim_short(mode: &str, rul_hours: Option<f64>, confidence: Option<f64>) -> String {
    match (rul_hours, confidence) {
        (Some(hours), _) if hours <= 0.0 => {
            format!("{mode}. Its predicted end of life has passed.")
        }
        (Some(hours), _) => format!("{mode}. About {} left.", life(hours)),
        (None, Some(confidence)) => format!("{mode} is {}.", likely(confidence)),
        (None, None) => format!("{mode}, reported by a person."),
    }
}

/// "18 days", "22 hours".
pub fn life(hours: f64) -> String {
    let (count, word) =
        if hours < 72.0 { (hours.floor(), "hour") } else { ((hours / 24.0).floor(), "day") };
    let plural = if count == 1.0 { "" } else { "s" };
    format!("{} {word}{plural}", format::decimal(count, 0))
}

const fn likely(confidence: f64) -> &'static str {
    if confidence >= 0.75 {
        "very likely"
    } else if confidence >= 0.5 {
        "likely"
    } else {
        "possible"
    }
}

/// Grey line over the rules: "policy v12, rule 2 of 6, in production, night shift".
pub fn policy(
    version: i32,
    rule: Option<(i64, i64)>,
    in_production: bool,
    shift: Option<&str>,
) -> String {
    let rule = rule.map(|(n, of)| format!(", rule {n} of {of}")).unwrap_or_default();
    let production = if in_production { ", in production" } else { ", outside production" };
    let shift = shift.map(|shift| format!(", {shift} shift")).unwrap_or_default();
    format!("policy v{version}{rule}{production}{shift}")
}

/// What a matched rule does.
pub fn create(priority: u8, create_as: CreateAs, assign_to: Option<&str>) -> String {
    let to = assign_to.unwrap_or("planner queue");
    match create_as {
        CreateAs::Draft => format!("Create work order as draft, priority {priority}, {to}"),
        CreateAs::Approved => format!("Create approved work order, priority {priority}, {to}"),
    }
}

/// What a matched rule does.
pub fn ask(priority: u8) -> String {
    format!("Ask a reviewer, priority {priority}")
}

/// What a matched rule does.
pub const KEEP: &str = "Keep for the record";

/// A field of a condition as people say it.
pub fn field(name: &str) -> &str {
    match name {
        "remaining_life_hours" => "remaining life",
        "window_hours" => "window",
        "overdue" => "past its end of life",
        "failure_mode" => "failure mode",
        "model_version" => "model version",
        "critical" => "critical asset",
        "asset_kind" => "kind of asset",
        "asset_tag" => "asset",
        "open_work_order" => "open work order on the asset",
        "predictions" => "predictions so far",
        "in_production" => "in production",
        "shutdown_in_window" => "shutdown within the window",
        "day_of_week" => "day",
        "repeats" => "predictions that agree",
        other => other.strip_prefix("attributes.").unwrap_or(other),
    }
}

/// An operator as people write it.
pub const fn op(op: Op) -> &'static str {
    match op {
        Op::Lt => "<",
        Op::Le => "≤",
        Op::Gt => ">",
        Op::Ge => "≥",
        Op::Eq => "is",
        Op::Ne => "is not",
        Op::In => "is one of",
        Op::NotIn => "is none of",
        Op::Within => "is",
        Op::NotWithin => "is not",
        Op::Present => "is known",
        Op::Absent => "is not known",
    }
}

/// A test with what was found.
pub fn condition(field: &str, actual: Option<&str>, op: &str, value: &str) -> String {
    match actual {
        Some(actual) => format!("{field} {actual} {op} {value}"),
        None => format!("{field} not known, {op} {value}"),
    }
}

/// A test of a yes-or-no fact.
pub fn yes_no(field: &str, actual: Option<bool>) -> String {
    let word = match actual {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    };
    format!("{field}: {word}")
}

/// A text that is, or is not, what was asked.
pub fn is(field: &str, actual: Option<&str>, value: &str, holds: bool) -> String {
    match (actual, holds) {
        (None, _) => format!("{field} not known"),
        (Some(actual), true) => format!("{field} is {actual}"),
        (Some(actual), false) => format!("{field} is {actual}, not {value}"),
    }
}

/// Grey line over the predictions.
pub fn predictions(count: i32, since: &str, model: &str) -> String {
    format!("{} since {since}, {model}", repeats(count))
}

/// Finding over the predictions.
pub fn course(from: f64, to: f64, life: Option<f64>, count: i32) -> String {
    let (a, b) = (format::confidence(from), format::confidence(to));
    let life = life.map(|hours| format!("; {} left now", self::life(hours))).unwrap_or_default();
    if count < 2 {
        return format!("One prediction, with confidence {b}{life}.");
    }
    match to - from {
        d if d > 0.005 => format!("Confidence rose from {a} to {b}{life}."),
        d if d < -0.005 => format!("Confidence fell from {a} to {b}{life}."),
        _ => format!("Confidence stays at {b}{life}."),
    }
}

/// "4 of 5 were confirmed".
pub fn confirmed(part: i64, of: i64) -> String {
    format!("{} were confirmed", format::share(part, of))
}

/// A change of the model's version.
pub fn versions(from: &str, to: &str) -> String {
    format!("{from} → {to}")
}

/// Ticks of the chart.
pub fn threshold(creates: bool, at: f64) -> String {
    let at = format::confidence(at);
    if creates { format!("creates from {at}") } else { format!("asks from {at}") }
}

/// "Open WO-10482".
pub fn open_work_order(number: Option<&str>) -> String {
    number.map_or_else(|| "Open work order".to_owned(), |number| format!("Open {number}"))
}

/// A choice of priority.
pub fn priority(priority: u8) -> String {
    let word = match priority {
        1 => "emergency",
        2 => "high",
        3 => "scheduled",
        4 => "low",
        _ => "opportunity",
    };
    format!("{priority}, {word}")
}

/// What is proposed as the title of a raised work order.
pub fn proposed(mode: &str, tag: &str) -> String {
    format!("{mode}, {tag}")
}
