use domain::views::mapping::{FieldState, FieldView, MappingView};
use leptos::prelude::*;

use crate::strings::mapping as texts;
use crate::ui::{Column, Level, Panel, Query, Says, Seg, Tab, Table};

/// Fields of the CMMS, their source, what the sample gives, and whether it fits.
#[component]
pub(super) fn Matrix(view: MappingView) -> impl IntoView {
    let query = Query::current();
    let problems = view.fields.iter().filter(|field| is_problem(field.state)).count();
    let choices = Signal::derive(move || {
        let here = query.get();
        let only = here.get("only") == Some("problems");
        vec![
            Tab::new(here.without("only").href(), texts::ALL, !only),
            Tab::new(here.with("only", "problems").href(), texts::problems(problems), only),
        ]
    });
    let used = view.fields.iter().filter(|field| field.state != FieldState::Empty).count();
    let required = view.fields.iter().filter(|field| field.required).count();
    let heads = vec![
        Column::text(texts::field_of(&view.name)),
        Column::text(texts::SOURCE),
        Column::text(texts::LIVE),
        Column::text(texts::CHECK),
    ];
    let (fields, edits) = (view.fields, view.may_edit);
    let note = texts::used(used, fields.len(), required);
    let aside = ViewFn::from(move || view! { <Seg label=texts::SHOW choices /> });
    view! {
        <Panel id="fields" title=texts::FIELDS note aside>
            <Table caption=texts::CAPTION hide_caption=true columns=heads class="map stacked">
                {move || {
                    let here = query.get();
                    let only = here.get("only") == Some("problems");
                    fields
                        .iter()
                        .filter(|field| !only || is_problem(field.state))
                        .map(|field| line(field.clone(), &here, edits))
                        .collect_view()
                }}
            </Table>
        </Panel>
    }
    .into_any()
}

fn is_problem(state: FieldState) -> bool {
    state.blocks() || state == FieldState::Unmapped
}

fn line(field: FieldView, here: &Query, edits: bool) -> AnyView {
    let level = level(field.state);
    let bad = is_problem(field.state);
    let source =
        if field.source.is_empty() { texts::NOTHING.to_owned() } else { field.source.clone() };
    let source = if edits && !field.fixed {
        let href = here.without("map").without("ours").with("field", &field.name).href();
        let label = texts::edit(&field.name);
        view! {
            <a class="pick mono source" href=href>
                <span class="hidden">{label} ": "</span>
                {source}
            </a>
        }
        .into_any()
    } else {
        let text = if field.fixed { texts::FIXED.to_owned() } else { source };
        view! { <span class="muted">{text}</span> }.into_any()
    };
    let live = match &field.live {
        Some(live) => view! { {live.clone()} }.into_any(),
        None => view! { <span class="muted">{texts::NONE}</span> }.into_any(),
    };
    let title = field.live.clone().unwrap_or_default();
    let check = texts::check(&field);
    view! {
        <tr data-bad=bad.then_some("") data-sev=bad.then(|| level.as_str())>
            <th scope="row">
                <span class="mono">{field.at.clone()}</span>
                <span class="sub">{texts::kind(&field)}</span>
            </th>
            <td>{source}</td>
            <td class="live" title=title>{live}</td>
            <td><Says level>{check}</Says></td>
        </tr>
    }
    .into_any()
}

const fn level(state: FieldState) -> Level {
    match state {
        FieldState::Fits => Level::Ok,
        FieldState::Empty => Level::Unknown,
        FieldState::Cut | FieldState::Unmapped => Level::Medium,
        FieldState::Missing | FieldState::TooLong | FieldState::WrongType | FieldState::Broken => {
            Level::Critical
        }
    }
}
