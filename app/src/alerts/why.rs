use domain::policy::{ConditionResult, DecisionAction, Effect, Op, Reason, Value};
use domain::views::alerts::{Alert, DecisionView};
use leptos::prelude::*;

use super::did::day_and_clock;
use crate::strings::alerts as texts;
use crate::ui::{Condition, Icon, Level, Panel, Says, format};

/// Every rule with every condition, and what the matching one does.
#[component]
pub(super) fn Why(
    /// The case.
    alert: Alert,
) -> impl IntoView {
    let Some(decision) = alert.decision else {
        let text = if alert.origin == "person" { texts::BY_PERSON } else { texts::NOT_DECIDED };
        return view! {
            <Panel id="why" title=texts::WHY>
                <div class="body"><p class="muted">{text}</p></div>
            </Panel>
        }
        .into_any();
    };
    let zone = alert.asset.time_zone;
    let note = note(&decision);
    let effect = effect(&decision.effect, &zone);
    let rules = rules(&decision)
        .enumerate()
        .map(|(at, reason)| view! { <Rule at reason=reason.clone() effect=effect.clone() /> })
        .collect_view();
    let capped = decision.note.as_deref() == Some(texts::CAP);
    view! {
        <Panel id="why" title=texts::WHY note=note>
            <ol class="why">
                {rules}
                {capped
                    .then(|| {
                        view! {
                            <li data-hit="">
                                <p class="rn">
                                    <span aria-hidden="true">"+"</span>
                                    <b>{texts::CAP}</b>
                                    <Says level=Level::High>{texts::MATCHED}</Says>
                                </p>
                                <p class="row">{texts::CAP_HINT}</p>
                            </li>
                        }
                    })}
            </ol>
        </Panel>
    }
    .into_any()
}

fn note(decision: &DecisionView) -> String {
    let of = i64::try_from(rules(decision).count()).unwrap_or_default();
    let at = rules(decision).position(|reason| reason.matched);
    let place = at.and_then(|at| i64::try_from(at + 1).ok()).map(|at| (at, of));
    let calendar = &decision.calendar;
    texts::policy(decision.policy.version, place, calendar.in_production, calendar.shift.as_deref())
}

/// The rules of the policy, without what changed the action from outside.
fn rules(decision: &DecisionView) -> impl Iterator<Item = &Reason> {
    let outside = decision.note.as_deref();
    decision.reasons.iter().filter(move |reason| Some(reason.rule.as_str()) != outside)
}

#[component]
fn Rule(
    /// Its place, from 0.
    at: usize,
    /// What was found.
    reason: Reason,
    /// What happens if it matched.
    effect: String,
) -> impl IntoView {
    let matched = reason.matched;
    let state = match (matched, reason.reached) {
        (true, _) => view! { <Says level=Level::Ok>{texts::MATCHED}</Says> }.into_any(),
        (false, true) => {
            let word = if reason.paused { crate::strings::rules::PAUSED } else { texts::NOT_MET };
            view! { <span class="push muted xs">{word}</span> }.into_any()
        }
        (false, false) => view! { <span class="push xs">{texts::NOT_REACHED}</span> }.into_any(),
    };
    let always = matched && reason.conditions.is_empty();
    view! {
        <li data-hit=matched.then_some("") data-off=(!reason.reached).then_some("")>
            <p class="rn">
                <span>{at + 1}</span>
                <b>{reason.rule}</b>
                {state}
            </p>
            {(always || !reason.conditions.is_empty())
                .then(|| {
                    view! {
                        <p class="row">
                            <Conditions conditions=reason.conditions />
                            {always.then(|| view! { <Condition text=texts::ALWAYS holds=true /> })}
                        </p>
                    }
                })}
            {matched
                .then(|| {
                    view! {
                        <p class="then">
                            <Icon name="arrow" small=true />
                            {effect}
                        </p>
                    }
                })}
        </li>
    }
    .into_any()
}

/// The tests of one rule; alternatives are joined by "or".
#[component]
pub(super) fn Conditions(
    /// What was found.
    conditions: Vec<ConditionResult>,
) -> impl IntoView {
    let groups: Vec<Option<u32>> = conditions.iter().map(|c| c.group).collect();
    conditions
        .into_iter()
        .enumerate()
        .map(|(at, condition)| {
            let or = at > 0 && groups[at].is_some() && groups[at - 1] == groups[at];
            view! {
                {or.then(|| view! { <span class="xs muted">{texts::OR}</span> })}
                <Condition text=in_words(&condition) holds=condition.holds />
            }
        })
        .collect_view()
        .into_any()
}

/// The thresholds of confidence that the rules name, lowest and highest, for the ruler.
pub(super) fn thresholds(decision: Option<&DecisionView>) -> (f64, f64) {
    let named: Vec<f64> = decision
        .into_iter()
        .flat_map(|d| &d.reasons)
        .flat_map(|r| &r.conditions)
        .filter(|c| c.field == "confidence")
        .filter_map(|c| if let Value::Number(n) = c.value { Some(n) } else { None })
        .collect();
    let low = named.iter().copied().fold(f64::INFINITY, f64::min);
    let high = named.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if named.is_empty() { (0.5, 0.75) } else { (low, high) }
}

fn in_words(condition: &ConditionResult) -> String {
    let field = texts::field(&condition.field);
    let shown = |value: &Value| figure(&condition.field, value);
    let actual = condition.actual.as_ref();
    match (condition.op, &condition.value) {
        (Op::Present | Op::Absent, _) => {
            texts::condition(field, actual.map(shown).as_deref(), texts::op(condition.op), "")
        }
        (_, Value::Bool(_)) => {
            let found = actual.and_then(|v| if let Value::Bool(b) = v { Some(*b) } else { None });
            texts::yes_no(field, found)
        }
        (Op::Eq | Op::Within, value @ Value::Text(_)) => {
            texts::is(field, actual.map(shown).as_deref(), &shown(value), condition.holds)
        }
        (op, value) => {
            let op = if op == Op::Eq { "=" } else { texts::op(op) };
            texts::condition(field, actual.map(shown).as_deref(), op, &shown(value))
        }
    }
}

fn figure(field: &str, value: &Value) -> String {
    match (field, value) {
        ("confidence", Value::Number(n)) => format::confidence(*n),
        ("remaining_life_hours" | "window_hours", Value::Number(n)) => format::life(*n),
        ("failure_mode", Value::Text(code)) => domain::failure_mode::find(code)
            .map_or_else(|| code.clone(), |mode| mode.name.to_lowercase()),
        _ => value.to_string(),
    }
}

/// What a decision does, in words.
pub(super) fn effect(effect: &Effect, zone: &str) -> String {
    let priority = effect.priority.map_or(3, domain::alert::Priority::get);
    match effect.action {
        DecisionAction::Log => texts::KEEP.to_owned(),
        DecisionAction::Review => texts::ask(priority),
        DecisionAction::Hold => {
            let hold = effect.hold.as_ref();
            let at = hold.map(|hold| day_and_clock(hold.fires_at, zone)).unwrap_or_default();
            texts::held(hold.map(|hold| hold.until), &at)
        }
        DecisionAction::Create => {
            use domain::policy::{AssignTo, CreateAs};
            let create = effect.create.as_ref();
            let to = create.and_then(|create| match &create.assign_to {
                AssignTo::Crew(name) | AssignTo::Person(name) => Some(name.as_str()),
                AssignTo::PlannerQueue | AssignTo::ShutdownCrew => None,
            });
            texts::create(priority, create.map_or(CreateAs::Draft, |c| c.create_as), to)
        }
    }
}
