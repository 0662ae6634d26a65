use domain::views::connections::{ConnectionDetail, SettingField};
use leptos::form::ActionForm;
use leptos::prelude::*;
use serde_json::Value;

use super::{Configure, Schedule as SaveSchedule};
use crate::error::AppError;
use crate::frame::use_frame;
use crate::strings::connections as texts;
use crate::ui::{
    Button, ButtonKind, Check, ErrorSummary, Field, Hidden, Input, Panel, Textarea, field_error,
};

/// Where the system is, and what its manifest asks for.
#[component]
pub(super) fn Where(detail: ConnectionDetail) -> impl IntoView {
    let action = ServerAction::<Configure>::new();
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let authority = if detail.has_authority { texts::AUTHORITY_SET } else { texts::AUTHORITY_HINT };
    let book = detail.row.system == "book";
    if book || !detail.may_change {
        return ().into_any();
    }
    view! {
        <Panel id="where" title=texts::WHERE>
            <div class="body">
                <ActionForm action>
                    <ErrorSummary error />
                    <Hidden name="id" value=detail.row.id.to_string() />
                    <Hidden name="version" value=detail.version.to_string() />
                    <div class="fields">
                        <Input
                            name="name"
                            label=texts::NAME
                            value=detail.row.name
                            required=true
                            error=field_error(error, "name")
                        />
                        <Input
                            name="base_url"
                            label=texts::BASE_URL
                            kind="url"
                            value=detail.base_url.unwrap_or_default()
                            hint=texts::BASE_URL_HINT.to_owned()
                            required=true
                            error=field_error(error, "base_url")
                        />
                        <SettingFields fields=detail.settings error />
                        <Textarea
                            name="authority"
                            label=texts::AUTHORITY
                            hint=authority.to_owned()
                            error=field_error(error, "authority")
                        />
                    </div>
                    <Button submit=true busy=action.pending() busy_text=texts::SAVING>
                        {texts::SAVE}
                    </Button>
                </ActionForm>
            </div>
        </Panel>
    }
    .into_any()
}

/// The fields that a manifest asks for.
#[component]
pub(super) fn SettingFields(
    /// The fields.
    fields: Vec<SettingField>,
    /// What was refused last.
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    fields.into_iter().map(|field| setting(field, error)).collect_view().into_any()
}

fn setting(field: SettingField, error: Signal<Option<AppError>>) -> AnyView {
    let id = format!("settings.{}", field.name);
    let name = format!("settings[{}]", field.name);
    let described = format!("{id}-d");
    let wanted = id.clone();
    let refused = Signal::derive(move || error.with(|e| e.as_ref().and_then(|e| e.field(&wanted))));
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let value = field.value.as_ref().map(text).unwrap_or_default();
    let placeholder = field.default.as_ref().map(text).unwrap_or_default();
    let mut hint = field.help;
    if field.unverified {
        hint = format!("{hint} ({})", texts::UNVERIFIED);
    }
    view! {
        <Field id=id.clone() label=field.label hint optional=!field.required error=refused>
            <input
                class="input"
                id=id
                name=name
                value=value
                placeholder=placeholder
                required=field.required
                aria-describedby=described
            />
        </Field>
    }
    .into_any()
}

/// Which sites, how often, and how much.
#[component]
pub(super) fn Schedule(
    /// The connection.
    detail: ConnectionDetail,
    /// Where the form leads back to.
    back: &'static str,
    /// What the button says.
    label: &'static str,
) -> impl IntoView {
    let action = ServerAction::<SaveSchedule>::new();
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    if !detail.may_change {
        return ().into_any();
    }
    let served = detail.row.sites;
    let sites = use_frame()
        .sites
        .iter()
        .map(|site| {
            let checked = served.iter().any(|one| one.id == site.id);
            view! {
                <Check name="sites[]" label=site.name.clone() value=site.id.to_string() checked />
            }
        })
        .collect_view();
    let number =
        move |name: &'static str, label: &'static str, value: String, hint: &'static str| {
            view! {
                <Input
                    name
                    label
                    kind="number"
                    value
                    min="0"
                    required=name != "timeout_seconds"
                    hint=(!hint.is_empty()).then(|| hint.to_owned())
                    error=field_error(error, name)
                />
            }
            .into_any()
        };
    let timeout = detail.timeout_seconds.map(|s| s.to_string()).unwrap_or_default();
    view! {
        <Panel id="schedule" title=texts::SCHEDULE>
            <div class="body">
                <ActionForm action>
                    <ErrorSummary error />
                    <Hidden name="id" value=detail.row.id.to_string() />
                    <Hidden name="version" value=detail.version.to_string() />
                    <Hidden name="back" value=back />
                    <fieldset id="sites">
                        <legend class="label">{texts::SITES}</legend>
                        {sites}
                    </fieldset>
                    <div class="fields">
                        {number("orders_every", texts::ORDERS_EVERY, detail.orders_every.to_string(), "")}
                        {number("assets_every", texts::ASSETS_EVERY, detail.assets_every.to_string(), "")}
                        {number("timeout_seconds", texts::TIMEOUT, timeout, "")}
                        {number("concurrency", texts::CONCURRENCY, detail.concurrency.to_string(), "")}
                        {number("cap_per_hour", texts::PER_HOUR, detail.cap_per_hour.to_string(), texts::CAP_HINT)}
                        {number("cap_per_day", texts::PER_DAY, detail.cap_per_day.to_string(), texts::CAP_HINT)}
                    </div>
                    <Button
                        submit=true
                        kind=ButtonKind::Primary
                        busy=action.pending()
                        busy_text=texts::SAVING
                    >
                        {label}
                    </Button>
                </ActionForm>
            </div>
        </Panel>
    }
    .into_any()
}
