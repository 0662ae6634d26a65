use domain::audit::AuditQuery;
use leptos::prelude::*;
use leptos_router::components::Form;

use crate::strings::audit as texts;
use crate::ui::{Button, Icon, LinkButton, Query};

/// The address with another query, on its first page.
pub(super) fn with_query(address: &Query, query: &AuditQuery) -> String {
    let address = address.without("after").without("open").without("q");
    match query.to_string() {
        text if text.is_empty() => address.href(),
        text => address.with("q", &text).href(),
    }
}

/// The query: its terms, each with a way to remove it, and the text itself.
#[component]
pub(super) fn Bar(
    /// The range and what was found in it.
    found: String,
) -> impl IntoView {
    let address = Query::current().get_untracked();
    let text = address.get("q").unwrap_or_default().to_owned();
    let (query, _) = AuditQuery::parse(&text);
    let terms = query
        .terms
        .iter()
        .enumerate()
        .map(|(place, term)| {
            let href = with_query(&address, &query.without(place));
            let name = if term.not { format!("−{}", term.key) } else { term.key.to_string() };
            view! {
                <a
                    class="term"
                    data-not=term.not.then_some("")
                    href=href
                    aria-label=texts::remove(&term.to_string())
                >
                    <span>{name}</span>
                    {term.values.join(", ")}
                    <Icon name="cross" small=true />
                </a>
            }
        })
        .collect_view();
    let clear = (!text.is_empty())
        .then(|| view! { <LinkButton href="/audit">{texts::CLEAR}</LinkButton> });
    view! {
        <Form method="GET" action="/audit" attr:class="query panel" attr:role="search">
            <Icon name="search" small=true />
            <input
                class="query-text mono"
                type="search"
                name="q"
                id="q"
                value=text
                aria-label=texts::QUERY
                aria-describedby="q-hint"
                placeholder=texts::PLACEHOLDER
                autocomplete="off"
            />
            <span class="muted xs nowrap found" role="status">{found}</span>
            <Button submit=true>{texts::SEARCH}</Button>
            {clear}
        </Form>
        <p class="row terms">{terms}<span class="xs muted" id="q-hint">{texts::HINT}</span></p>
    }
    .into_any()
}
