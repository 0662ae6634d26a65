//! A confirmation that works without scripts: a popover of the browser around the form.

use leptos::prelude::*;

use super::{ButtonKind, Icon};
use crate::strings::common;

/// A button that opens a question; the form inside is only sent from there. Focus starts on
/// Cancel. Children are the fields and the submit button of an `ActionForm` or a plain form.
#[component]
pub fn ConfirmForm(
    /// Unique in the page.
    #[prop(into)]
    id: String,
    /// Label of the button; its dots say that a question comes first.
    #[prop(into)]
    label: String,
    /// Weight of the button.
    #[prop(optional)]
    danger: bool,
    /// Icon of the button.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// Shortcut of the button.
    #[prop(optional)]
    key: Option<&'static str>,
    /// The question.
    #[prop(into)]
    title: String,
    /// What will happen, with the numbers.
    #[prop(into)]
    consequence: String,
    /// The form.
    children: Children,
) -> impl IntoView {
    let kind = if danger { ButtonKind::Danger } else { ButtonKind::Plain };
    let (heading, target, cancel) = (format!("{id}-h"), id.clone(), id.clone());
    let named = heading.clone();
    view! {
        <button
            class="btn"
            type="button"
            data-kind=(kind == ButtonKind::Danger).then_some("danger")
            data-key=key
            aria-keyshortcuts=key
            popovertarget=target
        >
            {icon.map(|name| view! { <Icon name /> })}
            <span class="btn-t">{label}</span>
            {key.map(|key| view! { <kbd aria-hidden="true">{key}</kbd> })}
        </button>
        <div class="dialog" popover="auto" id=id role="dialog" aria-labelledby=named>
            <h2 id=heading>{title}</h2>
            <p>{consequence}</p>
            {children()}
            <div class="acts">
                <button
                    class="btn"
                    type="button"
                    autofocus=true
                    popovertarget=cancel
                    popovertargetaction="hide"
                >
                    {common::CANCEL}
                </button>
            </div>
        </div>
    }
    .into_any()
}
