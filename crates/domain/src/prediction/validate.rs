//! From decoded to valid: every problem is listed, nothing is coerced.

use chrono::{DateTime, TimeDelta, Utc};

use super::text::Check;
use super::time::{self, TimeError};
use super::{
    Evidence, FieldError, Flags, LocalInstant, Offsets, Prediction, Quarantine, RawEvidence,
    RawPrediction, RawSparePart, SourceSettings, UnknownFields, Zones,
};
use crate::asset::AssetKey;
use crate::failure_mode;
use crate::policy::Scalar;
use crate::work_order::SparePart;

/// Bounds of a message.
pub mod limits {
    /// Bytes of a text.
    pub const STRING: usize = 4 * 1024;
    /// Bytes of the description.
    pub const DESCRIPTION: usize = 16 * 1024;
    /// Attributes.
    pub const ATTRIBUTES: usize = 200;
    /// Bytes of an attribute's name.
    pub const ATTRIBUTE_NAME: usize = 256;
    /// Spare parts.
    pub const SPARE_PARTS: usize = 200;
    /// Pieces of evidence.
    pub const EVIDENCE: usize = 200;
    /// Unknown fields, where they are kept.
    pub const UNKNOWN: usize = 200;
    /// Problems listed in one answer.
    pub const PROBLEMS: usize = 200;
    /// Nesting of a message.
    pub const DEPTH: usize = 32;
    /// How far `observed_at` may lie ahead, minutes.
    pub const AHEAD_MINUTES: i64 = 5;
    /// The most negative remaining life, hours: a year overdue.
    pub const MIN_LIFE_HOURS: f64 = -8_760.0;
    /// The longest remaining life or window, hours: a little over a century.
    pub const MAX_HOURS: f64 = 1_000_000.0;
    /// First instant that can be meant, 2000-01-01 UTC, seconds since 1970.
    pub const EARLIEST: i64 = 946_684_800;
}

/// [`validate_with`] for sources whose times carry an offset.
///
/// # Errors
/// Every problem of the message.
pub fn validate(
    raw: RawPrediction,
    settings: &SourceSettings,
    now: DateTime<Utc>,
) -> Result<Prediction, Vec<FieldError>> {
    validate_with(raw, settings, now, &Offsets)
}

/// Checks a decoded message. `zones` reads times without offset where the source names a zone.
///
/// # Errors
/// Every problem of the message, the decoder's included.
pub fn validate_with(
    raw: RawPrediction,
    settings: &SourceSettings,
    now: DateTime<Utc>,
    zones: &dyn Zones,
) -> Result<Prediction, Vec<FieldError>> {
    let mut check = Check { errors: raw.problems };
    let mut flags = Flags::default();

    let event_id = check.required("event_id", raw.event_id);
    let event_id = event_id.and_then(|text| check.line("event_id", &text));
    let asset = check.required("asset", raw.asset);
    let asset = asset.and_then(|text| name(&mut check, text));
    let mode = check.required("failure_mode", raw.failure_mode);
    let mode = mode.and_then(|text| check.line("failure_mode", &text));
    let confidence = check.required("confidence", raw.confidence);
    let confidence = confidence.and_then(|value| confidence_of(&mut check, value, settings));
    let life = raw.rul_hours.and_then(|hours| remaining_life(&mut check, hours, settings));
    let window = raw.intervention_window_hours.and_then(|hours| {
        let bounds = (0.0, limits::MAX_HOURS);
        check.number("intervention_window_hours", hours, bounds, "out_of_range")
    });
    let observed = check.required("observed_at", raw.observed_at);
    let observed =
        observed.and_then(|text| instant(&mut check, "observed_at", &text, settings, zones));
    if observed.is_some_and(|at| at.instant.timestamp() < limits::EARLIEST) {
        check.fail("observed_at", "out_of_range", "lies before 2000-01-01");
    }
    let model_name = check.required("model.name", raw.model.name);
    let model_name = model_name.and_then(|text| check.line("model.name", &text));
    let model_version = raw.model.version.and_then(|text| check.line("model.version", &text));
    let description =
        raw.description.and_then(|text| check.lines("description", &text, limits::DESCRIPTION));
    let recommended_action = raw
        .recommended_action
        .and_then(|text| check.lines("recommended_action", &text, limits::STRING));

    check.count("spare_parts", raw.spare_parts.len(), limits::SPARE_PARTS);
    let spare_parts = (0..)
        .zip(raw.spare_parts.into_iter().take(limits::SPARE_PARTS))
        .filter_map(|(i, part)| spare_part(&mut check, i, part))
        .collect();
    check.count("evidence", raw.evidence.len(), limits::EVIDENCE);
    let evidence = (0..)
        .zip(raw.evidence.into_iter().take(limits::EVIDENCE))
        .filter_map(|(i, piece)| piece_of_evidence(&mut check, i, piece, settings, zones))
        .collect();
    check.count("attributes", raw.attributes.len(), limits::ATTRIBUTES);
    for (name, value) in raw.attributes.iter().take(limits::ATTRIBUTES) {
        attribute(&mut check, name, value);
    }
    let extra = match settings.unknown_fields {
        UnknownFields::Keep => {
            check.count("", raw.unknown.len(), limits::UNKNOWN);
            for (path, value) in raw.unknown.iter().take(limits::UNKNOWN) {
                kept(&mut check, path, value);
            }
            raw.unknown
        }
        UnknownFields::Refuse => {
            for path in raw.unknown.keys() {
                check.fail(path, "unknown_field", "is not a field of a prediction");
            }
            Default::default()
        }
    };

    let (
        true,
        Some(event_id),
        Some((asset, asset_key)),
        Some(mode),
        Some(confidence),
        Some(observed),
        Some(model_name),
    ) = (check.errors.is_empty(), event_id, asset, mode, confidence, observed, model_name)
    else {
        check.errors.truncate(limits::PROBLEMS);
        return Err(check.errors);
    };

    let age = now - observed.instant;
    flags.overdue = life.is_some_and(|hours| hours < 0.0);
    flags.stale = age.as_seconds_f64() > settings.stale_after_hours * 3_600.0;
    flags.doubtful_time = observed.doubtful;
    let mapped = settings.failure_modes.get(&mode).map_or(mode.as_str(), String::as_str);
    let known = failure_mode::find(mapped);
    let quarantine = if age < -TimeDelta::minutes(limits::AHEAD_MINUTES) {
        Some(Quarantine::FutureTimestamp)
    } else if known.is_none() {
        Some(Quarantine::UnknownFailureMode)
    } else {
        None
    };
    Ok(Prediction {
        event_id,
        asset,
        asset_key,
        failure_mode: known.map_or_else(|| mode.clone(), |known| known.code.to_owned()),
        failure_mode_sent: mode,
        confidence,
        rul_hours: life.map(|hours| hours.max(0.0)),
        rul_hours_sent: life,
        intervention_window_hours: window,
        observed_at: observed.instant,
        model_name,
        model_version,
        description,
        recommended_action,
        spare_parts,
        evidence,
        attributes: raw.attributes,
        extra,
        flags,
        quarantine,
    })
}

fn name(check: &mut Check, text: String) -> Option<(String, AssetKey)> {
    if text.len() > limits::STRING {
        check.line("asset", &text);
        return None;
    }
    match AssetKey::normalise(&text) {
        Ok(key) => Some((text, key)),
        Err(error) => {
            check.fail("asset", error.code(), error.to_string());
            None
        }
    }
}

fn confidence_of(check: &mut Check, value: f64, settings: &SourceSettings) -> Option<f64> {
    let bounds = (0.0, settings.confidence_scale);
    let value = check.number("confidence", value, bounds, "confidence_out_of_range")?;
    Some((value / settings.confidence_scale).clamp(0.0, 1.0))
}

fn remaining_life(check: &mut Check, hours: f64, settings: &SourceSettings) -> Option<f64> {
    if settings.rul_sentinels.contains(&hours) {
        check.fail("rul_hours", "sentinel", format!("{hours} stands for no value; leave it out"));
        return None;
    }
    let bounds = (limits::MIN_LIFE_HOURS, limits::MAX_HOURS);
    check.number("rul_hours", hours, bounds, "out_of_range")
}

fn instant(
    check: &mut Check,
    path: &str,
    text: &str,
    settings: &SourceSettings,
    zones: &dyn Zones,
) -> Option<LocalInstant> {
    let (code, message) = match time::parse(text, settings.zone.as_deref(), zones) {
        Ok(instant) => return Some(instant),
        Err(TimeError::Malformed) => ("invalid_time", "is not a date and time by ISO 8601"),
        Err(TimeError::NoOffset) => ("no_time_zone", "has no offset, and the source no zone"),
        Err(TimeError::UnknownZone) => ("unknown_zone", "the source's zone is not known"),
    };
    check.fail(path, code, message);
    None
}

fn spare_part(check: &mut Check, i: usize, raw: RawSparePart) -> Option<SparePart> {
    let at = |field: &str| format!("spare_parts[{i}].{field}");
    let part = check.required(&at("part"), raw.part);
    let part = part.and_then(|text| check.line(&at("part"), &text));
    let description =
        raw.description.and_then(|text| check.lines(&at("description"), &text, limits::STRING));
    let quantity = raw.quantity.unwrap_or(1.0);
    let quantity =
        check.number(&at("quantity"), quantity, (f64::MIN_POSITIVE, 1e6), "out_of_range");
    Some(SparePart { part: part?, description, quantity: quantity? })
}

fn piece_of_evidence(
    check: &mut Check,
    i: usize,
    raw: RawEvidence,
    settings: &SourceSettings,
    zones: &dyn Zones,
) -> Option<Evidence> {
    let at = |field: &str| format!("evidence[{i}].{field}");
    let point = check.required(&at("point"), raw.point);
    let point = point.and_then(|text| check.line(&at("point"), &text));
    let mut time = |field: &str, text: Option<String>| {
        text.and_then(|text| instant(check, &at(field), &text, settings, zones))
            .map(|time| time.instant)
    };
    let (from, to) = (time("from", raw.from), time("to", raw.to));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        check.fail(&at("to"), "out_of_range", "lies before from");
    }
    Some(Evidence { point: point?, from, to })
}

fn attribute(check: &mut Check, name: &str, value: &Scalar) {
    let path = format!("attributes.{name}");
    if name.is_empty() || name.len() > limits::ATTRIBUTE_NAME {
        let message = format!("names have 1 to {} bytes", limits::ATTRIBUTE_NAME);
        check.fail("attributes", "invalid_name", message);
    } else if name.chars().any(char::is_control) {
        check.fail("attributes", "control_character", "a name contains a control character");
    }
    match value {
        Scalar::Bool(_) => {}
        Scalar::Number(n) => {
            check.number(&path, *n, (f64::MIN, f64::MAX), "out_of_range");
        }
        Scalar::Text(text) => {
            check.lines(&path, text, limits::STRING);
        }
    }
}

/// A field nobody knows: stored along, so its texts must be storable.
fn kept(check: &mut Check, path: &str, value: &serde_json::Value) {
    match value {
        serde_json::Value::String(text) => {
            check.lines(path, text, limits::STRING);
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| kept(check, path, item)),
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                check.lines(path, name, limits::ATTRIBUTE_NAME);
                kept(check, path, value);
            }
        }
        _ => {}
    }
}
