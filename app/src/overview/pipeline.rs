use chrono::{DateTime, Utc};
use domain::views::overview::{About, Health, Stage};
use leptos::prelude::*;

use super::minutes;
use crate::frame::Zone;
use crate::strings::overview as texts;
use crate::ui::time::written;
use crate::ui::{Level, Says, TimeStyle};

/// The six stages from a source to a closure, each with the hour behind it. A change of state is
/// announced once: the line for it is the same text until then.
#[component]
pub(super) fn Pipeline(
    /// The stages, in order.
    stages: Vec<Stage>,
    /// Now.
    at: DateTime<Utc>,
) -> impl IntoView {
    let troubles: Vec<String> = stages
        .iter()
        .filter(|stage| matches!(stage.health, Health::Dead | Health::Trouble))
        .map(|stage| texts::announced(texts::stage(&stage.about), &texts::says(stage), ""))
        .collect();
    view! {
        <section id="pipeline" aria-labelledby="pipe-h">
            <h2 class="hidden" id="pipe-h">{texts::PIPELINE}</h2>
            <ol class="pipeline">
                {stages.into_iter().map(|stage| one(&stage, at)).collect_view()}
            </ol>
            <p class="hidden" role="status">{troubles.join(" ")}</p>
        </section>
    }
    .into_any()
}

fn one(stage: &Stage, at: DateTime<Utc>) -> AnyView {
    let zone = Zone::current();
    let clock = |instant| clock(instant, at, &zone);
    let level = level(stage);
    let count = if stage.more { 10_001 } else { stage.count };
    let line = texts::stage_line(stage, clock, |since| minutes(since, at));
    let (dead, says) = (stage.health == Health::Dead, texts::says(stage));
    view! {
        <li data-sev=level.as_str() data-dead=dead.then_some("") data-stale=stage.stale.then_some("")>
            <h3>
                <a href=href(&stage.about)>{texts::stage(&stage.about)}</a>
                <Says level>{says}</Says>
            </h3>
            <p class="fig">
                {texts::counted(count)} " " <small>{texts::unit(&stage.about)}</small>
            </p>
            <p class="clip" title=line.clone()>{line.clone()}</p>
            {beat(&stage.beats, stage)}
        </li>
    }
    .into_any()
}

/// The time of day, with the day in front when it is another.
fn clock(instant: DateTime<Utc>, now: DateTime<Utc>, zone: &str) -> String {
    let day = |at| written(at, zone, TimeStyle::Day);
    let style = if day(instant) == day(now) { TimeStyle::Clock } else { TimeStyle::Weekday };
    written(instant, zone, style)
}

const fn level(stage: &Stage) -> Level {
    match stage.health {
        Health::Dead => Level::Critical,
        Health::Trouble => Level::High,
        Health::Late => Level::Medium,
        Health::Unused => Level::Unknown,
        Health::Live if stage.stale => Level::Unknown,
        Health::Live => Level::Ok,
    }
}

/// Where one sees what the stage counts.
const fn href(about: &About) -> &'static str {
    match about {
        About::Sources { .. } => "#links",
        About::Alerts { .. } | About::Rules { .. } => "/alerts",
        About::Review { .. } => "/alerts?state=waiting_review",
        About::WorkOrders { .. } => "/work-orders",
        About::Closures { .. } => "/work-orders?status=closed",
    }
}

/// The hour in steps of two minutes; the newest two are marked.
fn beat(beats: &[i64], stage: &Stage) -> AnyView {
    let most = beats.iter().copied().max().unwrap_or(0).max(1);
    let newest = match stage.health {
        Health::Dead | Health::Trouble => "bad",
        _ if stage.stale => "",
        _ => "now",
    };
    let bars: Vec<_> = (0_i64..)
        .zip(beats)
        .map(|(place, count)| {
            // At least a line for every step, so that an empty hour still reads as one.
            let height = 1 + count * 23 / most;
            let class = if place >= 28 { newest } else { "" };
            view! {
                <rect
                    x=(place * 5).to_string()
                    y=(24 - height).to_string()
                    width="4"
                    height=height.to_string()
                    class=class
                />
            }
        })
        .collect();
    view! {
        <svg class="beat" viewBox="0 0 149 24" preserveAspectRatio="none" aria-hidden="true">
            {bars}
        </svg>
    }
    .into_any()
}
