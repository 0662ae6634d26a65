use chrono::{DateTime, Utc};
use domain::views::overview::{Link, LinkState};
use store::overview::{ConnectionRow, SourceSeen};

use super::{GONE, SILENT};

/// Connections first, then the sources that are still expected to speak.
pub(super) fn links(
    sources: &[SourceSeen],
    connections: &[ConnectionRow],
    now: DateTime<Utc>,
) -> Vec<Link> {
    let out = connections.iter().map(|row| Link {
        name: row.name.clone(),
        inbound: false,
        state: connection(row, now),
        last: row.last_at,
    });
    let inbound = sources.iter().filter(|source| expected(source, now)).map(|source| Link {
        name: source.name.clone(),
        inbound: true,
        state: match source.last_at {
            None => LinkState::Unused,
            Some(at) if at < now - SILENT => LinkState::Silent,
            Some(_) => LinkState::Healthy,
        },
        last: source.last_at,
    });
    out.chain(inbound).collect()
}

/// A source is expected to speak until it has been silent for a week.
pub(super) fn expected(source: &SourceSeen, now: DateTime<Utc>) -> bool {
    source.last_at.is_none_or(|at| at > now - GONE)
}

/// How a connection stands.
pub(super) fn connection(row: &ConnectionRow, now: DateTime<Utc>) -> LinkState {
    match row.state.as_str() {
        "paused" => LinkState::Paused,
        _ if row.open_until.is_some_and(|until| until > now) => LinkState::Resting,
        _ if row.failures > 0 => LinkState::Failing,
        "shadow" => LinkState::Shadow,
        _ => LinkState::Healthy,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn source(name: &str, minutes_ago: Option<i64>) -> SourceSeen {
        let last_at = minutes_ago.map(|minutes| now() - TimeDelta::minutes(minutes));
        SourceSeen { name: name.to_owned(), kind: "rest".to_owned(), last_at }
    }

    #[test]
    fn a_source_is_silent_after_half_an_hour_and_forgotten_after_a_week() {
        let sources = [
            source("speaks", Some(29)),
            source("silent", Some(31)),
            source("gone", Some(8 * 24 * 60)),
            source("new", None),
        ];
        let states: Vec<_> =
            links(&sources, &[], now()).into_iter().map(|link| (link.name, link.state)).collect();
        let expected = [
            ("speaks".to_owned(), LinkState::Healthy),
            ("silent".to_owned(), LinkState::Silent),
            ("new".to_owned(), LinkState::Unused),
        ];
        assert_eq!(states, expected);
    }

    #[test]
    fn an_open_breaker_rests_until_its_time_and_then_counts_as_failing() {
        let mut row = ConnectionRow {
            name: "Book".to_owned(),
            state: "live".to_owned(),
            failures: 5,
            open_until: Some(now() + TimeDelta::minutes(1)),
            last_at: None,
        };
        assert_eq!(connection(&row, now()), LinkState::Resting);
        assert_eq!(connection(&row, now() + TimeDelta::minutes(2)), LinkState::Failing);
        row.state = "paused".to_owned();
        assert_eq!(connection(&row, now()), LinkState::Paused);
    }
}
