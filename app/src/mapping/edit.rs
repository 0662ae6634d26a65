use domain::views::mapping::{FieldView, MappingView};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::page::Acts;
use crate::strings::mapping as texts;
use crate::ui::{
    Button, ButtonKind, Check, ErrorSummary, Hidden, Input, LinkButton, Panel, Query, Textarea,
    field_error,
};

/// Where one field comes from.
#[component]
pub(super) fn FieldEditor(slug: String, field: FieldView, acts: Acts) -> impl IntoView {
    let query = Query::current();
    let error = Signal::derive(move || acts.field.value().get().and_then(Result::err));
    let close = query.with_untracked(|q| q.without("field").href());
    let hint = match &field.suggestion {
        Some(one) => texts::source_suggested(&one.value, one.score),
        None => texts::SOURCE_HINT.to_owned(),
    };
    view! {
        <Panel id="edit" title=texts::edit(&field.name) note=field.at.clone()>
            <div class="body">
                <ErrorSummary error />
                <ActionForm action=acts.field attr:class="stack" attr:data-gap="small">
                    <Hidden name="slug" value=slug />
                    <Hidden name="field" value=field.name.clone() />
                    <Textarea
                        name="source"
                        label=texts::SOURCE
                        value=field.source.clone()
                        hint
                        error=field_error(error, "source")
                    />
                    {field
                        .may_cut
                        .then(|| {
                            view! { <Check name="cut" label=texts::may_cut(field.length) checked=field.cut /> }
                        })}
                    <div class="row end">
                        <LinkButton kind=ButtonKind::Quiet href=close>{texts::CLOSE}</LinkButton>
                        <Button kind=ButtonKind::Primary submit=true busy=acts.field.pending()>
                            {texts::SAVE}
                        </Button>
                    </div>
                </ActionForm>
                <details>
                    <summary>{texts::NAMES}</summary>
                    <ul class="sm">
                        {texts::KNOWN
                            .iter()
                            .map(|(name, what)| {
                                view! { <li><code>{*name}</code> " " <span class="muted">{*what}</span></li> }
                            })
                            .collect_view()}
                    </ul>
                </details>
            </div>
        </Panel>
    }
    .into_any()
}

/// The counterpart of one word.
#[component]
pub(super) fn ValueEditor(
    view: MappingView,
    map: String,
    ours: String,
    acts: Acts,
) -> impl IntoView {
    let query = Query::current();
    let error = Signal::derive(move || acts.value.value().get().and_then(Result::err));
    let close = query.with_untracked(|q| q.without("map").without("ours").href());
    let row = view
        .maps
        .iter()
        .find(|one| one.name == map)
        .and_then(|one| one.rows.iter().find(|row| row.ours == ours))
        .cloned();
    let label = row.as_ref().map_or_else(|| ours.clone(), |row| row.label.clone());
    let suggestion = row.as_ref().and_then(|row| row.suggestion.clone());
    let value = row
        .and_then(|row| row.theirs)
        .or_else(|| suggestion.as_ref().map(|one| one.value.clone()))
        .unwrap_or_default();
    let hint = suggestion.map(|one| texts::suggested(&one.value, &one.name, one.score));
    let codes = view
        .codes
        .iter()
        .map(|code| view! { <option value=code.value.clone()>{code.name.clone()}</option> })
        .collect_view();
    view! {
        <Panel id="edit" title=texts::edit_value(&label) note=texts::map(&map)>
            <div class="body">
                <ErrorSummary error />
                <ActionForm action=acts.value attr:class="stack" attr:data-gap="small">
                    <Hidden name="slug" value=view.slug.clone() />
                    <Hidden name="map" value=map />
                    <Hidden name="ours" value=ours />
                    <Input
                        name="theirs"
                        label=view.name.clone()
                        value
                        mono=true
                        list="codes"
                        hint=hint.unwrap_or_default()
                        error=field_error(error, "ours")
                    />
                    <datalist id="codes">{codes}</datalist>
                    <div class="row end">
                        <LinkButton kind=ButtonKind::Quiet href=close>{texts::CLOSE}</LinkButton>
                        <Button kind=ButtonKind::Primary submit=true busy=acts.value.pending()>
                            {texts::SAVE}
                        </Button>
                    </div>
                </ActionForm>
            </div>
        </Panel>
    }
    .into_any()
}
