//! Calendars as instants, over the days on which clocks change.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use domain::calendar::{CalendarSpec, DayOfWeek};
use proptest::prelude::*;
use services::calendars::{Calendar, CalendarError, resolve, week};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

/// Three shifts from Sunday night to Friday evening, a weekend shutdown with a crew.
fn plant(zone: &str) -> CalendarSpec {
    serde_json::from_value(serde_json::json!({
        "zone": zone,
        "shifts": [
            {"name": "early", "days": ["mon","tue","wed","thu","fri"], "start": "06:00", "end": "14:00"},
            {"name": "late", "days": ["mon","tue","wed","thu","fri"], "start": "14:00", "end": "22:00"},
            {"name": "night", "days": ["sun","mon","tue","wed","thu"], "start": "22:00", "end": "06:00"}
        ],
        "weekly_shutdowns": [
            {"name": "weekend", "from_day": "sat", "from": "06:00", "until_day": "sun", "until": "18:00", "crew": "weekend crew"}
        ]
    }))
    .unwrap()
}

fn berlin() -> Calendar {
    Calendar::new(plant("Europe/Berlin")).unwrap()
}

#[test]
fn wall_clock_times_follow_the_compatible_rule() {
    for (zone, wall, instant, doubtful) in [
        ("Europe/Berlin", "2026-06-17T08:00:00", "2026-06-17T06:00:00Z", false),
        ("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z", true),
        ("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:30:00Z", true),
        ("Europe/Berlin", "2026-03-29T02:00:00", "2026-03-29T01:00:00Z", true),
        ("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00Z", false),
        ("America/Chicago", "2026-03-08T02:15:00", "2026-03-08T08:15:00Z", true),
        ("America/Chicago", "2026-11-01T01:15:00", "2026-11-01T06:15:00Z", true),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:45:00Z", true),
        ("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00Z", true),
        ("Africa/Cairo", "2026-04-24T00:30:00", "2026-04-23T22:30:00Z", true),
        ("Asia/Kolkata", "2026-03-29T02:30:00", "2026-03-28T21:00:00Z", false),
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00Z", true),
    ] {
        let read = resolve(zone.parse().unwrap(), local(wall));
        assert_eq!((read.instant, read.doubtful), (at(instant), doubtful), "{zone} {wall}");
    }
}

#[test]
fn the_night_of_the_spring_change_is_an_hour_shorter() {
    let nights = berlin().shifts(at("2026-03-29T20:00:00Z"), at("2026-03-29T21:00:00Z"));
    assert_eq!(nights.len(), 1, "Sunday's night shift starts after the change");
    let mut spec = plant("Europe/Berlin");
    spec.weekly_shutdowns.clear();
    spec.shifts[2].days = vec![DayOfWeek::Sat];
    let night = Calendar::new(spec).unwrap();
    let night = night.shifts(at("2026-03-28T22:00:00Z"), at("2026-03-28T22:01:00Z")).remove(0);
    assert_eq!(night.date, NaiveDate::from_ymd_opt(2026, 3, 28).unwrap());
    assert_eq!(night.until - night.from, TimeDelta::hours(7));
}

#[test]
fn k16_five_hours_after_midnight_and_two_wall_hours_are_one() {
    let zone = "Europe/Berlin".parse().unwrap();
    let read = |wall| resolve(zone, local(wall)).instant;
    assert_eq!(read("2026-03-29T06:00:00") - read("2026-03-29T00:00:00"), TimeDelta::hours(5));
    assert_eq!(read("2026-03-29T03:30:00") - read("2026-03-29T01:30:00"), TimeDelta::hours(1));
    assert_eq!(read("2026-03-30T00:00:00") - read("2026-03-29T00:00:00"), TimeDelta::hours(23));
}

#[test]
fn the_night_of_the_autumn_change_is_an_hour_longer() {
    let mut spec = plant("Europe/Berlin");
    spec.shifts[2].days = vec![DayOfWeek::Sat];
    spec.weekly_shutdowns.clear();
    let calendar = Calendar::new(spec).unwrap();
    let night = calendar.shifts(at("2026-10-24T20:00:00Z"), at("2026-10-24T20:01:00Z")).remove(0);
    assert_eq!(night.until - night.from, TimeDelta::hours(9));
}

/// The Sunday of a week, with a night shift over midnight and a whole-day production band.
fn sunday(date: &str) -> domain::views::calendars::DayView {
    let mut spec = plant("Europe/Berlin");
    spec.weekly_shutdowns.clear();
    spec.round_the_clock = true;
    spec.shifts[2].days = vec![DayOfWeek::Sat];
    let calendar = Calendar::new(spec).unwrap();
    week(&calendar, date.parse().unwrap(), at("2020-01-01T00:00:00Z")).days.remove(6)
}

#[test]
fn the_day_of_the_spring_change_is_23_hours_wide() {
    let day = sunday("2026-03-27");
    assert_eq!((day.date.to_string().as_str(), day.minutes), ("2026-03-29", 23 * 60));
    let ticks: Vec<(i32, &str)> = day.ticks.iter().map(|(at, hour)| (*at, hour.as_str())).collect();
    assert_eq!(ticks[..3], [(0, "00"), (2 * 60, "03"), (5 * 60, "06")], "an hour is not there");
    assert_eq!((day.shifts[0].from, day.shifts[0].until), (0, 5 * 60), "the night until 06:00");
    assert_eq!((day.shifts[0].begins.as_str(), day.shifts[0].ends.as_str()), ("00:00", "06:00"));
    assert_eq!((day.production[0].from, day.production[0].until), (0, 23 * 60));
}

#[test]
fn the_day_of_the_autumn_change_is_25_hours_wide() {
    let day = sunday("2026-10-25");
    assert_eq!((day.date.to_string().as_str(), day.minutes), ("2026-10-25", 25 * 60));
    let ticks: Vec<(i32, &str)> = day.ticks.iter().map(|(at, hour)| (*at, hour.as_str())).collect();
    assert_eq!(ticks[..3], [(0, "00"), (4 * 60, "03"), (7 * 60, "06")], "an hour comes twice");
    assert_eq!((day.shifts[0].from, day.shifts[0].until), (0, 7 * 60));
    let other = week(&berlin(), "2026-10-25".parse().unwrap(), at("2020-01-01T00:00:00Z"));
    assert!(other.days[..6].iter().all(|day| day.minutes == 24 * 60));
    assert_eq!(
        (other.previous.to_string(), other.next.to_string()),
        ("2026-10-12".into(), "2026-10-26".into())
    );
}

proptest! {
    #[test]
    fn a_week_shows_what_rules_see_at_every_minute(minute in 0_i64..(7 * 24 * 60), weeks in 0_i64..60, zone in 0_usize..4) {
        let zone = ["Europe/Berlin", "America/Chicago", "Australia/Lord_Howe", "UTC"][zone];
        let mut spec = plant(zone);
        spec.holidays = vec!["2026-12-25".parse().unwrap(), "2026-03-30".parse().unwrap()];
        let calendar = Calendar::new(spec).unwrap();
        let now = at("2025-12-29T12:00:00Z") + TimeDelta::weeks(weeks) + TimeDelta::minutes(minute);
        let date = now.with_timezone(&calendar.zone()).date_naive();
        let shown = week(&calendar, date, now);
        let day = shown.days.iter().find(|day| day.date == date).unwrap();
        let here = day.now.unwrap();
        let covers = |bands: &[domain::views::calendars::Band]| bands.iter().any(|b| b.from <= here && here < b.until);
        let facts = calendar.facts(now);
        prop_assert_eq!(covers(&day.production), facts.in_production);
        prop_assert_eq!(covers(&day.shifts), facts.shift.is_some());
        let stopped = facts.shutdowns.iter().any(|s| s.from <= now && now < s.until);
        prop_assert_eq!(covers(&day.shutdowns), stopped);
        let other_days = shown.days.iter().filter(|day| day.date != date);
        prop_assert!(other_days.into_iter().all(|day| day.now.is_none()));
    }
}

#[test]
fn shift_borders_are_half_open() {
    let calendar = berlin();
    let seen = |text| {
        let facts = calendar.facts(at(text));
        (facts.in_production, facts.shift)
    };
    assert_eq!(seen("2026-06-17T03:59:59Z"), (true, Some("night".to_owned())));
    assert_eq!(seen("2026-06-17T04:00:00Z"), (true, Some("early".to_owned())));
    assert_eq!(seen("2026-06-19T19:59:59Z"), (true, Some("late".to_owned())));
    assert_eq!(seen("2026-06-19T20:00:00Z"), (false, None));
    assert_eq!(seen("2026-06-21T19:59:59.500Z"), (false, None));
    assert_eq!(seen("2026-06-21T20:00:00Z"), (true, Some("night".to_owned())));
}

#[test]
fn facts_on_a_friday_night_look_ahead_to_the_week() {
    let facts = berlin().facts(at("2026-06-19T21:00:00Z"));
    assert_eq!(facts.next_production_start, Some(at("2026-06-21T20:00:00Z")));
    assert_eq!(facts.next_shift_end, Some(at("2026-06-22T04:00:00Z")));
    assert_eq!(facts.next_batch, Some(at("2026-06-22T04:00:00Z")));
    assert_eq!(facts.day_of_week, DayOfWeek::Fri);
    assert_eq!(facts.shutdowns[0].from, at("2026-06-20T04:00:00Z"));
    assert_eq!(facts.shutdowns[0].until, at("2026-06-21T16:00:00Z"));
    assert_eq!(facts.shutdowns[0].crew.as_deref(), Some("weekend crew"));
    assert!(facts.shutdowns.is_sorted_by_key(|s| s.from));
}

#[test]
fn in_production_the_next_start_is_the_one_after_the_stop() {
    let facts = berlin().facts(at("2026-06-17T08:00:00Z"));
    assert_eq!(facts.shift_end, Some(at("2026-06-17T12:00:00Z")));
    assert_eq!(facts.next_shift_end, Some(at("2026-06-17T20:00:00Z")));
    assert_eq!(facts.next_production_start, Some(at("2026-06-21T20:00:00Z")));
}

#[test]
fn a_batch_due_now_is_the_next_one() {
    let calendar = berlin();
    assert_eq!(calendar.next_batch(at("2026-06-22T03:59:59Z")), Some(at("2026-06-22T04:00:00Z")));
    assert_eq!(calendar.next_batch(at("2026-06-22T04:00:00Z")), Some(at("2026-06-29T04:00:00Z")));
    assert_eq!(calendar.next_batch(at("2026-10-23T12:00:00Z")), Some(at("2026-10-26T05:00:00Z")));
}

#[test]
fn a_holiday_removes_shifts_that_start_on_it_but_not_last_nights_tail() {
    let mut spec = plant("Europe/Berlin");
    spec.holidays = vec![NaiveDate::from_ymd_opt(2026, 6, 17).unwrap()];
    let calendar = Calendar::new(spec).unwrap();
    assert!(calendar.facts(at("2026-06-17T03:00:00Z")).in_production, "tail of Tuesday's night");
    assert!(!calendar.facts(at("2026-06-17T08:00:00Z")).in_production);
    assert!(!calendar.facts(at("2026-06-17T22:00:00Z")).in_production, "no night shift either");
    let next = calendar.facts(at("2026-06-17T08:00:00Z")).next_production_start;
    assert_eq!(next, Some(at("2026-06-18T04:00:00Z")));
}

#[test]
fn round_the_clock_stops_only_for_shutdowns() {
    let calendar = Calendar::new(CalendarSpec::round_the_clock_utc()).unwrap();
    let facts = calendar.facts(at("2026-06-21T03:00:00Z"));
    assert!(facts.in_production);
    assert_eq!((facts.shift, facts.next_production_start), (None, None));
    let mut spec = CalendarSpec::round_the_clock_utc();
    spec.shutdowns = vec![
        serde_json::from_str(
            r#"{"name":"overhaul","from":"2026-06-21T02:00:00","until":"2026-06-22T02:00:00+00:00"}"#,
        )
        .unwrap(),
    ];
    let facts = Calendar::new(spec).unwrap().facts(at("2026-06-21T03:00:00Z"));
    assert!(!facts.in_production);
    assert_eq!(facts.next_production_start, Some(at("2026-06-22T02:00:00Z")));
}

#[test]
fn a_weekly_shutdown_can_be_left_out_once() {
    let mut spec = plant("Europe/Berlin");
    spec.weekly_shutdowns[0].except = vec![NaiveDate::from_ymd_opt(2026, 6, 20).unwrap()];
    let facts = Calendar::new(spec).unwrap().facts(at("2026-06-17T08:00:00Z"));
    assert_eq!(facts.shutdowns[0].from, at("2026-06-27T04:00:00Z"));
}

#[test]
fn calendars_that_mean_nothing_are_refused() {
    let unknown = Calendar::new(plant("Europe/Nowhere")).unwrap_err();
    assert_eq!(unknown, CalendarError::UnknownZone("Europe/Nowhere".to_owned()));
    let mut spec = plant("UTC");
    spec.shutdowns = vec![
        serde_json::from_str(
            r#"{"name":"x","from":"2026-06-21T02:00:00","until":"2026-06-21T02:00:00"}"#,
        )
        .unwrap(),
    ];
    assert!(matches!(Calendar::new(spec), Err(CalendarError::EmptyShutdown(_))));
}

proptest! {
    #[test]
    fn a_wall_clock_time_is_read_as_written_or_shifted_by_the_gap(
        zone in proptest::sample::select(vec![
            "Europe/Berlin", "America/Chicago", "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo",
            "Asia/Kathmandu", "America/Santiago", "Pacific/Chatham",
        ]),
        minutes in 0i64..2 * 366 * 24 * 60,
    ) {
        let zone: chrono_tz::Tz = zone.parse().unwrap();
        let wall = local("2026-01-01T00:00:00") + TimeDelta::minutes(minutes);
        let read = resolve(zone, wall);
        let shown = read.instant.with_timezone(&zone).naive_local();
        if read.doubtful {
            prop_assert!(shown >= wall && shown - wall <= TimeDelta::hours(1));
            let hour_before = (read.instant - TimeDelta::hours(1)).with_timezone(&zone).naive_local();
            prop_assert!(hour_before < wall, "the first of two");
        } else {
            prop_assert_eq!(shown, wall);
        }
    }

    #[test]
    fn facts_agree_with_each_other(
        zone in proptest::sample::select(vec!["Europe/Berlin", "America/Chicago", "Australia/Lord_Howe", "UTC"]),
        minutes in 0i64..366 * 24 * 60,
    ) {
        let calendar = Calendar::new(plant(zone)).unwrap();
        let now = at("2026-01-01T00:00:00Z") + TimeDelta::minutes(minutes);
        let facts = calendar.facts(now);
        prop_assert_eq!(facts.in_production, facts.shift.is_some());
        prop_assert_eq!(facts.shift.is_some(), facts.shift_end.is_some_and(|end| end > now));
        let start = facts.next_production_start.unwrap();
        prop_assert!(start > now && start - now <= TimeDelta::days(8));
        prop_assert!(calendar.facts(start).in_production);
        prop_assert!(!calendar.facts(start - TimeDelta::seconds(1)).in_production);
        let batch = facts.next_batch.unwrap();
        prop_assert!(batch > now && batch - now <= TimeDelta::hours(7 * 24 + 1));
        let wall = batch.with_timezone(&calendar.zone());
        prop_assert_eq!((wall.hour(), wall.minute()), (6, 0));
        prop_assert!(facts.next_shift_end.is_some_and(|end| end > now));
        prop_assert!(facts.shutdowns.iter().all(|s| s.until > now && s.from < s.until));
    }
}
