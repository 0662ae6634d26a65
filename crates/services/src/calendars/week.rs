//! A week as rules see it: the same expansion, cut into days as long as they really are.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Timelike, Utc};
use domain::views::calendars::{Band, DayView, WeekView};

use super::{Calendar, resolve};

/// The week that holds a date of the site.
pub fn week(calendar: &Calendar, date: NaiveDate, now: DateTime<Utc>) -> WeekView {
    let back = u64::from(date.weekday().num_days_from_monday());
    let monday = date.checked_sub_days(Days::new(back)).unwrap_or(date);
    let ahead = |days| monday.checked_add_days(Days::new(days)).unwrap_or(monday);
    let days: Vec<DayView> = (0..7).map(|offset| day(calendar, ahead(offset), now)).collect();
    WeekView {
        monday,
        previous: monday.checked_sub_days(Days::new(7)).unwrap_or(monday),
        next: ahead(7),
        production_minutes: days.iter().flat_map(|d| &d.production).map(|b| b.until - b.from).sum(),
        days,
    }
}

/// One day between its own midnights.
struct Day<'a> {
    calendar: &'a Calendar,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Day<'_> {
    fn minute(&self, at: DateTime<Utc>) -> i32 {
        let passed = at.clamp(self.from, self.until) - self.from;
        i32::try_from(passed.num_minutes()).unwrap_or(0)
    }

    /// The clock of the site; an hour that comes twice says which of the two it is.
    fn clock(&self, at: DateTime<Utc>) -> String {
        if at >= self.until {
            return "24:00".to_owned();
        }
        let local = at.max(self.from).with_timezone(&self.calendar.zone());
        let read = resolve(self.calendar.zone(), local.naive_local());
        let form = if read.doubtful { "%H:%M %Z" } else { "%H:%M" };
        local.format(form).to_string()
    }

    fn band(&self, name: &str, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<Band> {
        let (begin, end) = (self.minute(from), self.minute(until));
        (begin < end).then(|| Band {
            name: name.to_owned(),
            from: begin,
            until: end,
            begins: self.clock(from),
            ends: self.clock(until),
            production: false,
            crew: None,
        })
    }
}

fn day(calendar: &Calendar, date: NaiveDate, now: DateTime<Utc>) -> DayView {
    let next = date.succ_opt().unwrap_or(date);
    let day = Day { calendar, from: calendar.midnight(date), until: calendar.midnight(next) };
    let (from, until) = (day.from, day.until);
    let shifts = calendar.shifts(from, until).into_iter().filter_map(|shift| {
        let band = day.band(&shift.name, shift.from, shift.until)?;
        Some(Band { production: shift.production, ..band })
    });
    let shutdowns = calendar.shutdowns(from, until).into_iter().filter_map(|stop| {
        let band = day.band(&stop.name, stop.from, stop.until)?;
        Some(Band { crew: stop.crew, ..band })
    });
    let production = calendar.production(from, until).into_iter().filter_map(|(from, until)| {
        let band = day.band("", from, until)?;
        Some(Band { production: true, ..band })
    });
    let batch = calendar.next_batch(from - TimeDelta::seconds(1)).filter(|at| *at < until);
    DayView {
        date,
        minutes: day.minute(until),
        holiday: calendar.spec().holidays.contains(&date),
        ticks: ticks(&day, date),
        shifts: shifts.collect(),
        production: production.collect(),
        shutdowns: shutdowns.collect(),
        batch: batch.map(|at| (day.minute(at), day.clock(at))),
        now: (from <= now && now < until).then(|| day.minute(now)),
    }
}

/// Every third hour of the clock that exists on that day.
fn ticks(day: &Day<'_>, date: NaiveDate) -> Vec<(i32, String)> {
    (0..24)
        .step_by(3)
        .filter_map(|hour| {
            let local = date.and_hms_opt(hour, 0, 0)?;
            let at = resolve(day.calendar.zone(), local).instant;
            let shown = at.with_timezone(&day.calendar.zone());
            (shown.hour() == hour).then(|| (day.minute(at), format!("{hour:02}")))
        })
        .collect()
}
