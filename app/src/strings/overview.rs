//! Texts of the overview.

use domain::prediction::Quarantine;
use domain::views::logbook::{AutoEntry, AutoKind};
use domain::views::overview::{About, Health, LinkState, Need, NeedKind, Stage, StepKind};

use crate::strings::work_orders as orders;
use crate::ui::format::{duration, integer};

/// Title.
pub const TITLE: &str = "Overview";
/// The one thing to do here.
pub const OPEN_OLDEST: &str = "Open the oldest waiting item";
/// The same when only a delivery waits.
pub const OPEN_STOPPED: &str = "Open the stopped delivery";
/// Heading.
pub const NEEDS: &str = "Needs you";
/// Instead of figures.
pub const NOTHING: &str = "Nothing needs you.";
/// After it.
pub const NOTHING_HINT: &str = "Questions to you, stopped deliveries and overdue work show here.";
/// Heading.
pub const PIPELINE: &str = "Pipeline, last hour";
/// Heading.
pub const RISK: &str = "Assets at risk";
/// What the table holds.
pub const RISK_CAPTION: &str = "The ten assets with the most urgent open alert";
/// Nothing at risk.
pub const NO_RISK: &str = "No open alerts";
/// Why.
pub const NO_RISK_HINT: &str = "Every case is closed. New ones open by themselves.";
/// Link.
pub const ALL_ALERTS: &str = "All alerts";
/// Column, read out only.
pub const LIFE_SCALE: &str = "Remaining life on a scale of 60 days";
/// Column.
pub const ACTION: &str = "Action";
/// Heading.
pub const SINCE: &str = "Since your last visit";
/// Heading of a first visit.
pub const SINCE_FIRST: &str = "Last 24 hours";
/// Nothing happened.
pub const NO_EVENTS: &str = "Nothing has happened.";
/// Heading.
pub const LINKS: &str = "Connections";
/// Leads to all of them.
pub const ALL_LINKS: &str = "All connections";
/// What the table holds.
pub const LINKS_CAPTION: &str = "Health of connections and sources";
/// A source, after its name.
pub const INBOUND: &str = "sends to us";
/// Heading of the first steps.
pub const STEPS: &str = "First steps";
/// After it.
pub const STEPS_NOTE: &str = "until the first prediction arrives";
/// A step that is done.
pub const DONE: &str = "done";
/// A step to come.
pub const TO_DO: &str = "to do";
/// Link of a row that waits for a reviewer.
pub const REVIEW: &str = "Review";

/// "Thu 18 Jun 2026, 07:06 CDT. Day shift since 06:00. You were last here Wed 16:42."
pub fn lead(now: &str, shift: Option<(&str, &str)>, last: Option<&str>) -> String {
    let shift = shift.map(|(name, from)| format!(" {name} since {from}.")).unwrap_or_default();
    let last = last.map(|last| format!(" You were last here {last}.")).unwrap_or_default();
    format!("{now}.{shift}{last}")
}

/// The words beside the figure.
pub fn need(need: &Need) -> &'static str {
    match (need.kind, need.count) {
        (NeedKind::Reviews, _) => "waiting for review",
        (NeedKind::Deliveries, 1) => "delivery stopped",
        (NeedKind::Deliveries, _) => "deliveries stopped",
        (NeedKind::Overdue, 1) => "work order overdue",
        (NeedKind::Overdue, _) => "work orders overdue",
        (NeedKind::Quarantine, 1) => "prediction in quarantine",
        (NeedKind::Quarantine, _) => "predictions in quarantine",
    }
}

/// The line under it; `waits` and `target` are minutes.
pub fn need_detail(need: &Need, waits: Option<i64>, target: Option<i64>) -> String {
    match need.kind {
        NeedKind::Reviews => match (waits, target) {
            (Some(waits), Some(target)) => {
                format!("oldest {}, target {}", duration(waits), duration(target))
            }
            _ => String::new(),
        },
        NeedKind::Deliveries => {
            let number = need.id.map(|id| orders::number(id, need.name.as_deref()));
            [number, need.detail.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        NeedKind::Overdue => {
            need.name.as_ref().map(|tag| format!("longest on {tag}")).unwrap_or_default()
        }
        NeedKind::Quarantine => {
            let reason = need.detail.as_deref().and_then(|word| word.parse::<Quarantine>().ok());
            let reason = reason.map(|reason| super::predictions::reason(reason).to_lowercase());
            let from = need.name.as_ref().map(|name| format!("from {name}"));
            [reason, from].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    }
}

/// Name of a stage.
pub const fn stage(about: &About) -> &'static str {
    match about {
        About::Sources { .. } => "Sources",
        About::Alerts { .. } => "Alerts",
        About::Rules { .. } => "Rules",
        About::Review { .. } => "Review",
        About::WorkOrders { .. } => "Work orders",
        About::Closures { .. } => "Closures",
    }
}

/// What the number of a stage counts.
pub const fn unit(about: &About) -> &'static str {
    match about {
        About::Sources { .. } => "predictions",
        About::Alerts { .. } => "opened",
        About::Rules { .. } => "decided",
        About::Review { .. } => "waiting",
        About::WorkOrders { .. } => "created",
        About::Closures { .. } => "closed",
    }
}

/// How a stage stands, in a word or two.
pub fn says(stage: &Stage) -> String {
    match (stage.health, &stage.about) {
        (Health::Dead, About::Rules { .. }) => "Stuck".to_owned(),
        (Health::Dead, About::WorkOrders { .. }) => "Held up".to_owned(),
        (Health::Dead, _) => "No data".to_owned(),
        (Health::Trouble, About::Sources { silent, .. }) => format!("{silent} silent"),
        (Health::Trouble, About::WorkOrders { stopped, .. }) if *stopped > 0 => {
            format!("{stopped} stopped")
        }
        (Health::Trouble, _) => "Late".to_owned(),
        (Health::Late, _) => "Over target".to_owned(),
        (Health::Unused, _) => "Not in use".to_owned(),
        (Health::Live, _) if stage.stale => "Stale".to_owned(),
        (Health::Live, _) => "Live".to_owned(),
    }
}

/// The line under the number: what the stage did, or since when it does nothing. `clock` writes an
/// instant as a time of day, `ago` as minutes since then.
pub fn stage_line(
    stage: &Stage,
    clock: impl Fn(chrono::DateTime<chrono::Utc>) -> String,
    ago: impl Fn(chrono::DateTime<chrono::Utc>) -> i64,
) -> String {
    if stage.health == Health::Dead {
        return format!("no data since {}", clock(stage.until));
    }
    let line = match &stage.about {
        About::Sources { name: Some(name), since: Some(since), .. } => {
            format!("{name} silent since {}", clock(*since))
        }
        About::Sources { last: Some(last), .. } => format!("last one {}", before(ago(*last))),
        About::Sources { .. } => "no source has spoken yet".to_owned(),
        About::Alerts { open } => format!("{} open", counted(*open)),
        About::Rules { created, asked, held, .. } => {
            let parts = [(created, "to work orders"), (asked, "to review"), (held, "held")];
            let said: Vec<_> = parts
                .iter()
                .filter(|(count, _)| **count > 0)
                .map(|(count, what)| format!("{} {what}", integer(**count)))
                .collect();
            if said.is_empty() { "nothing to act on".to_owned() } else { said.join(", ") }
        }
        About::Review { since: Some(since), overdue: 0 } => {
            format!("oldest {}", duration(ago(*since)))
        }
        About::Review { since: Some(since), overdue } => {
            format!("{} late, oldest {}", integer(*overdue), duration(ago(*since)))
        }
        About::Review { .. } => "nothing waits".to_owned(),
        About::WorkOrders { waiting, since: Some(since), .. } if *waiting > 0 => {
            format!("{} on their way, oldest {}", integer(*waiting), duration(ago(*since)))
        }
        About::WorkOrders { .. } => "none on the way".to_owned(),
        About::Closures { last: Some(last) } => format!("last one {}", before(ago(*last))),
        About::Closures { .. } => "none yet".to_owned(),
    };
    if stage.stale { format!("as of {}", clock(stage.until)) } else { line }
}

fn before(minutes: i64) -> String {
    crate::ui::format::relative(minutes)
}

/// A number that was counted up to 10 000.
pub fn counted(count: i64) -> String {
    if count > 10_000 { format!("{}+", integer(10_000)) } else { integer(count) }
}

/// Read out when a stage changes.
pub fn announced(stage_name: &str, says: &str, line: &str) -> String {
    format!("{stage_name}: {says}, {line}.")
}

/// "top 10 of 34 by severity and remaining life".
pub fn risk_note(shown: usize, open: i64) -> String {
    match shown {
        0 => String::new(),
        shown => format!("{shown} of {} open alerts, the most urgent first", counted(open)),
    }
}

/// "Due Thu 2 Jul".
pub fn due(day: &str) -> String {
    format!("Due {day}")
}

/// "Waiting 9 h 12 min".
pub fn waiting(minutes: i64) -> String {
    format!("Waiting {}", duration(minutes))
}

/// "38 events", or "200+ events".
pub fn events(count: i64) -> String {
    match count {
        1 => "1 event".to_owned(),
        count if count >= 200 => "200+ events".to_owned(),
        count => format!("{count} events"),
    }
}

/// What happened, after the links to the work order and the asset.
pub fn event(entry: &AutoEntry) -> String {
    let by = entry.by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
    let why = entry.detail.as_deref().map(|why| format!(": {}", why.replace('_', " ")));
    match entry.kind {
        AutoKind::ReviewAsked => "sent to review".to_owned(),
        AutoKind::ReviewApproved => format!("approved{by}"),
        AutoKind::ReviewRejected => format!("rejected{by}{}", why.unwrap_or_default()),
        AutoKind::ReviewSnoozed => format!("snoozed{by}"),
        AutoKind::Held => "held for later".to_owned(),
        AutoKind::OrderRaised => format!("asked for{by}"),
        AutoKind::OrderClosed => format!("closed{by}"),
        AutoKind::DeliveryFailed => format!("not delivered{}", why.unwrap_or_default()),
        AutoKind::HandedOver => format!("Shift handed over{by}"),
        AutoKind::TakenOver => format!("Shift taken over{by}"),
    }
}

/// How a connection or source stands.
pub const fn link(state: LinkState) -> &'static str {
    match state {
        LinkState::Healthy => "Healthy",
        LinkState::Shadow => "Shadow",
        LinkState::Unused => "Not yet",
        LinkState::Failing => "Failing",
        LinkState::Resting => "Resting",
        LinkState::Silent => "Silent",
        LinkState::Paused => "Paused",
    }
}

/// A step and what it asks for.
pub const fn step(kind: StepKind) -> (&'static str, &'static str) {
    match kind {
        StepKind::Assets => (
            "Tell Millwright what there is",
            "Import your sites, lines and machines from a CSV file: millwright import assets FILE",
        ),
        StepKind::People => (
            "Bring in the people who decide",
            "Reviewers answer questions, planners plan the work, technicians close it.",
        ),
        StepKind::Key => (
            "Make a key for your first source",
            "millwright api-key create --name line-1 --scope predictions",
        ),
        StepKind::Prediction => (
            "Send the first prediction",
            "The alert list shows a request that you can copy and send.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    fn stage(health: Health, stale: bool, about: About) -> Stage {
        let until = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        Stage { health, stale, until, count: 0, more: false, beats: vec![0; 30], about }
    }

    fn line(stage: &Stage) -> String {
        stage_line(stage, |_: DateTime<Utc>| "06:12".to_owned(), |_| 125)
    }

    #[test]
    fn a_dead_stage_says_since_when_and_what_follows_says_as_of_when() {
        let last = DateTime::from_timestamp(1_800_000_000, 0);
        let about = About::Sources { speaking: 0, silent: 1, name: None, since: None, last };
        let dead = stage(Health::Dead, false, about);
        assert_eq!(
            (says(&dead).as_str(), line(&dead).as_str()),
            ("No data", "no data since 06:12")
        );
        let next = stage(Health::Live, true, About::Alerts { open: 3 });
        assert_eq!((says(&next).as_str(), line(&next).as_str()), ("Stale", "as of 06:12"));
    }

    #[test]
    fn people_who_are_late_are_counted_even_behind_a_dead_stage() {
        let since = DateTime::from_timestamp(1_800_000_000, 0);
        let review = stage(Health::Late, false, About::Review { since, overdue: 2 });
        assert_eq!(says(&review), "Over target");
        assert_eq!(line(&review), "2 late, oldest 2 h 05 min");
    }

    #[test]
    fn what_was_counted_to_ten_thousand_says_so() {
        assert_eq!(counted(10_000), "10\u{202f}000");
        assert_eq!(counted(10_001), "10\u{202f}000+");
    }
}
