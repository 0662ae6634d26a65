//! What changed in a calendar, part by part, in words.

use chrono::{NaiveDate, NaiveTime};
use domain::calendar::{
    CalendarSpec, DayOfWeek, ShiftSpec, ShutdownSpec, SiteTime, WeeklyShutdownSpec,
};
use domain::views::assets::ChangedField;
use serde_json::Value;

/// The parts that differ, from the detail of an audit row.
pub fn changed(detail: &Value) -> Vec<ChangedField> {
    let read = |value: &Value| serde_json::from_value::<CalendarSpec>(value.clone()).ok();
    let (before, after) = match detail.get("calendar") {
        Some(Value::Array(pair)) => match pair.as_slice() {
            [before, after] => (read(before), read(after)),
            _ => (None, None),
        },
        Some(after) => (None, read(after)),
        None => (None, None),
    };
    let Some(after) = after else { return Vec::new() };
    let after = parts(&after);
    let before = before.map(|before| parts(&before));
    after
        .into_iter()
        .enumerate()
        .filter_map(|(index, (field, now))| {
            let was = before.as_ref().map(|before| before[index].1.clone()).unwrap_or_default();
            let some = |text: String| (!text.is_empty()).then_some(text);
            (was != now).then(|| ChangedField {
                field: field.to_owned(),
                before: some(was),
                after: some(now),
            })
        })
        .collect()
}

fn parts(spec: &CalendarSpec) -> [(&'static str, String); 7] {
    let production = if spec.round_the_clock { "round the clock" } else { "during shifts" };
    let batch = format!("{} {}", day(spec.batch.day), time(spec.batch.at));
    [
        ("time_zone", spec.zone.clone()),
        ("production", production.to_owned()),
        ("shifts", list(spec.shifts.iter().map(shift))),
        ("holidays", dates(&spec.holidays)),
        ("shutdowns", list(spec.shutdowns.iter().map(shutdown))),
        ("weekly_shutdowns", list(spec.weekly_shutdowns.iter().map(weekly))),
        ("batch", batch),
    ]
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join("; ")
}

fn dates(dates: &[NaiveDate]) -> String {
    dates.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn time(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

const fn day(day: DayOfWeek) -> &'static str {
    match day {
        DayOfWeek::Mon => "Mon",
        DayOfWeek::Tue => "Tue",
        DayOfWeek::Wed => "Wed",
        DayOfWeek::Thu => "Thu",
        DayOfWeek::Fri => "Fri",
        DayOfWeek::Sat => "Sat",
        DayOfWeek::Sun => "Sun",
    }
}

/// `Mon–Fri` for days that follow each other, else a list.
fn days(days: &[DayOfWeek]) -> String {
    let mut numbers: Vec<u32> = days.iter().map(|day| day.from_monday()).collect();
    numbers.sort_unstable();
    let follow = numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let named: Vec<&str> =
        DayOfWeek::ALL.iter().filter(|d| days.contains(d)).map(|d| day(*d)).collect();
    match named.as_slice() {
        [first, .., last] if follow && named.len() > 2 => format!("{first}–{last}"),
        named => named.join(", "),
    }
}

fn shift(shift: &ShiftSpec) -> String {
    let quiet = if shift.production { "" } else { ", no production" };
    format!("{} {} {}–{}{quiet}", shift.name, days(&shift.days), time(shift.start), time(shift.end))
}

fn moment(time: SiteTime) -> String {
    match time {
        SiteTime::Local(local) => local.format("%Y-%m-%d %H:%M").to_string(),
        SiteTime::Instant(at) => at.format("%Y-%m-%d %H:%M UTC").to_string(),
    }
}

fn by(crew: Option<&str>) -> String {
    crew.map(|crew| format!(", {crew}")).unwrap_or_default()
}

fn shutdown(shutdown: &ShutdownSpec) -> String {
    format!(
        "{} {} to {}{}",
        shutdown.name,
        moment(shutdown.from),
        moment(shutdown.until),
        by(shutdown.crew.as_deref())
    )
}

fn weekly(weekly: &WeeklyShutdownSpec) -> String {
    let except = match weekly.except.as_slice() {
        [] => String::new(),
        some => format!(", not on {}", dates(some)),
    };
    format!(
        "{} {} {} to {} {}{}{except}",
        weekly.name,
        day(weekly.from_day),
        time(weekly.from),
        day(weekly.until_day),
        time(weekly.until),
        by(weekly.crew.as_deref())
    )
}

#[cfg(test)]
mod tests {
    use domain::calendar::ShiftPattern;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_parts_that_differ_are_said() {
        let before = ShiftPattern::RoundTheClock.calendar("UTC");
        let mut after = ShiftPattern::TwoShifts.calendar("UTC");
        after.holidays = vec![NaiveDate::from_ymd_opt(2026, 12, 25).unwrap()];
        let lines = changed(&json!({ "calendar": [before, after] }));
        let said: Vec<(&str, Option<&str>, Option<&str>)> = lines
            .iter()
            .map(|l| (l.field.as_str(), l.before.as_deref(), l.after.as_deref()))
            .collect();
        assert_eq!(
            said,
            [
                ("production", Some("round the clock"), Some("during shifts")),
                ("shifts", None, Some("early Mon–Fri 06:00–14:00; late Mon–Fri 14:00–22:00")),
                ("holidays", None, Some("2026-12-25")),
            ]
        );
    }
}
