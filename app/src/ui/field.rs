//! Form controls with label, hint and error tied together.

use leptos::prelude::*;

use super::{Level, Shape};
use crate::error::AppError;
use crate::strings::{common, errors};

/// The message of one field out of the last error of an action.
pub fn field_error(error: Signal<Option<AppError>>, name: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || error.with(|e| e.as_ref().and_then(|e| e.field(name))))
}

/// Label, control, hint and error. The control inside must carry `id`, and
/// `aria-describedby="{id}-d"`; [`Input`], [`Select`] and [`Textarea`] do.
#[component]
pub fn Field(
    /// Id of the control.
    #[prop(into)]
    id: String,
    /// Label above it.
    #[prop(into)]
    label: String,
    /// Grey help below it.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// Marks an input that may stay empty.
    #[prop(optional)]
    optional: bool,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let described = format!("{id}-d");
    view! {
        <div class="field" data-sev=move || error.with(Option::is_some).then_some("critical")>
            <label for=id>
                {label}
                {optional
                    .then(|| view! { <span class="muted">{format!(" ({})", common::OPTIONAL)}</span> })}
            </label>
            {children()}
            <div id=described>
                {move || hint.get().map(|hint| view! { <p class="hint">{hint}</p> })}
                {move || {
                    error
                        .get()
                        .map(|message| {
                            view! {
                                <p class="error">
                                    <Shape level=Level::Critical />
                                    {message}
                                </p>
                            }
                        })
                }}
            </div>
        </div>
    }
    .into_any()
}

/// A one-line input with its field.
#[component]
pub fn Input(
    /// Name in the form; also the id unless `id` is given.
    name: &'static str,
    /// Label above it.
    #[prop(into)]
    label: String,
    /// Id, where two forms on a page share a name.
    #[prop(optional, into)]
    id: Option<String>,
    /// `text`, `email`, `password`, `number`, `date`, `datetime-local`, `search`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What it starts with.
    #[prop(optional, into)]
    value: String,
    /// Value of `autocomplete`.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// Grey help below it.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong with it; see [`field_error`].
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Identifiers and codes.
    #[prop(optional)]
    mono: bool,
    /// Step of a number; `any` allows decimals.
    #[prop(optional)]
    step: Option<&'static str>,
    /// Id of a `datalist` with suggestions.
    #[prop(optional)]
    list: Option<&'static str>,
    /// Least number or earliest date.
    #[prop(optional, into)]
    min: Option<String>,
    /// Greatest number or latest date.
    #[prop(optional, into)]
    max: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let described = format!("{id}-d");
    view! {
        <Field id=id.clone() label hint optional=!required error>
            <input
                class=if mono { "input mono" } else { "input" }
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                required=required
                step=step
                list=list
                min=min
                max=max
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).then_some("true")
            />
        </Field>
    }
    .into_any()
}

/// A text of several lines with its field.
#[component]
pub fn Textarea(
    /// Name in the form; also the id unless `id` is given.
    name: &'static str,
    /// Label above it.
    #[prop(into)]
    label: String,
    /// Id, where two forms on a page share a name.
    #[prop(optional, into)]
    id: Option<String>,
    /// What it starts with.
    #[prop(optional, into)]
    value: String,
    /// Lines shown.
    #[prop(default = 3)]
    rows: u32,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// Grey help below it.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong with it; see [`field_error`].
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let described = format!("{id}-d");
    view! {
        <Field id=id.clone() label hint optional=!required error>
            <textarea
                class="input"
                id=id
                name=name
                rows=rows.to_string()
                required=required
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).then_some("true")
            >
                {value}
            </textarea>
        </Field>
    }
    .into_any()
}

/// One choice of a [`Select`] or a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A choice of a list with its field.
#[component]
pub fn Select(
    /// Name in the form; also the id unless `id` is given.
    name: &'static str,
    /// Label above it.
    #[prop(into)]
    label: String,
    /// What can be chosen, in order.
    choices: Vec<Choice>,
    /// Id, where two forms on a page share a name.
    #[prop(optional, into)]
    id: Option<String>,
    /// What is chosen at first.
    #[prop(optional, into)]
    value: String,
    /// Puts an empty choice first, with this label.
    #[prop(optional, into)]
    empty: Option<String>,
    /// Must be chosen.
    #[prop(optional)]
    required: bool,
    /// Grey help below it.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong with it; see [`field_error`].
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let described = format!("{id}-d");
    view! {
        <Field id=id.clone() label hint error>
            <select
                class="select"
                id=id
                name=name
                required=required
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).then_some("true")
            >
                {empty.map(|label| view! { <option value="">{label}</option> })}
                {choices
                    .into_iter()
                    .map(|choice| {
                        let selected = choice.value == value;
                        view! {
                            <option value=choice.value selected=selected>
                                {choice.label}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </Field>
    }
    .into_any()
}

/// A box to tick.
#[component]
pub fn Check(
    /// Name in the form; sends `value` when ticked.
    name: &'static str,
    /// Label after it.
    #[prop(into)]
    label: String,
    /// What is sent.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// Ticked at first.
    #[prop(optional)]
    checked: bool,
) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name=name value=value checked=checked />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// A value that goes along with a form.
#[component]
pub fn Hidden(
    /// Name in the form.
    name: &'static str,
    /// What is sent.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value /> }.into_any()
}

/// Top of a form: what failed, and links to the fields that need a correction.
#[component]
pub fn ErrorSummary(
    /// Last error of the action of the form.
    #[prop(into)]
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    view! {
        <div class="summary" role="alert">
            {move || {
                error
                    .get()
                    .map(|error| {
                        let id = error.request_id.filter(|_| error.fields.is_empty());
                        view! {
                            <div class="notice" data-sev="critical">
                                <Shape level=Level::Critical />
                                <div>
                                    <p>{error.message}</p>
                                    <ul>
                                        {error
                                            .fields
                                            .into_iter()
                                            .map(|f| {
                                                view! {
                                                    <li>
                                                        <a href=format!("#{}", f.field)>{f.message}</a>
                                                    </li>
                                                }
                                            })
                                            .collect_view()}
                                    </ul>
                                    {id
                                        .map(|id| {
                                            view! {
                                                <p class="xs muted">
                                                    {format!("{} ", errors::REQUEST_ID)}
                                                    <code>{id}</code>
                                                </p>
                                            }
                                        })}
                                </div>
                            </div>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
