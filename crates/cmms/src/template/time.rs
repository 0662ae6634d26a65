//! Times inside a template are RFC 3339 texts in UTC; these filters read and write everybody
//! else's.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::filters::{decimal, unfit};
use super::{TemplateError, plain};

/// `time`, `time 'epoch'`, `time 'epoch_ms'`, `time 'naive' zone`, `time 'FORMAT' zone`.
pub(super) fn read(value: &Value, operands: &[Value]) -> Result<Value, TemplateError> {
    if matches!(value, Value::Null | Value::Bool(false)) || value == "" {
        return Ok(Value::Null);
    }
    let form = operands.first().map(plain).unwrap_or_default();
    let zone = zone("time", operands.get(1))?;
    let time = match form.as_str() {
        "epoch" => decimal(value)
            .filter(|n| *n != 0.0)
            .and_then(|n| DateTime::from_timestamp_millis((n * 1_000.0) as i64)),
        "epoch_ms" => decimal(value)
            .filter(|n| *n != 0.0)
            .and_then(|n| DateTime::from_timestamp_millis(n as i64)),
        "" | "naive" => any(&plain(value), zone),
        format => naive(&plain(value), format).and_then(|naive| local(naive, zone)),
    };
    match time {
        Some(time) => Ok(rfc3339(time)),
        None if matches!(form.as_str(), "epoch" | "epoch_ms") => Ok(Value::Null),
        None => Err(unfit("time", value)),
    }
}

/// `date 'FORMAT'`, `date 'FORMAT' zone`.
pub(super) fn write(value: &Value, operands: &[Value]) -> Result<Value, TemplateError> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let time = any(&plain(value), Tz::UTC).ok_or_else(|| unfit("date", value))?;
    let zone = zone("date", operands.get(1))?;
    let format = plain(&operands[0]);
    let items: Vec<_> = chrono::format::StrftimeItems::new(&format).collect();
    if items.contains(&chrono::format::Item::Error) {
        return Err(unfit("date", &operands[0]));
    }
    Ok(Value::String(time.with_timezone(&zone).format_with_items(items.iter()).to_string()))
}

pub(super) fn epoch(value: &Value, per_second: i64) -> Result<Value, TemplateError> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let filter = if per_second == 1 { "epoch" } else { "epoch_ms" };
    let time = any(&plain(value), Tz::UTC).ok_or_else(|| unfit(filter, value))?;
    Ok(Value::from(time.timestamp_millis() / (1_000 / per_second)))
}

/// Hours from the first to the second; null when either is missing.
pub(super) fn hours_between(from: &Value, to: &Value) -> Result<Value, TemplateError> {
    if from.is_null() || to.is_null() {
        return Ok(Value::Null);
    }
    let of = |value: &Value| any(&plain(value), Tz::UTC).ok_or_else(|| unfit("hours_since", value));
    Ok(Value::from((of(to)? - of(from)?).num_milliseconds() as f64 / 3_600_000.0))
}

pub(super) fn minus_seconds(value: &Value, seconds: &Value) -> Result<Value, TemplateError> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let time = any(&plain(value), Tz::UTC).ok_or_else(|| unfit("minus_seconds", value))?;
    let seconds = seconds
        .as_i64()
        .and_then(TimeDelta::try_seconds)
        .ok_or_else(|| unfit("minus_seconds", seconds))?;
    Ok(rfc3339(time - seconds))
}

fn rfc3339(time: DateTime<Utc>) -> Value {
    Value::String(time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

fn zone(filter: &'static str, operand: Option<&Value>) -> Result<Tz, TemplateError> {
    match operand {
        None | Some(Value::Null) => Ok(Tz::UTC),
        Some(name) => plain(name).parse().map_err(|_| unfit(filter, name)),
    }
}

/// RFC 3339, `/Date(ms)/`, or a time without a zone, which is in `zone`.
fn any(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    if let Some(inner) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        let sign = usize::from(inner.starts_with('-'));
        let end = inner[sign..].find(['+', '-']).map_or(inner.len(), |place| place + sign);
        return inner[..end].parse().ok().and_then(DateTime::from_timestamp_millis);
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z"] {
        if let Ok(time) = DateTime::parse_from_str(text, format) {
            return Some(time.to_utc());
        }
    }
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d"]
        .iter()
        .find_map(|format| naive(text, format))
        .and_then(|naive| local(naive, zone))
}

fn naive(text: &str, format: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, format).ok().or_else(|| {
        NaiveDate::parse_from_str(text, format).ok().and_then(|day| day.and_hms_opt(0, 0, 0))
    })
}

/// The earlier of two readings when the hour occurs twice; the hour after when it never does.
fn local(naive: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    zone.from_local_datetime(&naive)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(naive + TimeDelta::hours(1))).earliest())
        .map(|time| time.to_utc())
}
