use domain::ids::AlertId;
use domain::views::alerts::{AlertList, AlertRow};
use leptos::prelude::*;

use super::card::href;
use super::did::did;
use super::follow::follow;
use super::{AlertQuery, load_alerts};
use crate::browser::use_topic;
use crate::strings::alerts as texts;
use crate::ui::{Loaded, Plate, Query, Sev, Time, format};

/// The list beside an alert, from 1200 px: the same filter as the list it was opened from.
#[component]
pub(super) fn Side(
    /// The alert being shown.
    #[prop(into)]
    current: Signal<Option<AlertId>>,
) -> impl IntoView {
    let query = Query::current();
    let list = Resource::new(move || query.with(AlertQuery::of), load_alerts);
    view! {
        <aside class="alist" aria-labelledby="al-h">
            <Loaded resource=list rows=12 view=move |list| view! { <Live list current /> } />
        </aside>
    }
    .into_any()
}

#[component]
fn Live(list: AlertList, current: Signal<Option<AlertId>>) -> impl IntoView {
    let query = Query::current();
    let asked = query.with_untracked(AlertQuery::of);
    let fetch = move || load_alerts(asked.clone());
    let list = follow(list, vec![use_topic("alerts")], fetch, PartialEq::eq);
    let back = move || {
        query.with(|query| match query.href().split_once('?') {
            Some((_, filter)) => format!("/alerts?{filter}"),
            None => "/alerts".to_owned(),
        })
    };
    view! {
        <header>
            <h2 id="al-h">{texts::BESIDE}</h2>
            <span class="muted xs">{move || texts::matching(list.with(|l| l.total))}</span>
            <a class="btn push" data-size="small" data-kind="quiet" href=back>
                {texts::ALL}
            </a>
        </header>
        <ol>
            {move || {
                list.get().items.into_iter().map(|row| view! { <Item row current /> }).collect_view()
            }}
        </ol>
    }
    .into_any()
}

#[component]
fn Item(row: AlertRow, current: Signal<Option<AlertId>>) -> impl IntoView {
    let (id, href, text) = (row.id, href(&row), did(&row));
    let claim = match row.confidence {
        Some(confidence) => {
            format!("{}, {}", row.failure_mode_name, format::confidence(confidence))
        }
        None => row.failure_mode_name.clone(),
    };
    view! {
        <li aria-current=move || (current.get() == Some(id)).then_some("true")>
            <a href=href data-item="">
                <span class="row" data-fit="">
                    <Plate tag=row.asset.tag />
                    <span class="push"><Sev level=row.severity /></span>
                </span>
                <span class="fm">{claim}</span>
                <span class="row sub" data-fit="">
                    <span class="clip">{text}</span>
                    <span class="push nowrap"><Time at=row.first_seen zone=row.asset.time_zone /></span>
                </span>
            </a>
        </li>
    }
    .into_any()
}
