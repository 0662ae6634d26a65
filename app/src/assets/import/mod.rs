//! The import: upload, match columns, check, done. Each step is a page that works without scripts.

mod actions;
mod columns;
mod outcome;
mod page;

pub use page::{ImportPage, ImportStepsPage};

use leptos::prelude::*;

use crate::strings::assets as texts;

/// Where the import is.
#[component]
fn Steps(
    /// From 1.
    current: usize,
) -> impl IntoView {
    let steps = [texts::STEP_FILE, texts::STEP_COLUMNS, texts::STEP_CHECK, texts::STEP_DONE];
    let items = steps
        .into_iter()
        .enumerate()
        .map(|(index, (title, remark))| {
            let step = index + 1;
            view! {
                <li
                    data-done=(step < current).then_some("")
                    aria-current=(step == current).then_some("step")
                >
                    <b>{title}</b>
                    {remark}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="stepper" aria-label=texts::STEPS>{items}</ol> }.into_any()
}
