use domain::views::audit::{AuditDetail, AuditPage, AuditRow, Object, Who};
use leptos::html;
use leptos::prelude::*;

use super::opened::Opened;
use crate::strings::audit as texts;
use crate::ui::{Column, Level, Query, Says, Table, Time, TimeStyle};

/// The events, newest first; the open one shows what it changed below itself.
#[component]
pub(super) fn Rows(
    /// The page.
    page: AuditPage,
) -> impl IntoView {
    let columns = vec![
        Column::text(texts::TIME),
        Column::text(texts::ACTOR),
        Column::text(texts::ACTION),
        Column::text(texts::OBJECT),
        Column::text(texts::OUTCOME),
        Column::text(texts::ADDRESS),
    ];
    let mut opened = page.opened;
    let rows = page
        .items
        .into_iter()
        .map(|event| {
            let detail = opened.take_if(|detail| detail.id == event.id);
            view! { <Row event detail /> }
        })
        .collect::<Vec<_>>();
    // An event outside the page, such as one a chain leads to, opens above it.
    let apart = opened.map(|detail| {
        view! { <tr class="open"><td colspan="6"><Opened detail /></td></tr> }
    });
    view! {
        <Table caption=texts::TITLE hide_caption=true columns class="aud two-line">
            {apart}
            {rows}
        </Table>
    }
    .into_any()
}

#[component]
fn Row(event: AuditRow, detail: Option<AuditDetail>) -> impl IntoView {
    let address = Query::current().get_untracked();
    let open = detail.is_some();
    let href = if open {
        address.without("open").href()
    } else {
        address.with("open", &event.id.to_string()).href()
    };
    let level = match event.outcome.as_str() {
        "ok" => Level::Ok,
        "refused" | "locked" | "unauthorised" => Level::High,
        _ => Level::Critical,
    };
    // The list is drawn again when an event opens: the focus stays with it.
    let link = NodeRef::<html::A>::new();
    Effect::new(move |_| {
        if open && let Some(link) = link.get() {
            let _ = link.focus();
        }
    });
    let below = detail.map(|detail| {
        view! { <tr class="open"><td colspan="6"><Opened detail /></td></tr> }
    });
    view! {
        <tr aria-selected=open.then_some("true")>
            <td class="nowrap">
                <a
                    node_ref=link
                    href=href
                    data-item=""
                    data-noscroll=""
                    aria-expanded=if open { "true" } else { "false" }
                >
                    <Time at=event.at style=TimeStyle::Second />
                </a>
            </td>
            <th scope="row"><Actor who=event.actor /></th>
            <td class="mono">{event.action}</td>
            <td class="wide"><Of object=event.object /><span class="sub">{event.site}</span></td>
            <td><Says level>{texts::outcome(&event.outcome)}</Says></td>
            <td class="mono muted">{event.address}</td>
        </tr>
        {below}
    }
    .into_any()
}

/// Who acted, and as what.
#[component]
pub(super) fn Actor(
    /// Who.
    who: Who,
) -> impl IntoView {
    let kind = texts::kind(&who.kind).map(|kind| view! { <span class="sub">{kind}</span> });
    view! { {texts::who(&who)} {kind} }.into_any()
}

/// What something was done to, with the way there.
#[component]
pub(super) fn Of(
    /// The row.
    object: Object,
) -> impl IntoView {
    let kind = texts::entity(&object.entity);
    let name = match object.label {
        Some(label) => label,
        None => format!("{kind} {}", object.id),
    };
    let named = match object.href {
        Some(href) => view! { <a href=href>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    view! { {named} " " <span class="muted sm">{kind}</span> }.into_any()
}
