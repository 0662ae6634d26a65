use domain::ids::CustomRoleId;
use domain::permission::Permission;
use domain::views::users::{RoleColumn, RoleMatrix};
use leptos::prelude::*;
use leptos_router::components::Form;

use super::boxes::{Ticked, affected, changes, implied_by, stored, ticked};
use super::grid::Place;
use crate::strings::people as texts;
use crate::ui::{Button, ButtonKind, Icon, LinkButton, Query};

/// The permissions in the order of the rows, with the heading above each group.
fn rows() -> Vec<(Option<&'static str>, Permission)> {
    texts::GROUPS
        .iter()
        .flat_map(|(group, permissions)| {
            permissions
                .iter()
                .enumerate()
                .map(|(place, permission)| ((place == 0).then_some(*group), *permission))
        })
        .collect()
}

/// Own roles come first: they are what can be changed.
fn ordered(matrix: &RoleMatrix) -> Vec<RoleColumn> {
    let (own, built_in): (Vec<_>, Vec<_>) =
        matrix.columns.iter().cloned().partition(|c| c.role.role.custom().is_some());
    own.into_iter().chain(built_in).collect()
}

/// What every box needs to know.
#[derive(Clone, Copy)]
struct Shared {
    matrix: StoredValue<RoleMatrix>,
    ticked: RwSignal<Ticked>,
    stored: StoredValue<Ticked>,
    place: Place,
}

/// The matrix as a form: its boxes go to the review by the address.
#[component]
pub(super) fn Matrix(
    /// The roles.
    matrix: RoleMatrix,
    /// The role small screens show.
    chosen: String,
) -> impl IntoView {
    let query = Query::current();
    let columns = ordered(&matrix);
    let all_rows = rows();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let shared = Shared {
        ticked: RwSignal::new(query.with_untracked(|q| ticked(q, &matrix))),
        stored: StoredValue::new(stored(&matrix)),
        place: Place::new(count(all_rows.len()), count(columns.len())),
        matrix: StoredValue::new(matrix.clone()),
    };
    let width = (columns.len() + 1).to_string();
    let heads = columns
        .iter()
        .map(|column| view! { <Head column=column.clone() chosen=chosen.clone() /> })
        .collect_view();
    let body = (0_u32..)
        .zip(all_rows)
        .map(|(row, (group, permission))| {
            let cells = (0_u32..)
                .zip(columns.clone())
                .map(|(at, column)| {
                    let off = column.role.role.to_string() != chosen;
                    let editable = column.role.role.custom().filter(|_| matrix.editable);
                    match editable {
                        Some(role) => {
                            let name = texts::role(&column.role);
                            let grant = matrix.grantable.contains(&permission);
                            view! { <Tick role name permission row at off grant shared /> }
                                .into_any()
                        }
                        None => view! { <Fixed column permission row at off shared /> }.into_any(),
                    }
                })
                .collect_view();
            let heading = group.map(|group| {
                view! {
                    <tr class="group">
                        <th scope="rowgroup" colspan=width.clone()>{group}</th>
                    </tr>
                }
            });
            view! {
                {heading}
                <tr>
                    <th scope="row">{texts::permission(permission)}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    let keys = move |event: leptos::ev::KeyboardEvent| {
        if shared.place.key(&event.key(), event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    let own = matrix.editable && columns.iter().any(|c| c.role.role.custom().is_some());
    view! {
        <Form method="GET" action="/admin/roles" attr:class="stack">
            <input type="hidden" name="diff" value="1" />
            <section class="panel">
                <div class="table-wrap roles-wrap">
                    <table class="table matrix roles" role="grid" on:keydown=keys>
                        <caption class="hidden">{texts::MATRIX_CAPTION}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{texts::MAY}</th>
                                {heads}
                            </tr>
                        </thead>
                        <tbody>{body}</tbody>
                    </table>
                </div>
            </section>
            {own.then(|| view! { <Bar shared /> })}
        </Form>
    }
    .into_any()
}

#[component]
fn Head(column: RoleColumn, chosen: String) -> impl IntoView {
    let word = column.role.role.to_string();
    let off = word != chosen;
    let custom = column.role.role.custom().is_some();
    let href = Query::of("/admin/roles").with("role", &word).href();
    view! {
        <th scope="col" data-off=off.then_some("") data-own=custom.then_some("")>
            <a href=href>{texts::role(&column.role)}</a>
            <span class="sub">{column.holders.len().to_string()}</span>
        </th>
    }
    .into_any()
}

/// A box of a role that can be changed. One that comes with another is locked while that is ticked.
#[component]
fn Tick(
    role: CustomRoleId,
    name: String,
    permission: Permission,
    row: u32,
    at: u32,
    off: bool,
    /// The person may give it.
    grant: bool,
    shared: Shared,
) -> impl IntoView {
    let by = Memo::new(move |_| shared.ticked.with(|t| implied_by(t, role, permission)));
    let on = move || shared.ticked.with(|t| t.contains(&(role, permission)));
    let was = move || shared.stored.with_value(|s| s.contains(&(role, permission)));
    let changed = move || (on() || by.get().is_some()) != was();
    let label = name.clone();
    let box_label = texts::box_name(&name, permission);
    // What one lacks can be taken, and given back within the same edit, but not given.
    let open = grant || was();
    let tick = move |event: leptos::ev::Event| {
        let checked = event_target_checked(&event);
        shared.ticked.update(|t| {
            if checked {
                t.insert((role, permission));
            } else {
                t.remove(&(role, permission));
            }
        });
    };
    let inner = move || match by.get() {
        Some(by) => view! {
            <span
                class="lk"
                id=Place::id(row, at)
                role="checkbox"
                aria-checked="true"
                aria-disabled="true"
                aria-label=texts::implied_name(&label, permission, by)
                title=texts::comes_with(by)
                tabindex=move || shared.place.tab_index(row, at, "-1")
                on:focus=move |_| shared.place.enter(row, at)
            >
                <Icon name="lock" small=true />
            </span>
        }
        .into_any(),
        None if !open => view! {
            <span
                class="lk"
                id=Place::id(row, at)
                role="checkbox"
                aria-checked="false"
                aria-disabled="true"
                aria-label=box_label.clone()
                tabindex=move || shared.place.tab_index(row, at, "-1")
                on:focus=move |_| shared.place.enter(row, at)
            >
                <Icon name="minus" small=true />
            </span>
        }
        .into_any(),
        None => view! {
            <input
                type="checkbox"
                name="on"
                value=format!("{role}:{permission}")
                id=Place::id(row, at)
                aria-label=box_label.clone()
                checked=shared.ticked.with_untracked(|t| t.contains(&(role, permission)))
                prop:checked=on
                tabindex=move || shared.place.tab_index(row, at, "0")
                on:focus=move |_| shared.place.enter(row, at)
                on:change=tick
            />
        }
        .into_any(),
    };
    view! {
        <td
            data-off=off.then_some("")
            data-locked=move || by.get().is_some().then_some("")
            data-changed=move || changed().then_some("")
        >
            {inner}
        </td>
    }
    .into_any()
}

/// A box of a built-in role.
#[component]
fn Fixed(
    column: RoleColumn,
    permission: Permission,
    row: u32,
    at: u32,
    off: bool,
    shared: Shared,
) -> impl IntoView {
    let held = column.permissions.contains(&permission);
    let name = texts::role(&column.role);
    view! {
        <td data-off=off.then_some("") data-locked="">
            <span
                class="lk"
                data-yes=held.then_some("")
                id=Place::id(row, at)
                role="checkbox"
                aria-checked=if held { "true" } else { "false" }
                aria-disabled="true"
                aria-label=texts::box_name(&name, permission)
                tabindex=move || shared.place.tab_index(row, at, "-1")
                on:focus=move |_| shared.place.enter(row, at)
            >
                <Icon name=if held { "check" } else { "minus" } small=true />
            </span>
        </td>
    }
    .into_any()
}

/// What the ticked boxes would change, and the way to the review.
#[component]
fn Bar(shared: Shared) -> impl IntoView {
    let pending = Memo::new(move |_| {
        shared.ticked.with(|ticked| {
            shared.matrix.with_value(|matrix| {
                let changes = changes(ticked, matrix);
                (changes.len(), affected(&changes, matrix).len())
            })
        })
    });
    let said = move || match pending.get() {
        (0, _) => texts::NO_CHANGES.to_owned(),
        (changes, people) => texts::pending(changes, people),
    };
    let nothing = Signal::derive(move || shared.place.ready() && pending.get().0 == 0);
    view! {
        <div class="actbar" role="region" aria-label=texts::REVIEW_TITLE>
            <b role="status">{said}</b>
            <span class="muted sm desk">{texts::AT_ONCE}</span>
            <span class="push row">
                <LinkButton attr:rel="external" href="/admin/roles">{texts::DISCARD}</LinkButton>
                <Button kind=ButtonKind::Primary submit=true disabled=nothing>
                    {texts::REVIEW}
                </Button>
            </span>
        </div>
    }
    .into_any()
}
