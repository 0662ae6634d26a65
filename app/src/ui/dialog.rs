//! A native dialog, opened from the page's script. For confirmations see `ConfirmForm`.

use leptos::html;
use leptos::prelude::*;

use super::Button;
use crate::strings::common;

/// A modal dialog. `Esc` and the close button close it; focus returns to where it was.
#[component]
pub fn Dialog(
    /// Unique in the page.
    id: &'static str,
    /// Heading.
    #[prop(into)]
    title: String,
    /// Set to open or close it.
    open: RwSignal<bool>,
    /// The content; only drawn while open.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let heading = format!("{id}-h");
    let named = heading.clone();
    view! {
        <dialog
            class="dialog"
            id=id
            node_ref=node
            aria-labelledby=named
            on:close=move |_| open.set(false)
        >
            <h2 id=heading>{title}</h2>
            <Show when=move || open.get()>{children()}</Show>
            <div class="acts">
                <Button on:click=move |_| open.set(false)>{common::CLOSE}</Button>
            </div>
        </dialog>
    }
    .into_any()
}
