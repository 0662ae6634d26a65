//! A time axis with ticks at round local times.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// Distances between ticks, seconds: 1 min to 1 year.
const STEPS: [i64; 18] = [
    60, 300, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000, 604_800,
    1_209_600, 2_592_000, 7_776_000, 15_552_000, 31_536_000,
];
const DAY: i64 = 86_400;

/// Seconds since 1970 from left to right.
pub(super) struct TimeAxis {
    range: Range<f64>,
    zone: Tz,
    step: i64,
}

impl TimeAxis {
    /// At most `ticks` ticks.
    pub(super) fn new(from: DateTime<Utc>, to: DateTime<Utc>, zone: Tz, ticks: i64) -> Self {
        let to = to.max(from + TimeDelta::minutes(1));
        let wanted = (to - from).num_seconds() / ticks.max(1);
        let step = STEPS.into_iter().find(|step| *step >= wanted).unwrap_or(STEPS[17]);
        Self { range: seconds(from)..seconds(to), zone, step }
    }
}

/// The coordinate of an instant.
pub(super) fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1000.0
}

impl Ranged for TimeAxis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let share = (value - self.range.start) / (self.range.end - self.range.start);
        limit.0 + (share * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        let Some(start) = DateTime::from_timestamp(self.range.start as i64, 0) else {
            return Vec::new();
        };
        let local = start.with_timezone(&self.zone);
        let Some(midnight) = local.date_naive().and_hms_opt(0, 0, 0) else { return Vec::new() };
        let first = local.naive_local();
        let passed = (first - midnight).num_seconds();
        let mut tick = midnight + TimeDelta::seconds((passed / self.step) * self.step.min(DAY));
        let mut points = Vec::new();
        for _ in 0..1_000 {
            if let Some(at) = self.zone.from_local_datetime(&tick).earliest() {
                let at = seconds(at.with_timezone(&Utc));
                if at > self.range.end {
                    break;
                }
                if at >= self.range.start {
                    points.push(at);
                }
            }
            tick += TimeDelta::seconds(self.step);
        }
        points
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for TimeAxis {
    fn format_ext(&self, value: &f64) -> String {
        let Some(at) = DateTime::from_timestamp(*value as i64, 0) else { return String::new() };
        let format = if self.step >= DAY { "%-d %b" } else { "%-d %b %H:%M" };
        at.with_timezone(&self.zone).format(format).to_string()
    }
}
