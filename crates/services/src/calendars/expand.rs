//! Shifts, production, shutdowns and batches of a site as instants. All intervals are half-open.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::calendar::{CalendarFacts, CalendarSpec, DayOfWeek, Shutdown, SiteTime};

use super::zones::resolve;

/// How far ahead shutdowns and the next production start are looked for, days.
const HORIZON_DAYS: i64 = 400;
/// How many coming shutdowns rules see.
const SHUTDOWNS: usize = 16;

/// Why a calendar cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The zone is not in the IANA database.
    #[error("time zone {0:?} is not known")]
    UnknownZone(String),
    /// A shutdown ends before it starts.
    #[error("shutdown {0:?} ends before it starts")]
    EmptyShutdown(String),
}

/// One shift on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftInstance {
    /// Name of the shift.
    pub name: String,
    /// Local date it belongs to: the one on which it starts.
    pub date: NaiveDate,
    /// Start.
    pub from: DateTime<Utc>,
    /// End, not included.
    pub until: DateTime<Utc>,
    /// Whether it counts as production.
    pub production: bool,
}

/// A calendar whose zone is known.
#[derive(Debug, Clone)]
pub struct Calendar {
    spec: CalendarSpec,
    zone: Tz,
}

impl Calendar {
    /// Takes a calendar as written.
    ///
    /// # Errors
    /// When the zone is not known or a shutdown ends before it starts.
    pub fn new(spec: CalendarSpec) -> Result<Self, CalendarError> {
        let Ok(zone) = spec.zone.parse() else {
            return Err(CalendarError::UnknownZone(spec.zone));
        };
        let calendar = Self { spec, zone };
        for shutdown in &calendar.spec.shutdowns {
            if calendar.instant(shutdown.until) <= calendar.instant(shutdown.from) {
                return Err(CalendarError::EmptyShutdown(shutdown.name.clone()));
            }
        }
        Ok(calendar)
    }

    /// The site's zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// As written.
    pub fn spec(&self) -> &CalendarSpec {
        &self.spec
    }

    /// When a local date begins.
    pub fn midnight(&self, date: NaiveDate) -> DateTime<Utc> {
        self.at(date, NaiveTime::MIN)
    }

    /// What rules see at one instant.
    pub fn facts(&self, now: DateTime<Utc>) -> CalendarFacts {
        let shifts = self.shifts(now, now + TimeDelta::days(15));
        let current =
            shifts.iter().filter(|s| s.from <= now && now < s.until).max_by_key(|s| s.from);
        let next = shifts.iter().filter(|s| s.from > now).min_by_key(|s| s.from);
        let mut shutdowns = self.shutdowns(now, now + TimeDelta::days(HORIZON_DAYS));
        shutdowns.truncate(SHUTDOWNS);
        CalendarFacts {
            in_production: self.in_production(now),
            shift: current.map(|s| s.name.clone()),
            shift_end: current.map(|s| s.until),
            next_shift_end: next.map(|s| s.until),
            next_production_start: self.next_production_start(now),
            next_batch: self.next_batch(now),
            day_of_week: DayOfWeek::of(self.local_date(now)),
            shutdowns,
        }
    }

    /// Shifts that overlap `[from, until)`, by start. A holiday removes those that start on it; a
    /// planned shutdown those production shifts that start during it.
    pub fn shifts(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<ShiftInstance> {
        let shutdowns = self.shutdowns(from - TimeDelta::days(3), until);
        let mut shifts = Vec::new();
        for date in self.dates(from - TimeDelta::days(2), until) {
            if self.spec.holidays.contains(&date) {
                continue;
            }
            let day = DayOfWeek::of(date);
            for shift in self.spec.shifts.iter().filter(|shift| shift.days.contains(&day)) {
                let end_date = if shift.end <= shift.start { date.succ_opt() } else { Some(date) };
                let Some(end_date) = end_date else { continue };
                let (start, end) = (self.at(date, shift.start), self.at(end_date, shift.end));
                let shut = shift.production
                    && shutdowns.iter().any(|s| s.from <= start && start < s.until);
                if start < end && start < until && end > from && !shut {
                    shifts.push(ShiftInstance {
                        name: shift.name.clone(),
                        date,
                        from: start,
                        until: end,
                        production: shift.production,
                    });
                }
            }
        }
        shifts.sort_by_key(|shift| (shift.from, shift.until));
        shifts
    }

    /// Planned shutdowns that overlap `[from, until)`, by start.
    pub fn shutdowns(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Shutdown> {
        let once = self.spec.shutdowns.iter().map(|s| Shutdown {
            name: s.name.clone(),
            from: self.instant(s.from),
            until: self.instant(s.until),
            crew: s.crew.clone(),
        });
        let weekly = self.dates(from - TimeDelta::days(9), until).flat_map(|date| {
            let day = DayOfWeek::of(date);
            self.spec
                .weekly_shutdowns
                .iter()
                .filter(move |s| s.from_day == day && !s.except.contains(&date))
                .map(move |s| {
                    let days = (7 + s.until_day.from_monday() - day.from_monday()) % 7;
                    let days = if days == 0 && s.until <= s.from { 7 } else { days };
                    let end = date + TimeDelta::days(i64::from(days));
                    Shutdown {
                        name: s.name.clone(),
                        from: self.at(date, s.from),
                        until: self.at(end, s.until),
                        crew: s.crew.clone(),
                    }
                })
        });
        let mut shutdowns: Vec<Shutdown> = once
            .chain(weekly)
            .filter(|s| s.from < s.until && s.from < until && s.until > from)
            .collect();
        shutdowns.sort_by_key(|s| (s.from, s.until));
        shutdowns
    }

    /// When production runs within `[from, until)`: the union of the production shifts, or always,
    /// without the planned shutdowns.
    pub fn production(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let runs = if self.spec.round_the_clock {
            vec![(from, until)]
        } else {
            self.shifts(from, until)
                .into_iter()
                .filter(|shift| shift.production)
                .map(|shift| (shift.from.max(from), shift.until.min(until)))
                .collect()
        };
        let stops = self.shutdowns(from, until).into_iter().map(|s| (s.from, s.until)).collect();
        subtract(&union(runs), &union(stops))
    }

    /// Every instant within `(from, until]` at which what rules see may change: shifts, shutdowns
    /// and batches begin or end, or a new day begins. Sorted.
    pub fn borders(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let mut borders: Vec<DateTime<Utc>> = Vec::new();
        borders.extend(self.shifts(from, until).iter().flat_map(|s| [s.from, s.until]));
        borders.extend(self.shutdowns(from, until).iter().flat_map(|s| [s.from, s.until]));
        for date in self.dates(from, until) {
            borders.push(self.at(date, NaiveTime::MIN));
            borders.push(self.at(date, self.spec.batch.at));
        }
        borders.retain(|at| *at > from && *at <= until);
        borders.sort_unstable();
        borders.dedup();
        borders
    }

    /// When the weekly batch is released next, after `now`.
    pub fn next_batch(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let batch = &self.spec.batch;
        self.dates(now - TimeDelta::days(1), now + TimeDelta::days(9))
            .filter(|date| DayOfWeek::of(*date) == batch.day)
            .map(|date| self.at(date, batch.at))
            .find(|at| *at > now)
    }

    fn in_production(&self, now: DateTime<Utc>) -> bool {
        let runs = self.production(now, now + TimeDelta::seconds(1));
        runs.first().is_some_and(|(from, _)| *from <= now)
    }

    /// When production starts next after now; looks ahead a week, then two months, then a year.
    fn next_production_start(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        [8, 60, HORIZON_DAYS].into_iter().find_map(|days| {
            let runs = self.production(now - TimeDelta::seconds(1), now + TimeDelta::days(days));
            runs.into_iter().map(|(from, _)| from).find(|from| *from > now)
        })
    }

    fn dates(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> impl Iterator<Item = NaiveDate> {
        let last = self.local_date(until);
        self.local_date(from).iter_days().take_while(move |date| *date <= last)
    }

    fn local_date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    fn at(&self, date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        resolve(self.zone, date.and_time(time)).instant
    }

    fn instant(&self, time: SiteTime) -> DateTime<Utc> {
        match time {
            SiteTime::Instant(at) => at,
            SiteTime::Local(local) => resolve(self.zone, local).instant,
        }
    }
}

type Interval = (DateTime<Utc>, DateTime<Utc>);

/// Overlapping and touching intervals united, by start.
fn union(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.sort_unstable();
    let mut united: Vec<Interval> = Vec::with_capacity(intervals.len());
    for (from, until) in intervals {
        match united.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => united.push((from, until)),
        }
    }
    united
}

/// `from` without `without`; both united and sorted.
fn subtract(from: &[Interval], without: &[Interval]) -> Vec<Interval> {
    let mut rest = Vec::with_capacity(from.len());
    for &(mut start, end) in from {
        for &(hole_start, hole_end) in without {
            if hole_end <= start || hole_start >= end {
                continue;
            }
            if hole_start > start {
                rest.push((start, hole_start));
            }
            start = hole_end;
        }
        if start < end {
            rest.push((start, end));
        }
    }
    rest
}
