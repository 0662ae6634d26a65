use domain::policy::{Lint, PartChange, Policy, PolicyError, RuleChange};
use leptos::prelude::*;

use crate::strings::rules as texts;
use crate::ui::{Level, Notice};

/// What changed from one version to another, in words.
#[component]
pub(super) fn Changes(
    /// Rule by rule.
    changes: Vec<RuleChange>,
) -> impl IntoView {
    if changes.is_empty() {
        return view! { <p class="muted">{texts::NO_CHANGES}</p> }.into_any();
    }
    view! { <ol class="changes">{changes.into_iter().map(change).collect_view()}</ol> }.into_any()
}

fn change(change: RuleChange) -> AnyView {
    let (mark, word, name, place, parts) = match change {
        RuleChange::Added { at, rule } => {
            let what = view! {
                <li>
                    <ins>{texts::when(&rule.when, rule.repeats.as_ref())}</ins>
                </li>
                <li>
                    <ins>{texts::then(&rule.then)}</ins>
                </li>
            };
            ("+", texts::ADDED, rule.name, Some(texts::at_place(at)), what.into_any())
        }
        RuleChange::Removed { at, rule } => {
            let what = view! {
                <li>
                    <del>{texts::when(&rule.when, rule.repeats.as_ref())}</del>
                </li>
                <li>
                    <del>{texts::then(&rule.then)}</del>
                </li>
            };
            ("\u{2212}", texts::REMOVED, rule.name, Some(texts::at_place(at)), what.into_any())
        }
        RuleChange::Changed { name, from, to, moved, parts } => {
            let word = if parts.is_empty() { texts::MOVED } else { texts::CHANGED };
            let place = moved.then(|| texts::moved(from, to));
            ("~", word, name, place, parts.into_iter().map(part).collect_view().into_any())
        }
    };
    view! {
        <li>
            <p class="row">
                <span class="op" aria-hidden="true">{mark}</span>
                <span class="muted">{word}</span>
                <b>{name}</b>
                {place.map(|place| view! { <span class="muted xs">{place}</span> })}
            </p>
            <ul class="diff">{parts}</ul>
        </li>
    }
    .into_any()
}

fn part(part: PartChange) -> AnyView {
    match part {
        PartChange::Name { from } => view! { <li>{texts::was_called(&from)}</li> }.into_any(),
        PartChange::Paused { now } => view! { <li>{texts::paused(now)}</li> }.into_any(),
        PartChange::When { removed, added } => {
            let removed: Vec<_> = removed.iter().map(texts::condition).collect();
            let added: Vec<_> = added.iter().map(texts::condition).collect();
            both(texts::WHEN, removed, added)
        }
        PartChange::Repeats { from, to } => {
            let from = from.iter().map(texts::repeats).collect();
            both(texts::FOR, from, to.iter().map(texts::repeats).collect())
        }
        PartChange::Then { from, to } => {
            both(texts::THEN, vec![texts::then(&from)], vec![texts::then(&to)])
        }
    }
}

fn both(label: &'static str, removed: Vec<String>, added: Vec<String>) -> AnyView {
    view! {
        <li>
            <span class="muted">{label}</span>
            " "
            {removed.into_iter().map(|text| view! { <del>{text}</del> " " }).collect_view()}
            {added.into_iter().map(|text| view! { <ins>{text}</ins> " " }).collect_view()}
        </li>
    }
    .into_any()
}

/// What is probably not meant.
#[component]
pub(super) fn Lints(
    /// What was found.
    lints: Vec<Lint>,
    /// The policy they are about.
    policy: Policy,
) -> impl IntoView {
    let name = |at: u32| policy.rules.get(at as usize).map(|r| r.name.as_str()).unwrap_or_default();
    lints
        .into_iter()
        .map(|lint| match lint {
            Lint::Unreachable { rule, by } => texts::unreachable(name(rule), name(by)),
        })
        .map(|text| {
            view! {
                <Notice level=Level::Medium>
                    <p>{text}</p>
                </Notice>
            }
        })
        .collect_view()
        .into_any()
}

/// What keeps a policy from being published.
#[component]
pub(super) fn Problems(
    /// What was found.
    problems: Vec<PolicyError>,
    /// The policy they are about.
    policy: Policy,
) -> impl IntoView {
    (!problems.is_empty())
        .then(|| {
            view! {
                <Notice level=Level::Critical>
                    <p>{texts::CANNOT_PUBLISH}</p>
                    <ul>
                        {problems
                            .into_iter()
                            .map(|problem| {
                                let rule = rule_of(&problem.path)
                                    .and_then(|at| policy.rules.get(at))
                                    .map(|rule| format!("{}: ", rule.name));
                                view! { <li>{rule} {problem.message}</li> }
                            })
                            .collect_view()}
                    </ul>
                </Notice>
            }
        })
        .into_any()
}

/// The rule a path such as `rules[2].when` lies in.
pub(super) fn rule_of(path: &str) -> Option<usize> {
    path.strip_prefix("rules[")?.split_once(']')?.0.parse().ok()
}
