use domain::views::alerts::AlertList;
use leptos::prelude::*;

use super::card::{Card, Line};
use super::empty::Nothing;
use super::facets::Facets;
use super::follow::follow;
use super::{AlertQuery, load_alerts};
use crate::browser::use_topic;
use crate::strings::alerts as texts;
use crate::ui::{
    ActiveFilters, Column, ExportLink, Filter, FilterForm, Level, Loaded, Notice, PageHead, Pager,
    Query, Table,
};

/// Counting stops here.
const COUNTED: i64 = 10_000;

fn filters() -> Vec<Filter> {
    vec![
        Filter { name: "q", label: texts::SEARCH, choices: Vec::new() },
        Filter { name: "asset", label: texts::ASSET, choices: Vec::new() },
    ]
}

/// `/alerts?state=&sev=&q=&asset=&after=`
#[component]
pub fn AlertsPage() -> impl IntoView {
    let query = Query::current();
    let list = Resource::new(move || query.with(AlertQuery::of), load_alerts);
    view! {
        <PageHead title=texts::TITLE>
            <ExportLink list="alerts" />
        </PageHead>
        <FilterForm filters=filters() />
        <ActiveFilters filters=filters() />
        <Loaded resource=list rows=12 view=move |list| view! { <Live list /> } />
    }
    .into_any()
}

/// The list, kept up to date.
#[component]
fn Live(list: AlertList) -> impl IntoView {
    let asked = Query::current().with_untracked(AlertQuery::of);
    let fetch = move || load_alerts(asked.clone());
    let list = follow(list, vec![use_topic("alerts")], fetch, PartialEq::eq);
    move || {
        let list = list.get();
        view! {
            <Floods list=list.clone() />
            <Facets list=list.clone() />
            <Rows list />
        }
    }
}

#[component]
fn Floods(list: AlertList) -> impl IntoView {
    list.floods
        .into_iter()
        .map(|flood| {
            view! {
                <div class="flood">
                    <Notice level=Level::High>
                        <p>{texts::flood(&flood.site, flood.alerts)}</p>
                    </Notice>
                </div>
            }
        })
        .collect_view()
        .into_any()
}

#[component]
fn Rows(list: AlertList) -> impl IntoView {
    let query = Query::current().get_untracked();
    if list.items.is_empty() {
        let ever = !list.states.is_empty();
        return view! { <Nothing ever /> }.into_any();
    }
    let columns = vec![
        Column::text(texts::SEVERITY),
        Column::text(texts::ASSET),
        Column::text(texts::FAILURE_MODE),
        Column::number(texts::CONFIDENCE),
        Column::number(texts::LIFE),
        Column::text(texts::FIRST_SEEN),
        Column::text(texts::RULES_DID),
    ];
    let next = list.next.map(|id| id.to_string());
    let (total, more) = (list.total.min(COUNTED), list.total > COUNTED);
    let cards = list.items.iter().cloned().map(|row| view! { <Card row /> }).collect_view();
    view! {
        <section class="panel alerts">
            <div class="rows">
                <Table caption=texts::matching(total) hide_caption=true columns>
                    {list.items.into_iter().map(|row| view! { <Line row /> }).collect_view()}
                </Table>
            </div>
            <ol class="cards">{cards}</ol>
            <Pager query next total=Some(total) more />
        </section>
    }
    .into_any()
}
