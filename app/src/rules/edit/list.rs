use domain::policy::{Action as Does, Condition, Policy, Rule};
use leptos::ev;
use leptos::prelude::*;

use super::condition::{Count, Tool, Wrong};
use super::desk::Desk;
use super::tree::new_test;
use crate::rules::changes::rule_of;
use crate::rules::count;
use crate::strings::rules as texts;
use crate::ui::{Button, ButtonKind, ButtonSize, Level, Query, Seg, Shape, Tab, Tag};

/// The rules in order; the one being edited is marked. `Alt` with arrows moves one.
#[component]
pub(super) fn RuleList(desk: Desk) -> impl IntoView {
    let query = Query::current();
    let choices = Signal::derive(move || {
        query.with(|q| {
            let text = q.get("view") == Some("text");
            vec![
                Tab::new(q.without("view").href(), texts::AS_SENTENCE, !text),
                Tab::new(q.with("view", "text").href(), texts::SHORT_TEXT, text),
            ]
        })
    });
    let add = move |_| {
        let at = desk.draft.with_untracked(|p| p.rules.len().saturating_sub(1));
        desk.arrange(at, "rule-name", |policy| {
            let rule = Rule {
                name: fresh(policy, texts::new_rule(count(policy.rules.len() + 1))),
                when: Condition::All(vec![new_test()]),
                repeats: None,
                then: Does::log(),
                paused: false,
            };
            policy.rules.insert(at, rule);
        });
    };
    view! {
        <section class="panel rulelist" aria-labelledby="rulelist-h">
            <header>
                <h2 id="rulelist-h">{texts::RULES}</h2>
                <span class="push">
                    <Seg label=texts::VIEW choices />
                </span>
            </header>
            <ol>
                {move || {
                    desk.shape.track();
                    let chosen = desk.at.get();
                    let rules = desk.draft.with_untracked(|p| p.rules.clone());
                    let last = rules.len();
                    rules
                        .into_iter()
                        .enumerate()
                        .map(|(at, rule)| entry(desk, at, rule, at == chosen, at + 1 == last))
                        .collect_view()
                }}
            </ol>
            <div class="body">
                <Button kind=ButtonKind::Quiet size=ButtonSize::Small icon="plus" on:click=add>
                    {texts::ADD_RULE}
                </Button>
                <Wrong desk place="rules" below=false />
            </div>
        </section>
    }
    .into_any()
}

/// A name no other rule has.
pub(super) fn fresh(policy: &Policy, name: String) -> String {
    let taken = |name: &str| policy.rules.iter().any(|rule| rule.name == name);
    if !taken(&name) {
        return name;
    }
    (2..).map(|n: u32| format!("{name} {n}")).find(|name| !taken(name)).unwrap_or(name)
}

fn entry(desk: Desk, at: usize, rule: Rule, chosen: bool, last: bool) -> AnyView {
    let id = format!("rule-{at}");
    let choose = move |_| {
        desk.at.set(at);
        desk.shape.update(|shape| *shape += 1);
    };
    let shift = move |up: bool| {
        let to = if up { at.checked_sub(1) } else { Some(at + 1) };
        let count = desk.draft.with_untracked(|p| p.rules.len());
        // The last rule catches everything and stays the last.
        let Some(to) = to.filter(|to| !last && *to + 1 < count) else { return };
        desk.arrange(to, format!("rule-{to}"), |policy| policy.rules.swap(at, to));
    };
    let moves = move |event: ev::KeyboardEvent| {
        let up = match event.key().as_str() {
            "ArrowUp" => true,
            "ArrowDown" => false,
            _ => return,
        };
        if event.alt_key() {
            event.prevent_default();
            shift(up);
        }
    };
    let wrong = move || {
        desk.problems.with(|problems| problems.iter().any(|p| rule_of(&p.path) == Some(at)))
    };
    let matched = move || {
        desk.seen.with(|seen| {
            let (policy, preview) = seen.as_ref()?;
            let same = desk.draft.with(|draft| {
                policy.rules.get(at).map(|r| &r.name) == draft.rules.get(at).map(|r| &r.name)
            });
            let count = preview.rules.get(at).filter(|_| same)?;
            Some((count.matched, preview.coverage.predictions))
        })
    };
    view! {
        <li data-on=chosen.then_some("") data-off=rule.paused.then_some("") on:keydown=moves>
            <button type="button" id=id aria-current=chosen.then_some("true") on:click=choose>
                <span class="no">{count(at + 1)}</span>
                <span class="name">
                    {move || {
                        desk.draft
                            .with(|p| p.rules.get(at).map(|rule| rule.name.clone()))
                            .unwrap_or_default()
                    }}
                </span>
                {rule.paused.then(|| view! { <Tag>{texts::PAUSED}</Tag> })}
                <span class="wrong" data-sev="critical" hidden=move || !wrong()>
                    <Shape level=Level::Critical />
                    <span class="hidden">{texts::WRONG}</span>
                </span>
            </button>
            <span class="left">
                {move || matched().map(|(n, of)| view! { <Count n of /> })}
            </span>
            {(!last)
                .then(|| {
                    view! {
                        <span class="tools">
                            <Tool icon="down" flip=true label=texts::UP on:click=move |_| shift(true) />
                            <Tool icon="down" label=texts::DOWN on:click=move |_| shift(false) />
                        </span>
                    }
                })}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_rule_gets_a_name_of_its_own() {
        let policy = domain::policy::default_policy();
        assert_eq!(fresh(&policy, "Doubtful".to_owned()), "Doubtful 2");
        assert_eq!(fresh(&policy, "Else".to_owned()), "Else");
    }
}
