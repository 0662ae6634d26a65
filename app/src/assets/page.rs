use domain::asset::{AssetKind, AssetStatus, Criticality};
use domain::ids::AssetId;
use domain::permission::Permission;
use domain::views::assets::AssetTree;
use leptos::prelude::*;

use super::AssetsTabs;
use super::actions::load_tree;
use super::drill::Drill;
use super::list::Results;
use super::query::{export_href, is_list, opened};
use super::tree::Tree;
use crate::frame::use_frame;
use crate::strings::assets as texts;
use crate::ui::{
    ActiveFilters, ButtonKind, Choice, Empty, Filter, FilterForm, LinkButton, Loaded, PageHead,
    Query,
};

fn filters() -> Vec<Filter> {
    let kinds = AssetKind::ALL.iter();
    let criticalities = Criticality::ALL.iter();
    let states = AssetStatus::ALL.iter();
    vec![
        Filter { name: "q", label: texts::SEARCH, choices: Vec::new() },
        Filter {
            name: "kind",
            label: texts::KIND,
            choices: kinds.map(|k| Choice::new(k.as_str(), texts::kind(*k))).collect(),
        },
        Filter {
            name: "crit",
            label: texts::CRITICALITY,
            choices: criticalities
                .map(|c| Choice::new(c.as_str(), texts::criticality(*c)))
                .collect(),
        },
        Filter {
            name: "status",
            label: texts::STATUS,
            choices: states.map(|s| Choice::new(s.as_str(), texts::status(*s))).collect(),
        },
    ]
}

/// `/assets?q=&kind=&crit=&status=&under=&open=&node=&after=`
#[component]
pub fn AssetsPage() -> impl IntoView {
    let query = Query::current();
    let listed = Memo::new(move |_| query.with(is_list));
    let edits = use_frame().may(Permission::AssetEdit);
    view! {
        <PageHead title=texts::TITLE meta=texts::LEAD>
            {move || {
                let href = query.with(export_href);
                view! {
                    <LinkButton href icon="download" attr:rel="external" attr:download="">
                        {texts::EXPORT}
                    </LinkButton>
                }
            }}
            {edits
                .then(|| {
                    view! {
                        <LinkButton href="/assets/import" icon="table">{texts::IMPORT}</LinkButton>
                        <LinkButton href="/assets/new" icon="plus">{texts::NEW_SITE}</LinkButton>
                    }
                })}
        </PageHead>
        <AssetsTabs current="tree" />
        <FilterForm filters=filters() />
        <ActiveFilters filters=filters() />
        {move || {
            if listed.get() {
                view! { <Results /> }.into_any()
            } else {
                view! { <Browse edits /> }.into_any()
            }
        }}
    }
    .into_any()
}

/// The tree, or on phones a list of one level.
#[component]
fn Browse(edits: bool) -> impl IntoView {
    let query = Query::current();
    // Opening a node changes the address, not the question.
    let open = query.with_untracked(opened);
    let tree = Resource::new(|| (), move |()| load_tree(open.clone(), None));
    let node = Memo::new(move |_| query.with(|q| q.get("node").and_then(|id| id.parse().ok())));
    view! {
        <Loaded resource=tree rows=12 view=move |tree| view! { <Wide tree edits /> } />
        {move || {
            let node: Option<AssetId> = node.get();
            view! { <Drill node /> }
        }}
    }
    .into_any()
}

#[component]
fn Wide(tree: AssetTree, edits: bool) -> impl IntoView {
    if tree.rows.is_empty() {
        return view! {
            <section class="panel">
                <Empty icon="assets" title=texts::EMPTY>
                    <p>{texts::EMPTY_HINT}</p>
                    {edits
                        .then(|| {
                            view! {
                                <p class="row">
                                    <LinkButton kind=ButtonKind::Primary href="/assets/import">
                                        {texts::IMPORT_TITLE}
                                    </LinkButton>
                                    <LinkButton href="/assets/new">{texts::NEW_SITE}</LinkButton>
                                </p>
                            }
                        })}
                </Empty>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="panel atree wide" aria-label=texts::TREE>
            <Tree tree />
            <footer>{texts::HEALTH_HINT}</footer>
        </section>
    }
    .into_any()
}
