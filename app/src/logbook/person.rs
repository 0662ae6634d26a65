use chrono::{DateTime, Utc};
use domain::views::logbook::{PersonEntry, RaisedOrder};
use domain::work_order::DeliveryState;
use leptos::prelude::*;

use super::entries::Around;
use crate::strings::logbook as texts;
use crate::strings::work_orders as orders;
use crate::ui::time::written;
use crate::ui::{Level, Plate, Query, Says, Tag, Time, TimeStyle};
use crate::work_orders::delivery_level;

/// A text with the plate of its asset where it is named, or before it.
pub(super) fn with_plate(text: String, asset: Option<String>) -> AnyView {
    let Some(asset) = asset else { return view! { {text} }.into_any() };
    let href = Query::of("/alerts").with("asset", &asset).href();
    let (before, after) = match text.split_once(asset.as_str()) {
        Some((before, after)) => (before.to_owned(), after.to_owned()),
        None => (String::new(), format!(" {text}")),
    };
    view! { {before} <Plate tag=asset href /> {after} }.into_any()
}

/// What a person wrote.
#[component]
pub(super) fn Person(
    /// When.
    at: DateTime<Utc>,
    /// What.
    entry: PersonEntry,
    /// Zone and rights.
    around: Around,
) -> impl IntoView {
    let query = Query::current();
    let zone = around.zone.clone();
    let correct = (around.may_write && !entry.struck).then(|| {
        let href = move || {
            query.with(|q| q.without("raise").with("correct", &entry.id.to_string()).href())
        };
        view! { <a class="do" href=href>{texts::CORRECT}</a> }
    });
    let strikes = entry.strikes.map(|old| {
        let time = written(old.at, &around.zone, around.clock);
        (
            view! { <p><del>{old.text}</del></p> },
            view! { <p class="muted sm">{texts::corrects(&time)}</p> },
        )
    });
    let (old, which) = strikes.unzip();
    let text = with_plate(entry.text, entry.asset);
    let text = if entry.struck {
        view! { <p><del>{text}</del></p> }.into_any()
    } else {
        view! { <p class="said">{text}</p> }.into_any()
    };
    let state = if entry.struck {
        view! { <span class="muted">{texts::STRUCK}</span> }.into_any()
    } else {
        view! { <Says level=Level::Ok>{texts::SAVED}</Says> }.into_any()
    };
    view! {
        <li id=format!("entry-{}", entry.id) data-struck=entry.struck.then_some("")>
            <article>
                <h3><Time at style=around.clock zone=zone.clone() /></h3>
                <span class="node" aria-hidden="true"><span class="dot" data-kind="person"></span></span>
                <div>
                    <p class="by">
                        <b>{entry.author}</b>
                        {entry.tag.map(|tag| view! { <Tag>{tag}</Tag> })}
                        {entry.point.then(|| view! { <Tag>{texts::POINT}</Tag> })}
                        <span class="push sav">{correct} {state}</span>
                    </p>
                    {old}
                    {text}
                    {which}
                    {entry.order.map(|order| view! { <Raised order zone=zone.clone() /> })}
                </div>
            </article>
        </li>
    }
}

/// The work order raised with an entry.
#[component]
fn Raised(
    /// The work order.
    order: RaisedOrder,
    /// IANA zone of the site.
    zone: String,
) -> impl IntoView {
    let number = orders::number(order.id.0, order.number.as_deref());
    let facts = texts::order_facts(order.failure_code.as_deref(), order.priority);
    let facts = match order.due {
        Some(due) => texts::order_due(&facts, &written(due, &zone, TimeStyle::Day)),
        None => facts,
    };
    let state = match (&order.number, order.delivery) {
        (Some(_), DeliveryState::Created) => texts::in_cmms(&order.connection),
        (_, state) => orders::delivery(state).to_owned(),
    };
    let level = delivery_level(order.delivery);
    let trends = (order.trends > 0).then(|| view! { <Tag icon="image">{texts::TREND}</Tag> });
    let notes =
        (order.notes > 0).then(|| view! { <Tag icon="note">{texts::notes(order.notes)}</Tag> });
    view! {
        <div class="raised">
            <a href=format!("/work-orders/{}", order.id)><b>{number}</b></a>
            <span class="muted">{orders::status(order.status)}</span>
            <span class="push"><Says level>{state}</Says></span>
            <span class="brk">{facts}</span>
            <span class="row">{trends} {notes}</span>
        </div>
    }
}
