//! Ways around: path, tabs, segments, pager. All links, so all work without scripts.

use leptos::prelude::*;

use super::{LinkButton, Query};
use crate::strings::common;

/// One step of the path to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// What it is called.
    pub label: String,
    /// Where it leads; nothing for a step without a page.
    pub href: Option<String>,
    /// Shown as an asset plate.
    pub plate: bool,
}

impl Crumb {
    /// A step with a page.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()), plate: false }
    }

    /// A step without a page.
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None, plate: false }
    }

    /// The asset at the end of a path.
    pub fn plate(tag: impl Into<String>) -> Self {
        Self { label: tag.into(), href: None, plate: true }
    }
}

/// The path to a page.
#[component]
pub(super) fn Crumbs(crumbs: Vec<Crumb>) -> impl IntoView {
    view! {
        <ol class="crumbs" aria-label=common::PATH>
            {crumbs
                .into_iter()
                .map(|crumb| {
                    let class = if crumb.plate { "plate" } else { "" };
                    view! {
                        <li>
                            {match crumb.href {
                                Some(href) => view! { <a href=href>{crumb.label}</a> }.into_any(),
                                None => view! { <span class=class>{crumb.label}</span> }.into_any(),
                            }}
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
    .into_any()
}

/// One page of an object, or one of a few choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// Where it leads; usually [`Query::with`] on the current address.
    pub href: String,
    /// What it is called.
    pub label: String,
    /// Number beside the label.
    pub count: Option<i64>,
    /// The one being shown.
    pub current: bool,
}

impl Tab {
    /// A tab without a number.
    pub fn new(href: impl Into<String>, label: impl Into<String>, current: bool) -> Self {
        Self { href: href.into(), label: label.into(), count: None, current }
    }

    /// The same with a number.
    #[must_use]
    pub fn count(self, count: i64) -> Self {
        Self { count: Some(count), ..self }
    }
}

/// Pages of one object.
#[component]
pub fn Tabs(
    /// Name of the group.
    #[prop(into)]
    label: String,
    /// The tabs.
    #[prop(into)]
    tabs: Signal<Vec<Tab>>,
) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label=label>
            {move || {
                tabs.get()
                    .into_iter()
                    .map(|tab| {
                        view! {
                            <a href=tab.href aria-current=tab.current.then_some("page")>
                                <span>{tab.label}</span>
                                {tab
                                    .count
                                    .map(|count| {
                                        view! { <span class="count" data-quiet="">{count}</span> }
                                    })}
                            </a>
                        }
                    })
                    .collect_view()
            }}
        </nav>
    }
    .into_any()
}

/// One of a few choices, as segments.
#[component]
pub fn Seg(
    /// Name of the group.
    #[prop(into)]
    label: String,
    /// The choices.
    #[prop(into)]
    choices: Signal<Vec<Tab>>,
) -> impl IntoView {
    view! {
        <span class="seg" role="group" aria-label=label>
            {move || {
                choices
                    .get()
                    .into_iter()
                    .map(|tab| {
                        view! {
                            <a href=tab.href aria-current=tab.current.then_some("true")>
                                {tab.label}
                            </a>
                        }
                    })
                    .collect_view()
            }}
        </span>
    }
    .into_any()
}

/// Keyset pages: newer, older, and how many there are.
#[component]
pub fn Pager(
    /// The current address.
    query: Query,
    /// Cursor of the next page, if there is one.
    #[prop(into)]
    next: Option<String>,
    /// All rows that match, as far as they were counted.
    #[prop(default = None)]
    total: Option<i64>,
    /// Counting stopped at `total`.
    #[prop(optional)]
    more: bool,
) -> impl IntoView {
    let first = query.get("after").is_some().then(|| query.without("after").href());
    let next = next.map(|cursor| query.with("after", &cursor).href());
    view! {
        <nav class="pager" aria-label=common::PAGES>
            {total.map(|total| view! { <p class="muted xs">{common::total(total, more)}</p> })}
            <span class="push row">
                {first.map(|href| view! { <LinkButton href key="[">{common::NEWER}</LinkButton> })}
                {next.map(|href| view! { <LinkButton href key="]">{common::OLDER}</LinkButton> })}
            </span>
        </nav>
    }
    .into_any()
}
