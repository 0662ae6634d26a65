//! Inline messages: notice, nothing yet, loading.

use leptos::prelude::*;

use super::{Icon, Level, Shape};
use crate::strings::common;

/// A message where it belongs. Start with the telling words in `<b>`.
#[component]
pub fn Notice(
    /// Decides shape and colour.
    #[prop(into)]
    level: Level,
    /// Read out when it appears; for messages that come without a page load.
    #[prop(optional)]
    announce: bool,
    /// The message.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="notice" data-sev=level.as_str() role=announce.then_some("status")>
            <Shape level />
            <div>{children()}</div>
        </div>
    }
    .into_any()
}

/// Nothing yet: says why and what next.
#[component]
pub fn Empty(
    /// Icon of the feature.
    icon: &'static str,
    /// "Nothing waiting".
    #[prop(into)]
    title: String,
    /// Why, and a link or button to what comes next.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon />
            <b>{title}</b>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}

/// Grey lines while something loads, as high as the result; they appear after 150 ms.
#[component]
pub fn Skeleton(
    /// Number of lines.
    #[prop(default = 6)]
    rows: u32,
) -> impl IntoView {
    view! {
        <div class="skeletons" aria-busy="true">
            <span class="hidden">{common::LOADING}</span>
            {(0..rows).map(|_| view! { <span class="skeleton"></span> }).collect_view()}
        </div>
    }
    .into_any()
}
