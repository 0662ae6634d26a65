//! Times in messages.

use chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};

/// A wall-clock time made an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalInstant {
    /// The instant.
    pub instant: DateTime<Utc>,
    /// The wall-clock time occurs twice (the first was taken) or never (shifted forward).
    pub doubtful: bool,
}

/// Knows time zones by name. This crate carries no time-zone table; others implement it.
pub trait Zones {
    /// The instant of a wall-clock time; `None` for a zone that is not known.
    fn resolve(&self, zone: &str, local: NaiveDateTime) -> Option<LocalInstant>;
}

/// Knows `UTC` and fixed offsets such as `+01:00`.
#[derive(Debug, Clone, Copy)]
pub struct Offsets;

impl Zones for Offsets {
    fn resolve(&self, zone: &str, local: NaiveDateTime) -> Option<LocalInstant> {
        let offset = match zone {
            "UTC" | "Z" => FixedOffset::east_opt(0)?,
            other => other.parse().ok()?,
        };
        let instant = local.and_local_timezone(offset).single()?.with_timezone(&Utc);
        Some(LocalInstant { instant, doubtful: false })
    }
}

/// Why a text is no time.
pub(super) enum TimeError {
    Malformed,
    NoOffset,
    UnknownZone,
}

/// Reads an ISO 8601 date and time, with an offset or in `zone`.
pub(super) fn parse(
    text: &str,
    zone: Option<&str>,
    zones: &dyn Zones,
) -> Result<LocalInstant, TimeError> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(LocalInstant { instant: time.with_timezone(&Utc), doubtful: false });
    }
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .ok_or(TimeError::Malformed)?;
    let zone = zone.ok_or(TimeError::NoOffset)?;
    Offsets
        .resolve(zone, local)
        .or_else(|| zones.resolve(zone, local))
        .ok_or(TimeError::UnknownZone)
}
