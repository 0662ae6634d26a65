//! Texts of calendars and crews.

use domain::views::calendars::{Band, DayView};

use crate::ui::format;

/// Title.
pub const TITLE: &str = "Calendar and crews";
/// Heading.
pub const WEEK: &str = "The week as rules see it";
/// Link.
pub const PREVIOUS: &str = "Previous week";
/// Link.
pub const NEXT: &str = "Next week";
/// Link.
pub const TODAY: &str = "This week";
/// Legend.
pub const SHIFTS: &str = "Shifts";
/// Legend and column.
pub const PRODUCTION: &str = "Production";
/// Legend and column.
pub const SHUTDOWN: &str = "Planned shutdown";
/// Legend.
pub const BATCH: &str = "Weekly batch";
/// Legend.
pub const NOW: &str = "Now";
/// Mark of a day.
pub const HOLIDAY: &str = "Holiday";
/// Column.
pub const DAY: &str = "Day";
/// Nothing.
pub const NONE: &str = "none";
/// Toggles the table behind the picture.
pub const AS_TABLE: &str = "Show as table";
/// Heading.
pub const EDIT: &str = "Calendar";
/// Under it.
pub const EDIT_HINT: &str =
    "All times are those of the clock at the site. What was decided stays decided.";
/// Heading of a part.
pub const ZONE_AND_PRODUCTION: &str = "Time zone and production";
/// Field.
pub const ZONE: &str = "Time zone";
/// Field.
pub const RUNS: &str = "Production runs";
/// Choice.
pub const ROUND_THE_CLOCK: &str = "Round the clock, except for planned shutdowns";
/// Choice.
pub const DURING_SHIFTS: &str = "During the shifts that count as production";
/// Field.
pub const BATCH_DAY: &str = "Weekly batch is released on";
/// Field.
pub const AT: &str = "at";
/// Heading of a part.
pub const SHIFTS_HINT: &str = "A shift belongs to the day on which it starts; an end that is not after its \
                               start lies on the next day.";
/// Column.
pub const NAME: &str = "Name";
/// Column.
pub const STARTS: &str = "Starts";
/// Column.
pub const ENDS: &str = "Ends";
/// Column.
pub const DAYS: &str = "Starts on";
/// Box to tick.
pub const COUNTS: &str = "Counts as production";
/// Box to tick.
pub const REMOVE: &str = "Remove";
/// Button.
pub const ADD_SHIFT: &str = "Another shift";
/// Field.
pub const DATES: &str = "Dates";
/// Heading of a part.
pub const HOLIDAYS: &str = "Holidays";
/// Under it.
pub const HOLIDAYS_HINT: &str = "One date a line, such as 2026-12-25. No shift starts on them.";
/// Heading of a part.
pub const SHUTDOWNS: &str = "Planned shutdowns";
/// Under it.
pub const SHUTDOWNS_HINT: &str =
    "Production stops; rules put work there, for the crew that is named.";
/// Column.
pub const FROM: &str = "From";
/// Column.
pub const UNTIL: &str = "Until";
/// Column.
pub const CREW: &str = "Crew";
/// Button.
pub const ADD_SHUTDOWN: &str = "Another shutdown";
/// Heading of a part.
pub const WEEKLY: &str = "Shutdowns that come every week";
/// Column.
pub const EXCEPT: &str = "Not on these dates";
/// Button.
pub const ADD_WEEKLY: &str = "Another weekly shutdown";
/// Button.
pub const SAVE: &str = "Save the calendar";
/// While it is saved.
pub const SAVING: &str = "Saving…";
/// Heading.
pub const CREWS: &str = "Crews";
/// Under it.
pub const CREWS_HINT: &str = "offered where work is assigned, and for shutdowns";
/// No crew.
pub const NO_CREWS: &str = "No crew yet. Work can be assigned to persons and to the planner queue.";
/// Field.
pub const NOTE: &str = "Note";
/// Box to tick.
pub const RETIRED: &str = "No longer offered";
/// Button.
pub const ADD_CREW: &str = "Add crew";
/// Button.
pub const SAVE_CREW: &str = "Save";
/// Link that opens the fields of a crew.
pub const CHANGE: &str = "Change";
/// Field of the set-up.
pub const PATTERN: &str = "Shift pattern";
/// Under it.
pub const PATTERN_HINT: &str =
    "Details, holidays and shutdowns are set later, in the site's calendar.";

/// The days of the week: word in the address, short, long.
pub const WEEKDAYS: [(&str, &str, &str); 7] = [
    ("mon", "Mon", "Monday"),
    ("tue", "Tue", "Tuesday"),
    ("wed", "Wed", "Wednesday"),
    ("thu", "Thu", "Thursday"),
    ("fri", "Fri", "Friday"),
    ("sat", "Sat", "Saturday"),
    ("sun", "Sun", "Sunday"),
];

/// A shift pattern of the set-up.
pub const fn pattern(pattern: domain::calendar::ShiftPattern) -> &'static str {
    use domain::calendar::ShiftPattern;
    match pattern {
        ShiftPattern::RoundTheClock => "Round the clock",
        ShiftPattern::OneShift => "One shift, Monday to Friday, 07:00 to 15:00",
        ShiftPattern::TwoShifts => "Two shifts, Monday to Friday, 06:00 to 22:00",
        ShiftPattern::ThreeShifts => {
            "Three shifts, Monday to Friday, from Monday 06:00 to Saturday 06:00"
        }
    }
}

/// Production of the week.
pub fn produces(minutes: i32) -> String {
    format!("{} of production", format::hours(f64::from(minutes) / 60.0))
}

/// What is unusual about the length of a day.
pub fn length(minutes: i32) -> Option<String> {
    (minutes != 24 * 60).then(|| {
        let way = if minutes < 24 * 60 { "forward" } else { "back" };
        format!("{}: clocks go {way}", format::hours(f64::from(minutes) / 60.0))
    })
}

/// A stretch in words.
pub fn band(band: &Band) -> String {
    let times = format!("{}–{}", band.begins, band.ends);
    let crew = band.crew.as_deref().map(|crew| format!(", {crew}")).unwrap_or_default();
    if band.name.is_empty() { times } else { format!("{} {times}{crew}", band.name) }
}

/// A whole day as a sentence.
pub fn day(name: &str, day: &DayView) -> String {
    let list = |bands: &[Band]| {
        let words: Vec<String> = bands.iter().map(band).collect();
        if words.is_empty() { NONE.to_owned() } else { words.join(", ") }
    };
    let holiday = if day.holiday { ", holiday" } else { "" };
    format!(
        "{name}{holiday}, {} long. Production: {}. Shifts: {}. Shutdowns: {}.",
        format::hours(f64::from(day.minutes) / 60.0),
        list(&day.production),
        list(&day.shifts),
        list(&day.shutdowns)
    )
}
