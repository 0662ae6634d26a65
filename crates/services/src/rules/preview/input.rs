//! What a preview replays, packed: names are stored once, a prediction is a few numbers.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::alert::{AlertState, ReviewDecision, ReviewStatus};
use domain::calendar::CalendarFacts;
use domain::ids::SiteId;
use domain::policy::{AssetFacts, Effect, PredictionFacts};
use domain::verdict::Outcome;
use store::ScopedTx;
use store::rules as rows;

use super::sim::{Event, Start};
use crate::Error;
use crate::alerts::case::{Standing, state_after};
use crate::alerts::rulebook::{Needs, asset_words, word};
use crate::calendars::Calendar;

/// Predictions that *n of the last m* may still look at when the period begins.
const LOOK_BACK: TimeDelta = TimeDelta::days(8);

/// A stored prediction.
pub(super) struct Packed {
    pub(super) id: i64,
    pub(super) received_at: DateTime<Utc>,
    observed_at: DateTime<Utc>,
    pub(super) case: u32,
    pub(super) seq: i32,
    model: u32,
    source: u32,
    confidence: f64,
    rul_hours: Option<f64>,
    window_hours: Option<f64>,
    overdue: bool,
    pub(super) stale: bool,
    pub(super) alert: i64,
    attributes: Option<Box<str>>,
}

/// An asset with its site, by index.
pub(super) struct Thing {
    pub(super) facts: AssetFacts,
    pub(super) site: usize,
}

/// An asset and failure mode.
pub(super) struct Pair {
    pub(super) asset: usize,
    pub(super) mode: String,
}

/// How an alert ended.
pub(super) struct Ending {
    pub(super) case: usize,
    pub(super) outcome: Option<Outcome>,
    pub(super) first_seen: DateTime<Utc>,
}

/// Everything a preview replays.
pub(super) struct Input {
    pub(super) rows: Vec<Packed>,
    pub(super) things: Vec<Thing>,
    pub(super) pairs: Vec<Pair>,
    pub(super) events: Vec<(DateTime<Utc>, usize, Event)>,
    pub(super) endings: HashMap<i64, Ending>,
    starts: Vec<rows::Case>,
    by_pair: HashMap<(usize, String), usize>,
    by_asset: HashMap<i64, usize>,
    models: Vec<(String, Option<String>)>,
    sources: Vec<String>,
}

impl Input {
    pub(super) async fn load(
        tx: &mut ScopedTx,
        sites: &[SiteId],
        (from, until): (DateTime<Utc>, DateTime<Utc>),
        needs: Needs,
    ) -> Result<Self, Error> {
        let ids: Vec<i64> = sites.iter().map(|site| site.0).collect();
        let site_at: HashMap<i64, usize> = ids.iter().copied().zip(0..).collect();
        let mut input = Self {
            rows: Vec::new(),
            things: Vec::new(),
            pairs: Vec::new(),
            events: Vec::new(),
            endings: HashMap::new(),
            starts: Vec::new(),
            by_pair: HashMap::new(),
            by_asset: HashMap::new(),
            models: Vec::new(),
            sources: Vec::new(),
        };
        for thing in rows::things(tx, &ids, needs.path).await? {
            let Some(&site) = site_at.get(&thing.site_id) else { continue };
            let (kind, criticality) = asset_words(&thing.kind, &thing.criticality)?;
            let facts = AssetFacts { tag: thing.tag, kind, criticality, path: thing.path };
            input.by_asset.insert(thing.id, input.things.len());
            input.things.push(Thing { facts, site });
        }
        let names: HashMap<i64, String> = rows::source_names(tx).await?.into_iter().collect();
        let since = if needs.recent { from - LOOK_BACK } else { from };
        let mut packer =
            Packer { input: &mut input, models: HashMap::new(), sources: HashMap::new(), names };
        rows::predictions(tx, &ids, since, until, needs.attributes, |seen| packer.add(seen))
            .await?;
        if i64::try_from(input.rows.len()).unwrap_or(i64::MAX) > rows::LIMIT {
            let message = format!(
                "There are more than {} predictions in this period. Choose a shorter one.",
                rows::LIMIT
            );
            return Err(Error::invalid("days", "too_many_predictions", message));
        }
        // Within an alert the order is that of attaching.
        input.rows.sort_unstable_by_key(|row| (row.received_at, row.alert, row.seq));
        for case in rows::cases(tx, &ids, from, until).await? {
            input.case(case, from, until)?;
        }
        input.said(rows::said(tx, &ids, from, until).await?, until)?;
        for order in rows::person_orders(tx, &ids, from, until).await? {
            input.event(order.created_at, order.alert_id, Event::Raised);
        }
        input.events.sort_by_key(|(at, ..)| *at);
        Ok(input)
    }

    fn pair(&mut self, asset: usize, mode: &str) -> usize {
        // One look-up in the usual case that it is there.
        if let Some(&at) = self.by_pair.get(&(asset, mode.to_owned())) {
            return at;
        }
        let at = self.pairs.len();
        self.pairs.push(Pair { asset, mode: mode.to_owned() });
        self.by_pair.insert((asset, mode.to_owned()), at);
        at
    }

    fn event(&mut self, at: DateTime<Utc>, alert: i64, event: Event) {
        if let Some(ending) = self.endings.get(&alert) {
            self.events.push((at, ending.case, event));
        }
    }

    fn case(
        &mut self,
        row: rows::Case,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(), Error> {
        let Some(&asset) = self.by_asset.get(&row.asset_id) else { return Ok(()) };
        let case = self.pair(asset, &row.failure_mode);
        let outcome = row.outcome.as_deref().map(|text| word("alert", text)).transpose()?;
        self.endings.insert(row.id, Ending { case, outcome, first_seen: row.first_seen });
        if let Some(at) = row.closed_at.filter(|at| *at >= from && *at < until) {
            self.events.push((at, case, Event::Closed(row.held_off_until)));
        }
        if row.first_seen < from {
            self.starts.push(row);
        }
        Ok(())
    }

    fn said(&mut self, said: Vec<rows::Said>, until: DateTime<Utc>) -> Result<(), Error> {
        for said in said {
            match word::<ReviewDecision>("review", &said.decision)? {
                ReviewDecision::Approve => {
                    self.event(said.decided_at, said.alert_id, Event::Approved);
                }
                ReviewDecision::Snooze => {
                    let run = said.run_at.unwrap_or(said.decided_at);
                    self.event(run, said.alert_id, Event::Snoozed);
                    if let Some(end) = said.until.filter(|end| *end < until) {
                        self.event(end, said.alert_id, Event::Woken);
                    }
                }
                // The alert closes with it.
                ReviewDecision::Reject => {}
            }
        }
        Ok(())
    }

    /// How alerts stood when the period began.
    pub(super) fn starts(&self, from: DateTime<Utc>) -> Result<Vec<Start>, Error> {
        // Of several alerts of one case the latest counts.
        let mut latest: BTreeMap<usize, &rows::Case> = BTreeMap::new();
        for row in &self.starts {
            let Some(ending) = self.endings.get(&row.id) else { continue };
            let known = latest.entry(ending.case).or_insert(row);
            if row.id > known.id {
                *known = row;
            }
        }
        latest.into_iter().map(|(case, row)| start(case, row, from)).collect()
    }

    /// Writes a prediction into facts that are used again and again.
    pub(super) fn unpack(&self, row: &Packed, facts: &mut PredictionFacts) -> Result<(), Error> {
        let (model, version) = &self.models[row.model as usize];
        facts.confidence = row.confidence;
        facts.remaining_life_hours = row.rul_hours;
        facts.window_hours = row.window_hours;
        facts.observed_at = row.observed_at;
        facts.overdue = row.overdue;
        facts.stale = row.stale;
        facts.model.clone_from(model);
        facts.model_version.clone_from(version);
        facts.source.clone_from(&self.sources[row.source as usize]);
        if let Some(text) = &row.attributes {
            facts.attributes =
                serde_json::from_str(text).map_err(|e| store::Error::corrupt("prediction", e))?;
        } else {
            facts.attributes.clear();
        }
        Ok(())
    }
}

fn start(case: usize, row: &rows::Case, from: DateTime<Utc>) -> Result<Start, Error> {
    let (highest, lowest) = (row.highest_confidence, row.lowest_rul_hours);
    let held_off_until = row.held_off_until;
    if row.closed_at.is_some_and(|at| at < from) {
        return Ok(Start { case, standing: None, held_off_until, highest, lowest, hold: None });
    }
    let effect: Option<Effect> = row
        .effect
        .clone()
        .map(serde_json::from_value)
        .transpose()
        .map_err(|e| store::Error::corrupt("decision", e))?;
    let state = match &effect {
        _ if row.ordered => AlertState::WorkOrder,
        Some(effect) => state_after(effect),
        None => AlertState::Open,
    };
    let hold = effect.as_ref().and_then(|e| e.hold.as_ref()).map(|hold| hold.fires_at);
    let standing = Standing {
        state,
        absorbed: state == AlertState::WorkOrder,
        review: (state == AlertState::WaitingReview).then_some(ReviewStatus::Pending),
        decided: row.rule.clone().zip(effect.map(|effect| effect.action)),
        decided_confidence: row.confidence.unwrap_or(0.0),
        decided_rul_hours: row.rul_hours,
        evaluated: u32::try_from(row.evaluated).unwrap_or(0),
        first_seen: row.first_seen,
    };
    let hold = hold.filter(|_| state == AlertState::Held);
    Ok(Start { case, standing: Some(standing), held_off_until: None, highest, lowest, hold })
}

struct Packer<'a> {
    input: &'a mut Input,
    models: HashMap<(String, Option<String>), u32>,
    sources: HashMap<i64, u32>,
    names: HashMap<i64, String>,
}

impl Packer<'_> {
    fn add(&mut self, seen: rows::Seen<'_>) {
        let Some(&asset) = self.input.by_asset.get(&seen.asset_id) else { return };
        let case = self.input.pair(asset, seen.failure_mode);
        let models = &mut self.input.models;
        let model = (seen.model_name.to_owned(), seen.model_version.map(str::to_owned));
        let model = *self.models.entry(model).or_insert_with_key(|key| {
            models.push(key.clone());
            small(models.len() - 1)
        });
        let (sources, names) = (&mut self.input.sources, &self.names);
        let source = *self.sources.entry(seen.source_id).or_insert_with(|| {
            sources.push(names.get(&seen.source_id).cloned().unwrap_or_default());
            small(sources.len() - 1)
        });
        self.input.rows.push(Packed {
            id: seen.id,
            received_at: seen.received_at,
            observed_at: seen.observed_at,
            case: small(case),
            seq: seen.seq.unwrap_or(0),
            model,
            source,
            confidence: seen.confidence,
            rul_hours: seen.rul_hours,
            window_hours: seen.window_hours,
            overdue: seen.overdue,
            stale: seen.stale,
            alert: seen.alert_id.unwrap_or(0),
            attributes: seen.attributes.map(Into::into),
        });
    }
}

fn small(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// A site's calendar as time goes by. What rules see only changes at the ends of shifts, stops,
/// batches and days, so it is worked out once between two of them.
pub(super) struct SiteClock {
    calendar: Calendar,
    borders: Vec<DateTime<Utc>>,
    next: usize,
    facts: Option<CalendarFacts>,
    day: NaiveDate,
}

impl SiteClock {
    pub(super) fn new(calendar: Calendar, from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        let borders = calendar.borders(from, until);
        Self { calendar, borders, next: 0, facts: None, day: NaiveDate::default() }
    }

    pub(super) fn zone(&self) -> Tz {
        self.calendar.zone()
    }

    /// Goes on to an instant; answers whether what rules see has changed. Never goes back.
    pub(super) fn go_to(&mut self, now: DateTime<Utc>) -> bool {
        let mut passed = self.facts.is_none();
        while self.borders.get(self.next).is_some_and(|border| *border <= now) {
            self.next += 1;
            passed = true;
        }
        if passed {
            self.facts = Some(self.calendar.facts(now));
            self.day = now.with_timezone(&self.zone()).date_naive();
        }
        passed
    }

    /// What rules see now.
    pub(super) fn facts(&self) -> Option<&CalendarFacts> {
        self.facts.as_ref()
    }

    /// The day at the site.
    pub(super) fn day(&self) -> NaiveDate {
        self.day
    }
}
