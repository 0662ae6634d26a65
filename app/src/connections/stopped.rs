use domain::ids::ConnectionId;
use domain::views::connections::{ShadowOrder, StoppedOrder};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{ReplayConnection, load_waiting};
use crate::error::AppError;
use crate::strings::{connections as texts, work_orders as orders};
use crate::ui::{
    Button, ButtonKind, Column, ConfirmForm, ErrorSummary, Hidden, Level, Loaded, Panel, Says,
    Table, Time,
};

/// Deliveries that stopped, and what a connection in shadow would have sent.
type Waits = (Vec<StoppedOrder>, Vec<ShadowOrder>);

/// What waits at the page's connection; made by the page itself.
#[derive(Clone, Copy)]
pub(super) struct Held {
    replay: ServerAction<ReplayConnection>,
    found: Resource<Result<Waits, AppError>>,
}

impl Held {
    /// Read anew with every turn.
    pub(super) fn of(
        id: Memo<Option<ConnectionId>>,
        turn: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Self {
        let replay = ServerAction::<ReplayConnection>::new();
        let found = Resource::new(
            move || (id.get(), replay.version().get(), turn()),
            move |(id, ..)| async move {
                match id {
                    Some(id) => load_waiting(id).await,
                    None => Err(AppError::not_found()),
                }
            },
        );
        Self { replay, found }
    }
}

/// Deliveries that stopped with their replay; in shadow, what would have been sent.
#[component]
pub(super) fn Waiting(
    /// The connection.
    id: ConnectionId,
    /// It writes nothing outside.
    shadow: bool,
    /// What waits there.
    held: Held,
) -> impl IntoView {
    let Held { replay, found } = held;
    let error = Signal::derive(move || replay.value().get().and_then(Result::err));
    view! {
        <ErrorSummary error />
        <Loaded
            resource=found
            rows=3
            view=move |(stopped, would)| {
                view! {
                    <Stopped id stopped replay />
                    {shadow.then(|| view! { <Shadow would /> })}
                }
            }
        />
    }
    .into_any()
}

#[component]
fn Stopped(
    id: ConnectionId,
    stopped: Vec<StoppedOrder>,
    replay: ServerAction<ReplayConnection>,
) -> impl IntoView {
    let count = stopped.len();
    if count == 0 {
        return view! {
            <Panel id="stopped" title=texts::STOPPED_TITLE>
                <p class="body muted">{texts::NONE_STOPPED}</p>
            </Panel>
        }
        .into_any();
    }
    let columns = vec![
        Column::text(texts::ORDER),
        Column::text(texts::HEALTH),
        Column::text(texts::WHY),
        Column::number(texts::SINCE),
    ];
    let rows = stopped.into_iter().map(row).collect_view();
    let aside = move || {
        view! {
            <ConfirmForm
                id="replay"
                icon="retry"
                label=texts::replay(count)
                title=texts::REPLAY_TITLE
                consequence=texts::replay_hint(count)
            >
                <ActionForm action=replay attr:class="stack form">
                    <Hidden name="id" value=id.to_string() />
                    <Button
                        submit=true
                        kind=ButtonKind::Primary
                        busy=replay.pending()
                        busy_text=texts::REPLAYING
                    >
                        {texts::REPLAY_NOW}
                    </Button>
                </ActionForm>
            </ConfirmForm>
        }
    };
    view! {
        <Panel id="stopped" title=texts::STOPPED_TITLE aside=ViewFn::from(aside)>
            <Table caption=texts::STOPPED_TITLE hide_caption=true columns class="two-line">
                {rows}
            </Table>
        </Panel>
    }
    .into_any()
}

fn row(order: StoppedOrder) -> AnyView {
    let href = format!("/work-orders/{}", order.id);
    view! {
        <tr>
            <th scope="row">
                <a href=href>{order.title}</a>
                <span class="sub mono">{order.asset_tag}</span>
            </th>
            <td><Says level=Level::High>{orders::delivery(order.state)}</Says></td>
            <td class="wide">{order.error}</td>
            <td class="num"><Time at=order.created_at /></td>
        </tr>
    }
    .into_any()
}

#[component]
fn Shadow(would: Vec<ShadowOrder>) -> impl IntoView {
    if would.is_empty() {
        return view! {
            <Panel id="shadow" title=texts::SHADOW_TITLE note=texts::SHADOW_NOTE.to_owned()>
                <p class="body muted">{texts::NO_SHADOW}</p>
            </Panel>
        }
        .into_any();
    }
    let columns = vec![
        Column::text(texts::ORDER),
        Column::text(texts::BODY),
        Column::text(texts::WHY),
        Column::number(texts::WHEN),
    ];
    let rows = would
        .into_iter()
        .map(|order| {
            let href = format!("/work-orders/{}", order.work_order);
            let body = serde_json::to_string_pretty(&order.request).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row"><a href=href>{order.title}</a></th>
                    <td>
                        <details>
                            <summary>{texts::SHOW_BODY}</summary>
                            <pre class="mono">{body}</pre>
                        </details>
                    </td>
                    <td>{order.problem}</td>
                    <td class="num"><Time at=order.at /></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel id="shadow" title=texts::SHADOW_TITLE note=texts::SHADOW_NOTE.to_owned()>
            <Table caption=texts::SHADOW_TITLE hide_caption=true columns>
                {rows}
            </Table>
        </Panel>
    }
    .into_any()
}
