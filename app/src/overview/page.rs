use std::time::Duration;

use domain::views::overview::Overview;
use leptos::prelude::*;

use super::links::Links;
use super::load_overview;
use super::needs::Needs;
use super::pipeline::Pipeline;
use super::risk::Risk;
use super::since::Since;
use super::steps::Steps;
use crate::alerts::follow;
use crate::browser::{every, use_topic};
use crate::frame::Zone;
use crate::strings::logbook::shift_name;
use crate::strings::overview as texts;
use crate::ui::time::written;
use crate::ui::{ButtonKind, LinkButton, Loaded, PageHead, Query, TimeStyle};

/// Looked at again without an event: a source that falls silent sends none.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// `/overview?since=`
#[component]
pub fn OverviewPage() -> impl IntoView {
    let query = Query::current();
    let since = Memo::new(move |_| query.with(|q| q.get("since").and_then(|at| at.parse().ok())));
    let overview = Resource::new(move || since.get(), load_overview);
    view! {
        <Loaded
            resource=overview
            rows=16
            view=move |overview| {
                let since = since.get_untracked();
                view! { <Live overview since /> }
            }
        />
    }
    .into_any()
}

/// The page, kept up to date.
#[component]
fn Live(overview: Overview, since: Option<chrono::DateTime<chrono::Utc>>) -> impl IntoView {
    let topics = ["alerts", "reviews", "work_orders", "predictions"].map(use_topic);
    let topics = topics.into_iter().chain([every(LOOK_AGAIN)]).collect();
    let now = follow(overview, topics, move || load_overview(since), PartialEq::eq);
    let zone = Zone::current();
    let meta = Signal::derive(move || Some(now.with(|overview| lead(overview, &zone))));
    view! {
        <PageHead title=texts::TITLE meta>{move || now.with(oldest)}</PageHead>
        <div class="stack overview">
            {move || now.with(body)}
        </div>
    }
    .into_any()
}

fn body(overview: &Overview) -> AnyView {
    let steps = overview.steps.clone();
    let begins = !steps.is_empty();
    let first = if begins {
        view! { <Steps steps /> }.into_any()
    } else {
        view! { <Needs needs=overview.needs.clone() at=overview.at /> }.into_any()
    };
    let links = overview.links.clone();
    view! {
        {first}
        <Pipeline stages=overview.stages.clone() at=overview.at />
        {if begins {
            view! { <Links links at=overview.at /> }.into_any()
        } else {
            view! {
                <div class="cols" data-cols="overview">
                    <Risk rows=overview.risks.clone() open=overview.open at=overview.at />
                    <div class="stack">
                        <Since
                            events=overview.events.clone()
                            happened=overview.happened
                            first=overview.last_visit.is_none()
                            at=overview.at
                        />
                        <Links links at=overview.at />
                    </div>
                </div>
            }
                .into_any()
        }}
    }
    .into_any()
}

fn lead(overview: &Overview, zone: &str) -> String {
    let now = written(overview.at, zone, TimeStyle::Full);
    let shift = overview
        .shift
        .as_ref()
        .map(|shift| (shift_name(shift), written(shift.from, zone, TimeStyle::Clock)));
    let last = overview.last_visit.map(|at| written(at, zone, TimeStyle::Weekday));
    texts::lead(
        &now,
        shift.as_ref().map(|(name, from)| (name.as_str(), from.as_str())),
        last.as_deref(),
    )
}

/// The one thing to do here.
fn oldest(overview: &Overview) -> Option<AnyView> {
    let (href, label) = match (overview.oldest, overview.stopped) {
        (Some(alert), _) => (format!("/review/{alert}"), texts::OPEN_OLDEST),
        (None, Some(order)) => (format!("/work-orders/{order}"), texts::OPEN_STOPPED),
        (None, None) => return None,
    };
    Some(
        view! { <LinkButton href kind=ButtonKind::Primary key="o">{label}</LinkButton> }.into_any(),
    )
}
