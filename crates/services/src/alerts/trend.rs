//! The measured values an alert rests on, as pictures with a finding.

use chrono::TimeDelta;
use domain::prediction::Prediction;
use domain::views::alerts::{Alert, TrendView};
use store::ScopedTx;

use super::read::trend_start;
use crate::Error;
use crate::charts::{self, TrendOptions, trend_svg};
use crate::telemetry::{Series, Trend, of_asset, series};

/// Pictures on one alert.
const LIMIT: usize = 3;
/// Values in one picture.
const POINTS: i32 = 240;

/// The trends of the latest prediction's evidence; without any, those of the asset itself.
pub(super) async fn trends(
    tx: &mut ScopedTx,
    alert: &Alert,
    latest: Option<&Prediction>,
) -> Result<Vec<TrendView>, Error> {
    let evidence = latest.map_or(&[][..], |p| p.evidence.as_slice());
    let to =
        evidence.iter().filter_map(|e| e.to).max().unwrap_or(alert.last_seen).max(alert.last_seen)
            + TimeDelta::minutes(1);
    let from = evidence.iter().filter_map(|e| e.from).min().unwrap_or(trend_start(to));
    let mut query = Series {
        points: evidence.iter().map(|e| e.point.clone()).take(LIMIT).collect(),
        from,
        to,
        max_points: POINTS,
        uncertain: false,
    };
    let found = if query.points.is_empty() {
        of_asset(tx, alert.asset.id, LIMIT as i64, &query).await?
    } else {
        query.points.dedup();
        series(tx, &query).await?
    };
    Ok(found.iter().filter(|t| t.samples.len() > 1).map(|t| picture(t, alert, &query)).collect())
}

fn picture(trend: &Trend, alert: &Alert, query: &Series) -> TrendView {
    let unit = trend.point.unit.clone().unwrap_or_default();
    let zone = alert.asset.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let values: Vec<_> = trend.samples.iter().map(|s| (s.at, s.mean)).collect();
    let span = (query.to - query.from).to_std().unwrap_or_default();
    let title = format!("{} over time", trend.point.path);
    let options = TrendOptions {
        unit: unit.clone(),
        zone,
        detected: Some(alert.first_seen),
        ..TrendOptions::new(title, query.from, query.to)
    };
    let line = charts::Series {
        name: trend.point.path.clone(),
        values: values.clone(),
        step: span / u32::try_from(POINTS).unwrap_or(1),
    };
    let phone = TrendOptions { width: 332, height: 184, ..options.clone() };
    let line = [line];
    TrendView {
        point: trend.point.path.clone(),
        svg: trend_svg(&line, &options),
        narrow: trend_svg(&line, &phone),
        finding: finding(&values, &unit),
        rows: values
            .iter()
            .map(|(at, value)| (at.with_timezone(&zone).format("%-d %b %H:%M").to_string(), *value))
            .collect(),
    }
}

/// One sentence: where the last tenth of the values stands against the first.
fn finding(values: &[(chrono::DateTime<chrono::Utc>, f64)], unit: &str) -> String {
    let tenth = (values.len() / 10).max(1);
    let mean = |part: &[(_, f64)]| part.iter().map(|v| v.1).sum::<f64>() / part.len() as f64;
    let (before, after) = (mean(&values[..tenth]), mean(&values[values.len() - tenth..]));
    let days = (values[values.len() - 1].0 - values[0].0).num_hours() as f64 / 24.0;
    let change = if before.abs() > f64::EPSILON { (after - before) / before.abs() } else { 0.0 };
    let word = match change {
        c if c > 0.1 => "Rose",
        c if c < -0.1 => "Fell",
        _ => return format!("Steady around {} {unit}.", figure(after)),
    };
    let span =
        if days >= 2.0 { format!("{days:.0} days") } else { format!("{:.0} h", days * 24.0) };
    format!("{word} from {} to {} {unit} within {span}.", figure(before), figure(after))
}

/// Three significant digits.
fn figure(value: f64) -> String {
    let digits = match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$}")
}
