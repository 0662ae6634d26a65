//! A site's calendar: as a planner writes it ([`CalendarSpec`], wall-clock rules in an IANA zone)
//! and as rules see it ([`CalendarFacts`], instants). Expansion happens outside this crate, which
//! knows no time-zone table.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alert::words;

words! {
    /// Day of the week, in site time.
    DayOfWeek {
        /// Monday.
        Mon = "mon",
        /// Tuesday.
        Tue = "tue",
        /// Wednesday.
        Wed = "wed",
        /// Thursday.
        Thu = "thu",
        /// Friday.
        Fri = "fri",
        /// Saturday.
        Sat = "sat",
        /// Sunday.
        Sun = "sun",
    }
}

impl DayOfWeek {
    /// Days after Monday, 0–6.
    pub const fn from_monday(self) -> u32 {
        self as u32
    }

    /// The day of a local date.
    pub fn of(date: NaiveDate) -> Self {
        use chrono::Datelike;
        Self::ALL[date.weekday().num_days_from_monday() as usize]
    }
}

/// A site's calendar as a planner writes it. All times are wall-clock times in `zone`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSpec {
    /// IANA name, such as `Europe/Berlin`.
    pub zone: String,
    /// Production never stops except for planned shutdowns; shifts then only name the time.
    #[serde(default)]
    pub round_the_clock: bool,
    /// Shifts; overlapping ones are united.
    #[serde(default)]
    pub shifts: Vec<ShiftSpec>,
    /// Local dates on which no shift starts.
    #[serde(default)]
    pub holidays: Vec<NaiveDate>,
    /// Planned shutdowns, each once.
    #[serde(default)]
    pub shutdowns: Vec<ShutdownSpec>,
    /// Shutdowns that come every week.
    #[serde(default)]
    pub weekly_shutdowns: Vec<WeeklyShutdownSpec>,
    /// When the weekly batch is released.
    #[serde(default)]
    pub batch: BatchSpec,
}

impl CalendarSpec {
    /// What an imported site starts with: UTC, production round the clock, no shifts.
    pub fn round_the_clock_utc() -> Self {
        Self {
            zone: "UTC".to_owned(),
            round_the_clock: true,
            shifts: Vec::new(),
            holidays: Vec::new(),
            shutdowns: Vec::new(),
            weekly_shutdowns: Vec::new(),
            batch: BatchSpec::default(),
        }
    }
}

words! {
    /// The shift patterns that a new site can start with.
    ShiftPattern {
        /// Production never stops.
        RoundTheClock = "round_the_clock",
        /// One shift, Monday to Friday.
        OneShift = "one_shift",
        /// Two shifts, Monday to Friday.
        TwoShifts = "two_shifts",
        /// Three shifts, Monday to Friday.
        ThreeShifts = "three_shifts",
    }
}

impl ShiftPattern {
    /// A calendar of this pattern.
    pub fn calendar(self, zone: impl Into<String>) -> CalendarSpec {
        let all = [("early", 6, 14), ("late", 14, 22), ("night", 22, 6)];
        let shifts: &[_] = match self {
            Self::RoundTheClock => &[],
            Self::OneShift => &[("day", 7, 15)],
            Self::TwoShifts => &all[..2],
            Self::ThreeShifts => &all,
        };
        CalendarSpec {
            zone: zone.into(),
            round_the_clock: self == Self::RoundTheClock,
            shifts: shifts
                .iter()
                .map(|&(name, start, end)| ShiftSpec {
                    name: name.to_owned(),
                    days: DayOfWeek::ALL[..5].to_vec(),
                    start: hour(start),
                    end: hour(end),
                    production: true,
                })
                .collect(),
            ..CalendarSpec::round_the_clock_utc()
        }
    }
}

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

/// One shift, repeated on some days of the week. It belongs to the date on which it starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShiftSpec {
    /// Name as people say it, such as `night`.
    pub name: String,
    /// Days on which it starts.
    pub days: Vec<DayOfWeek>,
    /// Start, `HH:MM`.
    #[serde(with = "hhmm")]
    pub start: NaiveTime,
    /// End, `HH:MM`; not after `start` means the next day.
    #[serde(with = "hhmm")]
    pub end: NaiveTime,
    /// Whether the shift counts as production.
    #[serde(default = "yes")]
    pub production: bool,
}

/// A point in time as written: an instant, or a wall-clock time of the site.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SiteTime {
    /// With an offset; means the same everywhere.
    Instant(DateTime<Utc>),
    /// Without an offset; read in the site's zone.
    Local(NaiveDateTime),
}

/// A planned shutdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShutdownSpec {
    /// What it is called.
    pub name: String,
    /// Start.
    pub from: SiteTime,
    /// End.
    pub until: SiteTime,
    /// Crew that works during it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crew: Option<String>,
}

/// A shutdown that comes every week, such as the weekend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyShutdownSpec {
    /// What it is called.
    pub name: String,
    /// Day on which it starts.
    pub from_day: DayOfWeek,
    /// Start, `HH:MM`.
    #[serde(with = "hhmm")]
    pub from: NaiveTime,
    /// Day on which it ends, at most a week later.
    pub until_day: DayOfWeek,
    /// End, `HH:MM`.
    #[serde(with = "hhmm")]
    pub until: NaiveTime,
    /// Crew that works during it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crew: Option<String>,
    /// Start dates that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<NaiveDate>,
}

/// When the weekly batch is released; Monday 06:00 unless said otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchSpec {
    /// Day of the week.
    pub day: DayOfWeek,
    /// Time, `HH:MM`.
    #[serde(with = "hhmm")]
    pub at: NaiveTime,
}

impl Default for BatchSpec {
    fn default() -> Self {
        Self { day: DayOfWeek::Mon, at: hour(6) }
    }
}

fn yes() -> bool {
    true
}

/// A planned shutdown as instants, half-open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shutdown {
    /// What it is called.
    pub name: String,
    /// Start.
    pub from: DateTime<Utc>,
    /// End, not included.
    pub until: DateTime<Utc>,
    /// Crew that works during it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crew: Option<String>,
}

/// The calendar as rules see it at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFacts {
    /// Whether production runs now.
    pub in_production: bool,
    /// Name of the shift under way.
    pub shift: Option<String>,
    /// When the shift under way ends.
    pub shift_end: Option<DateTime<Utc>>,
    /// When the shift that starts next ends.
    pub next_shift_end: Option<DateTime<Utc>>,
    /// When production starts next, after now; `None` when it never stops.
    pub next_production_start: Option<DateTime<Utc>>,
    /// When the weekly batch is released next, after now.
    pub next_batch: Option<DateTime<Utc>>,
    /// Day of the week in site time.
    pub day_of_week: DayOfWeek,
    /// Planned shutdowns that have not ended, by start.
    pub shutdowns: Vec<Shutdown>,
}

impl CalendarFacts {
    /// The first planned shutdown that starts at or after `now` and ends by `end`.
    pub fn shutdown_inside(&self, now: DateTime<Utc>, end: DateTime<Utc>) -> Option<&Shutdown> {
        self.shutdowns.iter().find(|s| s.from >= now && s.until <= end)
    }

    /// The first planned shutdown that starts at or after `now`.
    pub fn next_shutdown(&self, now: DateTime<Utc>) -> Option<&Shutdown> {
        self.shutdowns.iter().find(|s| s.from >= now)
    }
}

/// Reads and writes a time of day as `HH:MM`.
mod hhmm {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(time: &NaiveTime, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&time.format("%H:%M"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<NaiveTime, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        NaiveTime::parse_from_str(&text, "%H:%M").map_err(|_| D::Error::custom("expected HH:MM"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_is_written_with_hours_and_minutes() {
        let spec: CalendarSpec = serde_json::from_value(serde_json::json!({
            "zone": "Europe/Berlin",
            "shifts": [{"name": "night", "days": ["sun", "mon"], "start": "22:00", "end": "06:00"}],
            "holidays": ["2026-12-25"],
            "shutdowns": [
                {"name": "summer", "from": "2026-08-01T06:00:00", "until": "2026-08-10T06:00:00Z"}
            ]
        }))
        .unwrap();
        assert!(spec.shifts[0].production);
        assert_eq!(spec.batch, BatchSpec::default());
        assert!(matches!(spec.shutdowns[0].from, SiteTime::Local(_)));
        assert!(matches!(spec.shutdowns[0].until, SiteTime::Instant(_)));
        let again = serde_json::from_str(&serde_json::to_string(&spec).unwrap()).unwrap();
        assert_eq!(spec, again);
    }

    #[test]
    fn a_pattern_without_shifts_is_round_the_clock() {
        for pattern in ShiftPattern::ALL {
            let calendar = pattern.calendar("Europe/Berlin");
            assert_eq!(calendar.round_the_clock, calendar.shifts.is_empty());
            assert_eq!(calendar.zone, "Europe/Berlin");
        }
        let night = &ShiftPattern::ThreeShifts.calendar("UTC").shifts[2];
        assert!(night.end < night.start && night.days.len() == 5);
    }

    #[test]
    fn an_unknown_word_in_a_calendar_is_refused() {
        let error = serde_json::from_str::<CalendarSpec>(r#"{"zone":"UTC","shift":[]}"#);
        assert!(error.is_err());
    }
}
