use domain::views::reconcile::{ItemKind, ItemState, PlanView};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::item::{mark, row};
use super::page::Acts;
use crate::strings::reconcile as texts;
use crate::ui::{
    Button, ButtonKind, Column, ConfirmForm, Empty, Hidden, Input, Level, Pager, Query, Says, Table,
};

/// The sums of the plan, its items, and what is done with the ticked ones.
#[component]
pub(super) fn Plan(view: PlanView, acts: Acts, edits: bool) -> impl IntoView {
    let Some(plan) = view.plan.clone() else {
        return view! {
            <section class="panel">
                <Empty icon="assets" title=texts::NO_PLAN>
                    <p>{texts::NO_PLAN_HINT}</p>
                </Empty>
            </section>
        }
        .into_any();
    };
    let query = Query::current();
    let name = view.register.as_ref().map(|one| one.name.clone()).unwrap_or_default();
    let total: i64 = view.counts.iter().map(|(_, count)| count).sum();
    let here = query.get_untracked();
    let chosen = here.get("kind").and_then(|word| word.parse::<ItemKind>().ok());
    let skipped = here.get("state") == Some(ItemState::Skipped.as_str());
    let sums = view
        .counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| {
            let (op, level) = mark(*kind);
            let base = here.without("after").without("state");
            let on = chosen == Some(*kind) && !skipped;
            let href = if on { base.without("kind") } else { base.with("kind", kind.as_str()) };
            view! {
                <li>
                    <a
                        href=href.href()
                        aria-current=on.then_some("true")
                        data-sev=level.map(Level::as_str)
                    >
                        <span class="op" aria-hidden="true">{op}</span>
                        <b>{count.to_string()}</b>
                        {texts::kind(*kind)}
                    </a>
                </li>
            }
        })
        .collect_view();
    let other = if skipped {
        view! { <a href=here.without("state").without("after").href()>{texts::SHOW_OPEN}</a> }
            .into_any()
    } else {
        let href = here.without("after").without("kind").with("state", "skipped").href();
        view! { <a href=href>{texts::SHOW_SKIPPED}</a> }.into_any()
    };
    view! {
        <section class="panel plan" aria-labelledby="plan-h">
            <div>
                <h2 id="plan-h">{texts::changes(total, &name)}</h2>
                <p class="muted sm">
                    {texts::compared(plan.records, plan.linked, plan.equal)} " " {other}
                </p>
            </div>
            <ul class="sums">{sums}</ul>
        </section>
        <Items view plan=plan.id chosen acts edits=edits && !skipped />
    }
    .into_any()
}

#[component]
fn Items(
    view: PlanView,
    plan: i64,
    chosen: Option<ItemKind>,
    acts: Acts,
    edits: bool,
) -> impl IntoView {
    if view.items.is_empty() {
        return view! {
            <section class="panel">
                <Empty icon="check" title=texts::NOTHING>
                    <p>{texts::NOTHING_HINT}</p>
                </Empty>
            </section>
        }
        .into_any();
    }
    let query = Query::current();
    let next = view.next.map(|id| id.to_string());
    let loose = view.items.iter().any(|item| {
        item.kind == ItemKind::Added
            && item.detail.under.is_none()
            && item.detail.under_new.is_none()
    });
    let suggested = view.items.iter().any(|item| item.kind == ItemKind::Suggestion);
    let ready = view
        .counts
        .iter()
        .filter(|(kind, _)| chosen.is_none_or(|chosen| chosen == *kind))
        .map(|(_, count)| count)
        .sum::<i64>();
    let mut last = None;
    let mut rows = Vec::new();
    for item in view.items {
        if last != Some(item.kind) {
            last = Some(item.kind);
            let count = view.counts.iter().find(|(kind, _)| *kind == item.kind).map(|(_, n)| *n);
            rows.push(group(item.kind, count.unwrap_or(0)));
        }
        rows.push(row(item, edits));
    }
    let heads = vec![
        Column::hidden(texts::TAKE),
        Column::hidden(texts::KIND),
        Column::text(texts::ASSET),
        Column::text(texts::PLACE),
        Column::text(texts::WHAT),
        Column::text(texts::EFFECT),
    ];
    let table = view! {
        <section class="panel" aria-label=texts::PLAN>
            <Table caption=texts::CAPTION hide_caption=true columns=heads class="rec stacked">
                {rows}
            </Table>
            {move || {
                let next = next.clone();
                view! { <Pager query=query.get() next /> }
            }}
        </section>
    };
    if !edits {
        return table.into_any();
    }
    let all = (view.choices < ready && chosen.is_none_or(groups)).then(|| {
        let kind = chosen.map(ItemKind::as_str).unwrap_or_default();
        view! {
            <ConfirmForm
                id="apply-all"
                label=texts::APPLY_ALL
                title=texts::APPLY_ALL_TITLE
                consequence=texts::apply_all(chosen, ready)
            >
                <ActionForm action=acts.group>
                    <Hidden name="plan" value=plan.to_string() />
                    <Hidden name="kind" value=kind />
                    <Button kind=ButtonKind::Primary submit=true busy=acts.group.pending()>
                        {texts::APPLY_ALL_NOW}
                    </Button>
                </ActionForm>
            </ConfirmForm>
        }
    });
    view! {
        <ActionForm action=acts.decide attr:class="stack">
            {table}
            <div class="actbar rec-acts" role="region" aria-label=texts::APPLY>
                {if view.choices > 0 {
                    view! { <Says level=Level::Medium>{texts::choices(view.choices)}</Says> }
                        .into_any()
                } else {
                    view! { <span class="muted sm">{texts::CHECKED_AGAIN}</span> }.into_any()
                }}
                {loose.then(|| view! { <Input name="under" label=texts::UNDER mono=true /> })}
                <span class="push row">
                    <button class="btn" type="submit" name="act" value="skip">
                        <span class="btn-t">{texts::SKIP}</span>
                    </button>
                    {suggested
                        .then(|| {
                            view! {
                                <button class="btn" type="submit" name="act" value="refuse">
                                    <span class="btn-t">{texts::REFUSE}</span>
                                </button>
                            }
                        })}
                    <button class="btn" data-kind="primary" type="submit" name="act" value="apply">
                        <span class="btn-t">{texts::APPLY_TICKED}</span>
                    </button>
                </span>
            </div>
        </ActionForm>
        <div class="row end">{all}</div>
    }
    .into_any()
}

/// Kinds whose items can be applied without looking at each.
fn groups(kind: ItemKind) -> bool {
    matches!(kind, ItemKind::Added | ItemKind::Changed | ItemKind::Moved | ItemKind::Missing)
}

fn group(kind: ItemKind, count: i64) -> AnyView {
    view! {
        <tr class="group">
            <th scope="rowgroup" colspan="6">
                {texts::group(kind)} <span class="n">{count.to_string()}</span>
                <span class="muted fw">{texts::group_hint(kind)}</span>
            </th>
        </tr>
    }
    .into_any()
}
