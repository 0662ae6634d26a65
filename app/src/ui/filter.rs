//! Filters of a list: a GET form, so that it works without scripts and the address is the state.

use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::use_location;

use super::{Button, Choice, Icon, Query};
use crate::strings::common;

/// One filter of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Parameter in the address.
    pub name: &'static str,
    /// Label of the control.
    pub label: &'static str,
    /// What can be chosen; empty for free text.
    pub choices: Vec<Choice>,
}

/// The filter form of a list. Fields keep what the address says; parameters that are not fields
/// (`sort`, `tab`) go along, the cursor does not.
#[component]
pub fn FilterForm(
    /// The filters, in order.
    filters: Vec<Filter>,
) -> impl IntoView {
    let query = Query::current();
    let action = use_location().pathname.get_untracked();
    view! {
        <Form method="GET" action attr:class="filters" attr:role="search" attr:aria-label=common::FILTER>
            {move || {
                let query = query.get();
                let kept: Vec<_> = query
                    .pairs()
                    .filter(|(key, _)| *key != "after" && !filters.iter().any(|f| f.name == *key))
                    .map(|(key, value)| {
                        view! {
                            <input type="hidden" name=key.to_owned() value=value.to_owned() />
                        }
                    })
                    .collect();
                let fields: Vec<_> = filters
                    .iter()
                    .map(|filter| control(filter, query.get(filter.name).unwrap_or_default()))
                    .collect();
                view! {
                    {kept}
                    {fields}
                }
            }}
            <Button submit=true icon="filter">{common::APPLY}</Button>
        </Form>
    }
    .into_any()
}

fn control(filter: &Filter, value: &str) -> AnyView {
    let (name, label) = (filter.name, filter.label);
    let id = format!("f-{name}");
    let for_id = id.clone();
    let value = value.to_owned();
    if filter.choices.is_empty() {
        return view! {
            <label class="filter" for=for_id>
                <span>{label}</span>
                <input class="input" id=id type="search" name=name value=value />
            </label>
        }
        .into_any();
    }
    let options = filter
        .choices
        .iter()
        .map(|choice| {
            let selected = choice.value == value;
            view! {
                <option value=choice.value.clone() selected=selected>
                    {choice.label.clone()}
                </option>
            }
        })
        .collect_view();
    view! {
        <label class="filter" for=for_id>
            <span>{label}</span>
            <select class="select" id=id name=name>
                <option value="">{common::ANY}</option>
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// The filters in force, each a link that removes it.
#[component]
pub fn ActiveFilters(
    /// The same filters as the form.
    filters: Vec<Filter>,
) -> impl IntoView {
    let query = Query::current();
    let active = move || {
        let query = query.get();
        let chips: Vec<_> = filters
            .iter()
            .filter_map(|filter| {
                let value = query.get(filter.name)?;
                let shown = filter
                    .choices
                    .iter()
                    .find(|choice| choice.value == value)
                    .map_or(value, |choice| choice.label.as_str());
                let label = format!("{}: {shown}", filter.label);
                let href = query.without(filter.name).without("after").href();
                Some(view! {
                    <a class="chip" href=href aria-label=common::remove_filter(&label)>
                        {label.clone()}
                        <Icon name="cross" small=true />
                    </a>
                })
            })
            .collect();
        (!chips.is_empty()).then(|| view! { <p class="row chips">{chips}</p> })
    };
    view! { {active} }.into_any()
}
