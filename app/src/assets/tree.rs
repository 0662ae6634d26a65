use std::collections::BTreeSet;

use domain::ids::AssetId;
use domain::views::assets::{AssetTree, TreeRow};
use leptos::attr::custom::custom_attribute;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::actions::load_branch;
use super::health::{Crit, Health, Retired};
use super::keyboard::{Step, step};
use super::query::opening;
use crate::error::AppError;
use crate::strings::assets as texts;
use crate::ui::{ErrorPanel, Icon, Level, Plate, Query, Shape};

/// Children of one node that are shown at once, as the server cuts them.
const AT_ONCE: i64 = 200;

/// The rows that are visible, and what is open among them.
#[derive(Clone, Copy)]
struct Nodes {
    rows: RwSignal<Vec<TreeRow>>,
    open: RwSignal<BTreeSet<i64>>,
    /// The row that Tab leads to.
    focus: RwSignal<i64>,
    /// The row whose children are on their way.
    loading: RwSignal<Option<i64>>,
    failed: RwSignal<Option<AppError>>,
    /// The address keeps what is open.
    kept: bool,
}

impl Nodes {
    fn toggle(self, id: i64, query: Memo<Query>, keep: Callback<String>) {
        if self.open.with_untracked(|open| open.contains(&id)) {
            self.close(id);
            self.keep(query, keep);
            return;
        }
        if self.loading.get_untracked().is_some() {
            return;
        }
        self.loading.set(Some(id));
        spawn_local(async move {
            match load_branch(AssetId(id)).await {
                Ok(children) => {
                    self.rows.try_update(|rows| {
                        if let Some(at) = rows.iter().position(|row| row.id.0 == id) {
                            rows.splice(at + 1..at + 1, children);
                        }
                    });
                    self.open.try_update(|open| open.insert(id));
                    self.keep(query, keep);
                }
                Err(error) => {
                    self.failed.try_set(Some(error));
                }
            }
            self.loading.try_set(None);
        });
    }

    fn close(self, id: i64) {
        self.rows.update(|rows| {
            let mut gone = BTreeSet::from([id]);
            rows.retain(|row| {
                let below = row.parent.is_some_and(|parent| gone.contains(&parent.0));
                if below {
                    gone.insert(row.id.0);
                }
                !below
            });
            self.open.update(|open| open.retain(|node| !gone.contains(node)));
            let focus = self.focus.get_untracked();
            if focus != id && gone.contains(&focus) {
                self.focus.set(id);
            }
        });
    }

    fn keep(self, query: Memo<Query>, keep: Callback<String>) {
        if self.kept
            && let Some(open) = self.open.try_with_untracked(|open| open.clone())
        {
            keep.run(query.with_untracked(|query| opening(query, open).href()));
        }
    }
}

/// The tree: one tab stop, arrows move, open and close, Enter goes to the page. Without scripts
/// the nodes are links.
#[component]
pub(super) fn Tree(
    /// The visible rows.
    tree: AssetTree,
    /// Only names and the shape of the worst alert; what is open is not kept in the address.
    #[prop(optional)]
    slim: bool,
    /// The asset whose page this is.
    #[prop(optional, into)]
    current: Option<AssetId>,
) -> impl IntoView {
    let query = Query::current();
    let navigate = use_navigate();
    let keep = {
        let navigate = navigate.clone();
        Callback::new(move |href: String| {
            let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            navigate(&href, options);
        })
    };
    let first = tree.rows.first().map_or(0, |row| row.id.0);
    let shown = current.filter(|id| tree.rows.iter().any(|row| row.id == *id));
    let nodes = Nodes {
        open: RwSignal::new(tree.open.iter().map(|id| id.0).collect()),
        focus: RwSignal::new(shown.map_or(first, |id| id.0)),
        rows: RwSignal::new(tree.rows),
        loading: RwSignal::new(None),
        failed: RwSignal::new(None),
        kept: !slim,
    };
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let (rows, open) = (nodes.rows.get_untracked(), nodes.open.get_untracked());
        let Some(step) = step(&event.key(), nodes.focus.get_untracked(), &rows, &open) else {
            return;
        };
        event.prevent_default();
        event.stop_propagation();
        match step {
            Step::Focus(id) => focus_row(nodes, id),
            Step::Open(id) | Step::Close(id) => nodes.toggle(id, query, keep),
            Step::Visit(id) => navigate(&format!("/assets/{id}"), NavigateOptions::default()),
        }
    };
    let heads = [texts::ASSET, texts::KIND, texts::CRITICALITY, texts::HEALTH];
    let counts = [texts::OPEN_ALERTS, texts::OPEN_ORDERS];
    view! {
        {move || nodes.failed.get().map(|error| view! { <ErrorPanel error /> })}
        <div class="table-wrap">
            <table
                class="table tree"
                role="treegrid"
                aria-label=texts::TREE
                data-slim=slim.then_some("")
                on:keydown=on_key
            >
                <thead class=if slim { "hidden" } else { "" } role="rowgroup">
                    <tr role="row">
                        {heads
                            .into_iter()
                            .take(if slim { 1 } else { 4 })
                            .map(|head| view! { <th scope="col" role="columnheader">{head}</th> })
                            .collect_view()}
                        {counts
                            .into_iter()
                            .take(if slim { 0 } else { 2 })
                            .map(|head| {
                                view! { <th scope="col" role="columnheader" class="num">{head}</th> }
                            })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <For
                        each=move || nodes.rows.get()
                        key=|row| row.id
                        children=move |row| {
                            view! { <Node row nodes slim current alive query keep /> }
                        }
                    />
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

fn focus_row(nodes: Nodes, id: i64) {
    nodes.focus.set(id);
    let row = document().get_element_by_id(&format!("node-{id}"));
    if let Some(row) = row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = row.focus();
    }
}

/// One row; after the 200th of many a line that leads to the list of all.
#[component]
fn Node(
    row: TreeRow,
    nodes: Nodes,
    slim: bool,
    current: Option<AssetId>,
    alive: RwSignal<bool>,
    query: Memo<Query>,
    keep: Callback<String>,
) -> impl IntoView {
    let id = row.id.0;
    let parent = row.children > 0;
    let is_open = move || nodes.open.with(|open| open.contains(&id));
    let tag = StoredValue::new(row.tag.clone());
    let toggled = move || {
        let mut open = nodes.open.get();
        if !open.remove(&id) {
            open.insert(id);
        }
        query.with(|query| opening(query, open).href())
    };
    let twist = parent.then(|| {
        view! {
            <a
                class="twist"
                href=toggled
                tabindex=move || alive.get().then_some("-1")
                aria-label=move || {
                    if is_open() {
                        texts::close_node(&tag.get_value())
                    } else {
                        texts::open_node(&tag.get_value())
                    }
                }
                on:click=move |event| {
                    event.prevent_default();
                    nodes.focus.set(id);
                    nodes.toggle(id, query, keep);
                }
            >
                <Icon name="right" small=true />
            </a>
        }
    });
    let more = (row.position == AT_ONCE && row.siblings > AT_ONCE)
        .then(|| row.parent.map(|parent| (parent, row.siblings - AT_ONCE)))
        .flatten();
    let level = row.level.to_string();
    // The framework knows every other attribute of a tree by name, not this one.
    let depth_attr = custom_attribute("aria-level", level.clone());
    let open_work = row.open;
    view! {
        <tr
            {..depth_attr}
            id=format!("node-{id}")
            role="row"
            tabindex=move || if nodes.focus.get() == id { "0" } else { "-1" }
            aria-setsize=row.siblings.to_string()
            aria-posinset=row.position.to_string()
            aria-expanded=move || parent.then(|| if is_open() { "true" } else { "false" })
            aria-busy=move || (nodes.loading.get() == Some(id)).then_some("true")
            aria-current=(current == Some(row.id)).then_some("true")
            on:focus=move |_| nodes.focus.set(id)
        >
            <td role="gridcell" class="node">
                <span class="row" data-fit="" data-level=level>
                    <span class="twist-slot">{twist}</span>
                    {(slim && open_work.worst.is_some())
                        .then(|| {
                            let level = Level::from(open_work.worst);
                            view! {
                                <span class="worst" data-sev=level.as_str()>
                                    <Shape level />
                                    <span class="hidden">{level.word()}</span>
                                </span>
                            }
                        })}
                    <a
                        class="to"
                        href=format!("/assets/{id}")
                        tabindex=move || alive.get().then_some("-1")
                    >
                        <Plate tag=row.tag.clone() />
                        {(row.name != row.tag)
                            .then(|| view! { <span class="clip">{row.name.clone()}</span> })}
                    </a>
                    {(!slim).then(|| view! { <Retired status=row.status /> })}
                </span>
            </td>
            {(!slim)
                .then(|| {
                    view! {
                        <td role="gridcell">{texts::kind(row.kind)}</td>
                        <td role="gridcell"><Crit criticality=row.criticality /></td>
                        <td role="gridcell"><Health open=open_work /></td>
                        <td role="gridcell" class="num">{count(open_work.alerts)}</td>
                        <td role="gridcell" class="num">{count(open_work.orders)}</td>
                    }
                })}
        </tr>
        {more
            .map(|(parent, count)| {
                view! {
                    <tr role="row" class="more">
                        <td role="gridcell" colspan=if slim { "1" } else { "6" }>
                            <a href=Query::of("/assets").with("under", &parent.to_string()).href()>
                                {texts::more_below(count)}
                            </a>
                        </td>
                    </tr>
                }
            })}
    }
    .into_any()
}

fn count(count: i64) -> AnyView {
    if count == 0 {
        view! { <span class="muted">"0"</span> }.into_any()
    } else {
        crate::ui::format::integer(count).into_any()
    }
}
