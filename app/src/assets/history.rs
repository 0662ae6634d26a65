use domain::ids::AssetId;
use domain::views::assets::{AssetHistory, Change};
use leptos::prelude::*;

use super::actions::load_history;
use super::changes::Changed;
use super::{AssetTabs, crumbs, id_in_address};
use crate::strings::assets as texts;
use crate::ui::{Column, Crumb, Loaded, PageHead, Pager, Query, Table, Time, TimeStyle};

/// `/assets/{id}/history?after=`
#[component]
pub fn AssetHistoryPage() -> impl IntoView {
    let (id, query) = (id_in_address(), Query::current());
    let history = Resource::new(
        move || (id.get(), query.with(|q| q.get("after").and_then(|id| id.parse().ok()))),
        |(id, after)| load_history(AssetId(id), after),
    );
    view! {
        <Loaded
            resource=history
            rows=10
            view=move |history| view! { <History id=AssetId(id.get_untracked()) history /> }
        />
    }
    .into_any()
}

#[component]
fn History(id: AssetId, history: AssetHistory) -> impl IntoView {
    let query = Query::current().get_untracked();
    let mut path = crumbs(&history.above);
    path.push(Crumb::link(history.tag.clone(), format!("/assets/{id}")));
    let columns =
        vec![Column::text(texts::WHEN), Column::text(texts::WHO), Column::text(texts::WHAT)];
    let zone = history.zone;
    let next = history.next.map(|id| id.to_string());
    let empty = history.changes.is_empty();
    let rows = history.changes.into_iter().map(|change| row(change, &zone)).collect_view();
    view! {
        <PageHead title=texts::HISTORY crumbs=path meta=history.name />
        <AssetTabs id kind=history.kind current="history" />
        <section class="panel" aria-label=texts::HISTORY>
            {empty.then(|| view! { <p class="body muted">{texts::NO_CHANGES}</p> })}
            <Table caption=texts::HISTORY hide_caption=true columns class="changes">
                {rows}
            </Table>
            <Pager query next />
        </section>
    }
    .into_any()
}

fn row(change: Change, zone: &str) -> AnyView {
    let lines =
        change.lines.into_iter().map(|line| view! { <li><Changed line /></li> }).collect_view();
    view! {
        <tr>
            <th scope="row">
                <Time at=change.at style=TimeStyle::Absolute zone=zone.to_owned() />
            </th>
            <td>{change.by}</td>
            <td>
                <b>{texts::action(&change.action).to_owned()}</b>
                <ul>{lines}</ul>
            </td>
        </tr>
    }
    .into_any()
}
