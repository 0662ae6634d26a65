//! From the terms of a query to a filter.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::audit::{AuditQuery, Key, Term};
use store::ScopedTx;
use store::audit::{self as rows, AuditFilter, Clause, On};

use crate::Error;

/// The range when none is asked for.
const USUAL_DAYS: i64 = 90;
/// More terms are ignored.
const MOST_TERMS: usize = 20;

/// A query as it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// What to look for.
    pub filter: AuditFilter,
    /// No bound was asked for.
    pub usual_range: bool,
    /// What could not be understood.
    pub ignored: Vec<String>,
}

/// Reads a query. Days begin in `zone`; names of people, keys and sources become ids here.
///
/// # Errors
/// When the database refuses.
pub async fn understand(tx: &mut ScopedTx, text: &str, zone: &str) -> Result<Understood, Error> {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let now = tx.now();
    let (query, mut ignored) = AuditQuery::parse(text);
    let (mut from, mut until, mut clauses) = (None, None, Vec::new());
    for (place, term) in query.terms.iter().enumerate() {
        if place >= MOST_TERMS {
            ignored.push(term.to_string());
            continue;
        }
        let on = match term.key {
            Key::Before | Key::After => {
                match term.values.first().and_then(|text| instant(text, zone, now)) {
                    Some(at) if term.key == Key::Before => until = Some(at),
                    Some(at) => from = Some(at),
                    None => ignored.push(term.to_string()),
                }
                continue;
            }
            Key::Actor => On::Actors(actors(tx, term).await?),
            Key::Action => actions(term),
            Key::Object => objects(term),
            Key::Site => {
                let none = term.values.iter().any(|v| v == "none");
                On::Sites { ids: rows::sites_tagged(tx, &term.values).await?, none }
            }
            Key::Outcome => On::Outcomes(term.values.iter().map(|v| outcome(v)).collect()),
        };
        clauses.push(Clause { not: term.not, on });
    }
    let usual_range = from.is_none() && until.is_none();
    let from = from.unwrap_or_else(|| until.unwrap_or(now) - TimeDelta::days(USUAL_DAYS));
    Ok(Understood { filter: AuditFilter { from, until, clauses }, usual_range, ignored })
}

/// The page writes "done" for `ok`.
fn outcome(word: &str) -> String {
    if word == "done" { "ok".to_owned() } else { word.to_owned() }
}

async fn actors(tx: &mut ScopedTx, term: &Term) -> Result<Vec<(String, i64)>, Error> {
    let mut found = Vec::new();
    for value in &term.values {
        let value = value.to_lowercase();
        let by_id = value.split_once('/').and_then(|(kind, id)| {
            let known = ["user", "key", "source", "system"].contains(&kind);
            Some((kind.to_owned(), id.parse().ok()?)).filter(|_| known)
        });
        match by_id {
            Some(actor) => found.push(actor),
            None if ["millwright", "system"].contains(&value.as_str()) => {
                found.push(("system".to_owned(), 0));
            }
            None => found.extend(rows::actors_called(tx, &value).await?),
        }
    }
    Ok(found)
}

fn actions(term: &Term) -> On {
    let (mut whole, mut beginnings) = (Vec::new(), Vec::new());
    for value in &term.values {
        match value.strip_suffix('*') {
            Some(beginning) => beginnings.push(beginning.to_owned()),
            None => whole.push(value.clone()),
        }
    }
    On::Actions { whole, beginnings }
}

fn objects(term: &Term) -> On {
    let (mut kinds, mut single) = (Vec::new(), Vec::new());
    for value in &term.values {
        match value.split_once('/').and_then(|(kind, id)| Some((kind, id.parse().ok()?))) {
            Some((kind, id)) => single.push((kind.to_owned(), id)),
            None => kinds.push(value.clone()),
        }
    }
    On::Objects { kinds, rows: single }
}

/// `2026-06-18`, an instant with offset, or `-7d` and `-12h` from now.
fn instant(text: &str, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        let midnight = day.and_time(NaiveTime::MIN);
        // A day that begins with the clock going forward has no midnight.
        let begin = (0..4).find_map(|hours| {
            zone.from_local_datetime(&(midnight + TimeDelta::hours(hours))).earliest()
        });
        return begin.map(|at| at.to_utc());
    }
    let back = text.strip_prefix('-')?;
    let (number, unit) = back.split_at_checked(back.len().checked_sub(1)?)?;
    let number: i64 = number.parse().ok().filter(|n| (0..=36_500).contains(n))?;
    match unit {
        "d" => Some(now - TimeDelta::days(number)),
        "h" => Some(now - TimeDelta::hours(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_days_of_the_site_instants_or_back_from_now() {
        let now = Utc.with_ymd_and_hms(2026, 6, 18, 12, 0, 0).unwrap();
        let at = |text| instant(text, Tz::America__Chicago, now).map(|at| at.to_rfc3339());
        assert_eq!(at("2026-06-18").as_deref(), Some("2026-06-18T05:00:00+00:00"));
        assert_eq!(at("2026-06-18T04:12:00-05:00").as_deref(), Some("2026-06-18T09:12:00+00:00"));
        assert_eq!(at("-7d").as_deref(), Some("2026-06-11T12:00:00+00:00"));
        assert_eq!(at("-12h").as_deref(), Some("2026-06-18T00:00:00+00:00"));
        for wrong in ["", "-", "-d", "-1é", "-9999999d", "yesterday", "2026-13-01"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_that_begins_with_the_clock_going_forward_begins_then() {
        let now = Utc.with_ymd_and_hms(2026, 6, 18, 12, 0, 0).unwrap();
        let begin = instant("2026-03-29", Tz::Asia__Beirut, now).map(|at| at.to_rfc3339());
        assert_eq!(begin.as_deref(), Some("2026-03-28T22:00:00+00:00"));
    }
}
