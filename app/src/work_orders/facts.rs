use chrono::{DateTime, Utc};
use domain::failure_mode;
use domain::views::work_orders::WorkOrderDetail;
use domain::work_order::Closure;
use leptos::prelude::*;

use super::delivery_level;
use crate::strings::common;
use crate::strings::work_orders as texts;
use crate::ui::time::written;
use crate::ui::{Fact, Facts, Level, Panel, Says, Sev, Time, TimeStyle, format};

/// The strip under the heading.
#[component]
pub(super) fn Strip(
    /// The work order.
    order: WorkOrderDetail,
) -> impl IntoView {
    let row = order.row;
    let zone = row.time_zone.clone();
    let theirs = row
        .cmms_status
        .filter(|status| !status.eq_ignore_ascii_case(row.status.as_str()))
        .map(|status| texts::theirs(&order.connection, &status));
    let closure = order.closure.unwrap_or_else(nothing);
    let missing = || view! { <span class="muted">{common::NO_DATA}</span> }.into_any();
    let labour = match closure.labour_hours {
        Some(hours) => view! { {format::hours(hours)} }.into_any(),
        None => missing(),
    };
    let cost = match closure.cost {
        Some(cost) => {
            view! { {format::money(cost, closure.currency.as_deref().unwrap_or_default())} }
                .into_any()
        }
        None => missing(),
    };
    let avoided = match closure.avoided_downtime_hours {
        Some(hours) => view! { {format::hours(hours)} }.into_any(),
        None => missing(),
    };
    let origin = match (row.rule, row.alert_id) {
        (Some(rule), Some(alert)) if row.origin == domain::alert::Origin::Rule => view! {
            <a href=format!("/alerts/{alert}")>{texts::rule(&rule)}</a>
        }
        .into_any(),
        (_, Some(alert)) => {
            view! { <a href=format!("/alerts/{alert}")>{texts::origin(row.origin)}</a> }.into_any()
        }
        (_, None) => view! { {texts::origin(row.origin)} }.into_any(),
    };
    let due = match row.due {
        Some(at) => view! { <Time at style=TimeStyle::Day zone=zone.clone() /> }.into_any(),
        None => view! { <span class="muted">{texts::NO_DUE}</span> }.into_any(),
    };
    let level = delivery_level(row.delivery.state);
    let unmapped = order
        .unmapped_status
        .then(|| view! { <Says level=Level::Unknown>{texts::UNMAPPED}</Says> });
    let drift = order.drift.into_iter().map(|(field, change)| {
        view! {
            <Fact label=texts::drifted(&field)>
                {change.theirs} " " <small>{texts::asked_for(&change.ours)}</small>
            </Fact>
        }
    });
    let drift = drift.collect_view();
    view! {
        <Facts panel=true>
            <Fact label=texts::STATUS>{texts::status(row.status)} " " <small>{theirs}</small> {unmapped}</Fact>
            <Fact label=texts::PRIORITY>
                <Sev level=row.priority.severity() /> " " <small>{row.priority.get()}</small>
            </Fact>
            <Fact label=texts::ASSIGNED>{texts::assigned(row.assigned_to.as_deref())}</Fact>
            <Fact label=texts::DELIVERY>
                <Says level>{texts::delivery(row.delivery.state)}</Says> " "
                <small>{(row.delivery.attempts > 1).then(|| texts::attempt(row.delivery.attempts))}</small>
            </Fact>
            <Fact label=texts::ORIGIN>{origin}</Fact>
            <Fact label=texts::DUE>{due}</Fact>
            <Fact label=texts::LABOUR>{labour}</Fact>
            <Fact label=texts::COST>{cost}</Fact>
            <Fact label=texts::AVOIDED>{avoided}</Fact>
            {drift}
        </Facts>
    }
}

fn nothing() -> Closure {
    Closure {
        finding: None,
        actual_failure_mode: None,
        action: String::new(),
        parts: Vec::new(),
        labour_hours: None,
        failed_at: None,
        restored_at: None,
        repair_started_at: None,
        repair_ended_at: None,
        downtime_hours: None,
        avoided_downtime_hours: None,
        cost: None,
        currency: None,
        notes: None,
    }
}

/// What the technician recorded, and the verdict.
#[component]
pub(super) fn ClosureCard(
    /// The closure.
    closure: Closure,
    /// The verdict on the alert.
    outcome: Option<String>,
    /// Whether loss of function was prevented.
    prevented: bool,
    /// IANA zone of the site.
    zone: String,
) -> impl IntoView {
    let verdict = outcome.map(|outcome| {
        let level = if outcome == "confirmed" { Level::Ok } else { Level::Unknown };
        (level, texts::verdict(&outcome, prevented))
    });
    let aside = move || verdict.clone().map(|(level, text)| view! { <Says level>{text}</Says> });
    let at = |at: DateTime<Utc>| written(at, &zone, TimeStyle::Absolute);
    let span = |from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>| match (from, to) {
        (Some(from), Some(to)) => Some(format!("{} to {}", at(from), at(to))),
        (from, to) => from.or(to).map(at),
    };
    let parts: Vec<String> = closure
        .parts
        .iter()
        .map(|part| texts::part(part.quantity, &part.part, part.description.as_deref()))
        .collect();
    let money = closure
        .cost
        .map(|cost| format::money(cost, closure.currency.as_deref().unwrap_or_default()));
    let mode = closure.actual_failure_mode.as_deref().map(|code| {
        failure_mode::find(code).map_or_else(|| code.to_owned(), |mode| mode.name.to_owned())
    });
    let lines = [
        (texts::FOUND, closure.finding.map(|f| texts::finding(f).to_owned())),
        (texts::CODE, mode),
        (texts::ACTION, Some(closure.action).filter(|text| !text.is_empty())),
        (texts::PARTS, (!parts.is_empty()).then(|| parts.join(", "))),
        (texts::LABOUR, closure.labour_hours.map(format::hours)),
        (texts::DOWNTIME, closure.downtime_hours.map(format::hours)),
        (texts::AVOIDED, closure.avoided_downtime_hours.map(format::hours)),
        (texts::COST, money),
        (texts::FAILED_AT, closure.failed_at.map(at)),
        (texts::RESTORED_AT, closure.restored_at.map(at)),
        (texts::REPAIR, span(closure.repair_started_at, closure.repair_ended_at)),
        (texts::NOTES, closure.notes),
    ];
    let lines: Vec<_> = lines
        .into_iter()
        .filter_map(|(label, value)| Some((label, value?)))
        .map(|(label, value)| view! { <dt>{label}</dt> <dd>{value}</dd> })
        .collect();
    view! {
        <Panel id="closure" title=texts::CLOSURE aside>
            <dl class="list body">{lines}</dl>
        </Panel>
    }
}
