use domain::alert::{AlertState, Severity};
use domain::views::alerts::AlertList;
use leptos::prelude::*;

use crate::strings::alerts as texts;
use crate::ui::{Level, Query, Shape};

/// States and severities as links with counts; each keeps the rest of the address.
#[component]
pub(super) fn Facets(
    /// The list they count.
    list: AlertList,
) -> impl IntoView {
    let query = Query::current();
    let query = query.get_untracked().without("after");
    let active: i64 = list.states.iter().map(|(_, count)| count).sum();
    let count = |state| list.states.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n);
    let of_severity =
        |severity| list.severities.iter().find(|(s, _)| *s == severity).map_or(0, |(_, n)| *n);
    let chosen = query.get("state").map(str::to_owned);
    let chosen_sev = query.get("sev").map(str::to_owned);
    let all = view! {
        <a
            href=query.without("state").href()
            aria-current=chosen.is_none().then_some("true")
        >
            {texts::ACTIVE}
            <span class="count" data-quiet="">{active}</span>
        </a>
    };
    let states = AlertState::ALL
        .iter()
        .map(|state| {
            let current = chosen.as_deref() == Some(state.as_str());
            let number = (*state != AlertState::Closed).then(|| count(*state));
            view! {
                <a
                    href=query.with("state", state.as_str()).href()
                    aria-current=current.then_some("true")
                >
                    {texts::state(*state)}
                    {number.map(|n| view! { <span class="count" data-quiet="">{n}</span> })}
                </a>
            }
        })
        .collect_view();
    let severities = Severity::ALL
        .iter()
        .map(|severity| {
            let current = chosen_sev.as_deref() == Some(severity.as_str());
            let href = if current {
                query.without("sev").href()
            } else {
                query.with("sev", severity.as_str()).href()
            };
            let level = Level::from(*severity);
            view! {
                <a href=href aria-current=current.then_some("true") data-sev=level.as_str()>
                    <Shape level />
                    {texts::severity(*severity)}
                    <span class="count" data-quiet="">{of_severity(*severity)}</span>
                </a>
            }
        })
        .collect_view();
    view! {
        <div class="facets">
            <nav class="facet" aria-label=texts::STATES>
                {all} {states}
            </nav>
            <nav class="facet" aria-label=texts::SEVERITIES>
                {severities}
            </nav>
        </div>
    }
    .into_any()
}
