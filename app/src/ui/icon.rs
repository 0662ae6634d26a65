//! Icons: one sprite at `/icons.svg`, drawn in the colour of the text around them.

use leptos::prelude::*;

use super::Level;

/// An icon of the sprite, hidden from assistive technology: it never stands without a word.
#[component]
pub fn Icon(
    /// Id of the symbol in `public/icons.svg`.
    name: &'static str,
    /// 16 px, for use inside text; otherwise 20 px.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    view! {
        <svg class=if small { "i i-s" } else { "i" } aria-hidden="true">
            <use_ href=format!("/icons.svg#{name}") />
        </svg>
    }
}

/// The shape that belongs to a level, 12 px, filled in its colour.
#[component]
pub fn Shape(
    /// Octagon, triangle, diamond, circle, tick or dashed ring.
    level: Level,
) -> impl IntoView {
    view! {
        <svg class="shape" aria-hidden="true">
            <use_ href=format!("/icons.svg#{}", level.as_str()) />
        </svg>
    }
}

/// The sign of the product, 24 px.
#[component]
pub fn Mark() -> impl IntoView {
    // A computed address: the framework writes constant markup as it stands, `use_` included.
    let href = format!("/icons.svg#{MARK}");
    view! {
        <svg class="mark" aria-hidden="true">
            <use_ href=href />
        </svg>
    }
}

/// Id of the sign in the sprite.
const MARK: &str = "mark";
