use domain::views::users::RoleColumn;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::page::Actions;
use crate::strings::people as texts;
use crate::ui::{Button, ButtonKind, ConfirmForm, Hidden, Input, Panel, field_error};

/// One role: who has it and, of a role of the installation, its name and its end.
#[component]
pub(super) fn RolePanel(
    /// The role.
    column: RoleColumn,
    /// The person may change roles.
    editable: bool,
    /// The forms of the page.
    actions: Actions,
) -> impl IntoView {
    let name = texts::role(&column.role);
    let custom = column.role.role.custom();
    let note = custom.is_none().then_some(texts::BUILT_IN);
    let people = if column.holders.is_empty() {
        view! { <p class="muted sm">{texts::NOBODY_HAS_IT}</p> }.into_any()
    } else {
        let items = column
            .holders
            .iter()
            .map(|person| {
                let href = format!("/admin/users/{}", person.id);
                view! { <li><a href=href>{person.name.clone()}</a></li> }
            })
            .collect_view();
        view! { <ul class="holders">{items}</ul> }.into_any()
    };
    let rename = actions.rename;
    let error = Signal::derive(move || rename.value().get().and_then(Result::err));
    let forms = custom.filter(|_| editable).map(|id| {
        let version = column.version.to_string();
        let free = column.holders.is_empty();
        let of_delete = version.clone();
        view! {
            <ActionForm action=rename attr:class="stack">
                <Hidden name="id" value=id.to_string() />
                <Hidden name="version" value=version />
                <Input
                    name="name"
                    id="role-name"
                    label=texts::ROLE_NAME
                    value=name.clone()
                    required=true
                    error=field_error(error, "name")
                />
                <Button submit=true busy=rename.pending() busy_text=texts::SAVING>
                    {texts::RENAME}
                </Button>
            </ActionForm>
            {free
                .then(|| {
                    view! {
                        <ConfirmForm
                            id="delete-role"
                            label=texts::DELETE_ASK
                            danger=true
                            title=texts::DELETE_TITLE
                            consequence=texts::DELETE_HINT
                        >
                            <ActionForm action=actions.delete>
                                <Hidden name="id" value=id.to_string() />
                                <Hidden name="version" value=of_delete />
                                <Button kind=ButtonKind::Danger submit=true>{texts::DELETE}</Button>
                            </ActionForm>
                        </ConfirmForm>
                    }
                })}
        }
    });
    view! {
        <Panel id="role" title=texts::role(&column.role) note=note.map(str::to_owned)>
            <div class="body stack">
                <div>
                    <h3 class="label">{texts::HOLDERS}</h3>
                    {people}
                </div>
                {forms}
            </div>
        </Panel>
    }
    .into_any()
}
