use domain::views::users::SessionItem;
use leptos::prelude::*;

use crate::strings::people as texts;
use crate::ui::{Column, Table, Tag, Time};

/// Sessions with a form at the end of each row.
#[component]
pub(in crate::users) fn SessionTable<F, V>(
    /// The sessions.
    sessions: Vec<SessionItem>,
    /// The form that ends one, by its number.
    end: F,
) -> impl IntoView
where
    F: Fn(i64) -> V + 'static,
    V: IntoView + 'static,
{
    if sessions.is_empty() {
        return view! { <p class="body muted">{texts::NO_SESSIONS}</p> }.into_any();
    }
    let columns = vec![
        Column::text(texts::BROWSER),
        Column::text(texts::SIGNED_IN),
        Column::text(texts::LAST_USED),
        Column::hidden(texts::ACTIONS),
    ];
    let rows = sessions
        .into_iter()
        .map(|session| {
            let browser = session.browser.unwrap_or_else(|| texts::UNKNOWN_BROWSER.to_owned());
            let action = if session.current {
                view! { <Tag on=true>{texts::THIS_ONE}</Tag> }.into_any()
            } else {
                end(session.number).into_any()
            };
            view! {
                <tr>
                    <th scope="row">
                        {browser}
                        <span class="sub mono">{session.address}</span>
                    </th>
                    <td><Time at=session.created_at /></td>
                    <td><Time at=session.last_seen_at /></td>
                    <td class="num">{action}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=texts::SESSIONS hide_caption=true columns class="two-line">
            {rows}
        </Table>
    }
    .into_any()
}
