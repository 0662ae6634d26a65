use domain::views::mapping::MappingView;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::actions::{MapField, MapValue, PublishMapping, TakeSuggested, load_mapping};
use super::edit::{FieldEditor, ValueEditor};
use super::matrix::Matrix;
use super::values::Maps;
use crate::strings::mapping as texts;
use crate::ui::{
    Button, ButtonKind, Choice, ConfirmForm, Crumb, ErrorSummary, Hidden, Input, Level, Loaded,
    Notice, PageHead, Panel, Query, Says, Select, Tag, Time, field_error,
};
use crate::work_orders::count_successes;

/// What people do on this page.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    pub(super) field: ServerAction<MapField>,
    pub(super) value: ServerAction<MapValue>,
    pub(super) suggested: ServerAction<TakeSuggested>,
    publish: ServerAction<PublishMapping>,
    /// Grows with every accepted one.
    accepted: RwSignal<u32>,
}

impl Acts {
    fn new() -> Self {
        let acts = Self {
            field: ServerAction::new(),
            value: ServerAction::new(),
            suggested: ServerAction::new(),
            publish: ServerAction::new(),
            accepted: RwSignal::new(0),
        };
        count_successes(acts.field, acts.accepted);
        count_successes(acts.value, acts.accepted);
        count_successes(acts.suggested, acts.accepted);
        count_successes(acts.publish, acts.accepted);
        acts
    }
}

/// `/connections/{slug}/mapping?sample=&only=problems&field=&map=&ours=`
#[component]
pub fn MappingPage() -> impl IntoView {
    let (query, params, acts) = (Query::current(), use_params_map(), Acts::new());
    let slug = Memo::new(move |_| params.with(|p| p.get("slug")).unwrap_or_default());
    let sample = Memo::new(move |_| query.with(|q| q.get("sample").and_then(|id| id.parse().ok())));
    let mapping = Resource::new(
        move || (slug.get(), sample.get(), acts.accepted.get()),
        |(slug, sample, _)| load_mapping(slug, sample),
    );
    let error = Signal::derive(move || {
        let published = acts.publish.value().get().and_then(Result::err);
        published.or_else(|| acts.suggested.value().get().and_then(Result::err))
    });
    let crumbs = vec![Crumb::text(texts::CONNECTIONS)];
    view! {
        <PageHead title=texts::TITLE crumbs meta=texts::LEAD />
        <ErrorSummary error />
        <Loaded resource=mapping rows=10 view=move |view| view! { <Shown view acts /> } />
    }
    .into_any()
}

#[component]
fn Shown(view: MappingView, acts: Acts) -> impl IntoView {
    let query = Query::current();
    let chosen = Memo::new(move |_| query.with(|q| q.get("field").map(str::to_owned)));
    let value = Memo::new(move |_| {
        query.with(|q| Some((q.get("map")?.to_owned(), q.get("ours")?.to_owned())))
    });
    let for_editor = view.clone();
    let editor = move || {
        let view = for_editor.clone();
        if !view.may_edit {
            return None;
        }
        let field = chosen.get().and_then(|name| {
            view.fields.iter().find(|field| field.name == name && !field.fixed).cloned()
        });
        match (field, value.get()) {
            (Some(field), _) => {
                Some(view! { <FieldEditor slug=view.slug field acts /> }.into_any())
            }
            (None, Some((map, ours))) => {
                Some(view! { <ValueEditor view map ours acts /> }.into_any())
            }
            (None, None) => None,
        }
    };
    let rendered = view.rendered.clone().map(|text| {
        view! {
            <Panel id="rendered" title=texts::RENDERED note=texts::RENDERED_HINT>
                <pre class="rendered" tabindex="0" aria-label=texts::RENDERED>{text}</pre>
            </Panel>
        }
    });
    view! {
        <Standing view=view.clone() acts />
        <SampleForm view=view.clone() />
        <div class="map-cols">
            <div class="stack">
                <Matrix view=view.clone() />
                {rendered}
                <Versions view=view.clone() />
            </div>
            <div class="stack">{editor} <Maps view acts /></div>
        </div>
    }
    .into_any()
}

/// Versions, what blocks publishing, and publishing.
#[component]
fn Standing(view: MappingView, acts: Acts) -> impl IntoView {
    let live = match view.live {
        0 => texts::NOT_PUBLISHED.to_owned(),
        version => texts::live(version),
    };
    let (ready, blocking) = (view.may_edit && view.blocking.is_empty(), view.blocking);
    let blocked = (!blocking.is_empty()).then(|| {
        let lines = blocking.iter().cloned().map(|line| view! { <li>{line}</li> }).collect_view();
        view! {
            <Notice level=Level::Critical>
                <p>{texts::blocked(blocking.len())}</p>
                <ul>{lines}</ul>
            </Notice>
        }
    });
    let publish = view.draft.filter(|_| ready).map(|version| {
        let error = Signal::derive(move || acts.publish.value().get().and_then(Result::err));
        view! {
            <ConfirmForm
                id="publish"
                label=texts::publish(version)
                title=texts::publish_title(version)
                consequence=texts::PUBLISH_HINT
            >
                <ActionForm action=acts.publish attr:class="stack" attr:data-gap="small">
                    <Hidden name="slug" value=view.slug.clone() />
                    <Input
                        name="reason"
                        label=texts::REASON
                        required=true
                        error=field_error(error, "reason")
                    />
                    <Button kind=ButtonKind::Primary submit=true busy=acts.publish.pending()>
                        {texts::PUBLISH_NOW}
                    </Button>
                </ActionForm>
            </ConfirmForm>
        }
    });
    let draft = view.draft.map(|version| view! { <Tag on=true>{texts::draft(version)}</Tag> });
    view! {
        <div class="row map-sample">
            <b>{view.name.clone()}</b>
            {draft}
            <Tag>{live}</Tag>
            <span class="push">{publish}</span>
        </div>
        {blocked}
    }
    .into_any()
}

/// Chooses the alert that gives the live values: a plain form.
#[component]
fn SampleForm(view: MappingView) -> impl IntoView {
    let Some(sample) = view.sample else {
        return view! { <Notice level=Level::Unknown>{texts::NO_SAMPLE}</Notice> }.into_any();
    };
    let value = sample.id.to_string();
    let mut samples = view.samples;
    if samples.iter().all(|one| one.id != sample.id) {
        samples.insert(0, sample);
    }
    let choices = samples
        .iter()
        .map(|one| {
            let label = texts::sample(one.id.0, &one.tag, &one.failure_mode);
            Choice::new(one.id.to_string(), label)
        })
        .collect();
    view! {
        <form method="get" class="row map-sample">
            <Select name="sample" label=texts::SAMPLE choices value />
            <Button submit=true icon="send">{texts::TRY}</Button>
        </form>
    }
    .into_any()
}

#[component]
fn Versions(view: MappingView) -> impl IntoView {
    if view.versions.is_empty() {
        return ().into_any();
    }
    let rows = view
        .versions
        .into_iter()
        .map(|row| {
            let level = if row.state == "published" { Level::Ok } else { Level::Unknown };
            view! {
                <li class="row">
                    <b>{texts::version(row.version)}</b>
                    <Says level>{texts::state(&row.state)}</Says>
                    <Time at=row.at />
                    <span class="muted">{row.by.unwrap_or_default()}</span>
                    <span>{row.reason.unwrap_or_default()}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <Panel id="versions" title=texts::VERSIONS>
            <ul class="body stack" data-gap="small">{rows}</ul>
        </Panel>
    }
    .into_any()
}
