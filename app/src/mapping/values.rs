use domain::views::mapping::{MappingView, ValueMap, ValueRow};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::page::Acts;
use crate::strings::mapping as texts;
use crate::ui::{Button, Column, Hidden, Level, Query, Says, Table};

/// Our words and theirs: priority, failure code and what else the CMMS has scales of its own for.
#[component]
pub(super) fn Maps(view: MappingView, acts: Acts) -> impl IntoView {
    let name = view.name.clone();
    let (slug, edits) = (view.slug.clone(), view.may_edit);
    view.maps
        .into_iter()
        .map(|map| {
            let (slug, name) = (slug.clone(), name.clone());
            view! { <Map map name slug edits acts /> }
        })
        .collect_view()
        .into_any()
}

#[component]
fn Map(map: ValueMap, name: String, slug: String, edits: bool, acts: Acts) -> impl IntoView {
    let query = Query::current();
    let heading = format!("map-{}", map.name);
    let named = heading.clone();
    let level = match (map.unmapped, map.required) {
        (0, _) => Level::Ok,
        (_, true) => Level::Critical,
        (_, false) => Level::Medium,
    };
    let heads = vec![Column::text(texts::OURS), Column::text(name), Column::number(texts::USES)];
    let suggested = map.rows.iter().filter(|row| row.suggestion.is_some()).count();
    let take = (edits && suggested > 0).then(|| {
        view! {
            <footer>
                <ActionForm action=acts.suggested>
                    <Hidden name="slug" value=slug />
                    <Button submit=true busy=acts.suggested.pending()>
                        {texts::take_suggested(suggested)}
                    </Button>
                </ActionForm>
            </footer>
        }
    });
    let (rows, map_name) = (map.rows, map.name.clone());
    view! {
        <section class="panel" aria-labelledby=named>
            <header>
                <h2 id=heading>{texts::map(&map.name)}</h2>
                <span class="push"><Says level>{texts::unmapped(map.unmapped)}</Says></span>
            </header>
            <Table caption=texts::map(&map.name) hide_caption=true columns=heads class="vm">
                {move || {
                    let here = query.get();
                    rows.iter()
                        .map(|row| line(row.clone(), &map_name, &here, edits))
                        .collect_view()
                }}
            </Table>
            {take}
        </section>
    }
    .into_any()
}

fn line(row: ValueRow, map: &str, here: &Query, edits: bool) -> AnyView {
    let lacks = row.theirs.is_none() && row.uses > 0;
    let text = row.theirs.clone().unwrap_or_else(|| texts::CHOOSE.to_owned());
    let href = here.without("field").with("map", map).with("ours", &row.ours).href();
    let theirs = if edits {
        let label = texts::edit_value(&row.label);
        view! {
            <a class="pick mono" href=href>
                <span class="hidden">{label} ": "</span>
                {text}
            </a>
        }
        .into_any()
    } else {
        view! { <span class="mono">{row.theirs.clone().unwrap_or_default()}</span> }.into_any()
    };
    let hint = row.suggestion.map(|one| {
        view! { <span class="sub">{texts::suggested(&one.value, &one.name, one.score)}</span> }
    });
    view! {
        <tr data-bad=lacks.then_some("") data-sev=lacks.then_some("medium")>
            <th scope="row">{row.label} {hint}</th>
            <td>{theirs}</td>
            <td class="num">{row.uses.to_string()}</td>
        </tr>
    }
    .into_any()
}
