use domain::views::connections::{OrderReading, UnknownRecord};
use leptos::prelude::*;

use crate::strings::connections as texts;
use crate::ui::{Column, Fact, Facts, Level, Notice, Panel, Table, Time, format};

/// How the reading of the CMMS's work orders goes, and what nobody knows.
#[component]
pub(super) fn Reading(reading: OrderReading) -> impl IntoView {
    let runs = reading.started_at.is_some() && reading.finished_at.is_none();
    let mode = texts::reading_mode(reading.mode.as_deref());
    let says = texts::reading_says(runs, reading.pages, reading.records, reading.changed);
    let at = |at: Option<chrono::DateTime<chrono::Utc>>| match at {
        Some(at) => view! { <Time at /> }.into_any(),
        None => texts::NEVER.into_any(),
    };
    let begun = if runs { texts::RUNS_SINCE } else { texts::READ_LAST };
    let when = if runs { reading.started_at } else { reading.finished_at };
    let error = reading.error.map(|error| {
        view! {
            <Notice level=Level::Medium>
                <p>{texts::reading_failed(&error)}</p>
            </Notice>
        }
    });
    view! {
        <Panel id="reading" title=texts::READING note=mode>
            <div class="body stack">
                {error}
                <p class="sm">{says}</p>
                <Facts>
                    <Fact label=begun>{at(when)}</Fact>
                    <Fact label=texts::READ_ALL>{at(reading.full_at)}</Fact>
                    <Fact label=texts::READ_NEXT>{at(Some(reading.next_at))}</Fact>
                    <Fact label=texts::MIRRORED>{format::integer(reading.mirrored)}</Fact>
                    <Fact label=texts::READ_SINGLY>{format::integer(reading.waiting)}</Fact>
                    <Fact label=texts::UNKNOWN>{format::integer(reading.unknown)}</Fact>
                </Facts>
            </div>
            {(!reading.unknown_records.is_empty())
                .then(|| view! { <Unknown records=reading.unknown_records /> })}
        </Panel>
    }
    .into_any()
}

#[component]
fn Unknown(records: Vec<UnknownRecord>) -> impl IntoView {
    let columns = vec![
        Column::text(texts::RECORD),
        Column::text(texts::HEARD),
        Column::text(texts::WHY_UNKNOWN),
    ];
    let rows = records
        .into_iter()
        .map(|record| {
            view! {
                <tr>
                    <th scope="row" class="mono">{record.cmms_id}</th>
                    <td><Time at=record.at /></td>
                    <td>{record.why}</td>
                </tr>
            }
        })
        .collect_view();
    view! { <Table caption=texts::UNKNOWN_CAPTION hide_caption=true columns>{rows}</Table> }
        .into_any()
}
