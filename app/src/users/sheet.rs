//! What the pages before the application share: a drawing at the left, the form at the right.

use leptos::prelude::*;

use crate::strings::{frame, users};
use crate::ui::Icon;

/// A spindle with the bearing that a prediction is about: a picture, not data.
const SPINDLE: &str = include_str!("spindle.svg");

/// The page: drawing (from 900 px on) and form.
#[component]
pub(super) fn Sheet(
    /// Width of the form: `sign-in` is the narrow one.
    class: &'static str,
    /// Heading and form.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="skip" href="#main">{frame::SKIP}</a>
        <div class="entrance">
            <aside class="sheet" aria-hidden="true">
                <p class="brandline"><Icon name="mark" />{frame::PRODUCT}</p>
                <svg class="draw" viewBox="8 -270 560 420" inner_html=SPINDLE></svg>
                <dl class="title">
                    <div><dt>{users::DRAWING_PART}</dt><dd class="mono">"VMC-1050-SP02"</dd></div>
                    <div><dt>{users::DRAWING_CONFIDENCE}</dt><dd>"0.78"</dd></div>
                    <div><dt>{users::DRAWING_LIFE}</dt><dd>"18 d"</dd></div>
                    <div><dt>{users::DRAWING_ORDER}</dt><dd class="mono">"WO-10482"</dd></div>
                </dl>
            </aside>
            <main id="main" class=format!("side {class}") tabindex="-1">{children()}</main>
        </div>
    }
}

/// Where first-run set-up is.
#[component]
pub(super) fn Steps(
    /// From 1.
    current: usize,
) -> impl IntoView {
    let steps = [users::STEP_ADMIN, users::STEP_SITE, users::STEP_START];
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
    view! { <ol class="stepper" aria-label=users::SET_UP_STEPS>{items}</ol> }
}
