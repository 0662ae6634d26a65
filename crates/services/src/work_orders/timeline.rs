//! The one timeline of a work order, in words.

use domain::failure_mode;
use domain::views::work_orders::{By, TimelineEntry, TimelineRow};
use serde_json::Value;
use store::work_orders::timeline::TimelineFact;

/// Steps that other entries say better.
const SILENT: [&str; 4] =
    ["work_order.send", "work_order.mirror", "work_order.requeue", "work_order.unknown"];

/// The entry of a fact; `None` for steps that other entries tell.
pub(super) fn entry(
    fact: &TimelineFact,
    connection: &str,
    alert: Option<i64>,
) -> Option<TimelineRow> {
    if SILENT.contains(&fact.what.as_str()) {
        return None;
    }
    let (what, detail) = words(fact, connection);
    let by = if fact.actor_kind == "user" { By::Person } else { By::System };
    let actor = match (&fact.actor, by) {
        (Some(name), _) if !name.is_empty() => name.clone(),
        (_, By::Person) => "a former user".to_owned(),
        (_, By::System) => "Millwright".to_owned(),
    };
    let about_alert = ["predicted", "decided"].contains(&what.as_str());
    let link = alert.filter(|_| about_alert).map(|id| format!("/alerts/{id}"));
    Some(TimelineRow { entry: TimelineEntry { at: fact.at, actor, what, detail }, by, link })
}

fn words(fact: &TimelineFact, connection: &str) -> (String, String) {
    let text = |key: &str| fact.detail.get(key).and_then(Value::as_str);
    let (what, detail) = match fact.what.as_str() {
        "predicted" => ("predicted", predicted(&fact.detail)),
        "decided" => ("decided", decided(&fact.detail)),
        "review_asked" => {
            ("review_asked", format!("Asked a {}", text("role").unwrap_or("reviewer")))
        }
        "review_approve" => ("review_approved", reasoned("Approved", text("comment"))),
        "review_reject" => ("review_rejected", reasoned("Rejected", text("reason"))),
        "review_snooze" => ("review_snoozed", reasoned("Asked to be reminded", text("comment"))),
        "create" => ("sent", call(&fact.detail, &format!("Sent to {connection}"))),
        "look_up" => ("looked_up", call(&fact.detail, "Looked up by our reference")),
        "work_order.queue" => ("queued", queued(&fact.detail)),
        "work_order.created" => (
            "created",
            format!("{connection} holds it as {}", text("number").unwrap_or("a new record")),
        ),
        "work_order.rejected" => {
            ("rejected", reasoned(&format!("{connection} refused it"), text("error")))
        }
        "work_order.dead" => ("dead", reasoned("Gave up sending it", text("error"))),
        "work_order.needs_person" => {
            ("needs_person", reasoned("Only a person can tell", text("error")))
        }
        "work_order.shout" if text("kind") == Some("delivery_late") => {
            ("late", format!("Not in {connection} by its deadline; planners were told"))
        }
        "work_order.shout" => ("told", "Planners were told".to_owned()),
        "work_order.duplicate" => {
            ("duplicate", format!("{connection} holds it more than once; the oldest counts"))
        }
        "work_order.amend" => ("retried", "Changed and sent again".to_owned()),
        "work_order.retry" => ("retried", "Sent again by hand".to_owned()),
        "work_order.skip" => ("given_up", "Given up by hand".to_owned()),
        "work_order.approve" => ("approved", "Approved".to_owned()),
        "work_order.assign" => {
            ("assigned", format!("Assigned to {}", people(text("assigned_to").unwrap_or("nobody"))))
        }
        "work_order.start" => ("started", "Started".to_owned()),
        "work_order.close" => ("closed", closed(&fact.detail)),
        "work_order.cancel" => ("cancelled", "Cancelled".to_owned()),
        "work_order.reopen" => ("reopened", "Reopened; the verdict is void".to_owned()),
        "work_order.reopen_blocked" => {
            ("reopen_blocked", format!("Reopened in {connection}, but another one is open"))
        }
        "work_order.file_sent" => {
            ("file_sent", format!("Attached in {connection}: {}", text("file").unwrap_or("a file")))
        }
        "work_order.file_failed" => {
            ("file_failed", reasoned("A file could not be attached", text("error")))
        }
        "work_order.drift" => ("drift", drifted(&fact.detail, connection)),
        "alert.verdict" => ("verdict", verdict(&fact.detail)),
        "alert.reopen" => ("verdict_void", "The case is open again".to_owned()),
        other => return (other.replace('.', "_"), sentence(other)),
    };
    (what.to_owned(), detail)
}

fn sentence(action: &str) -> String {
    action.rsplit('.').next().unwrap_or(action).replace('_', " ")
}

fn reasoned(what: &str, why: Option<&str>) -> String {
    match why.map(str::trim).filter(|why| !why.is_empty()) {
        Some(why) => format!("{what}: {}", why.replace('_', " ")),
        None => what.to_owned(),
    }
}

/// A failure mode by its name.
fn mode(code: &str) -> String {
    failure_mode::find(code).map_or_else(|| code.replace('_', " "), |m| m.name.to_lowercase())
}

fn people(assigned_to: &str) -> String {
    if assigned_to == super::request::PLANNER_QUEUE {
        "the planner queue".to_owned()
    } else {
        assigned_to.to_owned()
    }
}

fn number(detail: &Value, key: &str) -> Option<f64> {
    detail.get(key).and_then(Value::as_f64)
}

fn predicted(detail: &Value) -> String {
    let mut text = match detail.get("failure_mode").and_then(Value::as_str) {
        Some(code) => format!("Predicted {}", mode(code)),
        None => "Predicted a failure".to_owned(),
    };
    if let Some(confidence) = number(detail, "confidence") {
        text.push_str(&format!(", confidence {confidence:.2}"));
    }
    match number(detail, "rul_hours") {
        Some(hours) if hours >= 48.0 => text.push_str(&format!(", {:.0} days left", hours / 24.0)),
        Some(hours) => text.push_str(&format!(", {hours:.0} h left")),
        None => {}
    }
    text
}

fn decided(detail: &Value) -> String {
    let rule = detail.get("rule").and_then(Value::as_str).unwrap_or("a rule");
    let action = match detail.get("action").and_then(Value::as_str) {
        Some("create") => "create a work order",
        Some("review") => "ask a reviewer",
        Some("hold") => "wait",
        Some("log") => "log only",
        _ => "act",
    };
    let priority =
        detail.get("priority").and_then(Value::as_i64).map(|p| format!(", priority {p}"));
    let note = detail.get("note").and_then(Value::as_str).map(|note| format!(" ({note})"));
    format!(
        "Rule “{rule}” matched: {action}{}{}",
        priority.unwrap_or_default(),
        note.unwrap_or_default()
    )
}

fn queued(detail: &Value) -> String {
    let asked = match detail.get("origin").and_then(Value::as_str) {
        Some("person") => "Raised by hand",
        Some("review") => "Approved for sending",
        Some("batch") => "Released with the weekly batch",
        Some("shutdown") => "Released for the planned shutdown",
        Some("linked") => return linked(detail),
        _ => "Asked for by the rule",
    };
    let reference = detail.get("external_ref").and_then(Value::as_str).unwrap_or("its reference");
    format!("{asked}, queued as {reference}")
}

fn linked(detail: &Value) -> String {
    let number = detail.get("number").and_then(Value::as_str).unwrap_or("an open one");
    format!("Linked to {number}, which the CMMS had open already; nothing was created")
}

fn drifted(detail: &Value, connection: &str) -> String {
    let changes = detail.as_object().into_iter().flatten().map(|(field, change)| {
        let said = |key: &str| change.get(key).and_then(Value::as_str).unwrap_or("nothing");
        format!("{} from {} to {}", field.replace('_', " "), said("ours"), said("theirs"))
    });
    let changes: Vec<String> = changes.collect();
    match changes.is_empty() {
        true => format!("As asked for again in {connection}"),
        false => format!("Changed in {connection}: {}", changes.join("; ")),
    }
}

fn call(detail: &Value, what: &str) -> String {
    let seconds = number(detail, "seconds").filter(|s| *s >= 0.05);
    let seconds = seconds.map(|s| format!(" after {s:.1} s")).unwrap_or_default();
    let said = detail.get("detail").and_then(Value::as_str);
    match detail.get("outcome").and_then(Value::as_str) {
        None => format!("{what}, under way"),
        Some("created") => format!("{what}, accepted{seconds}"),
        Some("found") => format!("{what}, found"),
        Some("absent") => format!("{what}, not there"),
        Some("unknown" | "interrupted") => {
            reasoned(&format!("{what}, no certain answer{seconds}"), said)
        }
        Some(other) => reasoned(&format!("{what}, {}", other.replace('_', " ")), said),
    }
}

fn closed(detail: &Value) -> String {
    let closure = detail.get("closure").cloned().unwrap_or_default();
    let mut text = reasoned("Closed", closure.get("action").and_then(Value::as_str));
    if let Some(hours) = number(&closure, "labour_hours") {
        text.push_str(&format!(", {hours} h"));
    }
    text
}

fn verdict(detail: &Value) -> String {
    let outcome = detail.get("outcome").and_then(Value::as_str).unwrap_or("unknown");
    let prevented = detail.get("prevented").and_then(Value::as_bool) == Some(true);
    let failure = if prevented { ", failure prevented" } else { "" };
    format!("Prediction {}{failure}", outcome.replace('_', " "))
}
