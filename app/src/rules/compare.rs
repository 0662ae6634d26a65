use domain::views::rules::Comparison;
use leptos::prelude::*;

use super::actions::{RestoreVersion, load_comparison};
use super::changes::Changes;
use super::versions::Restore;
use super::{count, crumbs, policy_id};
use crate::strings::common;
use crate::strings::rules as texts;
use crate::ui::{Button, Choice, ErrorSummary, Loaded, PageHead, Panel, Query, Select};

/// `/rules/{id}/compare?from=&to=`, where 0 is the draft.
#[component]
pub fn ComparePage() -> impl IntoView {
    let id = policy_id();
    let query = Query::current();
    let number = move |key: &str| query.with(|q| q.get(key).and_then(|n| n.parse::<i32>().ok()));
    let found = Resource::new(
        move || (id.get(), number("from"), number("to")),
        |(id, from, to)| load_comparison(id, from, to),
    );
    let restore = ServerAction::<RestoreVersion>::new();
    let error = Signal::derive(move || restore.value().get().and_then(Result::err));
    view! {
        <ErrorSummary error />
        <Loaded resource=found rows=10 view=move |found| view! { <Two found restore /> } />
    }
    .into_any()
}

#[component]
fn Two(found: Comparison, restore: ServerAction<RestoreVersion>) -> impl IntoView {
    let Comparison { row, all, from, to, before, after, changes } = found;
    let choices: Vec<Choice> =
        all.iter().map(|n| Choice::new(n.to_string(), texts::named(*n))).collect();
    let note = texts::change_count(count(changes.len()));
    let older = (row.may_draft && from > 0 && u32::try_from(from) != Ok(row.policy.version))
        .then_some(from);
    let id = row.id.0;
    view! {
        <PageHead title=texts::COMPARE_TITLE crumbs=crumbs(&row)>
            {older.map(|version| view! { <Restore id version restore /> })}
        </PageHead>
        <form method="get" class="filters">
            <Select name="from" label=texts::FROM choices=choices.clone() value=from.to_string() />
            <Select name="to" label=texts::TO choices value=to.to_string() />
            <Button submit=true>{common::APPLY}</Button>
        </form>
        <div class="stack">
            <Panel id="changes" title=texts::DIFFERENCES note>
                <div class="body">
                    <Changes changes />
                </div>
            </Panel>
            <div class="cols">
                <Panel id="before" title=texts::named(from)>
                    <Rules policy=before />
                </Panel>
                <Panel id="after" title=texts::named(to)>
                    <Rules policy=after />
                </Panel>
            </div>
        </div>
    }
    .into_any()
}

/// The rules of a version in words.
#[component]
pub(super) fn Rules(
    /// The version.
    policy: domain::policy::Policy,
) -> impl IntoView {
    view! {
        <ol class="said">
            {policy
                .rules
                .into_iter()
                .enumerate()
                .map(|(at, rule)| {
                    view! {
                        <li data-off=rule.paused.then_some("")>
                            <p>
                                <span class="no">{count(at + 1)}</span>
                                <b>{rule.name}</b>
                                {rule.paused.then(|| view! { " " <crate::ui::Tag>{texts::PAUSED}</crate::ui::Tag> })}
                            </p>
                            <p>
                                <span class="muted">{texts::WHEN}</span>
                                " "
                                {texts::when(&rule.when, rule.repeats.as_ref())}
                            </p>
                            <p>
                                <span class="muted">{texts::THEN}</span>
                                " "
                                {texts::then(&rule.then)}
                            </p>
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
    .into_any()
}
