use domain::policy::{Action as Does, Condition, Policy, Rule};
use domain::views::rules::Editing;
use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::condition::{Count, Tool, Wrong, when};
use super::desk::Desk;
use super::live::LivePreview;
use super::then::then;
use super::tree::{drawn, new_test};
use crate::error::{AppError, Code};
use crate::rules::actions::{ImportRules, load_editing, save_draft};
use crate::rules::changes::rule_of;
use crate::rules::compare::Rules;
use crate::rules::text::AsText;
use crate::rules::{count, crumbs, href, name, policy_id};
use crate::strings::rules as texts;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Level, LinkButton, Loaded, Notice, PageHead, Query, Seg, Shape,
    Tab, Tag, Time,
};

/// `/rules/{id}/edit?rule=&view=text`
#[component]
pub fn EditRulesPage() -> impl IntoView {
    let id = policy_id();
    let reload = RwSignal::new(0_u32);
    let import = ServerAction::<ImportRules>::new();
    let taken = RwSignal::new(0_u32);
    Effect::new(move |_| {
        if matches!(import.value().get(), Some(Ok(()))) {
            taken.update(|n| *n += 1);
        }
    });
    let found =
        Resource::new(move || (id.get(), reload.get(), taken.get()), |(id, ..)| load_editing(id));
    view! {
        <Loaded
            resource=found
            rows=18
            view=move |editing| view! { <Editor editing reload import /> }
        />
    }
    .into_any()
}

/// The new version, what it holds as it is drawn, and whether to go on to publishing.
type Saved = Result<(i32, Policy, bool), AppError>;

#[component]
fn Editor(
    editing: Editing,
    reload: RwSignal<u32>,
    import: ServerAction<ImportRules>,
) -> impl IntoView {
    let Editing { row, draft, version, base, words, .. } = editing;
    let query = Query::current();
    let first = query.with_untracked(|q| q.get("rule").and_then(|n| n.parse::<usize>().ok()));
    let desk = Desk::new(drawn(draft), words, first.unwrap_or(1).saturating_sub(1));
    let (id, to) = (row.id.0, href(row.id));
    let version = RwSignal::new(version);
    let now = RwSignal::new(0_u32);
    let leave = RwSignal::new(false);
    let publish_to = StoredValue::new(format!("{to}/publish"));
    let all_versions = format!("{to}/versions");

    let save = Action::new(move |go_on: &bool| {
        let (policy, expected, go_on) = (desk.stored(), version.get_untracked(), *go_on);
        let drawn = desk.draft.get_untracked();
        async move { save_draft(id, expected, policy).await.map(|saved| (saved, drawn, go_on)) }
    });
    Effect::new(move |_| {
        if let Some(Ok((saved, drawn, go_on))) = save.value().get() {
            version.set(saved);
            desk.saved.set(drawn);
            if go_on {
                leave.set(true);
            }
        }
    });
    Effect::new(move |_| {
        if leave.get() {
            use_navigate()(&publish_to.get_value(), NavigateOptions::default());
        }
    });
    keys(desk, save, now);
    let error = Signal::derive(move || save.value().get().and_then(Result::err));
    let text_view = move || query.with(|q| q.get("view") == Some("text"));
    let may = row.may_draft;
    let moved = u32::try_from(base) != Ok(row.policy.version);
    let live = row.policy.version;
    let title = name(&row);
    let (connection, for_text, draft_head) =
        (row.connection.clone(), row.clone(), row.draft.clone());
    let for_preview = connection.clone();
    let publish = move |_| {
        if desk.dirty() || version.get_untracked() == 0 {
            save.dispatch(true);
        } else {
            leave.set(true);
        }
    };
    view! {
        <PageHead title crumbs=crumbs(&row)>
            <span class="row">
                <Tag on=true>{move || texts::draft(version.get())}</Tag>
                <Tag>{texts::live(live)}</Tag>
                <span class="muted xs" role="status">
                    {move || {
                        if desk.dirty() {
                            view! { {texts::UNSAVED} }.into_any()
                        } else if let Some(head) = draft_head.clone().filter(|h| h.version == version.get()) {
                            view! { {texts::saved_by(head.saved_by.as_deref())} " " <Time at=head.saved_at /> }
                                .into_any()
                        } else {
                            view! { {texts::UNCHANGED} }.into_any()
                        }
                    }}
                </span>
            </span>
            <LinkButton href=all_versions>{texts::VERSIONS}</LinkButton>
            {may
                .then(|| {
                    view! {
                        <Button
                            busy=save.pending()
                            busy_text=texts::SAVING
                            disabled=Signal::derive(move || !desk.dirty())
                            attr:aria-keyshortcuts="Control+S"
                            on:click=move |_| {
                                save.dispatch(false);
                            }
                        >
                            {texts::SAVE}
                        </Button>
                    }
                })}
            {row
                .may_publish
                .then(|| {
                    view! {
                        <Button
                            kind=ButtonKind::Primary
                            disabled=Signal::derive(move || !desk.problems.with(Vec::is_empty))
                            on:click=publish
                        >
                            {texts::PUBLISH}
                        </Button>
                    }
                })}
        </PageHead>
        <Refused error reload />
        {moved
            .then(|| {
                let see = format!("{to}/compare?from={base}&to={live}");
                view! {
                    <Notice level=Level::Medium>
                        <p>
                            {texts::moved_on(live)} " "
                            <a href=see>{texts::see_changes(base, live)}</a>
                        </p>
                    </Notice>
                }
            })}
        {if may {
            view! {
                <div class="small-only">
                    <Notice level=Level::Unknown>
                        <p>{texts::SMALL}</p>
                    </Notice>
                    <Rules policy=desk.saved.get_untracked() />
                </div>
                <div class="editing" data-text=move || text_view().then_some("")>
                    <div class="sheets">
                        <RuleList desk />
                        <Form desk connection />
                        <div class="as-text">
                            {move || {
                                text_view()
                                    .then(|| {
                                        view! {
                                            <AsText
                                                row=for_text.clone()
                                                version=version.get()
                                                import
                                                text=domain::policy::to_toml(&desk.stored())
                                            />
                                        }
                                    })
                            }}
                        </div>
                    </div>
                    <LivePreview desk id connection=for_preview now />
                </div>
            }
                .into_any()
        } else {
            view! {
                <Notice level=Level::Unknown>
                    <p>{texts::READ_ONLY}</p>
                </Notice>
                <section class="panel">
                    <Rules policy=desk.saved.get_untracked() />
                </section>
            }
                .into_any()
        }}
    }
    .into_any()
}

/// `Ctrl+S` saves, `Ctrl+Enter` calculates; leaving with unsaved edits asks first.
fn keys(desk: Desk, save: Action<bool, Saved>, now: RwSignal<u32>) {
    Effect::new(move |_| {
        let pressed = window_event_listener(ev::keydown, move |event| {
            if !(event.ctrl_key() || event.meta_key()) {
                return;
            }
            match event.key().as_str() {
                "s" => {
                    event.prevent_default();
                    if desk.dirty() && !save.pending().get_untracked() {
                        save.dispatch(false);
                    }
                }
                "Enter" => {
                    event.prevent_default();
                    now.update(|n| *n += 1);
                }
                _ => {}
            }
        });
        let leaving = window_event_listener(ev::beforeunload, move |event| {
            if desk.dirty() {
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            pressed.remove();
            leaving.remove();
        });
    });
}

/// Why a draft was not saved, and the way on.
#[component]
fn Refused(error: Signal<Option<AppError>>, reload: RwSignal<u32>) -> impl IntoView {
    view! {
        <div role="alert">
            {move || {
                error
                    .get()
                    .map(|error| {
                        let conflict = error.code == Code::Conflict;
                        view! {
                            <div class="notice" data-sev="critical">
                                <Shape level=Level::Critical />
                                <p>{error.message}</p>
                                {conflict
                                    .then(|| {
                                        view! {
                                            <Button on:click=move |_| reload.update(|n| *n += 1)>
                                                {texts::RELOAD}
                                            </Button>
                                        }
                                    })}
                            </div>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

/// The rules in order; the one being edited is marked. `Alt` with arrows moves one.
#[component]
fn RuleList(desk: Desk) -> impl IntoView {
    let query = Query::current();
    let choices = Signal::derive(move || {
        query.with(|q| {
            let text = q.get("view") == Some("text");
            vec![
                Tab::new(q.without("view").href(), "Sentence", !text),
                Tab::new(q.with("view", "text").href(), "Text", text),
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
                    <Seg label="View" choices />
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
fn fresh(policy: &Policy, name: String) -> String {
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
                    <span class="hidden">"needs a correction"</span>
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

/// The sentence of the rule being edited.
#[component]
fn Form(desk: Desk, connection: String) -> impl IntoView {
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
