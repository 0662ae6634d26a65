use domain::views::work_orders::{AttachmentRef, WorkOrderDetail};
use leptos::prelude::*;

use super::delivery_level;
use crate::strings::work_orders as texts;
use crate::ui::time::written;
use crate::ui::{Icon, Panel, Says, TimeStyle};

/// How the work order reached the CMMS, call by call.
#[component]
pub(super) fn DeliveryPanel(
    /// The work order.
    order: WorkOrderDetail,
) -> impl IntoView {
    let zone = order.row.time_zone.clone();
    let delivery = order.row.delivery;
    let queued = written(order.row.created_at, &zone, TimeStyle::Clock);
    let mut sends = 0_usize;
    let calls: Vec<_> = order
        .attempts
        .iter()
        .map(|attempt| {
            if attempt.kind != "look_up" {
                sends += 1;
            }
            let (sev, icon) = match attempt.outcome.as_deref() {
                Some("created" | "found" | "absent") => ("ok", "check"),
                None | Some("unknown" | "interrupted") => ("medium", "clock"),
                Some(_) => ("high", "cross"),
            };
            let detail = attempt.detail.clone().filter(|_| sev != "ok");
            view! {
                <li data-sev=sev>
                    <Icon name=icon small=true />
                    <span>
                        {texts::call(attempt, sends)} <span class="sub">{detail}</span>
                    </span>
                    <span class="took">{attempt.seconds.map(texts::took)}</span>
                </li>
            }
        })
        .collect();
    let says = texts::delivery_says(&delivery, &order.connection);
    let next = delivery
        .next_at
        .filter(|_| !delivery.state.is_final())
        .map(|at| texts::next_call(&written(at, &zone, TimeStyle::Absolute)));
    view! {
        <Panel id="delivery" title=texts::DELIVERY note=texts::DELIVERY_NOTE>
            <ol class="checks body">
                <li data-sev="ok">
                    <Icon name="check" small=true />
                    <span>{texts::QUEUED_WITH_KEY}</span>
                    <span class="took">{queued}</span>
                </li>
                {calls}
            </ol>
            <footer>
                <Says level=delivery_level(delivery.state)>{says}</Says>
                {next.map(|next| view! { <p>{next}</p> })}
                {delivery.error.map(|error| view! { <p class="reason">{error}</p> })}
            </footer>
        </Panel>
    }
}

/// Trend graphs as pictures, everything else as links.
#[component]
pub(super) fn Attachments(
    /// The work order.
    order: i64,
    /// Its files.
    files: Vec<AttachmentRef>,
) -> impl IntoView {
    let items: Vec<_> = files
        .into_iter()
        .map(|file| {
            let href = format!("/work-orders/{order}/attachments/{}", file.id);
            let picture = file.content_type.starts_with("image/").then(|| {
                view! { <img src=href.clone() alt=texts::PICTURE loading="lazy" /> }
            });
            let icon = if picture.is_some() { "image" } else { "note" };
            view! {
                <li>
                    {picture}
                    <a href=href rel="external">
                        <Icon name=icon small=true />
                        {file.name}
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <Panel id="attachments" title=texts::ATTACHMENTS>
            <ul class="body files">{items}</ul>
        </Panel>
    }
}
