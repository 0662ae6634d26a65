use domain::policy::Policy;
use domain::views::rules::Editing;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::desk::Desk;
use super::form::Form;
use super::leave::{Leaving, keys};
use super::list::RuleList;
use super::live::LivePreview;
use super::tree::drawn;
use crate::error::{AppError, Code};
use crate::rules::actions::{ImportRules, load_editing, save_draft};
use crate::rules::compare::Rules;
use crate::rules::text::AsText;
use crate::rules::{crumbs, href, name, policy_id};
use crate::strings::rules as texts;
use crate::ui::{
    Button, ButtonKind, Level, LinkButton, Loaded, Notice, PageHead, Query, Shape, Tag, Time,
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
pub(super) type Saved = Result<(i32, Policy, bool), AppError>;

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
        <Leaving desk />
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
