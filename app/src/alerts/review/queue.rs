use domain::ids::AlertId;
use domain::views::alerts::ReviewQueue;
use leptos::prelude::*;

use crate::strings::{alerts, reviews as texts};
use crate::ui::{ExportLink, Level, Plate, Says, Sev, Time};

/// What waits, from 1200 px, and today's tally.
#[component]
pub(super) fn Queue(
    /// What waits.
    queue: Memo<ReviewQueue>,
    /// The question being shown.
    current: Signal<Option<AlertId>>,
) -> impl IntoView {
    let items = move || {
        queue
            .get()
            .items
            .into_iter()
            .map(|row| {
                let id = row.id;
                let zone = row.asset.time_zone.clone();
                view! {
                    <li aria-current=move || (current.get() == Some(id)).then_some("true")>
                        <a href=format!("/review/{id}")>
                            <span class="row" data-fit="">
                                <Plate tag=row.asset.tag />
                                <span class="push"><Sev level=row.severity /></span>
                            </span>
                            <span>{row.failure_mode_name}</span>
                            <span class="sub">
                                {if row.overdue {
                                    view! {
                                        <Says level=Level::High>
                                            {alerts::waiting(true, row.escalations)}
                                        </Says>
                                    }
                                        .into_any()
                                } else {
                                    row.review_since
                                        .map(|at| {
                                            view! { {texts::SINCE} " " <Time at zone=zone.clone() /> }
                                        })
                                        .into_any()
                                }}
                            </span>
                        </a>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <aside class="queue" aria-labelledby="q-h">
            <h2 id="q-h">
                {texts::WAITING}
                <span class="count">{move || queue.with(|q| q.items.len())}</span>
            </h2>
            <ol>{items}</ol>
            <div class="xs muted tally">
                {move || view! { <Tallied queue=queue.get() /> }}
            </div>
            <p class="tally"><ExportLink list="review" /></p>
        </aside>
    }
    .into_any()
}

/// What was decided today, and who decided last.
#[component]
pub(super) fn Tallied(
    /// The queue with its tally.
    queue: ReviewQueue,
) -> impl IntoView {
    let today = queue.today;
    let any = today.approved + today.rejected + today.snoozed > 0;
    let tally = any.then(|| texts::today(today.approved, today.rejected, today.snoozed));
    match queue.last {
        Some(last) => view! {
            <p>{texts::last(&last.by)} " " <Time at=last.at /></p>
            {tally.map(|text| view! { <p>{text}</p> })}
        }
        .into_any(),
        None => view! { <p>{texts::NEVER}</p> }.into_any(),
    }
}
