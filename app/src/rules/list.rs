use domain::views::rules::{FreeSite, PolicyList, PolicyRow};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::{OverrideSite, load_rules};
use super::rule::RuleTable;
use super::{count, href, name};
use crate::error::AppError;
use crate::strings::rules as texts;
use crate::ui::{
    Button, ButtonKind, Choice, ConfirmForm, Empty, ErrorSummary, LinkButton, Loaded, PageHead,
    Select, Tag, Textarea, Time,
};

/// `/rules`
#[component]
pub fn RulesPage() -> impl IntoView {
    let list = Resource::new(|| (), |()| load_rules());
    let override_site = ServerAction::<OverrideSite>::new();
    let error: Signal<Option<AppError>> =
        Signal::derive(move || override_site.value().get().and_then(Result::err));
    view! {
        <Loaded
            resource=list
            rows=14
            view=move |list| view! { <List list action=override_site error /> }
        />
    }
    .into_any()
}

#[component]
fn List(
    list: PolicyList,
    action: ServerAction<OverrideSite>,
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    let free = list.free_sites;
    view! {
        <PageHead title=texts::TITLE meta=texts::LEAD>
            {(!free.is_empty()).then(|| view! { <Override free action /> })}
        </PageHead>
        <ErrorSummary error />
        {if list.policies.is_empty() {
            view! {
                <section class="panel">
                    <Empty icon="rules" title=texts::NONE>
                        <p>{texts::NONE_HINT}</p>
                    </Empty>
                </section>
            }
                .into_any()
        } else {
            view! {
                <div class="stack">
                    {list.policies.into_iter().map(|row| view! { <Policy row /> }).collect_view()}
                </div>
            }
                .into_any()
        }}
    }
    .into_any()
}

#[component]
fn Policy(row: PolicyRow) -> impl IntoView {
    let (to, title, shown) = (href(row.id), name(&row), row.clone());
    let heading = format!("policy-{}", row.id);
    let names: Vec<&str> = row.serves.iter().map(|site| site.name.as_str()).collect();
    let note =
        format!("{}, {}", texts::rules(count(row.policy.rules.len())), texts::serves(&names));
    let edit = row.may_draft.then(|| {
        let label = if row.draft.is_some() { texts::EDIT_DRAFT } else { texts::EDIT };
        (format!("{to}/edit"), label)
    });
    let named = heading.clone();
    view! {
        <section class="panel policy" aria-labelledby=named>
            <header>
                <h2 id=heading>
                    <a href=to data-item="">
                        {title}
                    </a>
                </h2>
                <Tag on=true>{texts::live(row.policy.version)}</Tag>
                {row.draft.map(|draft| view! { <Tag>{texts::draft(draft.version)}</Tag> })}
                {row.shadow_since.map(|_| view! { <Tag>{texts::IN_SHADOW}</Tag> })}
                <p>{note}</p>
                <p class="push">
                    {texts::published_by(row.published_by.as_deref())} " "
                    <Time at=row.published_at />
                </p>
                {edit.map(|(href, label)| view! { <LinkButton href>{label}</LinkButton> })}
            </header>
            <RuleTable row=shown />
        </section>
    }
    .into_any()
}

#[component]
fn Override(free: Vec<FreeSite>, action: ServerAction<OverrideSite>) -> impl IntoView {
    let choices =
        free.into_iter().map(|f| Choice::new(f.site.id.to_string(), f.site.name)).collect();
    view! {
        <ConfirmForm
            id="override"
            label=texts::OVERRIDE
            icon="plus"
            title=texts::OVERRIDE_TITLE
            consequence=texts::OVERRIDE_HINT
        >
            <ActionForm action attr:class="stack form">
                <Select name="site" id="override-site" label=texts::SITE choices required=true />
                <Textarea
                    name="reason"
                    id="override-reason"
                    label=texts::REASON
                    hint=texts::REASON_HINT
                    rows=2
                    required=true
                />
                <Button
                    kind=ButtonKind::Primary
                    submit=true
                    busy=action.pending()
                    busy_text=texts::COPYING
                >
                    {texts::OVERRIDE_NOW}
                </Button>
            </ActionForm>
        </ConfirmForm>
    }
    .into_any()
}
