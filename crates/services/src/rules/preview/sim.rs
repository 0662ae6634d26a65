//! One policy over a stream of predictions, alert by alert, with the very code that decides live
//! ([`Standing`]). Pure: time, facts and what people did come from outside.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::alert::{AlertState, ReviewStatus};
use domain::calendar::Shutdown;
use domain::policy::{
    CATCH_ALL, CreateEffect, DecisionAction, Effect, Facts, HoldUntil, Policy, bands,
    breaks_hold_off,
};
use domain::views::rules::{Preview, Tallied};

use crate::alerts::case::{Standing, Trial, asks};

/// A hold that is due already when it is decided fires at the schedule's next look, not before what
/// comes in with it.
const FIRES_WITHIN: TimeDelta = TimeDelta::seconds(5);

/// What a prediction led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    /// A new decision, after the cap.
    Decided(DecisionAction),
    /// Decided anew, to the same end.
    Unchanged,
    /// A standing decision or work order covered it.
    Attached,
    /// Recorded on a closed alert.
    HeldOff,
}

/// What people and the world did to an alert.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// It ended; predictions are held off until then.
    Closed(Option<DateTime<Utc>>),
    /// A reviewer approved.
    Approved,
    /// A reviewer's snooze was carried out.
    Snoozed,
    /// A snooze ended.
    Woken,
    /// A person raised a work order.
    Raised,
}

/// The alert of one asset and failure mode.
#[derive(Debug, Clone, Default)]
struct Turn {
    open: Option<Standing>,
    held_off_until: Option<DateTime<Utc>>,
    highest: Option<f64>,
    lowest: Option<f64>,
    /// Counts up whenever the alert changes, so that a hold which was left does not fire.
    generation: u32,
}

/// The furthest a policy went with one alert.
#[derive(Debug, Clone, Copy)]
pub(super) struct Went {
    pub(super) action: DecisionAction,
    pub(super) at: DateTime<Utc>,
}

/// The latest work order a policy would have created.
#[derive(Debug, Clone)]
pub(super) struct Ordered {
    pub(super) prediction: i64,
    pub(super) received_at: DateTime<Utc>,
    pub(super) alert: i64,
    pub(super) create: CreateEffect,
    pub(super) held: Option<(HoldUntil, Option<Shutdown>)>,
}

/// Work orders that rules may create on the connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caps {
    pub(super) per_hour: usize,
    pub(super) per_day: usize,
}

/// A day's figures of one policy.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DayTally {
    pub(super) created: i64,
    pub(super) reviews: i64,
}

/// Which prediction is tried, besides its facts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival {
    pub(super) id: i64,
    pub(super) at: DateTime<Utc>,
    /// Day at the site.
    pub(super) day: NaiveDate,
    pub(super) alert: i64,
    /// Index of asset and failure mode.
    pub(super) case: usize,
    /// Index of the asset.
    pub(super) asset: usize,
}

/// A policy and everything it would have done so far.
pub(super) struct Side<'p> {
    pub(super) policy: &'p Policy,
    borders: Vec<f64>,
    turns: Vec<Turn>,
    /// Alerts with a work order, by asset.
    ordered_on: Vec<u32>,
    holds: BinaryHeap<Reverse<(DateTime<Utc>, usize, u32)>>,
    caps: Caps,
    created: VecDeque<DateTime<Utc>>,
    assets: Vec<usize>,
    pub(super) tallied: Tallied,
    pub(super) days: HashMap<NaiveDate, DayTally>,
    pub(super) went: HashMap<i64, Went>,
    pub(super) sample: Option<Ordered>,
}

/// How an alert stood when the period began.
pub(super) struct Start {
    pub(super) case: usize,
    pub(super) standing: Option<Standing>,
    pub(super) held_off_until: Option<DateTime<Utc>>,
    pub(super) highest: Option<f64>,
    pub(super) lowest: Option<f64>,
    pub(super) hold: Option<DateTime<Utc>>,
}

impl<'p> Side<'p> {
    /// `assets` is the asset of each case.
    pub(super) fn new(
        policy: &'p Policy,
        assets: Vec<usize>,
        number_of_assets: usize,
        caps: Caps,
    ) -> Self {
        Self {
            policy,
            borders: bands(policy),
            turns: vec![Turn::default(); assets.len()],
            ordered_on: vec![0; number_of_assets],
            holds: BinaryHeap::new(),
            caps,
            created: VecDeque::new(),
            assets,
            tallied: Tallied::default(),
            days: HashMap::new(),
            went: HashMap::new(),
            sample: None,
        }
    }

    /// Puts an alert as it stood when the period began.
    pub(super) fn start(&mut self, start: Start) {
        let turn = &mut self.turns[start.case];
        turn.held_off_until = start.held_off_until;
        turn.highest = start.highest;
        turn.lowest = start.lowest;
        if let Some(at) = start.hold {
            self.holds.push(Reverse((at, start.case, turn.generation)));
        }
        self.set(start.case, start.standing);
    }

    /// A work order of the connection that no prediction here leads to.
    pub(super) fn other_order(&mut self, at: DateTime<Utc>) {
        self.created.push_back(at);
    }

    /// Lets time pass: holds fire.
    pub(super) fn until(&mut self, now: DateTime<Utc>) {
        while let Some(Reverse((at, case, generation))) = self.holds.peek().copied() {
            if at > now {
                return;
            }
            self.holds.pop();
            let turn = &mut self.turns[case];
            let held = turn.open.as_ref().is_some_and(|s| s.state == AlertState::Held);
            if held && turn.generation == generation {
                self.tallied.released += 1;
                self.order(case);
            }
        }
    }

    /// What people and the world did.
    pub(super) fn happens(&mut self, at: DateTime<Utc>, case: usize, event: Event) {
        let state = self.turns[case].open.as_ref().map(|s| s.state);
        match (event, state) {
            (Event::Closed(until), Some(_)) => {
                self.set(case, None);
                self.turns[case].held_off_until = until;
            }
            (Event::Approved, Some(AlertState::WaitingReview)) => self.order(case),
            (Event::Raised, _) => {
                if state.is_none() {
                    let generation = self.turns[case].generation + 1;
                    self.turns[case] = Turn { generation, ..Turn::default() };
                    self.set(case, Some(Standing::fresh(at)));
                }
                self.order(case);
            }
            (Event::Snoozed, Some(AlertState::WaitingReview)) => {
                self.change(case, |standing| {
                    standing.state = AlertState::Held;
                    standing.review = None;
                });
            }
            (Event::Woken, Some(AlertState::Held)) => {
                self.change(case, |standing| {
                    standing.state = AlertState::WaitingReview;
                    standing.review = Some(ReviewStatus::Pending);
                });
            }
            _ => {}
        }
    }

    /// Takes a prediction in. `facts` hold everything but the alert and the open work order.
    pub(super) fn takes(&mut self, arrival: Arrival, facts: &mut Facts) -> Did {
        let did = self.weigh(arrival, facts);
        if !matches!(did, Did::Decided(_)) {
            self.tallied.merged += 1;
        }
        did
    }

    fn weigh(&mut self, arrival: Arrival, facts: &mut Facts) -> Did {
        let (confidence, life) =
            (facts.prediction.confidence, facts.prediction.remaining_life_hours);
        let turn = &mut self.turns[arrival.case];
        if turn.open.is_none() {
            let held_off = turn.held_off_until.is_some_and(|until| until > arrival.at)
                && !breaks_hold_off(
                    &self.borders,
                    turn.highest.unwrap_or(0.0),
                    turn.lowest,
                    confidence,
                    life,
                );
            if held_off {
                return Did::HeldOff;
            }
            *turn = Turn { generation: turn.generation + 1, ..Turn::default() };
            turn.open = Some(Standing::fresh(arrival.at));
        }
        turn.highest = Some(turn.highest.map_or(confidence, |highest| highest.max(confidence)));
        turn.lowest = match (turn.lowest, life) {
            (Some(lowest), Some(life)) => Some(lowest.min(life)),
            (lowest, life) => lowest.or(life),
        };
        facts.open_work_order = self.ordered_on[arrival.asset] > 0;
        let Some(standing) = &mut turn.open else { return Did::Attached };
        let asked = standing.state == AlertState::WaitingReview;
        let was_ordered = standing.state == AlertState::WorkOrder;
        match standing.try_out(self.policy, facts, arrival.at) {
            Trial::Attached => Did::Attached,
            Trial::Unchanged => Did::Unchanged,
            Trial::Decided(ruling) => {
                turn.generation += 1;
                let rule = self.policy.rules.get(ruling.rule_index as usize);
                let rule = rule.map_or(CATCH_ALL, |rule| rule.name.as_str());
                self.decided(arrival, rule, ruling.effect, asked, was_ordered)
            }
        }
    }

    fn decided(
        &mut self,
        arrival: Arrival,
        rule: &str,
        effect: Effect,
        asked: bool,
        was_ordered: bool,
    ) -> Did {
        let mut action = effect.action;
        if action == DecisionAction::Create && !self.room(arrival.at) {
            action = DecisionAction::Review;
            self.tallied.capped += 1;
            if let Some(standing) = &mut self.turns[arrival.case].open {
                standing.ask_instead(rule);
            }
        }
        let now_ordered = action == DecisionAction::Create;
        self.count_ordered(arrival.asset, was_ordered, now_ordered);
        let day = self.days.entry(arrival.day).or_default();
        match action {
            DecisionAction::Create => {
                self.tallied.created += 1;
                day.created += 1;
                self.created.push_back(arrival.at);
                self.tallied.most = self.tallied.most.max(day.created);
                self.tallied.busy_days += i64::from(day.created == Preview::MANY_A_DAY + 1);
            }
            DecisionAction::Review => {
                self.tallied.reviews += i64::from(!asked);
                day.reviews += i64::from(!asked);
            }
            DecisionAction::Hold => {
                self.tallied.held += 1;
                day.reviews += i64::from(asks(&effect) && !asked);
                if let Some(hold) = effect.hold.as_ref().filter(|_| !asks(&effect)) {
                    let generation = self.turns[arrival.case].generation;
                    let due = hold.fires_at.max(arrival.at + FIRES_WITHIN);
                    self.holds.push(Reverse((due, arrival.case, generation)));
                }
            }
            DecisionAction::Log => self.tallied.logged += 1,
        }
        let went = self.went.entry(arrival.alert).or_insert(Went { action, at: arrival.at });
        if rank(action) > rank(went.action) {
            *went = Went { action, at: arrival.at };
        }
        if matches!(action, DecisionAction::Create | DecisionAction::Hold)
            && let Some(create) = effect.create
        {
            self.sample = Some(Ordered {
                prediction: arrival.id,
                received_at: arrival.at,
                alert: arrival.alert,
                create,
                held: effect.hold.map(|hold| (hold.until, hold.shutdown)),
            });
        }
        Did::Decided(action)
    }

    /// Whether the caps of the connection leave room.
    fn room(&mut self, now: DateTime<Utc>) -> bool {
        while self.created.front().is_some_and(|at| *at <= now - TimeDelta::days(1)) {
            self.created.pop_front();
        }
        let hour = self.created.iter().rev().take_while(|at| **at > now - TimeDelta::hours(1));
        hour.count() < self.caps.per_hour && self.created.len() < self.caps.per_day
    }

    /// The alert has a work order from now on.
    fn order(&mut self, case: usize) {
        self.change(case, |standing| {
            standing.state = AlertState::WorkOrder;
            standing.absorbed = true;
            standing.review = None;
        });
    }

    fn change(&mut self, case: usize, change: impl FnOnce(&mut Standing)) {
        let Some(mut standing) = self.turns[case].open.clone() else { return };
        change(&mut standing);
        self.turns[case].generation += 1;
        self.set(case, Some(standing));
    }

    fn set(&mut self, case: usize, standing: Option<Standing>) {
        let ordered =
            |s: &Option<Standing>| s.as_ref().is_some_and(|s| s.state == AlertState::WorkOrder);
        let (was, now) = (ordered(&self.turns[case].open), ordered(&standing));
        self.turns[case].open = standing;
        self.count_ordered(self.assets[case], was, now);
    }

    fn count_ordered(&mut self, asset: usize, was: bool, now: bool) {
        let count = &mut self.ordered_on[asset];
        *count = count.saturating_sub(u32::from(was)) + u32::from(now);
    }
}

/// How far an action goes.
pub(super) const fn rank(action: DecisionAction) -> u8 {
    match action {
        DecisionAction::Log => 0,
        DecisionAction::Review => 1,
        DecisionAction::Hold => 2,
        DecisionAction::Create => 3,
    }
}
