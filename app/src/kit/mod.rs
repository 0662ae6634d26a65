//! `/ui`: every component in every state, to look at while building. Development builds only; its
//! texts are samples and stand in no catalogue.

mod forms;
mod marks;
mod messages;
mod structure;

use leptos::prelude::*;

use crate::browser::{KeySheet, install_keys};
use crate::ui::{PageHead, ToastHost, provide_toasts};

/// The page.
#[component]
pub fn KitPage() -> impl IntoView {
    provide_toasts();
    let sheet = RwSignal::new(false);
    install_keys(true, sheet);
    view! {
        <main id="main" class="kit">
            <PageHead title="Components" meta="Every one in every state. Change the theme of the device to see the other." />
            <div class="cols">
                <div class="stack">
                    <marks::Marks />
                    <forms::Buttons />
                    <forms::Fields />
                </div>
                <div class="stack">
                    <messages::Messages />
                    <structure::Structure />
                </div>
            </div>
        </main>
        <ToastHost />
        <KeySheet open=sheet letters=true />
    }
    .into_any()
}
