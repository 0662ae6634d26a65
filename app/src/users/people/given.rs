use domain::ids::UserId;
use domain::views::users::{Given, PersonDetail};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::detail::Actions;
use crate::error::AppError;
use crate::frame::Zone;
use crate::strings::people as texts;
use crate::ui::{
    Button, ButtonKind, Column, ConfirmForm, Hidden, Input, Panel, Select, Table, Time, TimeStyle,
    field_error,
};
use crate::users::admin::{last_day, role_choices, site_choices};

/// The roles of a person, each with a way to take it, and a form to give one.
#[component]
pub(super) fn Roles(
    /// The person.
    detail: PersonDetail,
    /// The forms of the page.
    actions: Actions,
) -> impl IntoView {
    let (id, name) = (detail.person.id, detail.person.name.clone());
    let given = detail.person.given.clone();
    let columns = vec![
        Column::text(texts::ROLE),
        Column::text(texts::SITE),
        Column::text(texts::UNTIL),
        Column::hidden(texts::ACTIONS),
    ];
    let table = if given.is_empty() {
        view! { <p class="body muted">{texts::NO_ROLE}</p> }.into_any()
    } else {
        let rows = given
            .into_iter()
            .map(|given| view! { <Row id name=name.clone() given actions /> })
            .collect_view();
        view! {
            <Table caption=texts::GIVEN hide_caption=true columns>
                {rows}
            </Table>
        }
        .into_any()
    };
    let give = actions.give;
    let error: Signal<Option<AppError>> =
        Signal::derive(move || give.value().get().and_then(Result::err));
    view! {
        <Panel id="roles" title=texts::GIVEN>
            {table}
            <div class="body lined">
                <h3>{texts::GIVE_TITLE}</h3>
                <ActionForm action=give>
                    <Hidden name="id" value=id.to_string() />
                    <Hidden name="zone" value=Zone::current() />
                    <div class="fields">
                        <Select
                            name="role"
                            label=texts::ROLE
                            choices=role_choices(detail.roles)
                            value="viewer"
                            error=field_error(error, "role")
                        />
                        <Select
                            name="site"
                            label=texts::SITE
                            choices=site_choices(detail.sites, detail.everywhere)
                            error=field_error(error, "site")
                        />
                        <Input
                            name="until"
                            label=texts::UNTIL
                            kind="date"
                            hint=texts::UNTIL_HINT.to_owned()
                            error=field_error(error, "until")
                        />
                    </div>
                    <Button submit=true busy=give.pending() busy_text=texts::SAVING>
                        {texts::GIVE}
                    </Button>
                </ActionForm>
            </div>
        </Panel>
    }
    .into_any()
}

#[component]
fn Row(id: UserId, name: String, given: Given, actions: Actions) -> impl IntoView {
    let role = texts::role(&given.role);
    let title = texts::take_title(&role, &name);
    let place = given.site.map_or_else(|| texts::EVERYWHERE.to_owned(), |site| site.name);
    let until = match given.expires_at {
        Some(end) => view! {
            <Time at=last_day(end) style=TimeStyle::Day />
            {given.ended.then(|| format!(", {}", texts::ENDED))}
        }
        .into_any(),
        None => view! { <span class="muted">{texts::FOR_GOOD}</span> }.into_any(),
    };
    let grant = given.id;
    view! {
        <tr>
            <th scope="row">{role}</th>
            <td>{place}</td>
            <td>{until}</td>
            <td class="num">
                <ConfirmForm
                    id=format!("take-{grant}")
                    label=texts::TAKE_ASK
                    title
                    consequence=texts::TAKE_HINT
                >
                    <ActionForm action=actions.take>
                        <Hidden name="id" value=id.to_string() />
                        <Hidden name="grant" value=grant.to_string() />
                        <Button kind=ButtonKind::Danger submit=true>{texts::TAKE}</Button>
                    </ActionForm>
                </ConfirmForm>
            </td>
        </tr>
    }
    .into_any()
}
