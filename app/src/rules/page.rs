use domain::views::rules::PolicyPage as Page;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::{
    DiscardDraft, EndShadow, ImportRules, PauseRule, RestoreVersion, StartShadow, load_policy,
};
use super::changes::Lints;
use super::rule::RuleTable;
use super::shadow::Shadow;
use super::text::AsText;
use super::versions::VersionTable;
use super::{count, href, name, policy_id};
use crate::frame::Zone;
use crate::strings::rules as texts;
use crate::ui::{
    Button, ButtonKind, ConfirmForm, Crumb, ErrorSummary, Hidden, Level, LinkButton, Loaded,
    Notice, PageHead, Panel, Query, Tag, Time,
};

/// The forms of the page.
#[derive(Clone, Copy)]
struct Forms {
    pause: ServerAction<PauseRule>,
    restore: ServerAction<RestoreVersion>,
    discard: ServerAction<DiscardDraft>,
    start: ServerAction<StartShadow>,
    end: ServerAction<EndShadow>,
    import: ServerAction<ImportRules>,
}

/// `/rules/{id}?published=`
#[component]
pub fn PolicyPage() -> impl IntoView {
    let id = policy_id();
    let query = Query::current();
    let forms = Forms {
        pause: ServerAction::new(),
        restore: ServerAction::new(),
        discard: ServerAction::new(),
        start: ServerAction::new(),
        end: ServerAction::new(),
        import: ServerAction::new(),
    };
    // What a form has changed shows at once: it leads back to this very page.
    let turns = move || {
        forms.pause.version().get()
            + forms.discard.version().get()
            + forms.start.version().get()
            + forms.end.version().get()
    };
    let found = Resource::new(move || (id.get(), turns()), |(id, _)| load_policy(id));
    let error = Signal::derive(move || {
        [
            forms.pause.value().get(),
            forms.restore.value().get(),
            forms.discard.value().get(),
            forms.start.value().get(),
            forms.end.value().get(),
        ]
        .into_iter()
        .flatten()
        .find_map(Result::err)
    });
    let published = move || query.with(|q| q.get("published").and_then(|n| n.parse::<i32>().ok()));
    view! {
        {move || {
            published()
                .map(|version| {
                    view! {
                        <Notice level=Level::Ok announce=true>
                            <p>{texts::is_live(version)}</p>
                        </Notice>
                    }
                })
        }}
        <ErrorSummary error />
        <Loaded resource=found rows=16 view=move |page| view! { <One page forms /> } />
    }
    .into_any()
}

#[component]
fn One(page: Page, forms: Forms) -> impl IntoView {
    let Page { row, lints, versions, shadow, time_zone } = page;
    provide_context(Zone(time_zone));
    let (to, policy) = (href(row.id), row.policy.clone());
    let names: Vec<&str> = row.serves.iter().map(|site| site.name.as_str()).collect();
    let meta = texts::serves(&names);
    let note = texts::rules(count(row.policy.rules.len()));
    let (for_table, for_versions, for_text) = (row.clone(), row.clone(), row.clone());
    let drafted = row.draft.as_ref().map_or(0, |draft| draft.version);
    let more = format!("{to}/versions");
    let (all_versions, edit) = (more.clone(), format!("{to}/edit"));
    view! {
        <PageHead title=name(&row) crumbs=vec![Crumb::link(texts::TITLE, "/rules")] meta>
            {(drafted > 0 && row.may_draft).then(|| view! { <Discard id=row.id.0 action=forms.discard /> })}
            <LinkButton href=all_versions>{texts::VERSIONS}</LinkButton>
            {row
                .may_draft
                .then(|| {
                    let label = if drafted > 0 { texts::EDIT_DRAFT } else { texts::EDIT };
                    view! {
                        <LinkButton href=edit kind=ButtonKind::Primary icon="edit" key="e">
                            {label}
                        </LinkButton>
                    }
                })}
        </PageHead>
        <div class="stack">
            <Lints lints policy />
            <section class="panel policy" aria-labelledby="rules-h">
                <header>
                    <h2 id="rules-h">{texts::RULES}</h2>
                    <Tag on=true>{texts::live(row.policy.version)}</Tag>
                    {row
                        .draft
                        .clone()
                        .map(|draft| {
                            view! {
                                <Tag>{texts::draft(draft.version)}</Tag>
                                <p>
                                    {texts::saved_by(draft.saved_by.as_deref())} " "
                                    <Time at=draft.saved_at />
                                </p>
                            }
                        })}
                    <p>{note}</p>
                    <p class="push">
                        {texts::published_by(row.published_by.as_deref())} " "
                        <Time at=row.published_at />
                    </p>
                </header>
                <RuleTable row=for_table pause=forms.pause />
            </section>
            <Panel
                id="versions"
                title=texts::VERSIONS
                aside=ViewFn::from(move || view! { <a href=more.clone()>{texts::ALL_VERSIONS}</a> })
            >
                <VersionTable row=for_versions versions restore=forms.restore />
            </Panel>
            <Shadow row=row shadow start=forms.start end=forms.end />
            <AsText row=for_text version=drafted import=forms.import />
        </div>
    }
    .into_any()
}

#[component]
fn Discard(id: i64, action: ServerAction<DiscardDraft>) -> impl IntoView {
    view! {
        <ConfirmForm
            id="discard"
            label=texts::DISCARD
            title=texts::DISCARD_TITLE
            consequence=texts::DISCARD_HINT
        >
            <ActionForm action attr:class="stack form">
                <Hidden name="id" value=id.to_string() />
                <Button
                    kind=ButtonKind::Danger
                    submit=true
                    busy=action.pending()
                    busy_text=texts::DISCARDING
                >
                    {texts::DISCARD_NOW}
                </Button>
            </ActionForm>
        </ConfirmForm>
    }
    .into_any()
}
