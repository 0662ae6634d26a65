//! The HTML document around every page.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;
use crate::browser::LIVE_POSITION;

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
                <meta name=LIVE_POSITION content=live_position() />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href="/pkg/millwright.css" />
                <Hydration options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Loads the program of the page. Every fetch carries the nonce, which the content policy asks of
/// scripts that are loaded ahead, too.
#[component]
fn Hydration(options: LeptosOptions) -> impl IntoView {
    let (folder, name) = (options.site_pkg_dir, options.output_name);
    let script = format!("/{folder}/{name}.js");
    let program = format!("/{folder}/{name}_bg.wasm");
    let start = format!(
        "import init, {{ hydrate }} from '{script}';\
         await init({{ module_or_path: '{program}' }});\
         hydrate();"
    );
    view! {
        <link rel="modulepreload" href=script nonce=nonce() />
        <link rel="preload" r#as="fetch" href=program type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce()>
            {start}
        </script>
    }
}

/// The nonce of this response.
#[cfg(feature = "ssr")]
fn nonce() -> Option<leptos::nonce::Nonce> {
    leptos::nonce::use_nonce()
}

#[cfg(not(feature = "ssr"))]
const fn nonce() -> Option<String> {
    None
}

/// See [`LIVE_POSITION`].
#[cfg(feature = "ssr")]
fn live_position() -> Option<String> {
    use_context::<crate::context::ssr::AppContext>().map(|ctx| ctx.live_position)
}

#[cfg(not(feature = "ssr"))]
const fn live_position() -> Option<String> {
    None
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
