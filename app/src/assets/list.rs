use domain::views::assets::{AssetLine, AssetList};
use leptos::prelude::*;

use super::actions::load_list;
use super::health::{Crit, Health, Retired};
use super::query::listed;
use super::short;
use crate::strings::assets as texts;
use crate::ui::{Column, Empty, Loaded, Pager, Plate, Query, Table, format};

/// Counting stops here.
const COUNTED: i64 = 10_000;

/// What the filters find.
#[component]
pub(super) fn Results() -> impl IntoView {
    let query = Query::current();
    let list = Resource::new(move || query.with(listed), load_list);
    view! { <Loaded resource=list rows=12 view=|list| view! { <Found list /> } /> }.into_any()
}

#[component]
fn Found(list: AssetList) -> impl IntoView {
    let query = Query::current().get_untracked();
    let under = list.above.last().map(short);
    if list.items.is_empty() {
        return view! {
            <section class="panel">
                <Empty icon="filter" title=texts::NO_MATCH>
                    <p><a href="/assets">{texts::CLEAR}</a></p>
                </Empty>
            </section>
        }
        .into_any();
    }
    let columns = vec![
        Column::text(texts::ASSET),
        Column::text(texts::PLACE),
        Column::text(texts::KIND),
        Column::text(texts::CRITICALITY),
        Column::text(texts::HEALTH),
        Column::number(texts::OPEN_ALERTS),
        Column::number(texts::OPEN_ORDERS),
    ];
    let more = list.total > COUNTED;
    let total = list.total.min(COUNTED);
    let cards = list.items.iter().cloned().map(|line| view! { <Card line /> }).collect_view();
    let rows = list.items.into_iter().map(|line| view! { <Row line /> }).collect_view();
    view! {
        <section class="panel alerts" aria-label=texts::CAPTION>
            <header>
                <h2>{texts::matching(total, more)}</h2>
                {under.map(|under| view! { <p>{texts::BELOW} " " {under}</p> })}
                <a class="push" href="/assets">{texts::CLEAR}</a>
            </header>
            <div class="rows">
                <Table caption=texts::CAPTION hide_caption=true columns>
                    {rows}
                </Table>
            </div>
            <ol class="cards">{cards}</ol>
            <Pager query next=list.next total=Some(total) more />
        </section>
    }
    .into_any()
}

fn place(path: &str) -> String {
    path.rsplit_once(" / ").map_or("", |(above, _)| above).to_owned()
}

fn keys(line: &AssetLine) -> Option<String> {
    let keys = [line.serial_number.as_deref(), line.barcode.as_deref()];
    let keys: Vec<&str> = keys.into_iter().flatten().collect();
    (!keys.is_empty()).then(|| keys.join(", "))
}

#[component]
fn Row(line: AssetLine) -> impl IntoView {
    let keys = keys(&line);
    view! {
        <tr>
            <th scope="row">
                <Plate tag=line.tag /> " "
                <a href=format!("/assets/{}", line.id) data-item="">{line.name}</a>
                <Retired status=line.status />
                {keys.map(|keys| view! { <span class="sub mono">{keys}</span> })}
            </th>
            <td>{place(&line.path)}</td>
            <td>{texts::kind(line.kind)}</td>
            <td><Crit criticality=line.criticality /></td>
            <td><Health open=line.open /></td>
            <td class="num">{format::integer(line.open.alerts)}</td>
            <td class="num">{format::integer(line.open.orders)}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn Card(line: AssetLine) -> impl IntoView {
    let keys = keys(&line);
    view! {
        <li>
            <a href=format!("/assets/{}", line.id)>
                <span class="row" data-fit="">
                    <Plate tag=line.tag />
                    <span class="push"><Health open=line.open slim=true /></span>
                </span>
                <span class="fm">{line.name} <Retired status=line.status /></span>
                <span class="sub">{place(&line.path)}</span>
                {keys.map(|keys| view! { <span class="sub mono">{keys}</span> })}
            </a>
        </li>
    }
    .into_any()
}
