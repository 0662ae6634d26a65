//! The head of a page, sheets, facts.

use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::{Crumb, nav::Crumbs};

/// Path of the page whose heading had the focus last.
#[derive(Clone, Copy)]
struct FocusedPath(StoredValue<Option<String>>);

/// Lets headings take the focus after a navigation; the application does.
pub(crate) fn provide_focus() {
    provide_context(FocusedPath(StoredValue::new(None)));
}

/// Moves the focus to the heading once per navigation, not on the first page and not when the
/// same page draws its head again.
fn focus_after_navigation(heading: NodeRef<html::H1>) {
    let Some(focused) = use_context::<FocusedPath>() else { return };
    let path = use_location().pathname;
    Effect::new(move |_| {
        let Some(heading) = heading.get() else { return };
        let here = path.get_untracked();
        let before = focused.0.get_value();
        if before.as_deref() != Some(here.as_str()) {
            focused.0.set_value(Some(here));
            if before.is_some() {
                let _ = heading.focus();
            }
        }
    });
}

/// Head of a page: path, heading (also the title of the document), one grey line, actions.
#[component]
pub fn PageHead(
    /// The only `h1`; the title of the document is the same.
    #[prop(into)]
    title: Signal<String>,
    /// Path to here; empty on top-level pages.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// One grey line under the heading.
    #[prop(optional, into)]
    meta: MaybeProp<String>,
    /// Actions at the right.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    focus_after_navigation(heading);
    view! {
        <Title text=move || title.try_get().unwrap_or_default() />
        <div class="head">
            <div>
                {(!crumbs.is_empty()).then(|| view! { <Crumbs crumbs /> })}
                <h1 tabindex="-1" node_ref=heading>{move || title.get()}</h1>
                {move || meta.get().map(|meta| view! { <p class="meta">{meta}</p> })}
            </div>
            {children.map(|children| view! { <div class="acts">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// A white sheet with a head. Its body is what is given: wrap text in `<div class="body">`,
/// put tables and lists in as they are.
#[component]
pub fn Panel(
    /// Unique in the page; the heading gets `{id}-h`.
    id: &'static str,
    /// Heading of the sheet.
    #[prop(into)]
    title: String,
    /// Grey remark after the heading.
    #[prop(optional, into)]
    note: MaybeProp<String>,
    /// Class of the layout of the screen.
    #[prop(optional)]
    class: &'static str,
    /// Link, badge or segments at the right of the head.
    #[prop(optional, into)]
    aside: Option<ViewFn>,
    /// Rows, or `<div class="body">`.
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-h");
    let named = heading.clone();
    view! {
        <section class=format!("panel {class}") id=id aria-labelledby=named>
            <header>
                <h2 id=heading>{title}</h2>
                {move || note.get().map(|note| view! { <p>{note}</p> })}
                {aside.map(|aside| view! { <div class="push">{aside.run()}</div> })}
            </header>
            {children()}
        </section>
    }
    .into_any()
}

/// A strip of facts, label over value: children are [`Fact`]s.
#[component]
pub fn Facts(
    /// On a sheet of its own.
    #[prop(optional)]
    panel: bool,
    /// The facts.
    children: Children,
) -> impl IntoView {
    view! { <dl class=if panel { "facts panel" } else { "facts" }>{children()}</dl> }.into_any()
}

/// One fact of a strip; put the interval or remark into `<small>` after the value.
#[component]
pub fn Fact(
    /// What it is.
    #[prop(into)]
    label: String,
    /// The value.
    children: Children,
) -> impl IntoView {
    view! {
        <div>
            <dt>{label}</dt>
            <dd>{children()}</dd>
        </div>
    }
    .into_any()
}
