use domain::views::assets::{ImportReport, ImportSession};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::ApplyImport;
use crate::strings::assets as texts;
use crate::ui::{
    Button, ButtonKind, Column, ErrorSummary, Fact, Facts, Hidden, Level, LinkButton, Notice,
    Panel, Table, format,
};

fn file_href(id: i64) -> String {
    format!("/assets/import/{id}/errors.csv")
}

/// What the import would do, with every error; nothing is written yet.
#[component]
pub(super) fn Check(session: ImportSession, applying: ServerAction<ApplyImport>) -> impl IntoView {
    let error = Signal::derive(move || applying.value().get().and_then(Result::err));
    let report = session.report.clone().unwrap_or_default();
    let id = session.id;
    let good = i64::from(report.rows) - session.bad_rows;
    let bad = session.bad_rows;
    view! {
        <ErrorSummary error />
        <Figures report=report.clone() bad />
        {if bad == 0 {
            view! { <Notice level=Level::Ok><p>{texts::NO_ERRORS}</p></Notice> }.into_any()
        } else {
            view! {
                <Notice level=Level::High>
                    <p><b>{texts::left_out(bad)}</b> " " {texts::ERROR_FILE_HINT}</p>
                </Notice>
            }
                .into_any()
        }}
        <Errors session=session.clone() />
        <First session=session.clone() />
        <div class="actbar steps-bar" role="region" aria-label=texts::STEP_CHECK.0>
            <b>{texts::left_out(bad)}</b>
            <span class="push row">
                {(bad > 0)
                    .then(|| {
                        view! {
                            <LinkButton
                                href=file_href(id)
                                icon="download"
                                attr:rel="external"
                                attr:download=""
                            >
                                {texts::ERROR_FILE}
                            </LinkButton>
                        }
                    })}
                <LinkButton href=format!("/assets/import/{id}?step=columns")>
                    {texts::CHANGE_COLUMNS}
                </LinkButton>
                <ActionForm action=applying>
                    <Hidden name="id" value=id.to_string() />
                    <Button
                        kind=ButtonKind::Primary
                        submit=true
                        disabled=good == 0
                        busy=applying.pending()
                        busy_text=texts::APPLYING
                    >
                        {texts::apply(good)}
                    </Button>
                </ActionForm>
            </span>
        </div>
    }
    .into_any()
}

/// What the import did, and the rows to take home.
#[component]
pub(super) fn Done(session: ImportSession) -> impl IntoView {
    let report = session.report.clone().unwrap_or_default();
    let (id, bad) = (session.id, session.bad_rows);
    let said = texts::imported(i64::from(report.created), i64::from(report.updated));
    view! {
        <Notice level=Level::Ok>
            <p><b>{said}</b> " " {(bad > 0).then(|| texts::left_out(bad))}</p>
        </Notice>
        <Figures report bad />
        <div class="row">
            {(bad > 0)
                .then(|| {
                    view! {
                        <LinkButton
                            href=file_href(id)
                            icon="download"
                            attr:rel="external"
                            attr:download=""
                        >
                            {texts::ERROR_FILE}
                        </LinkButton>
                        <LinkButton href="/assets/import">{texts::IMPORT_CORRECTED}</LinkButton>
                    }
                })}
            <LinkButton kind=ButtonKind::Primary href="/assets">{texts::SEE_ASSETS}</LinkButton>
        </div>
        {(bad > 0).then(|| view! { <p class="muted sm">{texts::ERROR_FILE_HINT}</p> })}
        <Errors session />
    }
    .into_any()
}

#[component]
fn Figures(report: ImportReport, bad: i64) -> impl IntoView {
    let along = (report.changed_along > 0).then_some(report.changed_along);
    let number = |n: u32| format::integer(i64::from(n));
    view! {
        <Facts panel=true>
            <Fact label=texts::ROWS>{number(report.rows)}</Fact>
            <Fact label=texts::CREATED>{number(report.created)}</Fact>
            <Fact label=texts::UPDATED>{number(report.updated)}</Fact>
            <Fact label=texts::UNCHANGED>{number(report.unchanged)}</Fact>
            {along.map(|n| view! { <Fact label=texts::ALONG>{number(n)}</Fact> })}
            <Fact label=texts::BAD>{format::integer(bad)}</Fact>
        </Facts>
    }
    .into_any()
}

#[component]
fn Errors(session: ImportSession) -> impl IntoView {
    let errors = session.report.map(|report| report.errors).unwrap_or_default();
    if errors.is_empty() {
        return ().into_any();
    }
    let columns = vec![
        Column::number(texts::LINE),
        Column::text(texts::TAG),
        Column::text(texts::COLUMN),
        Column::text(texts::PROBLEM),
    ];
    let more = (session.more_errors > 0).then(|| texts::more_errors(session.more_errors));
    let rows = errors
        .into_iter()
        .map(|error| {
            view! {
                <tr>
                    <th scope="row" class="num">{format::integer(i64::from(error.row))}</th>
                    <td class="nowrap"><code>{error.tag}</code></td>
                    <td>{texts::field(&error.path)}</td>
                    <td>{error.message}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel id="errors" title=texts::ERRORS>
            <Table caption=texts::ERRORS hide_caption=true columns>{rows}</Table>
            {more.map(|text| view! { <footer>{text}</footer> })}
        </Panel>
    }
    .into_any()
}

#[component]
fn First(session: ImportSession) -> impl IntoView {
    let mut columns = vec![Column::number(texts::LINE)];
    columns.extend(session.taken.iter().map(|field| Column::text(texts::field(field))));
    let rows = session
        .first
        .into_iter()
        .map(|row| {
            let cells = row
                .cells
                .into_iter()
                .map(|cell| view! { <td class="nowrap">{cell}</td> })
                .collect_view();
            view! {
                <tr>
                    <th scope="row" class="num">{format::integer(i64::from(row.line))}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel id="first" title=texts::FIRST_ROWS>
            <Table caption=texts::FIRST_ROWS hide_caption=true columns>{rows}</Table>
        </Panel>
    }
    .into_any()
}
