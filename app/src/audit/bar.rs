use domain::audit::AuditQuery;
use domain::views::audit::AuditPage;
use leptos::prelude::*;
use leptos_router::components::Form;

use crate::error::AppError;
use crate::frame::Zone;
use crate::strings::audit as texts;
use crate::ui::{Button, Hidden, Icon, LinkButton, Query};

/// The address with another query, on its first page.
pub(super) fn with_query(address: &Query, query: &AuditQuery) -> String {
    let address = address.without("after").without("open").without("q");
    match query.to_string() {
        text if text.is_empty() => address.href(),
        text => address.with("q", &text).href(),
    }
}

/// The query: its text, what it found, and its terms, each with a way to remove it.
#[component]
pub(super) fn Bar(
    /// What was found.
    page: Resource<Result<AuditPage, AppError>>,
) -> impl IntoView {
    let address = Query::current();
    let text = Memo::new(move |_| address.with(|a| a.get("q").unwrap_or_default().to_owned()));
    let terms = move || {
        let address = address.get();
        let (query, _) = AuditQuery::parse(&text.get());
        query
            .terms
            .iter()
            .enumerate()
            .map(|(place, term)| {
                let href = with_query(&address, &query.without(place));
                let name = if term.not { format!("−{}", term.key) } else { term.key.to_string() };
                view! {
                    <a class="term" data-not=term.not.then_some("") href=href>
                        <b class="hidden">{texts::REMOVE}</b>
                        <span>{name}</span>
                        {term.values.join(", ")}
                        <Icon name="cross" small=true />
                    </a>
                }
            })
            .collect_view()
    };
    let clear = move || {
        (!text.get().is_empty())
            .then(|| view! { <LinkButton href="/audit">{texts::CLEAR}</LinkButton> })
    };
    view! {
        <Form method="GET" action="/audit" attr:class="query panel" attr:role="search" attr:aria-label=texts::FORM>
            <Icon name="search" small=true />
            <input
                class="query-text mono"
                type="search"
                name="q"
                id="q"
                value=text.get_untracked()
                prop:value=move || text.get()
                aria-label=texts::QUERY
                aria-describedby="q-hint"
                placeholder=texts::PLACEHOLDER
                autocomplete="off"
            />
            <span class="muted xs nowrap found" role="status">
                <Transition>
                    {move || Suspend::new(async move {
                        page.await.ok().map(|page| super::page::found(&page))
                    })}
                </Transition>
            </span>
            <Button submit=true>{texts::SEARCH}</Button>
            {clear}
        </Form>
        <p class="row terms">
            {terms}
            <span class="xs muted" id="q-hint">{texts::HINT}</span>
        </p>
    }
    .into_any()
}

/// The events of the query as files.
#[component]
pub(super) fn Exports() -> impl IntoView {
    let query = Query::current();
    let text = move || query.with(|q| q.get("q").unwrap_or_default().to_owned());
    view! {
        <form method="post" action="/audit/export" class="row">
            <input type="hidden" name="q" value=text />
            <Hidden name="zone" value=Zone::current() />
            <button class="btn" name="format" value="csv">
                <Icon name="download" />
                <span class="btn-t">{texts::AS_CSV}</span>
            </button>
            <button class="btn" name="format" value="json">
                <Icon name="download" />
                <span class="btn-t">{texts::AS_JSON}</span>
            </button>
        </form>
    }
    .into_any()
}
