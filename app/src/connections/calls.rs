use domain::ids::ConnectionId;
use domain::views::connections::Transaction;
use leptos::prelude::*;

use super::load_calls;
use crate::error::AppError;
use crate::strings::common;
use crate::strings::connections as texts;
use crate::ui::{
    Column, Level, LinkButton, Loaded, Panel, Query, Says, Seg, Tab, Table, Time, TimeStyle,
};

/// Calls, once they are read.
pub(super) type Found = Resource<Result<Vec<Transaction>, AppError>>;

/// Lines of a full page.
const FULL: usize = 100;

/// The calls of the page's connection, read when their tab is open.
pub(super) fn calls_of(id: Memo<Option<ConnectionId>>) -> Found {
    let query = Query::current();
    Resource::new(
        move || {
            query.with(|q| {
                let before = q.get("before").and_then(|id| id.parse().ok());
                let id = id.get().filter(|_| q.get("tab") == Some("timeline"));
                (id, q.get("outcome") == Some("failed"), before)
            })
        },
        |(id, failed, before)| async move {
            match id {
                Some(id) => load_calls(id, failed, before).await,
                None => Ok(Vec::new()),
            }
        },
    )
}

/// `?tab=timeline&outcome=failed&before=`: every call, newest first.
#[component]
pub(super) fn Calls(
    /// What [`calls_of`] reads.
    found: Found,
) -> impl IntoView {
    let query = Query::current();
    let choices = Signal::derive(move || {
        let query = query.get().without("before");
        let failed = query.get("outcome") == Some("failed");
        vec![
            Tab::new(query.without("outcome").href(), texts::ALL_CALLS, !failed),
            Tab::new(query.with("outcome", "failed").href(), texts::FAILED_CALLS, failed),
        ]
    });
    let aside = move || view! { <Seg label=texts::WHICH_CALLS choices /> };
    view! {
        <Panel id="calls" title=texts::TIMELINE aside=ViewFn::from(aside)>
            <Loaded resource=found rows=12 view=move |calls| view! { <List calls query /> } />
        </Panel>
    }
    .into_any()
}

#[component]
fn List(calls: Vec<Transaction>, query: Memo<Query>) -> impl IntoView {
    if calls.is_empty() {
        return view! { <p class="body muted">{texts::NO_CALLS}</p> }.into_any();
    }
    let older = calls.last().filter(|_| calls.len() >= FULL).map(|last| last.id.to_string());
    let older = move || {
        older.as_ref().map(|id| {
            let href = query.with(|q| q.with("before", id).href());
            view! {
                <nav class="pager" aria-label=common::PAGES>
                    <span class="push row">
                        <LinkButton href key="]">{common::OLDER}</LinkButton>
                    </span>
                </nav>
            }
        })
    };
    let columns = vec![
        Column::text(texts::WHEN),
        Column::text(texts::WHAT),
        Column::text(texts::CALL),
        Column::text(texts::ANSWER),
        Column::number(texts::TOOK),
        Column::text(texts::HASH),
    ];
    let rows = calls.into_iter().map(row).collect_view();
    view! {
        <Table caption=texts::CALLS_CAPTION hide_caption=true columns class="calls">
            {rows}
        </Table>
        {older}
    }
    .into_any()
}

fn row(call: Transaction) -> AnyView {
    let well = call.outcome == "ok";
    let level = if well { Level::Ok } else { Level::High };
    let outcome = if well { texts::WENT_WELL.to_owned() } else { texts::operation(&call.outcome) };
    let status = call.status.map(|status| status.to_string());
    let order = call.work_order.map(|id| {
        view! { <a class="sub" href=format!("/work-orders/{id}")>{format!("#{id}")}</a> }
    });
    let inward = (call.direction == "in").then_some(texts::INWARD);
    let hash = call.payload_sha256.map(|hash| hash.chars().take(12).collect::<String>());
    view! {
        <tr>
            <th scope="row" class="nowrap"><Time at=call.at style=TimeStyle::Second /></th>
            <td>{texts::operation(&call.operation)} {order}</td>
            <td>
                <span class="mono">{call.method}</span> " " {inward}
                <span class="sub mono">{call.step}</span>
            </td>
            <td><Says level>{outcome} " " {status}</Says></td>
            <td class="num">{format!("{} ms", call.milliseconds)}</td>
            <td class="mono muted">{hash}</td>
        </tr>
    }
    .into_any()
}
