//! Cells of the lists of the calendar form: controls whose label is the head of their column.

use leptos::prelude::*;

use crate::error::AppError;
use crate::strings::calendars as texts;
use crate::ui::{Level, Shape};

/// Last error of the form.
pub(super) type Refusal = Signal<Option<AppError>>;

/// One row of a list: what its controls are called.
#[derive(Clone)]
pub(super) struct Place {
    /// `shifts`, `shutdowns` or `weekly`.
    pub(super) list: &'static str,
    /// From 0.
    pub(super) index: u32,
    /// Last error of the form.
    pub(super) error: Refusal,
}

impl Place {
    fn id(&self, field: &str) -> String {
        format!("{}[{}].{field}", self.list, self.index)
    }

    fn name(&self, field: &str) -> String {
        format!("form[{}][{}][{field}]", self.list, self.index)
    }

    fn wrong(&self, field: &str) -> Signal<Option<String>> {
        let (error, id) = (self.error, self.id(field));
        Signal::derive(move || error.with(|e| e.as_ref().and_then(|e| e.field(&id))))
    }
}

/// A text, time or date.
#[component]
pub(super) fn Cell(
    place: Place,
    field: &'static str,
    label: &'static str,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional)] list: Option<&'static str>,
) -> impl IntoView {
    let wrong = place.wrong(field);
    let (id, name) = (place.id(field), place.name(field));
    let described = format!("{id}-d");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class="input"
                type=kind
                id=id
                name=name
                value=value
                list=list
                autocomplete="off"
                aria-describedby=described.clone()
                aria-invalid=move || wrong.with(Option::is_some).then_some("true")
            />
            <Wrong id=described wrong />
        </div>
    }
    .into_any()
}

/// A day of the week.
#[component]
pub(super) fn DayCell(
    place: Place,
    field: &'static str,
    label: &'static str,
    #[prop(into)] value: String,
) -> impl IntoView {
    let wrong = place.wrong(field);
    let (id, name) = (place.id(field), place.name(field));
    let described = format!("{id}-d");
    let options = texts::WEEKDAYS
        .iter()
        .map(|(word, _, long)| {
            view! {
                <option value=*word selected=value == *word>
                    {*long}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select class="select" id=id name=name aria-describedby=described.clone()>
                {options}
            </select>
            <Wrong id=described wrong />
        </div>
    }
    .into_any()
}

/// A box to tick.
#[component]
pub(super) fn Tick(
    place: Place,
    field: &'static str,
    #[prop(into)] label: String,
    checked: bool,
    /// A longer label for assistive technology.
    #[prop(optional)]
    long: Option<&'static str>,
) -> impl IntoView {
    let (id, name) = (place.id(field), place.name(field));
    view! {
        <label class="check">
            <input type="checkbox" id=id name=name value="true" checked=checked aria-label=long />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// What is wrong with a control.
#[component]
fn Wrong(id: String, wrong: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div id=id>
            {move || {
                wrong
                    .get()
                    .map(|message| {
                        view! {
                            <p class="says xs" data-sev="critical">
                                <Shape level=Level::Critical />
                                {message}
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

/// A problem of a whole part, or of a field that has no cell.
#[component]
pub(super) fn Problem(error: Refusal, field: &'static str) -> impl IntoView {
    let wrong = Signal::derive(move || error.with(|e| e.as_ref().and_then(|e| e.field(field))));
    view! { <Wrong id=format!("{field}-d") wrong /> }.into_any()
}
