//! What an administrator must know on every page: rules of the program's own that do not hold.

use leptos::prelude::*;

use super::Badges;
use crate::strings::people as texts;
use crate::ui::{Level, Notice, Time};

/// The rules that do not hold, in words and since when; nothing while all do.
#[component]
pub(super) fn Banner(
    /// What waits.
    badges: RwSignal<Badges>,
) -> impl IntoView {
    let violations = Memo::new(move |_| badges.with(|badges| badges.violations.clone()));
    move || {
        let violations = violations.get();
        let first = violations.first()?.clone();
        let count = violations.len();
        Some(view! {
            <div class="banner">
                <Notice level=Level::Critical>
                    <p>
                        <b>{texts::violations(count)}</b>
                        " "
                        {texts::violated(&first.rule)}
                        " "
                        {texts::SINCE}
                        " "
                        <Time at=first.since />
                        ". "
                        <a href="/admin/checks">{texts::SEE_CHECKS}</a>
                    </p>
                </Notice>
            </div>
        })
    }
}
