//! Texts that are taken elsewhere: secrets shown once, addresses.

use leptos::prelude::*;

use super::{Button, Level, Notice};
use crate::strings::common as texts;

/// A secret that was just made, with a way to copy it: it is shown only now.
#[component]
pub fn ShownOnce(
    /// What was made.
    #[prop(into)]
    secret: String,
    /// What it is, in a sentence.
    #[prop(into)]
    said: String,
    /// Label of the text.
    label: &'static str,
) -> impl IntoView {
    view! {
        <div class="once">
            <Notice level=Level::Ok>
                <p><b>{texts::SHOWN_ONCE}</b>" "{said}</p>
                <Copyable id="shown-once" text=secret label />
            </Notice>
        </div>
    }
    .into_any()
}

/// A text that is to be taken elsewhere as it is.
#[component]
pub fn Copyable(
    /// Of the text.
    id: &'static str,
    /// The text.
    text: String,
    /// Its label.
    label: &'static str,
) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let copy = {
        let text = text.clone();
        move |_| copied.set(Some(crate::browser::copy(&text)))
    };
    let word = move || if copied.get() == Some(true) { texts::COPIED } else { texts::COPY };
    view! {
        <div class="row copyable">
            <input class="input mono" id=id readonly=true aria-label=label value=text />
            <Button icon="copy" on:click=copy>{word}</Button>
        </div>
        <p class="xs muted" role="status">
            {move || (copied.get() == Some(false)).then_some(texts::COPY_BY_HAND)}
        </p>
    }
    .into_any()
}
