//! Measured values: back-dated history and the live readings.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Plant;
use super::api::ApiError;
use super::prediction::instant;

/// Most points in one request.
const BATCH: usize = 5_000;

/// One measured value.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Path of the sensor point, such as `VMC-1050/SP02/vib_rms`.
    pub point: String,
    /// When it was measured.
    pub at: DateTime<Utc>,
    /// In the unit of the point.
    pub value: f64,
}

impl Reading {
    /// A reading, rounded to 4 decimals.
    pub fn new(point: &str, at: DateTime<Utc>, value: f64) -> Self {
        Self { point: point.to_owned(), at, value: (value * 10_000.0).round() / 10_000.0 }
    }
}

/// Readings of `point` every `every` from `from` to `to`; `value` gets the days left until `to`.
pub fn history(
    point: &str,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    every: TimeDelta,
    mut value: impl FnMut(f64) -> f64,
) -> Vec<Reading> {
    let steps = (to - from).num_seconds() / every.num_seconds().max(1);
    (0..=steps)
        .map(|step| {
            let at = to - TimeDelta::seconds(every.num_seconds() * (steps - step));
            let days_before = (to - at).num_seconds() as f64 / 86_400.0;
            Reading::new(point, at, value(days_before))
        })
        .collect()
}

/// The request body of some readings.
pub fn body(readings: &[Reading]) -> Value {
    let points: Vec<Value> = readings
        .iter()
        .map(|r| json!({"point": r.point, "ts": instant(r.at), "value": r.value}))
        .collect();
    json!({ "points": points })
}

/// Sends readings, in batches.
///
/// # Errors
/// When the server refuses a batch.
pub async fn send(plant: &Plant, readings: &[Reading]) -> Result<(), ApiError> {
    for batch in readings.chunks(BATCH) {
        plant.api.post(&plant.keys.plant, "/api/v1/telemetry", &body(batch), None).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{body, history};
    use chrono::{TimeDelta, TimeZone, Utc};

    #[test]
    fn history_ends_now_and_counts_days_down() {
        let now = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap();
        let points = history("A/x", now - TimeDelta::days(2), now, TimeDelta::hours(12), |d| d);
        let values: Vec<f64> = points.iter().map(|p| p.value).collect();
        assert_eq!(values, [2.0, 1.5, 1.0, 0.5, 0.0]);
        assert_eq!(points[4].at, now);
    }

    #[test]
    fn body_has_the_fields_of_the_contract() {
        let now = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap();
        let body = body(&history("A/x", now, now, TimeDelta::hours(1), |_| 1.0));
        let expected = serde_json::json!({"points": [
            {"point": "A/x", "ts": "2026-03-01T12:00:00.000Z", "value": 1.0}
        ]});
        assert_eq!(body, expected);
    }
}
