use domain::views::rules::Publishing;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::{PublishRules, RebaseDraft, load_publishing};
use super::changes::{Changes, Lints, Problems};
use super::preview::Headline;
use super::{count, crumbs, href, policy_id};
use crate::strings::rules as texts;
use crate::ui::{
    Button, ButtonKind, ErrorSummary, Hidden, Level, LinkButton, Loaded, Notice, PageHead, Panel,
    Textarea, field_error,
};

/// `/rules/{id}/publish`
#[component]
pub fn PublishPage() -> impl IntoView {
    let id = policy_id();
    let publish = ServerAction::<PublishRules>::new();
    let rebase = ServerAction::<RebaseDraft>::new();
    let found =
        Resource::new(move || (id.get(), rebase.version().get()), |(id, _)| load_publishing(id));
    let error = Signal::derive(move || {
        [publish.value().get(), rebase.value().get()].into_iter().flatten().find_map(Result::err)
    });
    view! {
        <ErrorSummary error />
        <Loaded resource=found rows=12 view=move |found| view! { <Ask found publish rebase /> } />
    }
    .into_any()
}

#[component]
fn Ask(
    found: Publishing,
    publish: ServerAction<PublishRules>,
    rebase: ServerAction<RebaseDraft>,
) -> impl IntoView {
    let Publishing { row, draft, version, changes, problems, lints, preview } = found;
    let (id, to) = (row.id.0, href(row.id));
    let edit = format!("{to}/edit");
    let valid = problems.is_empty();
    let base = row.draft.as_ref().map_or(0, |draft| draft.base);
    let moved = u32::try_from(base) != Ok(row.policy.version);
    let error = Signal::derive(move || publish.value().get().and_then(Result::err));
    let changed = count(changes.len());
    let may = row.may_publish && valid && !moved && changed > 0;
    let live = row.policy.version;
    view! {
        <PageHead title=texts::PUBLISH_TITLE crumbs=crumbs(&row) meta=texts::PUBLISH_LEAD>
            <LinkButton href=edit>{texts::BACK_TO_EDIT}</LinkButton>
        </PageHead>
        <div class="stack">
            <Problems problems policy=draft.clone() />
            <Lints lints policy=draft />
            {moved
                .then(|| {
                    let see = format!("{to}/compare?from={base}&to={live}");
                    view! {
                        <Notice level=Level::High>
                            <p>
                                {texts::moved_on(live)} " "
                                <a href=see>{texts::see_changes(base, live)}</a>
                            </p>
                            <ActionForm action=rebase>
                                <Hidden name="id" value=id.to_string() />
                                <Button submit=true>{texts::REBASE}</Button>
                            </ActionForm>
                        </Notice>
                    }
                })}
            <Panel id="changes" title=texts::DIFFERENCES note=texts::change_count(changed)>
                <div class="body">
                    <Changes changes />
                </div>
            </Panel>
            {preview
                .map(|preview| {
                    view! {
                        <Panel id="preview" title=texts::PREVIEW>
                            <div class="body">
                                <Headline preview />
                            </div>
                        </Panel>
                    }
                })}
            {may
                .then(|| {
                    view! {
                        <section class="panel">
                            <ActionForm action=publish attr:class="body stack form">
                                <Hidden name="id" value=id.to_string() />
                                <Hidden name="version" value=version.to_string() />
                                <Textarea
                                    name="reason"
                                    label=texts::REASON
                                    hint=texts::REASON_HINT
                                    rows=2
                                    required=true
                                    error=field_error(error, "reason")
                                />
                                <div class="row">
                                    <Button
                                        kind=ButtonKind::Primary
                                        submit=true
                                        busy=publish.pending()
                                        busy_text=texts::PUBLISHING
                                    >
                                        {texts::PUBLISH_NOW}
                                    </Button>
                                </div>
                            </ActionForm>
                        </section>
                    }
                })}
        </div>
    }
    .into_any()
}
