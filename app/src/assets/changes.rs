use domain::views::assets::ChangedField;
use leptos::prelude::*;

use crate::strings::assets as texts;

/// One field before and after, in words and strokes.
#[component]
pub(super) fn Changed(line: ChangedField) -> impl IntoView {
    let said = |value: Option<String>| value.unwrap_or_else(|| texts::NONE.to_owned());
    view! {
        <span class="diff">
            <span class="muted">{texts::field(&line.field)}</span>
            <del>{said(line.before)}</del>
            <span class="arrow" role="img" aria-label=texts::BECOMES>"→"</span>
            <ins>{said(line.after)}</ins>
        </span>
    }
    .into_any()
}
