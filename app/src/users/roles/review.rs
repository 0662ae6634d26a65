use domain::permission::Permission;
use domain::views::users::{BoxChange, RoleColumn, RoleMatrix};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::SaveRoles;
use super::boxes::{affected, changes, own, ticked, write_changes, write_versions};
use crate::strings::people as texts;
use crate::ui::{Button, ButtonKind, Column, Hidden, LinkButton, Panel, Query, Table};

/// What the boxes of the address would change, for whom, and the button that saves it.
#[component]
pub(super) fn Review(
    /// The roles as they are stored.
    matrix: RoleMatrix,
    /// Saves.
    action: ServerAction<SaveRoles>,
) -> impl IntoView {
    let query = Query::current().get_untracked();
    let ticked = ticked(&query, &matrix);
    let changes = changes(&ticked, &matrix);
    let edit = {
        let boxes = ticked.iter().map(|(role, permission)| format!("on={role}:{permission}"));
        let boxes: Vec<_> = std::iter::once("diff=0".to_owned()).chain(boxes).collect();
        format!("/admin/roles?{}", boxes.join("&"))
    };
    if changes.is_empty() {
        return view! {
            <Panel id="review" title=texts::REVIEW_TITLE>
                <div class="body stack">
                    <p>{texts::NOTHING_TO_SAVE}</p>
                    <p><LinkButton href=edit>{texts::BACK}</LinkButton></p>
                </div>
            </Panel>
        }
        .into_any();
    }
    let people = affected(&changes, &matrix).len();
    let columns = vec![
        Column::text(texts::ROLE),
        Column::text(texts::GIVES),
        Column::text(texts::TAKES),
        Column::text(texts::AFFECTS),
    ];
    let rows = own(&matrix)
        .filter(|(role, _)| changes.iter().any(|change| change.role == *role))
        .map(|(role, column)| {
            let of_role: Vec<BoxChange> =
                changes.iter().copied().filter(|change| change.role == role).collect();
            row(column, &of_role)
        })
        .collect::<Vec<_>>();
    let (written, versions) = (write_changes(&changes), write_versions(&changes, &matrix));
    view! {
        <Panel id="review" title=texts::REVIEW_TITLE note=texts::pending(changes.len(), people)>
            <Table caption=texts::REVIEW_TITLE hide_caption=true columns class="two-line">
                {rows}
            </Table>
            <div class="body lined">
                <p class="muted sm">{texts::AT_ONCE}</p>
                <ActionForm action>
                    <Hidden name="changes" value=written />
                    <Hidden name="versions" value=versions />
                    <div class="row">
                        <LinkButton href=edit>{texts::BACK}</LinkButton>
                        <Button
                            kind=ButtonKind::Primary
                            submit=true
                            busy=action.pending()
                            busy_text=texts::SAVING
                        >
                            {texts::SAVE_CHANGES}
                        </Button>
                    </div>
                </ActionForm>
            </div>
        </Panel>
    }
    .into_any()
}

fn row(column: &RoleColumn, changes: &[BoxChange]) -> AnyView {
    let list = |give: bool| -> Vec<Permission> {
        changes.iter().filter(|c| c.give == give).map(|c| c.permission).collect()
    };
    let given = list(true)
        .into_iter()
        .map(|p| view! { <ins class="line">{texts::permission(p)}</ins> })
        .collect_view();
    let taken = list(false)
        .into_iter()
        .map(|p| view! { <del class="line">{texts::permission(p)}</del> })
        .collect_view();
    let people = column.holders.iter().map(|p| p.name.clone()).collect::<Vec<_>>().join(", ");
    let people = if people.is_empty() { texts::NOBODY_HAS_IT.to_owned() } else { people };
    view! {
        <tr>
            <th scope="row">{texts::role(&column.role)}</th>
            <td class="diff-cell">{given}</td>
            <td class="diff-cell">{taken}</td>
            <td class="wide">
                {column.holders.len().to_string()}
                <span class="sub">{people}</span>
            </td>
        </tr>
    }
    .into_any()
}
