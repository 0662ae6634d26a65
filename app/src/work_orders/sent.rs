use domain::views::work_orders::SentField;
use leptos::prelude::*;

use crate::strings::work_orders as texts;
use crate::ui::{Column, Level, Panel, Says, Table};

/// The payload beside what the CMMS holds.
#[component]
pub(super) fn Sent(
    /// Field by field.
    fields: Vec<SentField>,
    /// Name of the CMMS.
    connection: String,
    /// Whether it holds the record.
    created: bool,
) -> impl IntoView {
    let holds = texts::holds(&connection);
    let columns = vec![
        Column::text(texts::FIELD),
        Column::text(texts::WE_SENT),
        Column::text(holds),
        Column::text(texts::CHECK),
    ];
    let rows: Vec<_> = fields.into_iter().map(|field| row(field, created)).collect();
    view! {
        <Panel id="sent" title=texts::SENT>
            <Table caption=texts::SENT_CAPTION hide_caption=true columns>
                {rows}
            </Table>
        </Panel>
    }
}

fn row(field: SentField, created: bool) -> AnyView {
    let changed = field.holds.as_ref().is_some_and(|holds| *holds != field.sent);
    let check = match (&field.holds, changed) {
        (None, _) if created => (Level::Unknown, texts::NOT_READ_BACK),
        (None, _) => (Level::Unknown, texts::NOT_THERE),
        (Some(_), true) => (Level::Medium, texts::CHANGED_THERE),
        (Some(_), false) => (Level::Ok, texts::SAME),
    };
    let (sent, holds) = if changed {
        (
            view! { <span class="diff"><del>{field.sent}</del></span> }.into_any(),
            view! { <span class="diff"><ins>{field.holds}</ins></span> }.into_any(),
        )
    } else {
        let short = texts::shortened(field.sent);
        let holds = field.holds.map(|_| short.clone());
        (view! { {short} }.into_any(), view! { {holds} }.into_any())
    };
    view! {
        <tr>
            <th scope="row"><span class="mono">{field.field}</span></th>
            <td>{sent}</td>
            <td>{holds}</td>
            <td class="nowrap"><Says level=check.0>{check.1}</Says></td>
        </tr>
    }
    .into_any()
}
