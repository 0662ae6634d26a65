//! The HTML document around every page.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;

/// The document: theme and density come from cookies, so nothing flashes; scripts carry the nonce
/// of the response, styles are one file, nothing is inline.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let (theme, density) = appearance();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-density=density>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href="/pkg/millwright.css" />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Theme (absent follows the device) and density of this request.
#[cfg(feature = "ssr")]
fn appearance() -> (Option<&'static str>, &'static str) {
    use crate::context::ssr::cookie;
    let theme = match cookie("mw_theme").as_deref() {
        Some("light") => Some("light"),
        Some("dark") => Some("dark"),
        _ => None,
    };
    let density = match cookie("mw_density").as_deref() {
        Some("comfortable") => "comfortable",
        _ => "compact",
    };
    (theme, density)
}

#[cfg(not(feature = "ssr"))]
const fn appearance() -> (Option<&'static str>, &'static str) {
    (None, "compact")
}
