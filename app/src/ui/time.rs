//! Instants in the zone of the site: absolute on first paint, relative once the script runs.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use leptos::prelude::*;

use super::format;
use crate::browser;
use crate::frame::Zone;

/// How an instant is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeStyle {
    /// Lists: relative below seven days, absolute beyond.
    #[default]
    Relative,
    /// Timelines, audit, logbook: `18 Jun 04:12`.
    Absolute,
    /// To the second, for logs: `18 Jun 04:12:41`.
    Second,
    /// Only the time of day: `04:12`.
    Clock,
    /// Only the day: `Thu 2 Jul`.
    Day,
    /// Within a week: `Wed 16:42`.
    Weekday,
    /// With year and zone: `Thu 18 Jun 2026, 04:12 CDT`.
    Full,
}

/// An instant. Hover shows the full form with the zone.
#[component]
pub fn Time(
    /// The instant.
    at: DateTime<Utc>,
    /// How it is written.
    #[prop(optional)]
    style: TimeStyle,
    /// IANA name of the zone; the zone of the frame unless told.
    #[prop(optional, into)]
    zone: Option<String>,
) -> impl IntoView {
    let zone = zone.unwrap_or_else(Zone::current);
    let local = Local::of(at, &zone);
    let absolute = local.write(style);
    let full = local.full();
    let shown = RwSignal::new(absolute);
    let title = RwSignal::new(full.clone());
    if style == TimeStyle::Relative {
        let minute = browser::minute();
        Effect::new(move |_| {
            let Some(now) = minute.get() else { return };
            let ago = now - at;
            if ago.abs() < TimeDelta::days(7) {
                shown.set(format::relative(ago.num_minutes()));
                title.set(full.clone());
            }
        });
    }
    view! {
        <time datetime=at.to_rfc3339() title=move || title.get()>
            {move || shown.get()}
        </time>
    }
}

/// An instant taken apart in a zone.
struct Local {
    fields: chrono::NaiveDateTime,
    zone: String,
}

impl Local {
    fn of(at: DateTime<Utc>, zone: &str) -> Self {
        let (fields, zone) = in_zone(at, zone);
        Self { fields, zone }
    }

    fn write(&self, style: TimeStyle) -> String {
        let day = format!("{} {}", self.fields.day(), MONTHS[self.fields.month0() as usize]);
        let clock = format!("{:02}:{:02}", self.fields.hour(), self.fields.minute());
        match style {
            TimeStyle::Clock => clock,
            TimeStyle::Second => format!("{day} {clock}:{:02}", self.fields.second()),
            TimeStyle::Day => format!("{} {day}", self.fields.weekday()),
            TimeStyle::Weekday => format!("{} {clock}", self.fields.weekday()),
            TimeStyle::Full => {
                let (weekday, year) = (self.fields.weekday(), self.fields.year());
                format!("{weekday} {day} {year}, {clock} {}", self.zone)
            }
            TimeStyle::Relative | TimeStyle::Absolute => format!("{day} {clock}"),
        }
    }

    fn full(&self) -> String {
        self.write(TimeStyle::Full)
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The instant as text in a zone, for sentences: `18 Jun 04:12`.
pub fn written(at: DateTime<Utc>, zone: &str, style: TimeStyle) -> String {
    Local::of(at, zone).write(style)
}

/// Fields of the instant in the zone, and the zone's abbreviation. The tables of zones are those
/// of the server, and in the browser those of the browser.
#[cfg(feature = "ssr")]
fn in_zone(at: DateTime<Utc>, zone: &str) -> (chrono::NaiveDateTime, String) {
    match zone.parse::<chrono_tz::Tz>() {
        Ok(tz) => {
            let local = at.with_timezone(&tz);
            (local.naive_local(), local.format("%Z").to_string())
        }
        Err(_) => (at.naive_utc(), "UTC".to_owned()),
    }
}

#[cfg(not(feature = "ssr"))]
fn in_zone(at: DateTime<Utc>, zone: &str) -> (chrono::NaiveDateTime, String) {
    browser::in_zone(at, zone).unwrap_or_else(|| (at.naive_utc(), "UTC".to_owned()))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn an_instant_is_written_in_the_zone_of_the_site() {
        let at = Utc.with_ymd_and_hms(2026, 6, 18, 9, 12, 0).unwrap();
        let local = Local::of(at, "America/Chicago");
        assert_eq!(local.write(TimeStyle::Absolute), "18 Jun 04:12");
        assert_eq!(local.write(TimeStyle::Second), "18 Jun 04:12:00");
        assert_eq!(local.write(TimeStyle::Day), "Thu 18 Jun");
        assert_eq!(local.write(TimeStyle::Weekday), "Thu 04:12");
        assert_eq!(local.full(), "Thu 18 Jun 2026, 04:12 CDT");
    }

    #[test]
    fn an_unknown_zone_falls_back_to_utc() {
        let at = Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 0).unwrap();
        assert_eq!(Local::of(at, "Mars/Base").full(), "Fri 2 Jan 2026, 03:04 UTC");
    }
}
