mod default;
mod desk;
mod properties;
mod stories;
mod text;
mod validation;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::asset::{AssetKind, Criticality};
use crate::calendar::{CalendarFacts, DayOfWeek, Shutdown};

/// Wednesday morning, during the early shift.
fn now() -> DateTime<Utc> {
    at("2026-06-17T08:00:00Z")
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn hours(n: f64) -> TimeDelta {
    TimeDelta::milliseconds((n * 3_600_000.0) as i64)
}

fn prediction(confidence: f64, life: Option<f64>, window: Option<f64>) -> PredictionFacts {
    PredictionFacts {
        confidence,
        remaining_life_hours: life,
        window_hours: window,
        observed_at: now(),
        overdue: false,
        stale: false,
        model: "spindle-ensemble".to_owned(),
        model_version: Some("4.2".to_owned()),
        source: "pm".to_owned(),
        attributes: BTreeMap::from([("line_pressure_bar".to_owned(), Scalar::Number(5.1))]),
    }
}

/// A site in shifts: in production until 22:00, batch on Monday, weekend shutdown on Saturday.
fn calendar() -> CalendarFacts {
    CalendarFacts {
        in_production: true,
        shift: Some("early".to_owned()),
        shift_end: Some(at("2026-06-17T14:00:00Z")),
        next_shift_end: Some(at("2026-06-17T22:00:00Z")),
        next_production_start: Some(at("2026-06-18T06:00:00Z")),
        next_batch: Some(at("2026-06-22T06:00:00Z")),
        day_of_week: DayOfWeek::Wed,
        shutdowns: vec![Shutdown {
            name: "weekend".to_owned(),
            from: at("2026-06-20T06:00:00Z"),
            until: at("2026-06-21T18:00:00Z"),
            crew: Some("weekend crew".to_owned()),
        }],
    }
}

fn facts(criticality: Criticality, prediction: PredictionFacts) -> Facts {
    Facts {
        asset: AssetFacts {
            tag: "VMC-1050-SP02".to_owned(),
            kind: AssetKind::Component,
            criticality,
            path: ["ROCKFORD", "LINE-1", "VMC-1050", "VMC-1050-SP02"].map(str::to_owned).to_vec(),
        },
        alert: AlertFacts { predictions: 1, first_seen: now() },
        failure_mode: "spindle_bearing_fault".to_owned(),
        prediction,
        recent: Vec::new(),
        open_work_order: false,
        calendar: calendar(),
    }
}
