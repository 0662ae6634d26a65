use domain::views::audit::{AuditDetail, FieldChange};
use leptos::prelude::*;

use super::chain::Chain;
use crate::strings::audit as texts;

/// What an event changed, what else was noted, and the case it belongs to.
#[component]
pub(super) fn Opened(
    /// The event.
    detail: AuditDetail,
) -> impl IntoView {
    let changes = if detail.changes.is_empty() {
        view! { <p class="muted sm">{texts::NO_CHANGES}</p> }.into_any()
    } else {
        let rows = detail.changes.into_iter().map(|change| view! { <Row change /> }).collect_view();
        view! {
            <table class="table">
                <caption>{texts::CHANGES}</caption>
                <thead>
                    <tr>
                        <th scope="col">{texts::FIELD}</th>
                        <th scope="col">{texts::BEFORE}</th>
                        <th scope="col">{texts::AFTER}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let facts = detail
        .facts
        .into_iter()
        .map(|(key, value)| {
            let shown = texts::value(&key, &value);
            view! {
                <dt>{texts::field(&key)}</dt>
                <dd>{shown}</dd>
            }
        })
        .collect_view();
    let request = detail.request_id.map(|id| {
        view! {
            <dt>{texts::REQUEST}</dt>
            <dd class="mono">{id}</dd>
        }
    });
    let payload = detail.payload_sha256.map(|hash| {
        view! {
            <dt>{texts::PAYLOAD}</dt>
            <dd class="mono">{hash}</dd>
        }
    });
    let id = detail.id;
    let chain = (!detail.chain.is_empty()).then(|| view! { <Chain steps=detail.chain id /> });
    view! {
        <div class="cols" data-cols="opened">
            <div>{changes}</div>
            <dl class="list sm">{facts} {request} {payload}</dl>
        </div>
        {chain}
    }
    .into_any()
}

#[component]
fn Row(change: FieldChange) -> impl IntoView {
    let field = change.field;
    let written = |value: Option<String>| value.map(|value| texts::value(&field, &value));
    let (before, after) = (written(change.before), written(change.after));
    let before = match before {
        Some(text) => view! { <span class="diff"><del>{text}</del></span> }.into_any(),
        None => view! { <span class="muted">{texts::NONE}</span> }.into_any(),
    };
    let after = match after {
        Some(text) => view! { <span class="diff"><ins>{text}</ins></span> }.into_any(),
        None => view! { <span class="muted">{texts::NONE}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{texts::field(&field)}</th>
            <td>{before}</td>
            <td>{after}</td>
        </tr>
    }
    .into_any()
}
