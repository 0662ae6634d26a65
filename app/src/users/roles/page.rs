use domain::ids::UserId;
use domain::permission::RoleRef;
use domain::views::users::{Ending, RoleMatrix, WhyAsk};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::matrix::Matrix;
use super::review::Review;
use super::role::RolePanel;
use super::why::WhyPanel;
use super::{DeleteRole, DuplicateRole, RenameRole, SaveRoles, load_roles};
use crate::strings::people as texts;
use crate::ui::{
    Button, ButtonKind, Choice, ConfirmForm, ErrorSummary, Input, Level, Loaded, Notice, PageHead,
    Panel, Query, Select, Time, TimeStyle, field_error,
};
use crate::users::admin::{AdminTabs, last_day};

/// The question in the address.
fn ask_of(query: &Query) -> Option<WhyAsk> {
    Some(WhyAsk {
        person: query.get("who").and_then(|id| id.parse().ok()).map(UserId)?,
        permission: query.get("may").and_then(|word| word.parse().ok())?,
        on: query.get("on_tag").map(str::to_owned),
    })
}

/// The forms of the page.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    pub(super) save: ServerAction<SaveRoles>,
    pub(super) rename: ServerAction<RenameRole>,
    pub(super) delete: ServerAction<DeleteRole>,
    duplicate: ServerAction<DuplicateRole>,
}

/// `/admin/roles?role=&diff=&on=&who=&may=&on_tag=`
#[component]
pub fn RolesPage() -> impl IntoView {
    let query = Query::current();
    let actions = Actions {
        save: ServerAction::new(),
        rename: ServerAction::new(),
        delete: ServerAction::new(),
        duplicate: ServerAction::new(),
    };
    let matrix = Resource::new(
        move || {
            let answers = actions.rename.version().get() + actions.save.version().get();
            let shown =
                query.with(|q| (q.get("role").map(str::to_owned), q.get("saved").is_some()));
            (query.with(ask_of), answers, shown)
        },
        |(ask, _, _)| load_roles(ask),
    );
    let error = Signal::derive(move || {
        let refused = [
            actions.save.value().get(),
            actions.rename.value().get(),
            actions.delete.value().get(),
        ];
        refused.into_iter().flatten().find_map(Result::err)
    });
    let duplicate_error =
        Signal::derive(move || actions.duplicate.value().get().and_then(Result::err));
    let saved = move || {
        query.with(|q| q.get("saved").and_then(|n| n.parse::<usize>().ok())).map(|people| {
            view! {
                <div class="once">
                    <Notice level=Level::Ok announce=true><p>{texts::saved(people)}</p></Notice>
                </div>
            }
        })
    };
    view! {
        <PageHead title=texts::ROLES meta=texts::MATRIX_LEAD />
        <AdminTabs />
        <ErrorSummary error />
        <ErrorSummary error=duplicate_error />
        {saved}
        <Loaded resource=matrix rows=14 view=move |matrix| view! { <Roles matrix actions /> } />
    }
    .into_any()
}

#[component]
fn Roles(matrix: RoleMatrix, actions: Actions) -> impl IntoView {
    let query = Query::current();
    let chosen = chosen(&matrix, query.with_untracked(|q| q.get("role").map(str::to_owned)));
    let panel = matrix
        .columns
        .iter()
        .find(|column| column.role.role.to_string() == chosen)
        .filter(|_| query.with_untracked(|q| q.get("role").is_some()))
        .cloned()
        .map(|column| {
            let editable = matrix.editable;
            view! { <RolePanel column editable actions /> }
        });
    let (for_grid, for_review, for_why) = (matrix.clone(), matrix.clone(), matrix.clone());
    let (ends, duplicate) = (matrix.ends_soon.clone(), matrix.editable);
    let picks = picks(&matrix, &chosen);
    let main = move || {
        if query.with(|q| q.get("diff") == Some("1")) {
            view! { <Review matrix=for_review.clone() action=actions.save /> }.into_any()
        } else {
            let (matrix, chosen) = (for_grid.clone(), chosen.clone());
            view! { <Matrix matrix chosen /> }.into_any()
        }
    };
    view! {
        {picks}
        <div class="cols" data-cols="roles">
            <div class="stack">
                {main}
                {duplicate.then(|| view! { <Duplicate matrix actions /> })}
            </div>
            <div class="stack">
                {panel}
                <WhyPanel matrix=for_why />
                <EndsSoon ends />
            </div>
        </div>
    }
    .into_any()
}

/// The role small screens show: the one of the address, else the first that can be changed.
fn chosen(matrix: &RoleMatrix, wanted: Option<String>) -> String {
    let known = |word: &String| matrix.columns.iter().any(|c| c.role.role.to_string() == *word);
    let own = matrix.columns.iter().find(|c| matches!(c.role.role, RoleRef::Custom(_)));
    let first = own.or(matrix.columns.first()).map(|c| c.role.role.to_string());
    wanted.filter(known).or(first).unwrap_or_default()
}

fn picks(matrix: &RoleMatrix, chosen: &str) -> impl IntoView + use<> {
    let links = matrix
        .columns
        .iter()
        .map(|column| {
            let word = column.role.role.to_string();
            let current = (word == chosen).then_some("true");
            let href = Query::of("/admin/roles").with("role", &word).href();
            view! { <a class="chip" href=href aria-current=current>{texts::role(&column.role)}</a> }
        })
        .collect_view();
    view! { <nav class="row rolepick" aria-label=texts::SHOW_ROLE>{links}</nav> }
}

#[component]
fn Duplicate(matrix: RoleMatrix, actions: Actions) -> impl IntoView {
    let action = actions.duplicate;
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let choices: Vec<Choice> = matrix
        .columns
        .iter()
        .filter(|c| c.permissions.iter().all(|p| matrix.grantable.contains(p)))
        .map(|c| Choice::new(c.role.role.to_string(), texts::role(&c.role)))
        .collect();
    view! {
        <div>
            <ConfirmForm
                id="duplicate"
                label=texts::DUPLICATE_ASK
                icon="copy"
                title=texts::DUPLICATE_TITLE
                consequence=texts::DUPLICATE_HINT
            >
                <ActionForm action attr:class="stack">
                    <Select
                        name="of"
                        label=texts::COPY_OF
                        choices
                        value="viewer"
                        error=field_error(error, "of")
                    />
                    <Input
                        name="name"
                        label=texts::ROLE_NAME
                        required=true
                        error=field_error(error, "name")
                    />
                    <Button kind=ButtonKind::Primary submit=true busy=action.pending() busy_text=texts::SAVING>
                        {texts::DUPLICATE}
                    </Button>
                </ActionForm>
            </ConfirmForm>
        </div>
    }
    .into_any()
}

#[component]
fn EndsSoon(ends: Vec<Ending>) -> impl IntoView {
    let rows = ends
        .into_iter()
        .map(|ending| {
            view! {
                <tr>
                    <th scope="row">
                        <a href=format!("/admin/users/{}", ending.person.id)>{ending.person.name}</a>
                        <span class="sub">{texts::role(&ending.role)}</span>
                    </th>
                    <td class="num"><Time at=last_day(ending.at) style=TimeStyle::Day /></td>
                </tr>
            }
        })
        .collect::<Vec<_>>();
    let body = if rows.is_empty() {
        view! { <p class="body muted sm">{texts::NOTHING_ENDS}</p> }.into_any()
    } else {
        view! {
            <table class="table">
                <caption class="hidden">{texts::ENDS_SOON}</caption>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! { <Panel id="ends-soon" title=texts::ENDS_SOON>{body}</Panel> }.into_any()
}
