//! A site's calendar as its page shows it and as a form writes it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{AssetId, SiteId};

/// A crew of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crew {
    /// Its id.
    pub id: i64,
    /// As people say it.
    pub name: String,
    /// Who they are, how to reach them.
    pub note: String,
    /// No longer offered.
    pub retired: bool,
}

/// A stretch of one day, in minutes that really pass since its midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// What it is called.
    pub name: String,
    /// Start.
    pub from: i32,
    /// End, not included.
    pub until: i32,
    /// Start on the clock of the site.
    pub begins: String,
    /// End on the clock of the site; `24:00` at the end of the day.
    pub ends: String,
    /// Counts as production (shifts).
    pub production: bool,
    /// Who works then (shutdowns).
    pub crew: Option<String>,
}

/// One day as rules see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayView {
    /// Date at the site.
    pub date: NaiveDate,
    /// How long it really is: 1380 and 1500 on the days on which clocks change.
    pub minutes: i32,
    /// No shift starts on it.
    pub holiday: bool,
    /// Hours of the clock and where they lie.
    pub ticks: Vec<(i32, String)>,
    /// Shifts.
    pub shifts: Vec<Band>,
    /// When production runs.
    pub production: Vec<Band>,
    /// Planned shutdowns.
    pub shutdowns: Vec<Band>,
    /// When the weekly batch is released.
    pub batch: Option<(i32, String)>,
    /// Where now lies.
    pub now: Option<i32>,
}

/// A week as rules see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekView {
    /// Its Monday.
    pub monday: NaiveDate,
    /// The Monday before.
    pub previous: NaiveDate,
    /// The Monday after.
    pub next: NaiveDate,
    /// Seven days.
    pub days: Vec<DayView>,
    /// Minutes of production in the week.
    pub production_minutes: i32,
}

/// A shift as written in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ShiftForm {
    /// Name; an empty row is left out.
    pub name: String,
    /// `HH:MM`.
    pub start: String,
    /// `HH:MM`; not after the start means the next day.
    pub end: String,
    /// Counts as production.
    pub production: bool,
    /// Starts on Mondays.
    pub mon: bool,
    /// Starts on Tuesdays.
    pub tue: bool,
    /// Starts on Wednesdays.
    pub wed: bool,
    /// Starts on Thursdays.
    pub thu: bool,
    /// Starts on Fridays.
    pub fri: bool,
    /// Starts on Saturdays.
    pub sat: bool,
    /// Starts on Sundays.
    pub sun: bool,
    /// Takes the row out.
    pub remove: bool,
}

/// A shutdown that happens once, as written in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ShutdownForm {
    /// Name; an empty row is left out.
    pub name: String,
    /// `2026-08-01T06:00` on the clock of the site.
    pub from: String,
    /// As above.
    pub until: String,
    /// Who works then; may be empty.
    pub crew: String,
    /// Takes the row out.
    pub remove: bool,
}

/// A shutdown that comes every week, as written in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WeeklyForm {
    /// Name; an empty row is left out.
    pub name: String,
    /// `mon` to `sun`.
    pub from_day: String,
    /// `HH:MM`.
    pub from: String,
    /// `mon` to `sun`.
    pub until_day: String,
    /// `HH:MM`.
    pub until: String,
    /// Who works then; may be empty.
    pub crew: String,
    /// Start dates that are left out, separated by commas or blanks.
    pub except: String,
    /// Takes the row out.
    pub remove: bool,
}

/// A calendar as written in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CalendarForm {
    /// IANA name.
    pub zone: String,
    /// `round_the_clock` or `shifts`.
    pub production: String,
    /// `mon` to `sun`.
    pub batch_day: String,
    /// `HH:MM`.
    pub batch_at: String,
    /// Dates, one a line.
    pub holidays: String,
    /// Shifts.
    pub shifts: Vec<ShiftForm>,
    /// Shutdowns that happen once.
    pub shutdowns: Vec<ShutdownForm>,
    /// Shutdowns that come every week.
    pub weekly: Vec<WeeklyForm>,
}

/// Everything the calendar page of a site shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteCalendarPage {
    /// The site.
    pub site: SiteId,
    /// The same as an asset.
    pub asset: AssetId,
    /// Its tag.
    pub tag: String,
    /// Its name.
    pub name: String,
    /// Counts up with every save; for optimistic locking.
    pub version: i32,
    /// The calendar as written.
    pub form: CalendarForm,
    /// The week that was asked for.
    pub week: WeekView,
    /// Crews, those in use first.
    pub crews: Vec<Crew>,
    /// Every zone that can be chosen.
    pub zones: Vec<String>,
    /// The caller may change it.
    pub may_edit: bool,
}
