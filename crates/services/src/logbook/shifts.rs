//! The shifts of a site as a line without holes: where the calendar has none, the time between two
//! shifts counts as one called `off`, and a site without shifts has whole days.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use domain::calendar::CalendarSpec;
use domain::ids::SiteId;
use domain::views::logbook::Shift;
use store::ScopedTx;
use store::logbook::SiteCalendar;

use crate::Error;
use crate::calendars::{Calendar, resolve};

/// Time between two shifts.
const OFF: &str = "off";
/// A whole day of a site without shifts.
const DAY: &str = "day";
/// How far around an instant shifts are looked for: a works holiday lies between.
const REACH: TimeDelta = TimeDelta::days(40);

/// A site, its calendar and the instant that counts as now.
pub(crate) struct Roster {
    pub(super) name: String,
    calendar: Calendar,
    now: DateTime<Utc>,
}

impl Roster {
    /// The roster of a site in scope.
    pub(crate) async fn of(tx: &mut ScopedTx, site: SiteId) -> Result<Self, Error> {
        let row = store::logbook::site(tx, site).await?.ok_or(Error::NotFound)?;
        Self::new(row, tx.now())
    }

    fn new(row: SiteCalendar, now: DateTime<Utc>) -> Result<Self, Error> {
        let corrupt = |error: String| Error::Store(store::Error::corrupt("site", error));
        let spec: CalendarSpec =
            serde_json::from_value(row.calendar).map_err(|e| corrupt(e.to_string()))?;
        let calendar = Calendar::new(spec).map_err(|e| corrupt(e.to_string()))?;
        Ok(Self { name: row.name, calendar, now })
    }

    pub(super) fn zone(&self) -> String {
        self.calendar.zone().name().to_owned()
    }

    /// The shift under way: of two that overlap, the one that began later.
    pub(crate) fn current(&self) -> Shift {
        self.at(self.now)
    }

    /// The shift with this key, `2026-08-12-night` or its beginning `2026-08-12-N`.
    pub(super) fn find(&self, key: &str) -> Option<Shift> {
        let date = NaiveDate::parse_from_str(key.get(..10)?, "%Y-%m-%d").ok()?;
        if !(2000..2200).contains(&date.year()) {
            return None;
        }
        let name = key.get(10..)?.strip_prefix('-').unwrap_or_default().to_lowercase();
        let midnight = resolve(self.calendar.zone(), date.and_time(chrono::NaiveTime::MIN)).instant;
        let line = self.line(midnight, midnight + TimeDelta::days(2));
        let of_day = || line.iter().filter(|shift| shift.date == date);
        of_day()
            .find(|shift| slug(&shift.name) == name)
            .or_else(|| of_day().find(|shift| slug(&shift.name).starts_with(&name)))
            .cloned()
    }

    /// The shift before and the one after.
    pub(super) fn around(&self, shift: &Shift) -> (Shift, Shift) {
        let line = self.line(shift.from - TimeDelta::days(15), shift.until + TimeDelta::days(15));
        let at = line.iter().position(|s| s.key == shift.key);
        let before = at.and_then(|at| at.checked_sub(1)).and_then(|at| line.get(at)).cloned();
        let after = at.and_then(|at| line.get(at + 1)).cloned();
        (
            before.unwrap_or_else(|| self.at(shift.from - TimeDelta::minutes(1))),
            after.unwrap_or_else(|| self.at(shift.until)),
        )
    }

    /// The last shifts up to the current one, newest first.
    pub(super) fn recent(&self, count: usize) -> Vec<Shift> {
        let mut line = self.line(self.now - TimeDelta::days(10), self.now + TimeDelta::seconds(1));
        line.reverse();
        line.truncate(count);
        line
    }

    fn at(&self, at: DateTime<Utc>) -> Shift {
        let line = self.line(at, at + TimeDelta::seconds(1));
        let holds = line.iter().filter(|shift| shift.from <= at && at < shift.until);
        holds.max_by_key(|shift| shift.from).cloned().unwrap_or_else(|| self.day(at))
    }

    /// Every shift that overlaps `[from, until)`, by start, without holes.
    fn line(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Shift> {
        let mut line = Vec::new();
        if self.calendar.spec().shifts.is_empty() {
            let mut day = self.day(from);
            while day.from < until {
                let next = self.day(day.until);
                line.push(std::mem::replace(&mut day, next));
            }
            return line;
        }
        let mut end: Option<DateTime<Utc>> = None;
        for shift in self.calendar.shifts(from - REACH, until + REACH) {
            if let Some(end) = end.filter(|end| *end < shift.from) {
                line.push(self.shift(OFF, self.local_date(end), end, shift.from));
            }
            end = end.max(Some(shift.until));
            line.push(self.shift(&shift.name, shift.date, shift.from, shift.until));
        }
        line.retain(|shift| shift.from < until && shift.until > from);
        line
    }

    fn day(&self, at: DateTime<Utc>) -> Shift {
        let date = self.local_date(at);
        let midnight = |date: NaiveDate| {
            resolve(self.calendar.zone(), date.and_time(chrono::NaiveTime::MIN)).instant
        };
        let next = date.succ_opt().unwrap_or(date);
        self.shift(DAY, date, midnight(date), midnight(next))
    }

    fn local_date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.calendar.zone()).date_naive()
    }

    fn shift(
        &self,
        name: &str,
        date: NaiveDate,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Shift {
        Shift {
            date,
            name: name.to_owned(),
            key: format!("{date}-{}", slug(name)),
            from,
            until,
            current: from <= self.now && self.now < until,
        }
    }
}

/// A name as it stands in an address.
fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.to_lowercase().chars() {
        if letter.is_alphanumeric() {
            slug.push(letter);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use serde_json::json;

    use super::*;

    fn roster(calendar: serde_json::Value, now: DateTime<Utc>) -> Roster {
        Roster::new(SiteCalendar { id: 1, name: "North".to_owned(), calendar }, now).unwrap()
    }

    fn two_shifts(now: DateTime<Utc>) -> Roster {
        let days = ["mon", "tue", "wed", "thu", "fri"];
        let shift = |name: &str, start: &str, end: &str| json!({"name": name, "days": days, "start": start, "end": end});
        let shifts = [shift("Early", "06:00", "14:00"), shift("Night", "22:00", "06:00")];
        roster(json!({"zone": "Europe/Berlin", "shifts": shifts}), now)
    }

    fn utc(day: u32, hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 6, day, hour, 30, 0).unwrap()
    }

    #[test]
    fn a_night_shift_belongs_to_the_date_on_which_it_starts() {
        let roster = two_shifts(utc(18, 1));
        let night = roster.current();
        assert_eq!((night.key.as_str(), night.current), ("2026-06-17-night", true));
        assert_eq!(roster.find("2026-06-17-N").unwrap(), night);
        assert_eq!(roster.find("2026-06-17-night").unwrap(), night);
    }

    #[test]
    fn the_time_between_two_shifts_can_be_written_into() {
        let roster = two_shifts(utc(18, 15));
        let off = roster.current();
        assert_eq!(off.key, "2026-06-18-off");
        let (before, after) = roster.around(&off);
        assert_eq!((before.name.as_str(), after.name.as_str()), ("Early", "Night"));
        assert_eq!((before.until, after.from), (off.from, off.until));
    }

    #[test]
    fn a_weekend_is_one_stretch() {
        let roster = two_shifts(utc(20, 12));
        let off = roster.current();
        assert_eq!((off.until - off.from).num_hours(), 48);
    }

    #[test]
    fn a_site_without_shifts_has_days_of_its_own_zone() {
        let calendar = json!({"zone": "America/Chicago", "round_the_clock": true});
        let roster = roster(calendar, utc(18, 3));
        let day = roster.current();
        assert_eq!(day.key, "2026-06-17-day");
        assert_eq!(day.from, Utc.with_ymd_and_hms(2026, 6, 17, 5, 0, 0).unwrap());
        assert_eq!(roster.around(&day).0.key, "2026-06-16-day");
        assert_eq!(roster.recent(3).len(), 3);
    }

    #[test]
    fn an_address_that_names_no_shift_finds_none() {
        let roster = two_shifts(utc(18, 8));
        for key in ["", "2026-06-18-late", "nonsense", "2026-13-01-early", "ü", "9999-01-01-e"] {
            assert!(roster.find(key).is_none(), "{key}");
        }
    }
}
