use domain::policy::{Condition, Repeats, Rule};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::desk::Desk;
use super::tree::{Joiner, add, new_test, rejoin, remove, shift};
use super::value::{number, pick, question, value};
use crate::strings::rules as texts;
use crate::ui::{Button, ButtonKind, ButtonSize, FractionBar, Icon, Level, Shape, format};

/// Where a part stands.
#[derive(Clone)]
struct Spot {
    /// Positions from the top of the condition.
    path: Vec<usize>,
    /// The same as errors name it: `rules[2].when.all[0]`.
    place: String,
    /// Its number in reading order, for the counts of the preview.
    number: usize,
    /// Before it: "and" or "or".
    word: Option<&'static str>,
    /// What is removed and moved with it: a group inside `not` goes with its `not`.
    whole: Vec<usize>,
    /// Without the last step: the same of what it stands in.
    parent: String,
}

/// When the rule applies: conditions, repeats, exceptions.
pub(super) fn when(desk: Desk, at: usize, rule: &Rule, last: bool) -> AnyView {
    if last && rule.when.is_always() && rule.repeats.is_none() {
        return view! {
            <fieldset>
                <legend>
                    <b>{texts::WHEN}</b>
                </legend>
                <p class="sm">{texts::ALWAYS}</p>
                <p class="xs muted">{texts::CATCH_ALL}</p>
            </fieldset>
        }
        .into_any();
    }
    let place = format!("rules[{at}].when");
    let joiner = Joiner::of(&rule.when);
    let list = match joiner {
        Joiner::Any => "any",
        _ => "all",
    };
    let (mut given, mut unless) = (Vec::new(), Vec::new());
    let mut number = 1;
    let parts: &[Condition] = match &rule.when {
        Condition::All(parts) | Condition::Any(parts) => parts,
        _ => &[],
    };
    for (i, part) in parts.iter().enumerate() {
        let own = format!("{place}.{list}[{i}]");
        let spot = Spot {
            path: vec![i],
            place: own.clone(),
            number,
            word: None,
            whole: vec![i],
            parent: format!("{place}.{list}"),
        };
        match part {
            Condition::Not(inner) => {
                let spot = Spot {
                    path: vec![i, 0],
                    place: format!("{own}.not"),
                    number: number + 1,
                    word: (!unless.is_empty()).then_some(texts::OR),
                    ..spot
                };
                unless.push(exception(desk, spot, inner));
            }
            other => {
                let word = if joiner == Joiner::Any { texts::OR } else { texts::AND };
                let word = (!given.is_empty()).then_some(word);
                given.push(one(desk, Spot { word, ..spot }, other));
            }
        }
        number += part.size();
    }
    let (count, exceptions) = (given.len(), unless.len());
    let join = move |word: String| {
        let joiner = if word == "any" { Joiner::Any } else { Joiner::All };
        desk.reshape("joiner", |rule| rejoin(&mut rule.when, &[], joiner));
    };
    let options = vec![("all".into(), texts::ALL_OF.into()), ("any".into(), texts::ANY_OF.into())];
    let error = place.clone();
    view! {
        <fieldset>
            <legend>
                <b>{texts::WHEN}</b>
                " "
                <span class="muted">{texts::WHEN_HINT}</span>
                {(exceptions == 0 && count > 1)
                    .then(|| {
                        pick("joiner".into(), texts::JOINER, false, joiner.word().into(), options, join)
                    })}
            </legend>
            {(count == 0).then(|| view! { <p class="sm muted">{texts::ALWAYS}</p> })}
            <ol>{given}</ol>
            <Wrong desk place=error below=false />
            {adders(desk, Vec::new(), format!("{place}.{list}"), count)}
        </fieldset>
        {repeats(desk, at, rule.repeats)}
        <fieldset>
            <legend>
                <b>{texts::UNLESS}</b>
                " "
                <span class="muted">{texts::UNLESS_HINT}</span>
            </legend>
            <ol>{unless}</ol>
            <Button
                kind=ButtonKind::Quiet
                size=ButtonSize::Small
                icon="plus"
                attr:id="add-exception"
                on:click=move |_| {
                    let at = if joiner == Joiner::Any { 1 } else { count + exceptions };
                    let focus = format!("{place}.all[{at}].not.any[0]-field");
                    desk.reshape(
                        focus,
                        |rule| {
                            let group = Condition::Any(vec![new_test()]);
                            add(&mut rule.when, &[], Condition::Not(Box::new(group)));
                        },
                    );
                }
            >
                {texts::ADD_EXCEPTION}
            </Button>
        </fieldset>
    }
    .into_any()
}

/// An exception: its test, or its group, without the word "not".
fn exception(desk: Desk, spot: Spot, inner: &Condition) -> AnyView {
    match inner {
        Condition::Any(parts) if parts.len() == 1 && matches!(parts[0], Condition::Test(_)) => {
            let spot = Spot {
                path: spot.path.iter().copied().chain([0]).collect(),
                place: format!("{}.any[0]", spot.place),
                number: spot.number + 1,
                ..spot
            };
            one(desk, spot, &parts[0])
        }
        group => one(desk, spot, group),
    }
}

fn one(desk: Desk, spot: Spot, condition: &Condition) -> AnyView {
    let (whole, parent) = (spot.whole.clone(), spot.parent.clone());
    let moves = move |event: KeyboardEvent| move_by_key(desk, &whole, &parent, &event);
    let (body, group) = match condition {
        Condition::Test(test) => {
            let body = view! {
                <div class="sentence">
                    {spot.word.map(|word| view! { <span>{word}</span> })}
                    {question(desk, spot.path.clone(), &spot.place, test)}
                    {value(desk, spot.path.clone(), &spot.place, test)}
                </div>
            };
            (body.into_any(), false)
        }
        group => (group_of(desk, &spot, group), true),
    };
    let (whole, parent) = (spot.whole.clone(), spot.parent.clone());
    let (up, down) = ((whole.clone(), parent.clone()), (whole.clone(), parent.clone()));
    view! {
        <li class="part" data-group=group.then_some("") on:keydown=moves>
            {body}
            <Left desk part=spot.number />
            <span class="tools">
                <Tool icon="down" flip=true label=texts::UP on:click=move |_| step(desk, &up.0, &up.1, true) />
                <Tool icon="down" label=texts::DOWN on:click=move |_| step(desk, &down.0, &down.1, false) />
                <Tool
                    icon="cross"
                    label=texts::REMOVE
                    on:click=move |_| {
                        desk.reshape("rule-name", |rule| remove(&mut rule.when, &whole));
                    }
                />
            </span>
            <Wrong desk place=spot.place below=!group />
        </li>
    }
    .into_any()
}

/// A small button with a picture; its words are for assistive technology and on hover.
#[component]
pub(super) fn Tool(
    /// The picture.
    icon: &'static str,
    /// What happens.
    label: &'static str,
    /// Turned upside down.
    #[prop(optional)]
    flip: bool,
) -> impl IntoView {
    view! {
        <button type="button" class="tool" title=label aria-label=label data-flip=flip.then_some("")>
            <Icon name=icon />
        </button>
    }
}

fn move_by_key(desk: Desk, whole: &[usize], parent: &str, event: &KeyboardEvent) {
    let up = match event.key().as_str() {
        "ArrowUp" => true,
        "ArrowDown" => false,
        _ => return,
    };
    if event.alt_key() {
        event.prevent_default();
        event.stop_propagation();
        step(desk, whole, parent, up);
    }
}

fn step(desk: Desk, whole: &[usize], parent: &str, up: bool) {
    let Some((last, above)) = whole.split_last() else { return };
    let to = if up { last.checked_sub(1) } else { Some(last + 1) };
    let Some(to) = to else { return };
    let focus = format!("{parent}[{to}]-field");
    let _ = above;
    desk.reshape(focus, |rule| {
        shift(&mut rule.when, whole, up);
    });
}

fn group_of(desk: Desk, spot: &Spot, condition: &Condition) -> AnyView {
    let joiner = Joiner::of(condition);
    let (parts, path, place, mut number) = match condition {
        Condition::All(parts) => {
            (parts, spot.path.clone(), format!("{}.all", spot.place), spot.number + 1)
        }
        Condition::Any(parts) => {
            (parts, spot.path.clone(), format!("{}.any", spot.place), spot.number + 1)
        }
        Condition::Not(inner) => {
            let path: Vec<usize> = spot.path.iter().copied().chain([0]).collect();
            match &**inner {
                Condition::All(parts) => {
                    (parts, path, format!("{}.not.all", spot.place), spot.number + 2)
                }
                Condition::Any(parts) => {
                    (parts, path, format!("{}.not.any", spot.place), spot.number + 2)
                }
                _ => return ().into_any(),
            }
        }
        Condition::Test(_) => return ().into_any(),
    };
    let word = match joiner {
        Joiner::All | Joiner::NotAll => texts::AND,
        Joiner::Any | Joiner::None => texts::OR,
    };
    let mut rows = Vec::with_capacity(parts.len());
    for (i, part) in parts.iter().enumerate() {
        let here: Vec<usize> = path.iter().copied().chain([i]).collect();
        let spot = Spot {
            whole: here.clone(),
            path: here,
            place: format!("{place}[{i}]"),
            number,
            word: (i > 0).then_some(word),
            parent: place.clone(),
        };
        rows.push(one(desk, spot, part));
        number += part.size();
    }
    let id = format!("{}-field", spot.place);
    let (focus, of_join) = (id.clone(), spot.path.clone());
    let options = Joiner::EVERY
        .iter()
        .map(|joiner| {
            let text = match joiner {
                Joiner::All => texts::ALL_OF,
                Joiner::Any => texts::ANY_OF,
                Joiner::None => texts::NONE_OF,
                Joiner::NotAll => texts::NOT_ALL_OF,
            };
            (joiner.word().to_owned(), text.to_owned())
        })
        .collect();
    let join = move |word: String| {
        let joiner = Joiner::EVERY.into_iter().find(|j| j.word() == word).unwrap_or(Joiner::All);
        desk.reshape(focus.clone(), |rule| rejoin(&mut rule.when, &of_join, joiner));
    };
    let count = parts.len();
    view! {
        <fieldset class="group">
            <legend class="sentence">
                {spot.word.map(|word| view! { <span>{word}</span> })}
                {pick(id, texts::JOINER, false, joiner.word().into(), options, join)}
            </legend>
            <ol>{rows}</ol>
            {adders(desk, path, place, count)}
        </fieldset>
    }
    .into_any()
}

/// Buttons that add to a group.
fn adders(desk: Desk, path: Vec<usize>, place: String, count: usize) -> AnyView {
    let (of_group, focus) = (path.clone(), format!("{place}[{count}]-field"));
    let focus_group = focus.clone();
    view! {
        <span class="row">
            <Button
                kind=ButtonKind::Quiet
                size=ButtonSize::Small
                icon="plus"
                on:click=move |_| {
                    desk.reshape(focus.clone(), |rule| add(&mut rule.when, &path, new_test()));
                }
            >
                {texts::ADD_CONDITION}
            </Button>
            <Button
                kind=ButtonKind::Quiet
                size=ButtonSize::Small
                icon="plus"
                on:click=move |_| {
                    desk.reshape(
                        focus_group.clone(),
                        |rule| {
                            add(&mut rule.when, &of_group, Condition::Any(vec![new_test(), new_test()]));
                        },
                    );
                }
            >
                {texts::ADD_GROUP}
            </Button>
        </span>
    }
    .into_any()
}

fn repeats(desk: Desk, at: usize, repeats: Option<Repeats>) -> AnyView {
    let body = match repeats {
        None => view! {
            <Button
                kind=ButtonKind::Quiet
                size=ButtonSize::Small
                icon="plus"
                on:click=move |_| {
                    desk.reshape(
                        "repeats-n",
                        |rule| {
                            rule.repeats = Some(Repeats {
                                at_least: 2,
                                of_last: 3,
                                within_days: 7.0,
                            });
                        },
                    );
                }
            >
                {texts::ADD_DURATION}
            </Button>
        }
        .into_any(),
        Some(r) => {
            let count = |text: &str| text.trim().parse().unwrap_or(0);
            view! {
                <ol>
                    <li class="part">
                        <div class="sentence">
                            <span>{texts::AT_LEAST}</span>
                            {number("repeats-n".into(), texts::AT_LEAST, r.at_least.to_string(), ("1", "1", "20"), move |text| {
                                desk.edit(|rule| if let Some(r) = &mut rule.repeats { r.at_least = count(&text) });
                            })}
                            <span>{texts::OF_THE_LAST}</span>
                            {number("repeats-m".into(), texts::OF_THE_LAST, r.of_last.to_string(), ("1", "1", "20"), move |text| {
                                desk.edit(|rule| if let Some(r) = &mut rule.repeats { r.of_last = count(&text) });
                            })}
                            <span>{texts::PREDICTIONS_WITHIN}</span>
                            {number("repeats-days".into(), texts::PREDICTIONS_WITHIN, r.within_days.to_string(), ("any", "0", "7"), move |text| {
                                desk.edit(|rule| if let Some(r) = &mut rule.repeats { r.within_days = text.trim().parse().unwrap_or(0.0) });
                            })}
                            <span>{texts::DAYS}</span>
                        </div>
                        <span class="left">
                            {move || desk.matched().map(|(n, of)| view! { <Count n of /> })}
                        </span>
                        <span class="tools">
                            <Tool
                                icon="cross"
                                label=texts::REMOVE
                                on:click=move |_| desk.reshape("rule-name", |rule| rule.repeats = None)
                            />
                        </span>
                        <Wrong desk place=format!("rules[{at}].repeats") below=true />
                    </li>
                </ol>
            }
            .into_any()
        }
    };
    view! {
        <fieldset>
            <legend>
                <b>{texts::FOR}</b>
                " "
                <span class="muted">{texts::FOR_HINT}</span>
            </legend>
            {body}
        </fieldset>
    }
    .into_any()
}

/// How many predictions a part left, by the last preview.
#[component]
fn Left(desk: Desk, part: usize) -> impl IntoView {
    view! {
        <span class="left">
            {move || desk.left(part).map(|(n, of)| view! { <Count n of /> })}
        </span>
    }
}

#[component]
pub(super) fn Count(n: i64, of: i64) -> impl IntoView {
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    let fraction = if of > 0 { n as f64 / of as f64 } else { 0.0 };
    view! {
        <b>{format::integer(n)}</b>
        <FractionBar fraction />
    }
}

/// What is wrong at a place.
#[component]
pub(super) fn Wrong(desk: Desk, #[prop(into)] place: String, below: bool) -> impl IntoView {
    move || {
        desk.problem(&place, below).map(|message| {
            view! {
                <p class="wrong xs" data-sev="critical">
                    <Shape level=Level::Critical />
                    {message}
                </p>
            }
        })
    }
}
