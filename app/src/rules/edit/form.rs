use domain::policy::Rule;
use leptos::prelude::*;

use super::condition::{Wrong, when};
use super::desk::Desk;
use super::list::fresh;
use super::then::then;
use crate::rules::count;
use crate::strings::rules as texts;
use crate::ui::{Button, ButtonKind, ButtonSize};

/// The sentence of the rule being edited.
#[component]
pub(super) fn Form(desk: Desk, connection: String) -> impl IntoView {
    move || {
        desk.shape.track();
        let at = desk.at.get();
        let found =
            desk.draft.with_untracked(|p| p.rules.get(at).cloned().zip(Some(p.rules.len())));
        found.map(|(rule, of)| form(desk, at, &rule, of, &connection))
    }
}

fn form(desk: Desk, at: usize, rule: &Rule, of: usize, connection: &str) -> AnyView {
    let last = at + 1 == of;
    let duplicate = move |_| {
        desk.arrange(at + 1, "rule-name", |policy| {
            let mut copy = policy.rules[at].clone();
            copy.name = fresh(policy, texts::copy_of(&copy.name));
            policy.rules.insert(at + 1, copy);
        });
    };
    let remove = move |_| {
        let to = at.saturating_sub(1);
        desk.arrange(to, format!("rule-{to}"), |policy| drop(policy.rules.remove(at)));
    };
    let asked = move || {
        desk.seen.with(|seen| {
            let count = seen.as_ref()?.1.rules.get(at)?;
            Some(texts::left_of(count.asked))
        })
    };
    view! {
        <form
            class="panel builder"
            aria-labelledby="builder-h"
            on:submit=move |event| event.prevent_default()
        >
            <header>
                <h2 id="builder-h">{texts::place(count(at + 1), count(of))}</h2>
                <span class="push row">
                    {(!last)
                        .then(|| {
                            view! {
                                <Button kind=ButtonKind::Quiet size=ButtonSize::Small icon="copy" on:click=duplicate>
                                    {texts::DUPLICATE}
                                </Button>
                                <Button kind=ButtonKind::Quiet size=ButtonSize::Small icon="minus" on:click=remove>
                                    {texts::REMOVE_RULE}
                                </Button>
                            }
                        })}
                </span>
            </header>
            <fieldset>
                <legend class="hidden">{texts::NAME}</legend>
                <div class="field">
                    <label for="rule-name">{texts::NAME}</label>
                    <input
                        class="input"
                        id="rule-name"
                        value=rule.name.clone()
                        on:input=move |event| {
                            let name = event_target_value(&event);
                            desk.edit(|rule| rule.name = name);
                        }
                    />
                </div>
                <Wrong desk place=format!("rules[{at}].name") below=false />
                {(!last)
                    .then(|| {
                        view! {
                            <label class="check">
                                <input
                                    type="checkbox"
                                    id="rule-paused"
                                    checked=rule.paused
                                    on:change=move |event| {
                                        let paused = event_target_checked(&event);
                                        desk.reshape("rule-paused", |rule| rule.paused = paused);
                                    }
                                />
                                <span>{texts::PAUSE_IN_DRAFT}</span>
                            </label>
                        }
                    })}
                <p class="xs muted asked">{asked}</p>
                <Wrong desk place=format!("rules[{at}]") below=false />
            </fieldset>
            {when(desk, at, rule, last)}
            {then(desk, at, rule, connection)}
        </form>
    }
    .into_any()
}
