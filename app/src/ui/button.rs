//! Buttons and links that look like buttons.

use leptos::prelude::*;

use super::{Icon, Query};
use crate::strings::common;

/// How much a button weighs. One primary per page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    /// Framed.
    #[default]
    Plain,
    /// The one thing to do here.
    Primary,
    /// Without a frame.
    Quiet,
    /// Cannot be undone.
    Danger,
}

impl ButtonKind {
    const fn attr(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Primary => Some("primary"),
            Self::Quiet => Some("quiet"),
            Self::Danger => Some("danger"),
        }
    }
}

/// How large a button is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonSize {
    /// As high as other controls.
    #[default]
    Normal,
    /// 56 px, for gloves.
    Big,
    /// 24 px, for heads of sheets.
    Small,
}

impl ButtonSize {
    const fn attr(self) -> Option<&'static str> {
        match self {
            Self::Normal => None,
            Self::Big => Some("big"),
            Self::Small => Some("small"),
        }
    }
}

/// A button. Add `on:click`, `attr:name`, `attr:value` and the like at the call.
#[component]
pub fn Button(
    /// Weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// Size.
    #[prop(optional)]
    size: ButtonSize,
    /// Icon before the label.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// Shortcut: printed on the button, and pressing it clicks the button.
    #[prop(optional)]
    key: Option<&'static str>,
    /// Submits the form around it.
    #[prop(optional)]
    submit: bool,
    /// Work is under way: the label becomes `busy_text`, further clicks do nothing.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Label while busy, such as "Sending…".
    #[prop(optional)]
    busy_text: Option<&'static str>,
    /// Cannot be used now; say why next to it.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The label: what happens.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            class="btn"
            type=if submit { "submit" } else { "button" }
            data-kind=kind.attr()
            data-size=size.attr()
            data-key=key
            aria-keyshortcuts=key
            aria-busy=move || busy.get().then_some("true")
            disabled=move || disabled.get() || busy.get()
        >
            {icon.map(|name| view! { <Icon name /> })}
            <span class="btn-t">{children()}</span>
            {busy_text
                .map(|text| {
                    view! { <span class="btn-busy" aria-hidden=move || (!busy.get()).then_some("true")>{text}</span> }
                })}
            {key.map(|key| view! { <kbd aria-hidden="true">{key}</kbd> })}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// Size.
    #[prop(optional)]
    size: ButtonSize,
    /// Icon before the label.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// Shortcut: printed on the link, and pressing it follows it.
    #[prop(optional)]
    key: Option<&'static str>,
    /// The label is for assistive technology only; the icon stands for it (previous, next).
    #[prop(optional)]
    icon_only: bool,
    /// The label.
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class="btn"
            href=href
            data-kind=kind.attr()
            data-size=size.attr()
            data-key=key
            data-icon-only=icon_only.then_some("")
            aria-keyshortcuts=key
        >
            {icon.map(|name| view! { <Icon name /> })}
            <span class=if icon_only { "hidden" } else { "btn-t" }>{children()}</span>
            {(!icon_only).then_some(key).flatten().map(|key| view! { <kbd aria-hidden="true">{key}</kbd> })}
        </a>
    }
}

/// The list at this address as a CSV file, every page of it: `/export/{list}.csv` with the same
/// filter.
#[component]
pub fn ExportLink(
    /// Name of the file.
    list: &'static str,
) -> impl IntoView {
    let query = Query::current();
    let href = move || {
        query.with(|q| q.without("after").without("shown").at(format!("/export/{list}.csv")).href())
    };
    view! {
        <a class="btn export" href=href download="" rel="external" data-key="e" aria-keyshortcuts="e">
            <Icon name="download" />
            <span class="btn-t">{common::EXPORT}</span>
            <kbd aria-hidden="true">"e"</kbd>
        </a>
    }
    .into_any()
}
