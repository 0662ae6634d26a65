//! Between a calendar and the form it is written in: every problem by field.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use domain::calendar::{
    BatchSpec, CalendarSpec, DayOfWeek, ShiftSpec, ShutdownSpec, SiteTime, WeeklyShutdownSpec,
};
use domain::views::calendars::{CalendarForm, ShiftForm, ShutdownForm, WeeklyForm};

use super::resolve;
use crate::{Error, FieldError};

/// Rows that one list of a calendar may have.
const MOST: usize = 500;
/// Characters of a name.
const LONGEST: usize = 80;
const LOCAL: &str = "%Y-%m-%dT%H:%M";
/// How the form says that production never stops.
const ROUND_THE_CLOCK: &str = "round_the_clock";

/// The form of a calendar.
pub(super) fn written(spec: &CalendarSpec) -> CalendarForm {
    let zone: Tz = spec.zone.parse().unwrap_or(Tz::UTC);
    CalendarForm {
        zone: spec.zone.clone(),
        production: if spec.round_the_clock { ROUND_THE_CLOCK } else { "shifts" }.to_owned(),
        batch_day: spec.batch.day.as_str().to_owned(),
        batch_at: hhmm(spec.batch.at),
        holidays: lines(&spec.holidays, "\n"),
        shifts: spec.shifts.iter().map(shift_form).collect(),
        shutdowns: spec.shutdowns.iter().map(|s| shutdown_form(s, zone)).collect(),
        weekly: spec.weekly_shutdowns.iter().map(weekly_form).collect(),
    }
}

fn hhmm(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

fn lines(dates: &[NaiveDate], between: &str) -> String {
    dates.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

fn shift_form(shift: &ShiftSpec) -> ShiftForm {
    let on = |day| shift.days.contains(&day);
    ShiftForm {
        name: shift.name.clone(),
        start: hhmm(shift.start),
        end: hhmm(shift.end),
        production: shift.production,
        mon: on(DayOfWeek::Mon),
        tue: on(DayOfWeek::Tue),
        wed: on(DayOfWeek::Wed),
        thu: on(DayOfWeek::Thu),
        fri: on(DayOfWeek::Fri),
        sat: on(DayOfWeek::Sat),
        sun: on(DayOfWeek::Sun),
        remove: false,
    }
}

fn local(time: SiteTime, zone: Tz) -> NaiveDateTime {
    match time {
        SiteTime::Local(local) => local,
        SiteTime::Instant(at) => at.with_timezone(&zone).naive_local(),
    }
}

fn shutdown_form(shutdown: &ShutdownSpec, zone: Tz) -> ShutdownForm {
    ShutdownForm {
        name: shutdown.name.clone(),
        from: local(shutdown.from, zone).format(LOCAL).to_string(),
        until: local(shutdown.until, zone).format(LOCAL).to_string(),
        crew: shutdown.crew.clone().unwrap_or_default(),
        remove: false,
    }
}

fn weekly_form(weekly: &WeeklyShutdownSpec) -> WeeklyForm {
    WeeklyForm {
        name: weekly.name.clone(),
        from_day: weekly.from_day.as_str().to_owned(),
        from: hhmm(weekly.from),
        until_day: weekly.until_day.as_str().to_owned(),
        until: hhmm(weekly.until),
        crew: weekly.crew.clone().unwrap_or_default(),
        except: lines(&weekly.except, ", "),
        remove: false,
    }
}

/// The calendar of a form. What was written as an instant and shows the same wall-clock time stays
/// that instant.
///
/// # Errors
/// [`Error::Invalid`] with every problem by field.
pub(super) fn read(form: &CalendarForm, before: &CalendarSpec) -> Result<CalendarSpec, Error> {
    let mut p = Problems::default();
    let zone: Option<Tz> = form.zone.parse().ok();
    if zone.is_none() {
        p.add("zone", "unknown_zone", "choose a time zone from the list");
    }
    let round_the_clock = form.production == ROUND_THE_CLOCK;
    let spec = CalendarSpec {
        zone: form.zone.clone(),
        round_the_clock,
        shifts: shifts(&mut p, &form.shifts),
        holidays: dates(&mut p, "holidays", &form.holidays),
        shutdowns: shutdowns(&mut p, &form.shutdowns, zone.unwrap_or(Tz::UTC), before),
        weekly_shutdowns: weekly(&mut p, &form.weekly),
        batch: BatchSpec {
            day: day(&mut p, "batch_day", &form.batch_day),
            at: time(&mut p, "batch_at", &form.batch_at),
        },
    };
    if !round_the_clock && p.0.is_empty() && !spec.shifts.iter().any(|shift| shift.production) {
        let message = "add a shift that counts as production, or choose round the clock";
        p.add("production", "no_production", message);
    }
    if p.0.is_empty() { Ok(spec) } else { Err(Error::Invalid(p.0)) }
}

#[derive(Default)]
struct Problems(Vec<FieldError>);

impl Problems {
    fn add(&mut self, path: impl Into<String>, code: &str, message: impl Into<String>) {
        self.0.push(FieldError::new(path, code, message));
    }
}

fn name(p: &mut Problems, path: String, text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        p.add(path, "missing", "needs a name");
    } else if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
        p.add(path, "too_long", format!("a name has at most {LONGEST} characters on one line"));
    }
    text.to_owned()
}

fn crew(p: &mut Problems, path: String, text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() { None } else { Some(name(p, path, text)) }
}

fn time(p: &mut Problems, path: impl Into<String>, text: &str) -> NaiveTime {
    let text = text.trim();
    let parsed = NaiveTime::parse_from_str(text, "%H:%M")
        .or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S"));
    parsed.unwrap_or_else(|_| {
        p.add(path, "invalid_time", "expected a time such as 06:00");
        NaiveTime::MIN
    })
}

fn day(p: &mut Problems, path: impl Into<String>, text: &str) -> DayOfWeek {
    text.parse().unwrap_or_else(|_| {
        p.add(path, "invalid_day", "choose a day of the week");
        DayOfWeek::Mon
    })
}

fn moment(p: &mut Problems, path: String, text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    let parsed = NaiveDateTime::parse_from_str(text, LOCAL)
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"))
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M"));
    if parsed.is_err() {
        p.add(path, "invalid_time", "expected a date and a time, such as 2026-08-01 06:00");
    }
    parsed.ok()
}

fn dates(p: &mut Problems, path: impl Into<String>, text: &str) -> Vec<NaiveDate> {
    let mut dates = Vec::new();
    let mut wrong = Vec::new();
    for word in text.split([',', ';', ' ', '\n', '\r', '\t']).filter(|word| !word.is_empty()) {
        match word.parse() {
            Ok(date) => dates.push(date),
            Err(_) => wrong.push(word.chars().take(20).collect::<String>()),
        }
    }
    if !wrong.is_empty() {
        let message = format!("expected dates such as 2026-12-25, not {}", wrong.join(", "));
        p.add(path, "invalid_date", message);
    } else if dates.len() > MOST {
        p.add(path, "too_many", format!("at most {MOST} dates"));
    }
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// The rows of a list that are written in and not taken out.
fn kept<'a, T>(
    p: &mut Problems,
    path: &'static str,
    rows: &'a [T],
    empty: impl Fn(&T) -> bool + 'a,
) -> Vec<(usize, &'a T)> {
    if rows.len() > MOST {
        p.add(path, "too_many", format!("at most {MOST} rows"));
        return Vec::new();
    }
    rows.iter().enumerate().filter(|(_, row)| !empty(row)).collect()
}

fn shifts(p: &mut Problems, rows: &[ShiftForm]) -> Vec<ShiftSpec> {
    let days = |row: &ShiftForm| {
        let on = [row.mon, row.tue, row.wed, row.thu, row.fri, row.sat, row.sun];
        DayOfWeek::ALL.iter().zip(on).filter(|(_, on)| *on).map(|(day, _)| *day).collect()
    };
    let empty = |row: &ShiftForm| {
        row.remove || (row.name.trim().is_empty() && row.start.is_empty() && row.end.is_empty())
    };
    let mut shifts = Vec::new();
    for (i, row) in kept(p, "shifts", rows, empty) {
        let days: Vec<DayOfWeek> = days(row);
        if days.is_empty() {
            p.add(format!("shifts[{i}].mon"), "missing", "choose the days on which it starts");
        }
        shifts.push(ShiftSpec {
            name: name(p, format!("shifts[{i}].name"), &row.name),
            days,
            start: time(p, format!("shifts[{i}].start"), &row.start),
            end: time(p, format!("shifts[{i}].end"), &row.end),
            production: row.production,
        });
    }
    shifts
}

fn shutdowns(
    p: &mut Problems,
    rows: &[ShutdownForm],
    zone: Tz,
    before: &CalendarSpec,
) -> Vec<ShutdownSpec> {
    let old_zone: Tz = before.zone.parse().unwrap_or(Tz::UTC);
    let kept_instant = |time: NaiveDateTime, of: fn(&ShutdownSpec) -> SiteTime| {
        let same = before.shutdowns.iter().map(of).find(|old| {
            matches!(old, SiteTime::Instant(_)) && same_minute(local(*old, old_zone), time)
        });
        same.filter(|_| zone == old_zone).unwrap_or(SiteTime::Local(time))
    };
    let empty = |row: &ShutdownForm| {
        row.remove || (row.name.trim().is_empty() && row.from.is_empty() && row.until.is_empty())
    };
    let mut shutdowns = Vec::new();
    for (i, row) in kept(p, "shutdowns", rows, empty) {
        let name = name(p, format!("shutdowns[{i}].name"), &row.name);
        let crew = crew(p, format!("shutdowns[{i}].crew"), &row.crew);
        let from = moment(p, format!("shutdowns[{i}].from"), &row.from);
        let until = moment(p, format!("shutdowns[{i}].until"), &row.until);
        if let (Some(from), Some(until)) = (from, until) {
            if resolve(zone, until).instant <= resolve(zone, from).instant {
                p.add(format!("shutdowns[{i}].until"), "empty_shutdown", "ends before it starts");
            }
            shutdowns.push(ShutdownSpec {
                name,
                from: kept_instant(from, |s| s.from),
                until: kept_instant(until, |s| s.until),
                crew,
            });
        }
    }
    shutdowns
}

fn same_minute(a: NaiveDateTime, b: NaiveDateTime) -> bool {
    a.format(LOCAL).to_string() == b.format(LOCAL).to_string()
}

fn weekly(p: &mut Problems, rows: &[WeeklyForm]) -> Vec<WeeklyShutdownSpec> {
    let empty = |row: &WeeklyForm| {
        row.remove || (row.name.trim().is_empty() && row.from.is_empty() && row.until.is_empty())
    };
    let mut weekly = Vec::new();
    for (i, row) in kept(p, "weekly", rows, empty) {
        weekly.push(WeeklyShutdownSpec {
            name: name(p, format!("weekly[{i}].name"), &row.name),
            from_day: day(p, format!("weekly[{i}].from_day"), &row.from_day),
            from: time(p, format!("weekly[{i}].from"), &row.from),
            until_day: day(p, format!("weekly[{i}].until_day"), &row.until_day),
            until: time(p, format!("weekly[{i}].until"), &row.until),
            crew: crew(p, format!("weekly[{i}].crew"), &row.crew),
            except: dates(p, format!("weekly[{i}].except"), &row.except),
        });
    }
    weekly
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spec() -> CalendarSpec {
        serde_json::from_value(json!({
            "zone": "Europe/Berlin",
            "shifts": [{"name": "night", "days": ["fri", "sun"], "start": "22:00", "end": "06:00"}],
            "holidays": ["2026-12-25", "2027-01-01"],
            "shutdowns": [
                {"name": "summer", "from": "2026-08-01T06:00:00", "until": "2026-08-10T04:00:00Z", "crew": "fitters"}
            ],
            "weekly_shutdowns": [
                {"name": "weekend", "from_day": "sat", "from": "06:00", "until_day": "sun", "until": "22:00", "except": ["2026-06-20"]}
            ]
        }))
        .unwrap()
    }

    fn codes(form: &CalendarForm) -> Vec<(String, String)> {
        match read(form, &spec()) {
            Err(Error::Invalid(problems)) => {
                problems.into_iter().map(|p| (p.path, p.code)).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn what_is_not_touched_comes_back_as_it_was() {
        assert_eq!(read(&written(&spec()), &spec()).unwrap(), spec());
    }

    #[test]
    fn empty_and_removed_rows_are_left_out() {
        let mut form = written(&spec());
        form.shifts.push(ShiftForm { production: true, ..ShiftForm::default() });
        form.weekly[0].remove = true;
        form.shutdowns.push(ShutdownForm::default());
        let read = read(&form, &spec()).unwrap();
        assert_eq!(
            (read.shifts.len(), read.shutdowns.len(), read.weekly_shutdowns.len()),
            (1, 1, 0)
        );
    }

    #[test]
    fn another_zone_moves_instants_to_the_same_clock() {
        let mut form = written(&spec());
        form.zone = "Europe/Lisbon".to_owned();
        let read = read(&form, &spec()).unwrap();
        assert!(matches!(read.shutdowns[0].until, SiteTime::Local(_)));
    }

    #[test]
    fn every_problem_is_named_by_its_field() {
        let mut form = written(&spec());
        form.zone = "Mars/Base".to_owned();
        form.batch_at = "25:00".to_owned();
        form.holidays = "2026-12-25\n24.12.".to_owned();
        form.shifts[0] =
            ShiftForm { name: " ".to_owned(), start: "6".to_owned(), ..ShiftForm::default() };
        form.shutdowns[0].until = "2026-07-01T00:00".to_owned();
        form.weekly[0].from_day = "someday".to_owned();
        let found = codes(&form);
        let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "zone",
                "shifts[0].mon",
                "shifts[0].name",
                "shifts[0].start",
                "shifts[0].end",
                "holidays",
                "shutdowns[0].until",
                "weekly[0].from_day",
                "batch_at",
            ]
        );
    }

    #[test]
    fn a_site_that_never_produces_is_refused() {
        let mut form = written(&spec());
        form.shifts[0].production = false;
        assert_eq!(codes(&form), [("production".to_owned(), "no_production".to_owned())]);
        form.production = ROUND_THE_CLOCK.to_owned();
        assert!(read(&form, &spec()).unwrap().round_the_clock);
    }
}
