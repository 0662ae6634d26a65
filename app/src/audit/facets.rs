use domain::audit::{AuditQuery, Key};
use domain::views::audit::AuditFacet;
use leptos::prelude::*;

use super::bar::with_query;
use crate::strings::audit as texts;
use crate::ui::{Query, format};

/// Menus that write the same terms as one would type.
#[component]
pub(super) fn Facets(
    /// What was found.
    facets: Vec<AuditFacet>,
) -> impl IntoView {
    let address = Query::current().get_untracked();
    let (query, _) = AuditQuery::parse(address.get("q").unwrap_or_default());
    let menus = facets
        .into_iter()
        .map(|facet| {
            let key = facet.key;
            let links = facet
                .values
                .into_iter()
                .map(|(value, shown, count)| {
                    let href = with_query(&address, &query.toggled(key, &value));
                    let current = query.has(key, &value).then_some("true");
                    view! {
                        <li>
                            <a href=href aria-current=current>
                                {label(key, &value, shown)}
                                <span>{format::integer(count)}</span>
                            </a>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <details open=true>
                    <summary>{texts::key(key)}</summary>
                    <ul>{links}</ul>
                </details>
            }
        })
        .collect_view();
    view! { <aside class="facet-menus" aria-label=texts::FACETS>{menus}</aside> }.into_any()
}

fn label(key: Key, value: &str, shown: Option<String>) -> String {
    match key {
        Key::Outcome => texts::outcome(value),
        Key::Object => texts::entity(value),
        _ => shown.unwrap_or_else(|| value.to_owned()),
    }
}
