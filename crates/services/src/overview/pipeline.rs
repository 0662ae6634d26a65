//! The six stages. A stage is dead when nothing comes through it; the numbers after it are then
//! those of the hour before, and marked: an empty hour behind a dead source is not a quiet plant.

use chrono::{DateTime, TimeDelta, Utc};
use domain::views::overview::{About, Health, LinkState, Stage};
use store::ScopedTx;
use store::overview::{self as facts, Beat, ConnectionRow, SourceSeen};

use super::SILENT;
use super::links::{connection, expected};
use crate::Error;

/// Steps of two minutes in an hour.
const STEPS: usize = 30;
/// More than this is not counted one by one.
const MOST: i64 = 10_000;
/// Deciding takes milliseconds: a case that waits so long waits for something else.
const STUCK: TimeDelta = TimeDelta::seconds(60);

/// The six stages, in order.
pub(super) async fn stages(
    tx: &mut ScopedTx,
    sites: &[i64],
    sources: &[SourceSeen],
    connections: &[ConnectionRow],
    stopped: i64,
    open: i64,
) -> Result<Vec<Stage>, Error> {
    let now = tx.now();
    let heard = Heard::of(sources, now);
    let mut line = Line { until: now, stale: false };

    let beats = facts::arrivals(tx, heard.until(now)).await?;
    let mut stages = vec![heard.stage(&beats, now)];
    line.after(&stages);

    let opened = facts::alerts_opened(tx, sites, line.until).await?;
    stages.push(line.stage(Health::Live, &opened, None, About::Alerts { open }));

    let waiting = facts::deciding_since(tx, sites).await?.filter(|since| now - *since > STUCK);
    if let Some(since) = waiting {
        line.until = line.until.min(since);
    }
    let decided = facts::decided(tx, sites, line.until).await?;
    let action =
        |word: &str| decided.iter().filter(|d| d.action == word).map(|d| d.count).sum::<i64>();
    let about = About::Rules {
        created: action("create"),
        asked: action("review"),
        held: action("hold"),
        waiting,
    };
    let beats: Vec<Beat> = decided.iter().map(|d| (d.back, d.count)).collect();
    let health = if waiting.is_some() { Health::Dead } else { Health::Live };
    stages.push(line.stage(health, &beats, None, about));
    line.after(&stages);

    let asked = facts::reviews_waiting(tx, sites).await?;
    let beats = facts::reviews_asked(tx, sites, line.until).await?;
    let health = if asked.overdue > 0 { Health::Late } else { Health::Live };
    let about = About::Review { since: asked.since, overdue: asked.overdue };
    stages.push(line.stage(health, &beats, Some(asked.waiting), about));

    let delivering = facts::delivering(tx, sites).await?;
    let resting = connections
        .iter()
        .any(|row| matches!(connection(row, now), LinkState::Paused | LinkState::Resting));
    let halted = delivering.since.filter(|_| resting && delivering.waiting > 0);
    if let Some(since) = halted {
        line.until = line.until.min(since);
    }
    let beats = facts::orders_created(tx, sites, line.until).await?;
    let health = match (halted, stopped + delivering.late) {
        (Some(_), _) => Health::Dead,
        (None, 0) => Health::Live,
        (None, _) => Health::Trouble,
    };
    let about = About::WorkOrders { stopped, waiting: delivering.waiting, since: delivering.since };
    stages.push(line.stage(health, &beats, None, about));
    line.after(&stages);

    let (beats, last) = facts::orders_closed(tx, sites, line.until).await?;
    stages.push(line.stage(Health::Live, &beats, None, About::Closures { last }));
    Ok(stages)
}

/// Where the numbers of the next stage end.
struct Line {
    until: DateTime<Utc>,
    stale: bool,
}

impl Line {
    /// What follows a dead stage is as old as its last sign of life.
    fn after(&mut self, stages: &[Stage]) {
        if let Some(dead) = stages.last().filter(|stage| stage.health == Health::Dead) {
            self.until = self.until.min(dead.until);
            self.stale = true;
        }
    }

    fn stage(&self, health: Health, beats: &[Beat], count: Option<i64>, about: About) -> Stage {
        stage(health, self.stale, self.until, beats, count, about)
    }
}

fn stage(
    health: Health,
    stale: bool,
    until: DateTime<Utc>,
    counted: &[Beat],
    count: Option<i64>,
    about: About,
) -> Stage {
    let mut beats = vec![0_i64; STEPS];
    for (back, count) in counted {
        let place = usize::try_from(*back).ok().and_then(|back| (STEPS - 1).checked_sub(back));
        if let Some(beat) = place.and_then(|place| beats.get_mut(place)) {
            *beat += count;
        }
    }
    let sum: i64 = beats.iter().sum();
    let count = count.unwrap_or(sum);
    Stage { health, stale, until, count: count.min(MOST), more: count > MOST, beats, about }
}

/// What is known of the sources.
struct Heard<'a> {
    speaking: i64,
    silent: Vec<&'a SourceSeen>,
    last: Option<DateTime<Utc>>,
}

impl<'a> Heard<'a> {
    fn of(sources: &'a [SourceSeen], now: DateTime<Utc>) -> Self {
        let last = sources.iter().filter_map(|source| source.last_at).max();
        let mut heard = Self { speaking: 0, silent: Vec::new(), last };
        for source in sources.iter().filter(|source| expected(source, now)) {
            match source.last_at {
                Some(at) if at < now - SILENT => heard.silent.push(source),
                Some(_) => heard.speaking += 1,
                None => {}
            }
        }
        heard
    }

    fn health(&self) -> Health {
        match (self.last, self.speaking, self.silent.len()) {
            (None, ..) => Health::Unused,
            (Some(_), 0, _) => Health::Dead,
            (Some(_), _, 0) => Health::Live,
            _ => Health::Trouble,
        }
    }

    /// The end of the hour that is counted.
    fn until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.last.filter(|_| self.health() == Health::Dead).unwrap_or(now)
    }

    fn stage(&self, beats: &[Beat], now: DateTime<Utc>) -> Stage {
        let newest = self.silent.iter().max_by_key(|source| source.last_at);
        let about = About::Sources {
            speaking: self.speaking,
            silent: i64::try_from(self.silent.len()).unwrap_or(i64::MAX),
            name: newest.map(|source| source.name.clone()),
            since: newest.and_then(|source| source.last_at),
            last: self.last,
        };
        stage(self.health(), false, self.until(now), beats, None, about)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn source(minutes_ago: i64) -> SourceSeen {
        let last_at = Some(now() - TimeDelta::minutes(minutes_ago));
        SourceSeen { name: format!("{minutes_ago}"), kind: "rest".to_owned(), last_at }
    }

    #[test]
    fn one_silent_source_of_two_is_trouble_and_two_are_death() {
        let two = [source(2), source(45)];
        let stage = Heard::of(&two, now()).stage(&[(0, 3), (29, 1)], now());
        assert_eq!((stage.health, stage.until, stage.count), (Health::Trouble, now(), 4));
        assert_eq!((stage.beats[29], stage.beats[0]), (3, 1), "the newest is the last");

        let none = [source(40), source(45)];
        let stage = Heard::of(&none, now()).stage(&[], now());
        assert_eq!(stage.health, Health::Dead);
        assert_eq!(stage.until, now() - TimeDelta::minutes(40), "no data since the last message");
    }

    #[test]
    fn sources_that_never_spoke_are_unused_not_dead() {
        let never = SourceSeen { last_at: None, ..source(0) };
        assert_eq!(Heard::of(&[never], now()).health(), Health::Unused);
        assert_eq!(Heard::of(&[], now()).health(), Health::Unused);
    }

    #[test]
    fn what_follows_a_dead_stage_is_as_old_as_its_last_sign_of_life() {
        let dead = Heard::of(&[source(40)], now()).stage(&[], now());
        let mut line = Line { until: now(), stale: false };
        line.after(std::slice::from_ref(&dead));
        let next = line.stage(Health::Live, &[], None, About::Alerts { open: 0 });
        assert!(next.stale);
        assert_eq!(next.until, dead.until);
    }
}
