use chrono::{DateTime, Utc};
use domain::views::logbook::AutoKind;
use domain::views::overview::Event;
use leptos::prelude::*;

use crate::frame::Zone;
use crate::strings::overview as texts;
use crate::strings::work_orders as orders;
use crate::ui::time::written;
use crate::ui::{Level, Panel, Shape, Time, TimeStyle};

/// What happened while the person was away, the newest first.
#[component]
pub(super) fn Since(
    /// The newest of them.
    events: Vec<Event>,
    /// How many there are.
    happened: i64,
    /// They have not been here before.
    first: bool,
    /// Now.
    at: DateTime<Utc>,
) -> impl IntoView {
    let title = if first { texts::SINCE_FIRST } else { texts::SINCE };
    let aside = move || view! { <a href="/logbook">{texts::events(happened)}</a> };
    let body = if events.is_empty() {
        view! { <p class="body muted">{texts::NO_EVENTS}</p> }.into_any()
    } else {
        let items = events.into_iter().map(|event| one(&event, at)).collect_view();
        view! { <ol class="timeline body recent">{items}</ol> }.into_any()
    };
    view! {
        <Panel id="since" title aside>
            {body}
        </Panel>
    }
    .into_any()
}

fn one(event: &Event, now: DateTime<Utc>) -> AnyView {
    let zone = Zone::current();
    let day = |at| written(at, &zone, TimeStyle::Day);
    let style = if day(event.at) == day(now) { TimeStyle::Clock } else { TimeStyle::Weekday };
    let entry = &event.entry;
    let what = texts::event(entry);
    let level = (entry.kind == AutoKind::DeliveryFailed).then_some(Level::High);
    let kind = if entry.by.is_some() { "person" } else { "machine" };
    let order = entry.order.map(|id| {
        let number = orders::number(id.0, entry.number.as_deref());
        view! { <a href=format!("/work-orders/{id}")>{number}</a> " " }
    });
    let asset = entry.asset.clone().map(|tag| match entry.alert {
        Some(alert) => view! { <a href=format!("/alerts/{alert}")>{tag}</a> " " }.into_any(),
        None => view! { {tag} " " }.into_any(),
    });
    view! {
        <li>
            <Time at=event.at style />
            <span class="node" data-sev=level.map(Level::as_str)>
                {match level {
                    Some(level) => view! { <Shape level /> }.into_any(),
                    None => view! { <span class="dot" data-kind=kind></span> }.into_any(),
                }}
            </span>
            <div>{order} {asset} {what}</div>
        </li>
    }
    .into_any()
}
