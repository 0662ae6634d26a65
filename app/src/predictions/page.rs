use domain::ids::PredictionId;
use domain::prediction::Quarantine;
use domain::views::predictions::QuarantinePage as Page;
use leptos::prelude::*;

use super::row::{Actions, Row};
use super::{QuarantineFilter, quarantine_list};
use crate::browser::use_topic;
use crate::strings::predictions as texts;
use crate::ui::{
    ActiveFilters, Choice, Column, Empty, ErrorSummary, ExportLink, Filter, FilterForm, Level,
    Loaded, Notice, PageHead, Pager, Query, Tab, Table, Tabs,
};

pub(super) fn filter_of(query: &Query) -> QuarantineFilter {
    QuarantineFilter {
        reason: query.get("reason").and_then(|word| word.parse().ok()),
        source: query.get("source").map(str::to_owned),
        handled: query.get("tab") == Some("handled"),
        before: query.get("after").and_then(|id| id.parse().ok()).map(PredictionId),
    }
}

fn filters() -> Vec<Filter> {
    let reasons = Quarantine::ALL
        .iter()
        .map(|reason| Choice::new(reason.as_str(), texts::reason(*reason)))
        .collect();
    vec![
        Filter { name: "reason", label: texts::REASON, choices: reasons },
        Filter { name: "source", label: texts::SOURCE, choices: Vec::new() },
    ]
}

/// `/quarantine?tab=&reason=&source=&after=`
#[component]
pub fn QuarantinePage() -> impl IntoView {
    let query = Query::current();
    let changes = use_topic("predictions");
    let list = Resource::new(
        move || (query.with(filter_of), changes.get()),
        |(filter, _)| quarantine_list(filter),
    );
    let actions = Actions::new();
    let tabs = Signal::derive(move || {
        query.with(|query| {
            let tab = |key: &str, label: &str| Tab {
                href: query.without("after").without("done").with("tab", key).href(),
                label: label.to_owned(),
                count: None,
                current: query.get("tab").unwrap_or("waiting") == key,
            };
            vec![tab("waiting", texts::WAITING), tab("handled", texts::HANDLED)]
        })
    });
    view! {
        <PageHead title=texts::TITLE meta=texts::LEAD>
            <ExportLink list="quarantine" />
        </PageHead>
        {move || query.with(|query| query.get("done").map(done))}
        <ErrorSummary error=actions.error() />
        <Tabs label=texts::TABS tabs />
        <FilterForm filters=filters() />
        <ActiveFilters filters=filters() />
        <Loaded resource=list view=move |page| view! { <List page actions /> } />
    }
}

fn done(what: &str) -> AnyView {
    let alert = what.parse::<i64>().ok();
    let text = match (alert, what) {
        (Some(alert), _) => texts::done_alert(alert),
        (None, "dismissed") => texts::DONE_DISMISSED.to_owned(),
        _ => texts::DONE_STALE.to_owned(),
    };
    view! {
        <Notice level=Level::Ok announce=true>
            {match alert {
                Some(alert) => {
                    view! { <p><a href=format!("/alerts/{alert}")>{text}</a></p> }.into_any()
                }
                None => view! { <p>{text}</p> }.into_any(),
            }}
        </Notice>
    }
    .into_any()
}

#[component]
fn List(
    /// What to show.
    page: Page,
    /// The forms of the rows.
    actions: Actions,
) -> impl IntoView {
    let query = Query::current();
    if page.items.is_empty() {
        let filtered =
            query.with_untracked(|q| q.get("reason").is_some() || q.get("source").is_some());
        let title = if filtered { texts::NO_MATCH } else { texts::EMPTY };
        return view! {
            <Empty icon="check" title>
                {(!filtered).then_some(view! { <p>{texts::EMPTY_HINT}</p> })}
            </Empty>
        }
        .into_any();
    }
    let total: i64 = page.counts.iter().map(|count| count.count).sum();
    let columns = vec![
        Column::text(texts::REASON),
        Column::text(texts::ASSET),
        Column::text(texts::FAILURE_MODE),
        Column::number(texts::CONFIDENCE),
        Column::text(texts::SOURCE),
        Column::text(texts::RECEIVED),
        Column::text(texts::ACTIONS),
    ];
    let next = page.next.map(|id| id.to_string());
    view! {
        <section class="panel">
            <Table caption=texts::waiting(total) columns class="stacked">
                {page
                    .items
                    .into_iter()
                    .map(|item| view! { <Row item actions /> })
                    .collect_view()}
            </Table>
        </section>
        <Pager query=query.get_untracked() next />
    }
    .into_any()
}
