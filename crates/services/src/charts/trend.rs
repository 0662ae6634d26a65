//! The trend of measured points over time.

use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use plotters::prelude::*;

use super::axis::{TimeAxis, seconds};

/// Light-theme colour, custom property and dash pattern of each series, in order.
const LINES: [(RGBColor, &str, &str, &str); 6] = [
    (RGBColor(0x00, 0x72, 0xB2), "#0072B2", "--chart-1", ""),
    (RGBColor(0xC2, 0x41, 0x0C), "#C2410C", "--chart-2", "6 3"),
    (RGBColor(0x00, 0x78, 0x5A), "#00785A", "--chart-3", "2 2"),
    (RGBColor(0x9A, 0x4F, 0x7E), "#9A4F7E", "--chart-4", "8 3 2 3"),
    (RGBColor(0x8A, 0x61, 0x00), "#8A6100", "--chart-5", "1 3"),
    (RGBColor(0x4B, 0x55, 0x63), "#4B5563", "--chart-6", "12 4"),
];
const TEXT: RGBColor = RGBColor(0x55, 0x60, 0x70);
const GRID: RGBColor = RGBColor(0xDD, 0xE3, 0xEA);
const AXIS: RGBColor = RGBColor(0x9A, 0xA5, 0xB1);
const LIMIT: RGBColor = RGBColor(0x9D, 0x16, 0x3A);
/// Other colours and their custom properties.
const INKS: [(&str, &str); 4] = [
    ("#556070", "--muted"),
    ("#DDE3EA", "--line"),
    ("#9AA5B1", "--line-strong"),
    ("#9D163A", "--critical"),
];
/// A pause this many steps long is a gap, not a line.
const GAP_STEPS: u32 = 3;

/// One measured point.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What it is, as shown at the end of its line.
    pub name: String,
    /// Values in order of time, each the mean of a step.
    pub values: Vec<(DateTime<Utc>, f64)>,
    /// Length of a step; three without a value are a gap.
    pub step: Duration,
}

/// A labelled level.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Where.
    pub value: f64,
    /// What it means.
    pub label: String,
}

/// How a trend is drawn.
#[derive(Debug, Clone)]
pub struct TrendOptions {
    /// What it shows, for those who cannot see it.
    pub title: String,
    /// Unit of the values, above the top tick.
    pub unit: String,
    /// Left edge.
    pub from: DateTime<Utc>,
    /// Right edge.
    pub to: DateTime<Utc>,
    /// Zone of the labels.
    pub zone: Tz,
    /// Limits.
    pub limits: Vec<Mark>,
    /// The instant of detection.
    pub detected: Option<DateTime<Utc>>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

impl TrendOptions {
    /// 868 × 224 pixels, UTC, no limits.
    pub fn new(title: impl Into<String>, from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        Self {
            title: title.into(),
            unit: String::new(),
            from,
            to,
            zone: Tz::UTC,
            limits: Vec::new(),
            detected: None,
            width: 868,
            height: 224,
        }
    }
}

/// Draws up to six series; gaps stay gaps, bars of nothing stay empty.
pub fn trend_svg(series: &[Series], options: &TrendOptions) -> String {
    let mut svg = String::new();
    if draw(&mut svg, series, options).is_err() {
        svg = format!(
            "<svg width=\"{}\" height=\"{}\" xmlns=\"http://www.w3.org/2000/svg\"></svg>",
            options.width, options.height
        );
    }
    dressed(svg, &options.title)
}

fn draw(
    svg: &mut String,
    series: &[Series],
    options: &TrendOptions,
) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::with_string(svg, (options.width, options.height)).into_drawing_area();
    let (low, high) = extent(series, options);
    let axis = TimeAxis::new(options.from, options.to, options.zone, ticks(options.width));
    let mut chart = ChartBuilder::on(&area)
        .margin_top(28)
        .margin_right(16)
        .x_label_area_size(28)
        .y_label_area_size(48)
        .build_cartesian_2d(axis, low..high)
        .map_err(|e| e.to_string())?;
    let text = ("sans-serif", 12).into_font().color(&TEXT);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(AXIS)
        .y_labels(5)
        .y_label_formatter(&|value| figure(*value))
        .label_style(text.clone())
        .draw()
        .map_err(|e| e.to_string())?;
    area.draw_text(&options.unit, &text.clone().into_text_style(&area), (8, 4))
        .map_err(|e| e.to_string())?;
    let (left, right) = (seconds(options.from), seconds(options.to));
    for limit in &options.limits {
        let line = [(left, limit.value), (right, limit.value)];
        chart.draw_series(LineSeries::new(line, LIMIT)).map_err(|e| e.to_string())?;
        let style = ("sans-serif", 12).into_font().color(&LIMIT);
        let label = Text::new(limit.label.clone(), (left, limit.value), style);
        chart.draw_series([label]).map_err(|e| e.to_string())?;
    }
    if let Some(at) = options.detected.filter(|at| (options.from..=options.to).contains(at)) {
        let line = [(seconds(at), low), (seconds(at), high)];
        chart
            .draw_series(LineSeries::new(line, LIMIT.stroke_width(2)))
            .map_err(|e| e.to_string())?;
    }
    for (one, (colour, ..)) in series.iter().zip(LINES) {
        for stretch in stretches(one) {
            let points = stretch.iter().map(|(at, value)| (seconds(*at), *value));
            let line = LineSeries::new(points, colour.stroke_width(2));
            chart.draw_series(line).map_err(|e| e.to_string())?;
        }
        if let (Some((at, value)), true) = (one.values.last(), series.len() > 1) {
            let style = ("sans-serif", 12).into_font().color(&colour);
            let label = Text::new(one.name.clone(), (seconds(*at), *value), style);
            chart.draw_series([label]).map_err(|e| e.to_string())?;
        }
    }
    area.present().map_err(|e| e.to_string())?;
    Ok(())
}

/// As many labels of time as fit beside each other.
fn ticks(width: u32) -> i64 {
    i64::from(width / 120).clamp(2, 7)
}

/// Lowest and highest value with a little air; from 0 where nothing is negative.
fn extent(series: &[Series], options: &TrendOptions) -> (f64, f64) {
    let values = series.iter().flat_map(|s| s.values.iter().map(|(_, value)| *value));
    let limits = options.limits.iter().map(|limit| limit.value);
    let finite = values.chain(limits).filter(|value| value.is_finite());
    let (low, high) = finite
        .fold((0.0_f64, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if high <= low { (low, low + 1.0) } else { (low, high + (high - low) * 0.08) }
}

fn stretches(series: &Series) -> Vec<&[(DateTime<Utc>, f64)]> {
    let gap = series.step * GAP_STEPS;
    series
        .values
        .chunk_by(|(earlier, _), (later, _)| (*later - *earlier).to_std().is_ok_and(|d| d <= gap))
        .collect()
}

fn figure(value: f64) -> String {
    let decimals = match value.abs() {
        v if v == 0.0 || v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Class, name and custom properties instead of fixed colours.
fn dressed(svg: String, title: &str) -> String {
    let mut svg = svg;
    for (_, hex, property, dash) in LINES {
        let dash =
            if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") };
        let colour = format!("var({property}, {hex})");
        svg = svg.replace(&format!("stroke=\"{hex}\""), &format!("stroke=\"{colour}\"{dash}"));
        svg = svg.replace(&format!("\"{hex}\""), &format!("\"{colour}\""));
    }
    for (hex, property) in INKS {
        svg = svg.replace(&format!("\"{hex}\""), &format!("\"var({property}, {hex})\""));
    }
    let head = format!("<svg class=\"chart\" role=\"img\" aria-label=\"{}\" ", escaped(title));
    svg.replacen("<svg ", &head, 1)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn ramp(skip: std::ops::Range<i64>) -> (Vec<Series>, TrendOptions) {
        let from = DateTime::from_timestamp(1_780_000_000, 0).expect("an instant");
        let values = (0..100)
            .filter(|hour| !skip.contains(hour))
            .map(|hour| (from + TimeDelta::hours(hour), 1.0 + hour as f64 / 50.0))
            .collect();
        let series = Series { name: "vib_rms".into(), values, step: Duration::from_secs(3600) };
        let mut options =
            TrendOptions::new("<Vibration> & more", from, from + TimeDelta::hours(100));
        options.unit = "mm/s".into();
        (vec![series], options)
    }

    #[test]
    fn a_trend_is_drawn_in_the_colours_of_the_page() {
        let (series, options) = ramp(0..0);
        let svg = trend_svg(&series, &options);
        assert!(
            svg.starts_with("<svg class=\"chart\" role=\"img\" aria-label=\"&lt;Vibration&gt;")
        );
        assert!(svg.contains("stroke=\"var(--chart-1, #0072B2)\""), "{svg}");
        assert!(svg.contains("mm/s"));
        assert!(!svg.contains("\"#0072B2\""));
    }

    #[test]
    fn a_gap_stays_a_gap() {
        let lines = |skip| {
            let (series, options) = ramp(skip);
            trend_svg(&series, &options).matches("var(--chart-1").count()
        };
        assert_eq!(lines(0..0), 1);
        assert_eq!(lines(40..60), 2);
    }

    #[test]
    fn nothing_measured_is_an_empty_chart() {
        let (mut series, options) = ramp(0..0);
        series[0].values.clear();
        let svg = trend_svg(&series, &options);
        assert!(svg.contains("role=\"img\"") && !svg.contains("var(--chart-1"));
    }
}
