use domain::asset::AssetKind;
use domain::ids::AssetId;
use domain::views::assets::{AssetLine, AssetList, AssetSearch};
use leptos::prelude::*;

use super::actions::load_list;
use super::health::{Health, Retired};
use super::short;
use crate::strings::{assets as texts, common};
use crate::ui::{Icon, Loaded, Pager, Plate, Query};

/// One level of the tree on a phone: the path, and what stands below.
#[component]
pub(super) fn Drill(
    /// The asset whose children are shown; none for the sites.
    node: Option<AssetId>,
) -> impl IntoView {
    let after = Query::current().with_untracked(|q| q.get("after").map(str::to_owned));
    let search = AssetSearch {
        under: node,
        direct: node.is_some(),
        kind: node.is_none().then_some(AssetKind::Site),
        after,
        ..AssetSearch::default()
    };
    let list = Resource::new(|| (), move |()| load_list(search.clone()));
    view! {
        <section class="drill" aria-label=texts::TREE>
            <Loaded resource=list rows=8 view=move |list| view! { <Level list /> } />
        </section>
    }
    .into_any()
}

fn at(node: Option<AssetId>) -> String {
    node.map_or_else(
        || "/assets".to_owned(),
        |node| Query::of("/assets").with("node", &node.to_string()).href(),
    )
}

#[component]
fn Level(list: AssetList) -> impl IntoView {
    let query = Query::current().get_untracked();
    let next = list.next.clone();
    let last = list.above.len();
    let path = std::iter::once((None, texts::ALL_SITES.to_owned()))
        .chain(list.above.iter().map(|step| (Some(step.id), short(step))))
        .enumerate()
        .map(|(index, (id, label))| {
            view! {
                <li>
                    <a href=at(id) aria-current=(index == last).then_some("page")>
                        {label}
                    </a>
                </li>
            }
        })
        .collect_view();
    let here = list.above.last().map(|step| {
        view! {
            <p>
                <a class="btn" href=format!("/assets/{}", step.id)>
                    {short(step)}
                    <Icon name="arrow" />
                </a>
            </p>
        }
    });
    let empty = list.items.is_empty() && !list.above.is_empty();
    view! {
        <nav aria-label=common::PATH>
            <ol class="crumbs">{path}</ol>
        </nav>
        {here}
        <div class="panel">
            {empty.then(|| view! { <p class="body muted">{texts::NOTHING_BELOW}</p> })}
            <ol class="cards always">
                {list.items.into_iter().map(|line| view! { <Card line /> }).collect_view()}
            </ol>
            <Pager query next />
        </div>
    }
    .into_any()
}

#[component]
fn Card(line: AssetLine) -> impl IntoView {
    let href = if line.children > 0 { at(Some(line.id)) } else { format!("/assets/{}", line.id) };
    let below = (line.children > 0).then(|| texts::below(line.children));
    view! {
        <li>
            <a href=href>
                <span class="row" data-fit="">
                    <Plate tag=line.tag />
                    <span class="push"><Health open=line.open slim=true /></span>
                </span>
                <span class="fm">{line.name} <Retired status=line.status /></span>
                <span class="sub">
                    {texts::kind(line.kind)}
                    {below.map(|text| format!(", {text}"))}
                </span>
                {(line.open.alerts + line.open.orders > 0)
                    .then(|| view! { <span class="sub">{texts::open(line.open.alerts, line.open.orders)}</span> })}
            </a>
        </li>
    }
    .into_any()
}
