use chrono::{DateTime, Utc};
use domain::views::overview::{Need, NeedKind};
use leptos::prelude::*;

use super::minutes;
use crate::strings::overview as texts;
use crate::ui::{Icon, Level, Says, Shape};

/// What waits for this person: each figure leads to exactly what it counts.
#[component]
pub(super) fn Needs(
    /// The figures.
    needs: Vec<Need>,
    /// Now.
    at: DateTime<Utc>,
) -> impl IntoView {
    let nothing = needs.is_empty().then(|| {
        view! {
            <p class="quiet">
                <Says level=Level::Ok>{texts::NOTHING}</Says>
                <span class="muted">{texts::NOTHING_HINT}</span>
            </p>
        }
    });
    let figures = needs.into_iter().map(|need| figure(&need, at)).collect_view();
    view! {
        <section class="panel" id="needs" aria-labelledby="needs-h">
            <h2 class="hidden" id="needs-h">{texts::NEEDS}</h2>
            {nothing}
            <ul class="needs">{figures}</ul>
        </section>
    }
    .into_any()
}

fn figure(need: &Need, at: DateTime<Utc>) -> AnyView {
    let waits = need.since.map(|since| minutes(since, at));
    let target = need.since.zip(need.due).map(|(since, due)| minutes(since, due));
    let late = (need.overdue > 0).then(|| view! { <Shape level=Level::Medium /> " " });
    view! {
        <li data-sev=(need.overdue > 0).then_some("medium")>
            <a href=href(need.kind)>
                <span class="fig">{texts::counted(need.count)}</span>
                <span class="what">
                    <b>{texts::need(need)}</b>
                    <span class="sub">{late}{texts::need_detail(need, waits, target)}</span>
                </span>
                <Icon name="right" />
            </a>
        </li>
    }
    .into_any()
}

/// The list of exactly what the figure counts.
const fn href(kind: NeedKind) -> &'static str {
    match kind {
        NeedKind::Reviews => "/review",
        NeedKind::Deliveries => "/work-orders?delivery=rejected,needs_person,dead",
        NeedKind::Overdue => "/work-orders?overdue=1",
        NeedKind::Quarantine => "/quarantine",
    }
}
