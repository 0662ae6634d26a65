use domain::views::connections::Hour;
use leptos::prelude::*;

use crate::strings::connections as texts;

/// The last 24 hours as a strip: an hour without a failure is low and green, one with any is high
/// and red, one without a call is grey.
#[component]
pub(super) fn Hours(
    /// Oldest first.
    hours: Vec<Hour>,
    /// Over the width of its sheet.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let (failed, all) = hours
        .iter()
        .fold((0, 0), |(failed, all), hour| (failed + hour.failed, all + hour.ok + hour.failed));
    let bars: Vec<_> = (0_u32..)
        .zip(&hours)
        .map(|(place, hour)| {
            let (class, y, height) = match (hour.failed, hour.ok) {
                (0, 0) => ("n", "4", "10"),
                (0, _) => ("", "4", "10"),
                _ => ("f", "0", "14"),
            };
            view! { <rect x=(place * 5).to_string() y=y width="4" height=height class=class /> }
        })
        .collect();
    view! {
        <span class="hidden">{texts::hours_say(failed, all)}</span>
        <svg
            class=if wide { "runs wide" } else { "runs" }
            viewBox="0 0 119 14"
            preserveAspectRatio="none"
            aria-hidden="true"
        >
            {bars}
        </svg>
    }
    .into_any()
}
