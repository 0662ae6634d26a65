use chrono::{DateTime, Utc};
use domain::views::alerts::AlertPrediction;
use leptos::prelude::*;

use crate::strings::{alerts as texts, common};
use crate::ui::time::{TimeStyle, written};
use crate::ui::{Column, Panel, Table, Time, format};

/// Top and bottom of the two scales.
const CONFIDENCE: (f64, f64) = (16.0, 96.0);
const LIFE: (f64, f64) = (128.0, 188.0);
const LEFT: f64 = 32.0;

/// Confidence and remaining life over time, with changes of the model; the same as a table.
#[component]
pub(super) fn Predictions(
    /// Oldest first.
    points: Vec<AlertPrediction>,
    /// How many there were in all.
    count: i32,
    /// Thresholds of the rules: asks from, creates from.
    limits: (f64, f64),
    /// Zone of the site.
    zone: String,
) -> impl IntoView {
    let (Some(first), Some(last)) = (points.first().cloned(), points.last().cloned()) else {
        return ().into_any();
    };
    let since = written(first.observed_at, &zone, TimeStyle::Day);
    let note = texts::predictions(count, &since, &last.model);
    let finding = texts::course(first.confidence, last.confidence, last.rul_hours, count);
    let columns = vec![
        Column::text(texts::OBSERVED),
        Column::number(texts::CONFIDENCE),
        Column::number(texts::LIFE),
        Column::text(texts::MODEL),
    ];
    let rows = points
        .iter()
        .rev()
        .map(|point| {
            let model = match &point.model_version {
                Some(version) => format!("{} {version}", point.model),
                None => point.model.clone(),
            };
            view! {
                <tr>
                    <th scope="row">
                        <Time at=point.observed_at style=TimeStyle::Absolute zone=zone.clone() />
                    </th>
                    <td class="num">{format::confidence(point.confidence)}</td>
                    <td class="num">
                        {point.rul_hours.map_or_else(|| texts::NOT_GIVEN.to_owned(), format::life)}
                    </td>
                    <td>{model}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel id="predictions" title=texts::PREDICTIONS note>
            <div class="body">
                <figure class="figure course">
                    <figcaption class="finding" id="course-f">{finding}</figcaption>
                    <div class="wide">{drawing(&points, limits, &zone, 408.0)}</div>
                    <div class="slim">{drawing(&points, limits, &zone, 300.0)}</div>
                    <details class="as-table">
                        <summary>{common::AS_TABLE}</summary>
                        <Table caption=texts::PREDICTIONS hide_caption=true columns>
                            {rows}
                        </Table>
                    </details>
                </figure>
            </div>
        </Panel>
    }
    .into_any()
}

fn drawing(points: &[AlertPrediction], limits: (f64, f64), zone: &str, width: f64) -> AnyView {
    let right = width - 16.0;
    let x = scale_of_time(points, right);
    let confidence = |value: f64| between(CONFIDENCE, value.clamp(0.0, 1.0));
    let most = points.iter().filter_map(|p| p.rul_hours).fold(0.0_f64, f64::max);
    let days = (most / 24.0).ceil().max(1.0);
    let life = move |hours: f64| between(LIFE, (hours.max(0.0) / 24.0 / days).min(1.0));
    let line = path(points.iter().map(|p| Some((x(p.observed_at), confidence(p.confidence)))));
    let lives = path(points.iter().map(|p| Some((x(p.observed_at), life(p.rul_hours?)))));
    let last = points.len().saturating_sub(1);
    let few = points.len() <= 24;
    let dots = points
        .iter()
        .enumerate()
        .filter(|(at, _)| few || *at == last)
        .map(|(at, p)| {
            let (class, r) = if at == last { ("pt-on", "5") } else { ("pt", "3") };
            let (cx, cy) = (fixed(x(p.observed_at)), fixed(confidence(p.confidence)));
            view! { <circle class=class cx=cx cy=cy r=r /> }
        })
        .collect_view();
    let grid = [(limits.0, false), (limits.1, true)]
        .into_iter()
        .filter(|(at, creates)| *creates || (limits.1 - *at).abs() > 1e-9)
        .map(|(at, creates)| {
            let y = confidence(at);
            let below = if creates { y - 5.0 } else { y + 14.0 };
            view! {
                <path class="grid" d=format!("M{LEFT} {y:.1}H{right}") />
                <text class="e" x="26" y=fixed(y + 4.0)>{format!("{at:.2}")}</text>
                <text class="halo" x="36" y=fixed(below)>{texts::threshold(creates, at)}</text>
            }
        })
        .collect_view();
    let changes = points
        .windows(2)
        .filter(|pair| pair[0].model_version != pair[1].model_version)
        .map(|pair| {
            let at = f64::midpoint(x(pair[0].observed_at), x(pair[1].observed_at));
            let name = |p: &AlertPrediction| p.model_version.clone().unwrap_or_default();
            let (class, side) = if at > width / 2.0 { ("halo e", -6.0) } else { ("halo", 6.0) };
            view! {
                <path class="mark" d=format!("M{at:.1} 36V188") stroke-dasharray="3 3" />
                <text class=class x=fixed(at + side) y="140">
                    {texts::versions(&name(&pair[0]), &name(&pair[1]))}
                </text>
            }
        })
        .collect_view();
    let ticks = ticks(points)
        .into_iter()
        .map(|(at, edge)| {
            let class = if edge { "e" } else { "" };
            let x = x(at);
            let label = written(at, zone, TimeStyle::Absolute);
            view! {
                <path class="axis" d=format!("M{x:.1} 188v4") />
                <text class=class x=fixed(x) y="206">{label}</text>
            }
        })
        .collect_view();
    let no_life = most <= 0.0;
    let left = points
        .last()
        .and_then(|p| Some((x(p.observed_at), life(p.rul_hours?))))
        .map(|(cx, cy)| view! { <circle class="pt" cx=fixed(cx) cy=fixed(cy) r="3" /> });
    view! {
        <svg class="chart" viewBox=format!("0 0 {width} 212") role="img" aria-labelledby="course-f">
            <text class="t" x="0" y="8">{texts::CONFIDENCE}</text>
            {grid}
            <path class="ln c1" d=line />
            {dots}
            <path class="axis" d=format!("M{LEFT} 96.5H{right}") />
            <text class="t" x="0" y="116">{texts::LIFE_DAYS}</text>
            <text class="e" x="26" y="136">{if no_life { String::new() } else { format!("{days:.0}") }}</text>
            <text class="e" x="26" y="190">"0"</text>
            {no_life.then(|| view! { <text class="halo" x="40" y="160">{texts::NO_LIFE}</text> })}
            <path class="ln c1" d=lives />
            {left}
            {changes}
            <path class="axis" d=format!("M{LEFT} 188.5H{right}") />
            {ticks}
        </svg>
    }
    .into_any()
}

fn scale_of_time(points: &[AlertPrediction], right: f64) -> impl Fn(DateTime<Utc>) -> f64 + use<> {
    let seconds = |at: DateTime<Utc>| {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit")]
        let value = at.timestamp() as f64;
        value
    };
    let from = points.first().map_or(0.0, |p| seconds(p.observed_at));
    let to = points.last().map_or(1.0, |p| seconds(p.observed_at));
    move |at| {
        if to <= from {
            return right;
        }
        LEFT + (seconds(at) - from) / (to - from) * (right - LEFT)
    }
}

/// The first and the last instant; only the last where there is one point.
fn ticks(points: &[AlertPrediction]) -> Vec<(DateTime<Utc>, bool)> {
    let last = points.last().map(|p| (p.observed_at, true));
    let first = points.first().map(|p| (p.observed_at, false));
    let first = first.filter(|(at, _)| last.is_some_and(|(end, _)| (end - *at).num_minutes() > 0));
    first.into_iter().chain(last).collect()
}

fn between((top, bottom): (f64, f64), share: f64) -> f64 {
    bottom - share * (bottom - top)
}

fn path(points: impl Iterator<Item = Option<(f64, f64)>>) -> String {
    let mut out = String::new();
    let mut pen = 'M';
    for point in points {
        match point {
            Some((x, y)) => {
                out.push_str(&format!("{pen}{x:.1} {y:.1}"));
                pen = 'L';
            }
            None => pen = 'M',
        }
    }
    out
}

fn fixed(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_value_is_a_gap() {
        let points = [Some((1.0, 2.0)), None, Some((3.0, 4.0)), Some((5.0, 6.0))];
        assert_eq!(path(points.into_iter()), "M1.0 2.0M3.0 4.0L5.0 6.0");
    }
}
