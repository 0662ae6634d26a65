use domain::views::assets::{FileColumn, ImportSession};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::MatchImport;
use crate::strings::assets as texts;
use crate::ui::{
    Button, ButtonKind, Column, ErrorSummary, Hidden, Level, LinkButton, Panel, Shape, Table,
};

/// Our columns, in the order of the contract.
const FIELDS: [&str; 12] = [
    "tag",
    "kind",
    "parent",
    "name",
    "serial_number",
    "barcode",
    "manufacturer",
    "model",
    "installed_on",
    "criticality",
    "status",
    "time_zone",
];

/// Which column of the file is which of ours: suggested, with how full it is and its first values.
#[component]
pub(super) fn Columns(
    session: ImportSession,
    matching: ServerAction<MatchImport>,
) -> impl IntoView {
    let error = Signal::derive(move || matching.value().get().and_then(Result::err));
    let heads = vec![
        Column::text(texts::COLUMN_OF_FILE),
        Column::text(texts::FILLED),
        Column::text(texts::SAMPLES),
        Column::text(texts::TAKEN_AS),
    ];
    let rows = session.rows;
    let lines = session
        .columns
        .into_iter()
        .enumerate()
        .map(|(index, column)| {
            let path = format!("columns[{index}]");
            let wrong = {
                let path = path.clone();
                Signal::derive(move || error.with(|e| e.as_ref().and_then(|e| e.field(&path))))
            };
            line(column, path, rows, wrong)
        })
        .collect_view();
    view! {
        <Panel id="columns" title=texts::STEP_COLUMNS.0 note=texts::matching_rows(rows)>
            <ActionForm action=matching>
                <div class="body tight"><ErrorSummary error /></div>
                <Hidden name="id" value=session.id.to_string() />
                <Table caption=texts::STEP_COLUMNS.0 hide_caption=true columns=heads class="match">
                    {lines}
                </Table>
                <div class="row end body">
                    <LinkButton kind=ButtonKind::Quiet href="/assets/import">
                        {texts::OTHER_FILE}
                    </LinkButton>
                    <Button
                        kind=ButtonKind::Primary
                        submit=true
                        busy=matching.pending()
                        busy_text=texts::CHECKING
                    >
                        {texts::CHECK}
                    </Button>
                </div>
            </ActionForm>
        </Panel>
    }
    .into_any()
}

fn line(column: FileColumn, path: String, rows: i64, wrong: Signal<Option<String>>) -> AnyView {
    let label = format!("{}: {}", texts::TAKEN_AS, column.head);
    let options = FIELDS
        .iter()
        .map(|field| {
            view! {
                <option value=*field selected=column.field == *field>
                    {texts::field(field)}
                </option>
            }
        })
        .collect_view();
    let samples = column
        .samples
        .into_iter()
        .map(|sample| view! { <code class="sample">{sample}</code> })
        .collect_view();
    view! {
        <tr>
            <th scope="row">{column.head}</th>
            <td class="nowrap">{texts::filled(column.filled, rows)}</td>
            <td><span class="row samples">{samples}</span></td>
            <td>
                <select
                    class="select"
                    id=path.clone()
                    name=path
                    aria-label=label
                    aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                >
                    <option value="">{texts::LEAVE_OUT}</option>
                    {options}
                </select>
                {move || {
                    wrong
                        .get()
                        .map(|message| {
                            view! {
                                <span class="says" data-sev="critical">
                                    <Shape level=Level::Critical />
                                    {message}
                                </span>
                            }
                        })
                }}
            </td>
        </tr>
    }
    .into_any()
}
