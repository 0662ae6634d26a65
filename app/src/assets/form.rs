use domain::asset::{AssetKind, Criticality};
use domain::ids::AssetId;
use domain::views::assets::AssetDraft;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::load_draft;
use super::edits::{CreateAsset, EditAsset};
use super::{crumbs, id_in_address, short};
use crate::error::AppError;
use crate::strings::assets as texts;
use crate::ui::{
    Button, ButtonKind, Choice, ErrorSummary, Hidden, Input, LinkButton, Loaded, PageHead, Query,
    Select, field_error,
};

/// `/assets/new?parent=`
#[component]
pub fn NewAssetPage() -> impl IntoView {
    let query = Query::current();
    let parent = Memo::new(move |_| query.with(|q| q.get("parent").and_then(|id| id.parse().ok())));
    let action = ServerAction::<CreateAsset>::new();
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let draft =
        Resource::new(move || parent.get(), |parent: Option<AssetId>| load_draft(None, parent));
    view! {
        <Loaded
            resource=draft
            rows=10
            view=move |draft: AssetDraft| {
                let title = match &draft.parent {
                    Some(parent) => texts::new_below(&short(parent)),
                    None => texts::NEW_SITE.to_owned(),
                };
                let parent = draft.parent.as_ref().map(|p| p.id.to_string()).unwrap_or_default();
                let back = draft
                    .parent
                    .as_ref()
                    .map_or_else(|| "/assets".to_owned(), |p| format!("/assets/{}", p.id));
                view! {
                    <PageHead title=title crumbs=crumbs(&draft.above) />
                    <ActionForm action attr:class="stack form panel sheet">
                        <ErrorSummary error />
                        <Hidden name="parent" value=parent />
                        <Fields draft error />
                        <div class="row end">
                            <LinkButton kind=ButtonKind::Quiet href=back>{texts::CANCEL}</LinkButton>
                            <Button
                                kind=ButtonKind::Primary
                                submit=true
                                busy=action.pending()
                                busy_text=texts::SAVING
                            >
                                {texts::CREATE}
                            </Button>
                        </div>
                    </ActionForm>
                }
            }
        />
    }
    .into_any()
}

/// `/assets/{id}/edit`
#[component]
pub fn EditAssetPage() -> impl IntoView {
    let id = id_in_address();
    let action = ServerAction::<EditAsset>::new();
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let draft = Resource::new(move || id.get(), |id| load_draft(Some(AssetId(id)), None));
    view! {
        <Loaded
            resource=draft
            rows=10
            view=move |draft: AssetDraft| {
                let id = draft.id.unwrap_or(AssetId(0));
                let mut path = crumbs(&draft.above);
                path.push(crate::ui::Crumb::link(draft.form.tag.clone(), format!("/assets/{id}")));
                view! {
                    <PageHead title=texts::EDIT_TITLE crumbs=path />
                    <ActionForm action attr:class="stack form panel sheet">
                        <ErrorSummary error />
                        <Hidden name="id" value=id.to_string() />
                        <Hidden name="version" value=draft.version.to_string() />
                        <Fields draft error />
                        <div class="row end">
                            <LinkButton kind=ButtonKind::Quiet href=format!("/assets/{id}")>
                                {texts::CANCEL}
                            </LinkButton>
                            <Button
                                kind=ButtonKind::Primary
                                submit=true
                                busy=action.pending()
                                busy_text=texts::SAVING
                            >
                                {texts::SAVE}
                            </Button>
                        </div>
                    </ActionForm>
                }
            }
        />
    }
    .into_any()
}

/// The fields that a new and an existing asset share.
#[component]
fn Fields(draft: AssetDraft, error: Signal<Option<AppError>>) -> impl IntoView {
    let new = draft.id.is_none();
    let site = draft.kinds == [AssetKind::Site];
    let form = draft.form;
    let kinds: Vec<Choice> =
        draft.kinds.iter().map(|k| Choice::new(k.as_str(), texts::kind(*k))).collect();
    let unset = match draft.inherits {
        Some(criticality) => texts::inherit(criticality),
        None => texts::CRITICALITY_DEFAULT.to_owned(),
    };
    let criticalities =
        Criticality::ALL.iter().map(|c| Choice::new(c.as_str(), texts::criticality(*c))).collect();
    view! {
        <div class="pair">
            <Input
                name="form[tag]"
                id="tag"
                label=texts::TAG
                value=form.tag
                mono=true
                required=true
                hint=texts::TAG_HINT.to_owned()
                error=field_error(error, "tag")
            />
            {if new {
                view! {
                    <Select
                        name="form[kind]"
                        id="kind"
                        label=texts::KIND
                        choices=kinds
                        value=form.kind
                        required=true
                        error=field_error(error, "kind")
                    />
                }
                    .into_any()
            } else {
                view! { <Hidden name="form[kind]" value=form.kind /> }.into_any()
            }}
        </div>
        <Input
            name="form[name]"
            id="name"
            label=texts::NAME
            value=form.name
            hint=texts::NAME_HINT.to_owned()
            error=field_error(error, "name")
        />
        <div class="pair">
            <Input
                name="form[serial_number]"
                id="serial_number"
                label=texts::SERIAL
                value=form.serial_number
                mono=true
                hint=texts::KEY_HINT.to_owned()
                error=field_error(error, "serial_number")
            />
            <Input
                name="form[barcode]"
                id="barcode"
                label=texts::BARCODE
                value=form.barcode
                mono=true
                hint=texts::KEY_HINT.to_owned()
                error=field_error(error, "barcode")
            />
            <Input
                name="form[manufacturer]"
                id="manufacturer"
                label=texts::MANUFACTURER
                value=form.manufacturer
                error=field_error(error, "manufacturer")
            />
            <Input
                name="form[model]"
                id="model"
                label=texts::MODEL
                value=form.model
                error=field_error(error, "model")
            />
            <Input
                name="form[installed_on]"
                id="installed_on"
                label=texts::INSTALLED
                kind="date"
                value=form.installed_on
                error=field_error(error, "installed_on")
            />
            <Select
                name="form[criticality]"
                id="criticality"
                label=texts::CRITICALITY
                choices=criticalities
                value=form.criticality
                empty=unset
                error=field_error(error, "criticality")
            />
        </div>
        {(new && site)
            .then(|| {
                view! {
                    <Input
                        name="form[time_zone]"
                        id="time_zone"
                        label=texts::TIME_ZONE
                        value=form.time_zone
                        mono=true
                        required=true
                        hint=texts::TIME_ZONE_HINT.to_owned()
                        error=field_error(error, "time_zone")
                    />
                }
            })}
    }
    .into_any()
}
