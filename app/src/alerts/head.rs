use chrono::{DateTime, TimeDelta, Utc};
use domain::alert::AlertState;
use domain::views::alerts::{Alert, AlertDetail, TrendView};
use leptos::prelude::*;

use super::did::day_and_clock;
use super::why::thresholds;
use crate::strings::{alerts as texts, common};
use crate::ui::{
    Chart, Column, Conf, Empty, Fact, Facts, LifeRange, Panel, Plate, Sev, Table, Time, TimeStyle,
    format,
};

/// When somebody should have acted: the end of the window, else of the remaining life.
pub(super) fn act_before(detail: &AlertDetail) -> Option<DateTime<Utc>> {
    let observed = detail.timeline.last().map(|p| p.observed_at)?;
    let hours = detail.alert.window_hours.or(detail.alert.rul_hours)?;
    #[expect(clippy::cast_possible_truncation, reason = "years of minutes fit")]
    let minutes = (hours.clamp(0.0, 1e6) * 60.0) as i64;
    observed.checked_add_signed(TimeDelta::minutes(minutes))
}

/// Confidence with the thresholds of the rules that decided.
#[component]
pub(super) fn Sure(
    /// The case.
    alert: Alert,
) -> impl IntoView {
    let (low, high) = thresholds(alert.decision.as_ref());
    match alert.confidence {
        Some(value) => view! { <Conf value low high wide=true /> }.into_any(),
        None => view! { <span class="muted">{common::NO_DATA}</span> }.into_any(),
    }
}

/// Remaining life on the fixed scale.
#[component]
pub(super) fn Life(
    /// Hours left, as predicted.
    hours: Option<f64>,
) -> impl IntoView {
    match hours {
        Some(hours) if hours <= 0.0 => view! { <span>{texts::PASSED}</span> }.into_any(),
        Some(hours) => view! {
            <span class="row">{format::life(hours)} <LifeRange at=hours /></span>
        }
        .into_any(),
        None => view! { <span class="muted">{texts::NOT_GIVEN}</span> }.into_any(),
    }
}

/// The facts of an alert in one strip.
#[component]
pub(super) fn Strip(
    /// The case.
    detail: AlertDetail,
) -> impl IntoView {
    let alert = detail.alert.clone();
    let zone = StoredValue::new(alert.asset.time_zone.clone());
    let before = act_before(&detail).filter(|_| alert.state != AlertState::Closed);
    let next = alert.hold_until.filter(|_| alert.state == AlertState::Held);
    let ended = alert.closed_at.map(|at| {
        let outcome = alert.outcome.map(texts::outcome).unwrap_or_default();
        (at, outcome)
    });
    let first = alert.first_seen;
    let state = texts::state(alert.state);
    let repeats = texts::repeats(alert.predictions);
    let (severity, hours, sure) = (alert.severity, alert.rul_hours, alert.clone());
    view! {
        <Facts panel=true>
            <Fact label=texts::SEVERITY>
                <Sev level=severity />
            </Fact>
            <Fact label=texts::CONFIDENCE>
                <Sure alert=sure />
            </Fact>
            <Fact label=texts::LIFE>
                <Life hours />
            </Fact>
            {before
                .map(|at| {
                    view! {
                        <Fact label=texts::ACT_BEFORE>
                            <Time at style=TimeStyle::Day zone=zone.get_value() />
                            " "
                            <small><Time at zone=zone.get_value() /></small>
                        </Fact>
                    }
                })}
            <Fact label=texts::STATE>
                {state} " " <small>{repeats}</small>
            </Fact>
            {next
                .map(|at| {
                    view! { <Fact label=texts::NEXT_RUN>{day_and_clock(at, &zone.get_value())}</Fact> }
                })}
            <Fact label=texts::FIRST_SEEN>
                <Time at=first zone=zone.get_value() />
            </Fact>
            {ended
                .map(|(at, outcome)| {
                    view! {
                        <Fact label=texts::CLOSED_AT>
                            {outcome} " " <small><Time at zone=zone.get_value() /></small>
                        </Fact>
                    }
                })}
        </Facts>
    }
    .into_any()
}

/// The measured values an alert rests on; with a reason where there are none.
#[component]
pub(super) fn Trends(
    /// Pictures with their findings.
    trends: Vec<TrendView>,
) -> impl IntoView {
    if trends.is_empty() {
        return view! {
            <Panel id="trend" title=texts::TREND>
                <Empty icon="alerts" title=texts::NO_TREND>
                    <p>{texts::NO_TREND_HINT}</p>
                </Empty>
            </Panel>
        }
        .into_any();
    }
    trends
        .into_iter()
        .enumerate()
        .map(|(at, trend)| {
            let (point, named) = (trend.point.clone(), trend.point.clone());
            view! {
                <section class="panel trend" aria-label=named>
                    <header>
                        <h2>{texts::TREND}</h2>
                        <p><Plate tag=point /></p>
                    </header>
                    <div class="body">
                        <Picture id=format!("trend-{at}") trend />
                    </div>
                </section>
            }
        })
        .collect_view()
        .into_any()
}

/// One trend as a figure with its table.
#[component]
pub(super) fn Picture(
    /// Unique in the page.
    #[prop(into)]
    id: String,
    /// The trend.
    trend: TrendView,
) -> impl IntoView {
    let columns = vec![Column::text(texts::TIME), Column::number(texts::VALUE)];
    let rows = trend
        .rows
        .into_iter()
        .rev()
        .map(|(at, value)| {
            view! {
                <tr>
                    <th scope="row">{at}</th>
                    <td class="num">{format::sensor(value, "")}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Chart id finding=trend.finding svg=trend.svg narrow=trend.narrow>
            <Table caption=trend.point hide_caption=true columns>
                {rows}
            </Table>
        </Chart>
    }
    .into_any()
}
