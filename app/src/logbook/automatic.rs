use chrono::{DateTime, Utc};
use domain::views::logbook::AutoEntry;
use leptos::prelude::*;

use super::entries::Around;
use crate::strings::logbook as texts;
use crate::strings::work_orders as orders;
use crate::ui::time::written;
use crate::ui::{LinkButton, Plate, Query, Time, TimeStyle};

/// What the program did, or a person decided elsewhere: quieter than what people write here.
#[component]
pub(super) fn Automatic(
    /// When.
    at: DateTime<Utc>,
    /// What.
    entry: AutoEntry,
    /// Zone and rights.
    around: Around,
) -> impl IntoView {
    let query = Query::current();
    let due = entry.due.map(|due| written(due, &around.zone, TimeStyle::Absolute));
    let sentence = texts::sentence(&entry, due.as_deref());
    let plate = entry.asset.clone().map(|tag| {
        let href = match entry.alert {
            Some(alert) => format!("/alerts/{alert}"),
            None => Query::of("/alerts").with("asset", &tag).href(),
        };
        view! { <Plate tag href=href /> " " }
    });
    let order = entry.order.map(|id| {
        let number = orders::number(id.0, entry.number.as_deref());
        view! { <a href=format!("/work-orders/{id}")>{number}</a> " " }
    });
    let raise = entry.alert.filter(|_| entry.raisable && around.may_raise).map(|alert| {
        let href =
            query.with_untracked(|q| q.without("correct").with("raise", &alert.to_string()).href());
        view! { <LinkButton href icon="plus">{texts::RAISE}</LinkButton> }
    });
    let person = entry.by.is_some();
    view! {
        <li class="auto">
            <article>
                <h3><Time at style=around.clock zone=around.zone /></h3>
                <span class="node" aria-hidden="true">
                    <span class="dot" data-kind=if person { "person" } else { "machine" }></span>
                </span>
                <div class="told">
                    <p>{order} {plate} {sentence}</p>
                    {raise}
                </div>
            </article>
        </li>
    }
}
