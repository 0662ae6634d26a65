//! Tables: caption, column heads with scope and sorting links, an explicit body.

use leptos::prelude::*;

use super::Query;

/// A column of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    label: String,
    numeric: bool,
    hidden: bool,
    sort: Option<&'static str>,
}

impl Column {
    /// A column of text.
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// A column of numbers: right-aligned.
    pub fn number(label: impl Into<String>) -> Self {
        Self { numeric: true, ..Self::text(label) }
    }

    /// A column whose label is only for assistive technology (actions).
    pub fn hidden(label: impl Into<String>) -> Self {
        Self { hidden: true, ..Self::text(label) }
    }

    /// Can be sorted by this key of the address (`sort=key`, `sort=-key`).
    #[must_use]
    pub fn sorted_by(self, key: &'static str) -> Self {
        Self { sort: Some(key), ..self }
    }
}

/// A table; children are `<tr>`s. First cell of a row is `<th scope="row">`.
#[component]
pub fn Table(
    /// Says what the table holds.
    #[prop(into)]
    caption: String,
    /// The caption is only for assistive technology (the sheet has a heading).
    #[prop(optional)]
    hide_caption: bool,
    /// The columns.
    columns: Vec<Column>,
    /// Class of the layout of the screen.
    #[prop(optional)]
    class: &'static str,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let query = Query::current();
    let label = caption.clone();
    view! {
        <div class="table-wrap" role="group" tabindex="0" aria-label=label>
            <table class=format!("table {class}")>
                <caption class=if hide_caption { "hidden" } else { "" }>{caption}</caption>
                <thead>
                    <tr>{columns.into_iter().map(|column| head(column, query)).collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn head(column: Column, query: Memo<Query>) -> impl IntoView {
    let class = if column.numeric { "num" } else { "" };
    let label = column.label;
    let Some(key) = column.sort else {
        let inner = if column.hidden { "hidden" } else { "" };
        return view! { <th scope="col" class=class><span class=inner>{label}</span></th> }
            .into_any();
    };
    let direction = move || {
        query.with(|q| match q.get("sort") {
            Some(s) if s == key => Some("ascending"),
            Some(s) if s.strip_prefix('-') == Some(key) => Some("descending"),
            _ => None,
        })
    };
    let href = move || {
        let next =
            if direction() == Some("descending") { key.to_owned() } else { format!("-{key}") };
        query.with(|q| q.without("after").with("sort", &next).href())
    };
    view! {
        <th scope="col" class=class aria-sort=direction>
            <a class="sort" href=href>{label}</a>
        </th>
    }
    .into_any()
}
