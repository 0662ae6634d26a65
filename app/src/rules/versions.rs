use domain::views::rules::{PolicyRow, VersionRow, Versions};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::{RestoreVersion, load_versions};
use super::changes::Changes;
use super::{count, crumbs, href, policy_id};
use crate::strings::rules as texts;
use crate::ui::{
    Button, ButtonKind, Column, ConfirmForm, ErrorSummary, Hidden, LinkButton, Loaded, PageHead,
    Table, Tag, Time, TimeStyle,
};

/// `/rules/{id}/versions`
#[component]
pub fn VersionsPage() -> impl IntoView {
    let id = policy_id();
    let found = Resource::new(move || id.get(), load_versions);
    let restore = ServerAction::<RestoreVersion>::new();
    let error = Signal::derive(move || restore.value().get().and_then(Result::err));
    view! {
        <ErrorSummary error />
        <Loaded resource=found rows=10 view=move |found| view! { <All found restore /> } />
    }
    .into_any()
}

#[component]
fn All(found: Versions, restore: ServerAction<RestoreVersion>) -> impl IntoView {
    let Versions { row, versions } = found;
    let compare = format!("{}/compare", href(row.id));
    view! {
        <PageHead title=texts::VERSIONS crumbs=crumbs(&row)>
            <LinkButton href=compare>{texts::COMPARE}</LinkButton>
        </PageHead>
        <section class="panel">
            <VersionTable row versions restore />
        </section>
    }
    .into_any()
}

/// Versions with what each changed.
#[component]
pub(super) fn VersionTable(
    /// The policy.
    row: PolicyRow,
    /// Its versions.
    versions: Vec<VersionRow>,
    /// The form that restores.
    restore: ServerAction<RestoreVersion>,
) -> impl IntoView {
    let columns = vec![
        Column::text(texts::VERSION),
        Column::text(texts::PUBLISHED),
        Column::text(texts::BY),
        Column::text(texts::REASON),
        Column::text(texts::CHANGES),
        Column::hidden(texts::ACTIONS),
    ];
    let rows = versions.into_iter().map(|version| line(&row, version, restore)).collect_view();
    view! {
        <Table caption=texts::VERSIONS hide_caption=true columns class="versions">
            {rows}
        </Table>
    }
    .into_any()
}

fn line(row: &PolicyRow, version: VersionRow, restore: ServerAction<RestoreVersion>) -> AnyView {
    let n = version.version;
    let live = version.replaced_at.is_none();
    let compare = format!("{}/compare?from={n}&to={}", href(row.id), row.policy.version);
    let before = format!("{}/compare?from={}&to={n}", href(row.id), n - 1);
    let changes = count(version.changes.len());
    view! {
        <tr>
            <th scope="row" class="nowrap">
                {texts::version(n.into())} {live.then(|| view! { " " <Tag on=true>{texts::LIVE}</Tag> })}
            </th>
            <td class="nowrap">
                <Time at=version.published_at style=TimeStyle::Absolute />
            </td>
            <td>{version.published_by.unwrap_or_else(|| texts::PROGRAM.to_owned())}</td>
            <td>{version.reason}</td>
            <td>
                {if n == 1 {
                    view! { <span class="muted">{texts::FIRST_VERSION}</span> }.into_any()
                } else if changes == 0 {
                    view! { <span class="muted">{texts::NO_CHANGES}</span> }.into_any()
                } else {
                    view! {
                        <details class="as-table">
                            <summary>{texts::change_count(changes)}</summary>
                            <Changes changes=version.changes />
                        </details>
                    }
                        .into_any()
                }}
            </td>
            <td>
                <span class="row">
                    {if live {
                        (n > 1)
                            .then(|| view! { <LinkButton href=before>{texts::COMPARE}</LinkButton> })
                            .into_any()
                    } else {
                        view! { <LinkButton href=compare>{texts::COMPARE}</LinkButton> }.into_any()
                    }}
                    {(row.may_draft && !live).then(|| view! { <Restore id=row.id.0 version=n restore /> })}
                </span>
            </td>
        </tr>
    }
    .into_any()
}

/// Takes an older version as the draft.
#[component]
pub(super) fn Restore(
    /// The policy.
    id: i64,
    /// The version.
    version: i32,
    /// The form.
    restore: ServerAction<RestoreVersion>,
) -> impl IntoView {
    view! {
        <ConfirmForm
            id=format!("restore-{version}")
            label=texts::RESTORE
            title=texts::RESTORE_TITLE
            consequence=texts::RESTORE_HINT
        >
            <ActionForm action=restore attr:class="stack form">
                <Hidden name="id" value=id.to_string() />
                <Hidden name="version" value=version.to_string() />
                <Button
                    kind=ButtonKind::Primary
                    submit=true
                    busy=restore.pending()
                    busy_text=texts::RESTORING
                >
                    {texts::RESTORE_NOW}
                </Button>
            </ActionForm>
        </ConfirmForm>
    }
    .into_any()
}
