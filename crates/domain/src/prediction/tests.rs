use chrono::{DateTime, TimeDelta, Utc};

use super::*;

fn now() -> DateTime<Utc> {
    "2026-06-17T08:00:00Z".parse().unwrap()
}

fn raw() -> RawPrediction {
    RawPrediction {
        event_id: Some("pm-88213".to_owned()),
        asset: Some("VMC-1050-SP02".to_owned()),
        failure_mode: Some("spindle_bearing_fault".to_owned()),
        confidence: Some(0.78),
        rul_hours: Some(432.0),
        intervention_window_hours: Some(336.0),
        observed_at: Some("2026-06-17T09:59:00+02:00".to_owned()),
        model: RawModel { name: Some("ensemble".to_owned()), version: Some("4.2".to_owned()) },
        ..RawPrediction::default()
    }
}

fn check(raw: RawPrediction) -> Result<Prediction, Vec<FieldError>> {
    validate(raw, &SourceSettings::default(), now())
}

/// `path:code` of every problem after a change.
fn problems(change: impl FnOnce(&mut RawPrediction)) -> Vec<String> {
    let mut raw = raw();
    change(&mut raw);
    let errors = check(raw).err().unwrap_or_default();
    errors.into_iter().map(|e| format!("{}:{}", e.path, e.code)).collect()
}

#[test]
fn a_good_prediction_is_valid() {
    let prediction = check(raw()).unwrap();
    assert_eq!(prediction.observed_at, now() - TimeDelta::minutes(1));
    assert_eq!(prediction.asset_key.as_str(), "vmc-1050-sp02");
    assert_eq!(prediction.flags, Flags::default());
    assert_eq!(prediction.quarantine, None);
}

#[test]
fn every_missing_field_is_listed() {
    let errors = check(RawPrediction::default()).unwrap_err();
    let paths: Vec<_> = errors.iter().map(|e| (e.path.as_str(), e.code.as_ref())).collect();
    let required = ["event_id", "asset", "failure_mode", "confidence", "observed_at", "model.name"];
    assert_eq!(paths, required.map(|path| (path, "missing")));
}

#[test]
fn a_field_the_decoder_complained_about_is_not_missing_too() {
    let found = problems(|raw| {
        raw.confidence = None;
        raw.problems.push(FieldError::new("confidence", "wrong_type", "must be a number"));
    });
    assert_eq!(found, ["confidence:wrong_type"]);
}

#[test]
fn b05_not_finite_is_refused() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(problems(|raw| raw.confidence = Some(value)), ["confidence:not_finite"]);
        assert_eq!(problems(|raw| raw.rul_hours = Some(value)), ["rul_hours:not_finite"]);
    }
}

#[test]
fn b06_confidence_is_never_scaled_by_guess() {
    for value in [87.0, 1.0001, -0.0001] {
        let expected = ["confidence:confidence_out_of_range"];
        assert_eq!(problems(|raw| raw.confidence = Some(value)), expected);
    }
    let percent = SourceSettings { confidence_scale: 100.0, ..SourceSettings::default() };
    let sent = RawPrediction { confidence: Some(87.0), ..raw() };
    assert_eq!(validate(sent, &percent, now()).unwrap().confidence, 0.87);
}

#[test]
fn b07_negative_life_is_overdue_within_a_year() {
    let overdue = check(RawPrediction { rul_hours: Some(-8_760.0), ..raw() }).unwrap();
    assert_eq!((overdue.rul_hours, overdue.rul_hours_sent), (Some(0.0), Some(-8_760.0)));
    assert!(overdue.flags.overdue);
    assert_eq!(problems(|raw| raw.rul_hours = Some(-8_760.1)), ["rul_hours:out_of_range"]);
    let settings = SourceSettings { rul_sentinels: vec![-1.0], ..SourceSettings::default() };
    let errors = validate(RawPrediction { rul_hours: Some(-1.0), ..raw() }, &settings, now());
    assert_eq!(errors.unwrap_err()[0].code, "sentinel");
}

#[test]
fn b08_more_than_five_minutes_ahead_is_quarantined() {
    let at = |time: &str| {
        check(RawPrediction { observed_at: Some(time.to_owned()), ..raw() }).unwrap().quarantine
    };
    assert_eq!(at("2026-06-17T08:05:00Z"), None);
    assert_eq!(at("2026-06-17T08:05:01Z"), Some(Quarantine::FutureTimestamp));
}

#[test]
fn b09_old_is_stale_and_ancient_is_refused() {
    let stale = |time: &str| {
        check(RawPrediction { observed_at: Some(time.to_owned()), ..raw() }).unwrap().flags.stale
    };
    assert!(!stale("2026-06-10T08:00:00Z"));
    assert!(stale("2026-06-10T07:59:59Z"));
    assert!(stale("2000-01-01T00:00:00Z"));
    let ancient = |raw: &mut RawPrediction| raw.observed_at = Some("1999-12-31T23:59:59Z".into());
    assert_eq!(problems(ancient), ["observed_at:out_of_range"]);
}

#[test]
fn b10_a_time_without_offset_needs_a_zone() {
    let local = || RawPrediction { observed_at: Some("2026-06-17T09:59:00".into()), ..raw() };
    assert_eq!(check(local()).unwrap_err()[0].code, "no_time_zone");
    let zone = |zone: &str| SourceSettings { zone: Some(zone.into()), ..Default::default() };
    let read = validate(local(), &zone("+02:00"), now()).unwrap();
    assert_eq!(read.observed_at, now() - TimeDelta::minutes(1));
    assert_eq!(validate(local(), &zone("Mars/Base"), now()).unwrap_err()[0].code, "unknown_zone");
    let bad = |raw: &mut RawPrediction| raw.observed_at = Some("yesterday".into());
    assert_eq!(problems(bad), ["observed_at:invalid_time"]);
}

#[test]
fn b11_unknown_failure_modes_wait_for_a_mapping() {
    let sent = || RawPrediction { failure_mode: Some("BRG-7".into()), ..raw() };
    let unknown = check(sent()).unwrap();
    assert_eq!(unknown.quarantine, Some(Quarantine::UnknownFailureMode));
    let mut settings = SourceSettings::default();
    settings.failure_modes.insert("BRG-7".into(), "spindle_bearing_wear".into());
    let known = validate(sent(), &settings, now()).unwrap();
    assert_eq!(known.quarantine, None);
    assert_eq!(
        (known.failure_mode.as_str(), known.failure_mode_sent.as_str()),
        ("spindle_bearing_wear", "BRG-7")
    );
    assert_eq!(known.canonical_bytes(), unknown.canonical_bytes());
}

#[test]
fn b19_line_breaks_never_reach_a_header_or_log_line() {
    let breaks = |raw: &mut RawPrediction| raw.event_id = Some("a\r\nSet-Cookie: x".into());
    assert_eq!(problems(breaks), ["event_id:control_character"]);
    let name = |raw: &mut RawPrediction| raw.model.name = Some("m\n".into());
    assert_eq!(problems(name), ["model.name:control_character"]);
    assert!(check(RawPrediction { description: Some("two\nlines".into()), ..raw() }).is_ok());
    assert_eq!(
        problems(|raw| raw.description = Some("\0".into())),
        ["description:control_character"]
    );
}

#[test]
fn sizes_are_bounded() {
    let long = |n: usize| Some("x".repeat(n));
    assert_eq!(problems(|raw| raw.event_id = long(4_097)), ["event_id:too_long"]);
    assert_eq!(problems(|raw| raw.asset = long(4_097)), ["asset:too_long"]);
    assert!(problems(|raw| raw.description = long(16_384)).is_empty());
    assert_eq!(problems(|raw| raw.description = long(16_385)), ["description:too_long"]);
    let attributes = |n: usize| {
        move |raw: &mut RawPrediction| {
            raw.attributes = (0..n).map(|i| (format!("a{i}"), Scalar::Bool(true))).collect();
        }
    };
    assert!(problems(attributes(200)).is_empty());
    assert_eq!(problems(attributes(201)), ["attributes:too_many"]);
    let many = problems(|raw| {
        raw.unknown = (0..1_000).map(|i| (format!("u{i}"), serde_json::Value::Null)).collect();
    });
    assert_eq!(many.len(), limits::PROBLEMS);
}

#[test]
fn b25_unknown_fields_are_refused_unless_the_source_keeps_them() {
    let mut sent = raw();
    sent.unknown.insert("model.color".into(), "red".into());
    assert_eq!(check(sent.clone()).unwrap_err()[0].code, "unknown_field");
    let keep = SourceSettings { unknown_fields: UnknownFields::Keep, ..Default::default() };
    assert_eq!(validate(sent, &keep, now()).unwrap().extra["model.color"], "red");
}

#[test]
fn entries_of_lists_are_checked_with_their_place() {
    let found = problems(|raw| {
        raw.spare_parts = vec![
            RawSparePart { part: Some("A".into()), ..Default::default() },
            RawSparePart { quantity: Some(0.0), ..Default::default() },
        ];
        raw.evidence = vec![RawEvidence {
            point: Some("VMC-1050/SP02/vib_rms".into()),
            from: Some("2026-06-17T08:00:00Z".into()),
            to: Some("2026-06-17T07:00:00Z".into()),
        }];
    });
    let expected = [
        "spare_parts[1].part:missing",
        "spare_parts[1].quantity:out_of_range",
        "evidence[0].to:out_of_range",
    ];
    assert_eq!(found, expected);
}

#[test]
fn contents_are_compared_by_meaning() {
    let bytes = |raw| check(raw).unwrap().canonical_bytes();
    let same = RawPrediction { observed_at: Some("2026-06-17T07:59:00.000Z".into()), ..raw() };
    assert_eq!(bytes(raw()), bytes(same));
    let others: [fn(&mut RawPrediction); 5] = [
        |raw| raw.confidence = Some(0.7800001),
        |raw| raw.rul_hours = None,
        |raw| raw.observed_at = Some("2026-06-17T07:59:00.001Z".into()),
        |raw| raw.model.version = None,
        |raw| {
            raw.attributes.insert("a".into(), Scalar::Text("1".into()));
        },
    ];
    for change in others {
        let mut other = raw();
        change(&mut other);
        assert_ne!(bytes(raw()), bytes(other));
    }
    let typed = |value: Scalar| {
        let mut raw = raw();
        raw.attributes.insert("a".into(), value);
        bytes(raw)
    };
    assert_ne!(typed(Scalar::Number(1.0)), typed(Scalar::Text("1".into())));
}

#[test]
fn the_hour_of_arrival_is_no_content() {
    let late = validate(raw(), &SourceSettings::default(), now() + TimeDelta::days(30)).unwrap();
    assert!(late.flags.stale);
    assert_eq!(late.canonical_bytes(), check(raw()).unwrap().canonical_bytes());
}
