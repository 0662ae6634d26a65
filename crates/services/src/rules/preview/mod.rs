//! What a draft would have done with the predictions of the last days, beside the policy in force.
//!
//! Stored predictions are streamed once, packed into memory and walked in the order in which they
//! came in; both policies go through the code that decides live. What people and the world did
//! (reviews, closures, work orders raised by hand) happens at its time. Dropping the future stops
//! the work: it yields after every [`CHUNK`] predictions.

mod input;
mod sim;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Instant;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::alert::Origin;
use domain::failure_mode;
use domain::ids::{AlertId, PredictionId, SiteId};
use domain::policy::{
    AlertFacts, DecisionAction, Facts, Funnel, HoldUntil, Policy, PredictionFacts, lint,
};
use domain::verdict::Outcome;
use domain::views::rules::{
    Compared, Coverage, Day, Difference, Preview, RuleCount, SampleField, Truth,
};
use store::rules as rows;
use store::{Actor, ScopedTx};

use self::input::{Input, SiteClock};
use self::sim::{Arrival, Caps, Ordered, Side, rank};
use super::access::Reach;
use crate::Error;
use crate::alerts::intent::intent_for;
use crate::alerts::rulebook::Needs;
use crate::calendars::Calendar;
use crate::work_orders::sample;

pub use self::sim::Did;

/// Predictions walked between two looks at whether anybody still waits.
const CHUNK: usize = 1_000;
/// Periods that can be asked for, days.
const PERIODS: std::ops::RangeInclusive<i32> = 1..=90;

/// What each policy did with one prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The prediction.
    pub prediction: PredictionId,
    /// The policy in force.
    pub live: Did,
    /// The draft.
    pub draft: Did,
}

/// Replays the last `days` with both policies. `each` is told what became of every prediction.
pub(super) async fn run(
    tx: &mut ScopedTx,
    reach: &Reach,
    live: &Policy,
    draft: &Policy,
    days: i32,
    mut each: impl FnMut(Step) + Send,
) -> Result<Preview, Error> {
    let started = Instant::now();
    if !PERIODS.contains(&days) {
        return Err(Error::invalid("days", "out_of_range", "Choose 1 to 90 days."));
    }
    let until = tx.now();
    let from = until - TimeDelta::days(days.into());
    let sites = reach.visible(tx);
    let needs = Needs::of(live).and(Needs::of(draft));
    let input = Input::load(tx, &sites, (from, until), needs).await?;
    let (mut clocks, caps) = clocks(tx, &sites, from, until).await?;
    let zone = clocks.first().map_or(chrono_tz::Tz::UTC, SiteClock::zone);
    let others = rows::cap_orders(tx, reach.connection, &ids(&sites), from, until).await?;

    let mut sides = [live, draft].map(|policy| {
        let assets = input.pairs.iter().map(|pair| pair.asset).collect();
        Side::new(policy, assets, input.things.len(), caps)
    });
    for side in &mut sides {
        for start in input.starts(from)? {
            side.start(start);
        }
    }
    let mut walk = Walk::new(&input, draft, needs.recent);
    let mut events = input.events.iter().peekable();
    let mut orders = others.iter().peekable();
    let mut facts: Vec<Option<Facts>> = clocks.iter().map(|_| None).collect();
    for (n, row) in input.rows.iter().enumerate() {
        if n % CHUNK == 0 {
            tokio::task::yield_now().await;
        }
        let case = row.case as usize;
        let thing = &input.things[input.pairs[case].asset];
        let Some(clock) = clocks.get_mut(thing.site) else { continue };
        let place = &mut facts[thing.site];
        walk.fill(place, clock, row)?;
        let Some(facts) = place else { continue };
        walk.remember(facts, case, row);
        if row.received_at < from {
            continue;
        }
        while let Some((at, case, event)) = events.next_if(|(at, ..)| *at <= row.received_at) {
            for side in &mut sides {
                side.until(*at);
                side.happens(*at, *case, *event);
            }
        }
        while let Some(at) = orders.next_if(|at| **at <= row.received_at) {
            sides.iter_mut().for_each(|side| side.other_order(*at));
        }
        walk.seen(row, clock.day());
        if row.stale {
            continue;
        }
        walk.lend(facts, case);
        walk.count(facts, row.received_at);
        let arrival = Arrival {
            id: row.id,
            at: row.received_at,
            day: clock.day(),
            alert: row.alert,
            case,
            asset: input.pairs[case].asset,
        };
        let [live, draft] = sides.each_mut().map(|side| {
            side.until(row.received_at);
            side.takes(arrival, facts)
        });
        each(Step { prediction: PredictionId(row.id), live, draft });
        walk.lend(facts, case);
    }
    for side in &mut sides {
        side.until(until);
    }
    let [live_side, draft_side] = sides;
    let sample = match &draft_side.sample {
        Some(ordered) => sample_of(tx, ordered).await?,
        None => Vec::new(),
    };
    let (differences, compared) = compare(&input, &live_side, &draft_side);
    let days_of = strip(from, until, zone, &walk, &live_side, &draft_side);
    Ok(Preview {
        coverage: walk.coverage(days, from, until, zone.name(), &days_of),
        draft: draft_side.tallied,
        live: live_side.tallied,
        live_version: i32::try_from(live.version).unwrap_or(i32::MAX),
        days: days_of,
        differences,
        compared,
        truth: truth(&input, &draft_side, &walk),
        live_truth: truth(&input, &live_side, &walk),
        rules: walk.rules(),
        lints: lint(draft),
        sample,
        took_ms: i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
    })
}

fn ids(sites: &[SiteId]) -> Vec<i64> {
    sites.iter().map(|site| site.0).collect()
}

/// A clock per site, in order, and the caps of the connection.
async fn clocks(
    tx: &mut ScopedTx,
    sites: &[SiteId],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(Vec<SiteClock>, Caps), Error> {
    let mut found: HashMap<i64, SiteClock> = HashMap::new();
    let mut caps = Caps { per_hour: usize::MAX, per_day: usize::MAX };
    for row in store::alerts::site_rules(tx, sites).await? {
        let spec =
            serde_json::from_str(&row.calendar).map_err(|e| store::Error::corrupt("site", e))?;
        let calendar = Calendar::new(spec).map_err(|e| store::Error::corrupt("site", e))?;
        caps.per_hour = usize::try_from(row.cap_per_hour).unwrap_or(0);
        caps.per_day = usize::try_from(row.cap_per_day).unwrap_or(0);
        found.insert(row.site_id, SiteClock::new(calendar, from, until));
    }
    let clocks = sites.iter().filter_map(|site| found.remove(&site.0)).collect();
    Ok((clocks, caps))
}

/// What is counted on the way, whatever a policy says about it.
struct Walk<'a> {
    input: &'a Input,
    draft: &'a Policy,
    funnels: Vec<Funnel>,
    alone: Vec<u64>,
    /// The latest predictions of each case, when a policy counts repeats.
    recent: Vec<Vec<PredictionFacts>>,
    per_day: HashMap<NaiveDate, i64>,
    alerts: HashSet<i64>,
    predictions: i64,
    stale: i64,
    first: Option<DateTime<Utc>>,
}

impl<'a> Walk<'a> {
    fn new(input: &'a Input, draft: &'a Policy, keeps: bool) -> Self {
        let recent =
            if keeps { input.pairs.iter().map(|_| Vec::new()).collect() } else { Vec::new() };
        Self {
            input,
            draft,
            funnels: draft.rules.iter().map(Funnel::of).collect(),
            alone: vec![0; draft.rules.len()],
            recent,
            per_day: HashMap::new(),
            alerts: HashSet::new(),
            predictions: 0,
            stale: 0,
            first: None,
        }
    }

    /// Puts the prediction, its asset and the calendar into the facts of its site.
    fn fill(
        &self,
        place: &mut Option<Facts>,
        clock: &mut SiteClock,
        row: &input::Packed,
    ) -> Result<(), Error> {
        let passed = clock.go_to(row.received_at);
        let Some(calendar) = clock.facts() else { return Ok(()) };
        let pair = &self.input.pairs[row.case as usize];
        let asset = &self.input.things[pair.asset].facts;
        let facts = place.get_or_insert_with(|| Facts {
            asset: asset.clone(),
            alert: AlertFacts { predictions: 1, first_seen: row.received_at },
            failure_mode: pair.mode.clone(),
            prediction: blank(row.received_at),
            recent: Vec::new(),
            open_work_order: false,
            calendar: calendar.clone(),
        });
        if passed {
            facts.calendar.clone_from(calendar);
        }
        facts.asset.clone_from(asset);
        facts.failure_mode.clone_from(&pair.mode);
        facts.alert = AlertFacts { predictions: 1, first_seen: row.received_at };
        facts.open_work_order = false;
        self.input.unpack(row, &mut facts.prediction)
    }

    /// Adds the prediction to the latest of its case.
    fn remember(&mut self, facts: &Facts, case: usize, row: &input::Packed) {
        if let Some(recent) = self.recent.get_mut(case) {
            let since = row.received_at - TimeDelta::days(7);
            recent.retain(|p| p.observed_at > since);
            if !row.stale {
                recent.push(facts.prediction.clone());
            }
        }
    }

    /// Lends the latest predictions of a case to the facts, and takes them back.
    fn lend(&mut self, facts: &mut Facts, case: usize) {
        if let Some(recent) = self.recent.get_mut(case) {
            std::mem::swap(recent, &mut facts.recent);
        }
    }

    fn seen(&mut self, row: &input::Packed, day: NaiveDate) {
        self.predictions += 1;
        self.stale += i64::from(row.stale);
        *self.per_day.entry(day).or_default() += 1;
        self.first = self.first.or(Some(row.received_at));
        if !row.stale {
            self.alerts.insert(row.alert);
        }
    }

    /// Which rule would match the prediction, and which conditions it would get past.
    fn count(&mut self, facts: &Facts, now: DateTime<Utc>) {
        let mut taken = false;
        for (at, rule) in self.draft.rules.iter().enumerate() {
            if rule.paused {
                continue;
            }
            let matches = if taken {
                rule.matches(facts, now)
            } else {
                self.funnels[at].add(rule, facts, now)
            };
            self.alone[at] += u64::from(matches);
            taken |= matches;
        }
    }

    fn rules(&self) -> Vec<RuleCount> {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let counts = self.funnels.iter().zip(&self.alone).map(|(funnel, alone)| RuleCount {
            asked: number(funnel.asked),
            parts: funnel.parts.iter().map(|n| number(*n)).collect(),
            matched: number(funnel.matched),
            alone: number(*alone),
        });
        counts.collect()
    }

    fn coverage(
        &self,
        days: i32,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        zone: &str,
        strip: &[Day],
    ) -> Coverage {
        let gaps = strip.iter().filter(|day| day.predictions == 0).count();
        Coverage {
            days,
            from,
            until,
            time_zone: zone.to_owned(),
            predictions: self.predictions,
            stale: self.stale,
            alerts: i64::try_from(self.alerts.len()).unwrap_or(i64::MAX),
            gaps: i64::try_from(gaps).unwrap_or(i64::MAX),
            first: self.first,
        }
    }
}

fn blank(at: DateTime<Utc>) -> PredictionFacts {
    PredictionFacts {
        confidence: 0.0,
        remaining_life_hours: None,
        window_hours: None,
        observed_at: at,
        overdue: false,
        stale: false,
        model: String::new(),
        model_version: None,
        source: String::new(),
        attributes: std::collections::BTreeMap::new(),
    }
}

/// Every day of the period, with what both policies did on it.
fn strip(
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    zone: chrono_tz::Tz,
    walk: &Walk<'_>,
    live: &Side<'_>,
    draft: &Side<'_>,
) -> Vec<Day> {
    let first = from.with_timezone(&zone).date_naive();
    let last = until.with_timezone(&zone).date_naive();
    let of = |side: &Side<'_>, date| side.days.get(&date).copied().unwrap_or_default();
    let days = first.iter_days().skip(1).take_while(|date| *date <= last).map(|date| {
        let (draft, live) = (of(draft, date), of(live, date));
        Day {
            date,
            predictions: walk.per_day.get(&date).copied().unwrap_or(0),
            created: draft.created,
            reviews: draft.reviews,
            live_created: live.created,
            live_reviews: live.reviews,
        }
    });
    days.collect()
}

/// Alerts that would have ended otherwise.
fn compare(input: &Input, live: &Side<'_>, draft: &Side<'_>) -> (Vec<Difference>, Compared) {
    let mut compared = Compared::default();
    let mut found: Vec<Difference> = Vec::new();
    let acts = |action: Option<DecisionAction>| action.is_some_and(|a| rank(a) > 0);
    let alerts: BTreeSet<i64> = live.went.keys().chain(draft.went.keys()).copied().collect();
    for alert in alerts {
        let (a, b) = (live.went.get(&alert).copied(), draft.went.get(&alert).copied());
        let (was, now) = (a.map(|w| w.action), b.map(|w| w.action));
        match (acts(was), acts(now)) {
            (false, false) => continue,
            (true, true) if was == now => {
                compared.same += 1;
                continue;
            }
            (true, true) => compared.changed += 1,
            (false, true) => compared.new += 1,
            (true, false) => compared.gone += 1,
        }
        let Some(ending) = input.endings.get(&alert) else { continue };
        let pair = &input.pairs[ending.case];
        let at = a.into_iter().chain(b).map(|w| w.at).min().unwrap_or(ending.first_seen);
        found.push(Difference {
            alert: AlertId(alert),
            tag: input.things[pair.asset].facts.tag.clone(),
            mode: mode_name(&pair.mode),
            at,
            live: was,
            draft: now,
            outcome: ending.outcome,
        });
    }
    found.sort_by_key(|d| std::cmp::Reverse((d.at, d.alert)));
    found.truncate(Preview::DIFFERENCES);
    (found, compared)
}

/// A failure mode in words.
pub(super) fn mode_name(code: &str) -> String {
    failure_mode::find(code).map_or_else(|| code.to_owned(), |mode| mode.name.to_owned())
}

fn truth(input: &Input, side: &Side<'_>, walk: &Walk<'_>) -> Truth {
    let mut truth = Truth::default();
    for alert in &walk.alerts {
        let Some(ending) = input.endings.get(alert) else { continue };
        let acted = side.went.get(alert).is_some_and(|went| rank(went.action) > 0);
        match (acted, ending.outcome) {
            (true, Some(Outcome::Confirmed)) => truth.confirmed += 1,
            (true, Some(Outcome::FalsePositive | Outcome::SensorIssue)) => truth.false_alarm += 1,
            (true, Some(Outcome::WrongMode)) => truth.other_fault += 1,
            (true, _) => truth.unknown += 1,
            (false, Some(Outcome::Confirmed)) => truth.missed += 1,
            (false, _) => {}
        }
    }
    truth
}

/// The work order, field by field, as it would be sent.
async fn sample_of(tx: &mut ScopedTx, ordered: &Ordered) -> Result<Vec<SampleField>, Error> {
    let payload = rows::payload(tx, PredictionId(ordered.prediction), ordered.received_at).await?;
    let message = payload
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|e| store::Error::corrupt("prediction", e))?;
    let (origin, shutdown) = match &ordered.held {
        None => (Origin::Rule, None),
        Some((HoldUntil::WeeklyBatch, shutdown)) => (Origin::Batch, shutdown.as_ref()),
        Some((HoldUntil::NextShutdown, shutdown)) => (Origin::Shutdown, shutdown.as_ref()),
        Some((HoldUntil::NextDayReview, shutdown)) => (Origin::Review, shutdown.as_ref()),
    };
    let intent = intent_for(
        AlertId(ordered.alert),
        origin,
        Actor::System,
        &ordered.create,
        message.as_ref(),
        shutdown,
    );
    let Some(body) = sample(tx, &intent).await? else { return Ok(Vec::new()) };
    let fields = body.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let fields = fields.map(|(field, value)| SampleField {
        field: field.clone(),
        value: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    });
    Ok(fields.collect())
}
