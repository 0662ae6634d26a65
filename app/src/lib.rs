//! What a person sees: pages, components and server functions.
//!
//! Compiled twice: for the server (`ssr`) and for the browser (`hydrate`).

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};

/// The HTML document around every page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! { <main id="main"><h1>"Millwright"</h1></main> }
}
