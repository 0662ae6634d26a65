//! Wall-clock times to instants, by the "compatible" rule of iCalendar and java.time.

use chrono::{DateTime, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::prediction::{LocalInstant, Zones};

/// The instant of a wall-clock time. One that occurs twice means the first; one that never occurs
/// is shifted forward by the gap. Both are doubtful.
pub fn resolve(zone: Tz, local: NaiveDateTime) -> LocalInstant {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) => {
            LocalInstant { instant: at.with_timezone(&Utc), doubtful: false }
        }
        LocalResult::Ambiguous(first, _) => {
            LocalInstant { instant: first.with_timezone(&Utc), doubtful: true }
        }
        LocalResult::None => LocalInstant { instant: after_gap(zone, local), doubtful: true },
    }
}

/// Reads the wall clock as if the offset before the gap went on.
fn after_gap(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    let offset = (1..=4 * 26)
        .filter_map(|quarters| local.checked_sub_signed(TimeDelta::minutes(15 * quarters)))
        .find_map(|earlier| zone.offset_from_local_datetime(&earlier).latest())
        .map_or(0, |offset| offset.fix().local_minus_utc());
    (local - TimeDelta::seconds(i64::from(offset))).and_utc()
}

/// Every zone of the IANA database by name.
#[derive(Debug, Clone, Copy)]
pub struct TzZones;

impl Zones for TzZones {
    fn resolve(&self, zone: &str, local: NaiveDateTime) -> Option<LocalInstant> {
        Some(resolve(zone.parse().ok()?, local))
    }
}
