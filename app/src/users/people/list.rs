use domain::permission::RoleRef;
use domain::views::users::{Given, PeopleFilter, PeopleList, Person, UserState};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{InvitePerson, load_people};
use crate::error::AppError;
use crate::frame::Zone;
use crate::strings::people as texts;
use crate::ui::{
    ActiveFilters, Button, ButtonKind, Choice, Column, Empty, ErrorSummary, ExportLink, Filter,
    FilterForm, Hidden, Input, Level, LinkButton, Loaded, PageHead, Pager, Panel, Query, Says,
    Select, Table, Time, TimeStyle, field_error,
};
use crate::users::admin::{AdminTabs, last_day, role_choices, site_choices};

/// What an address lists.
pub fn listed(query: &Query) -> PeopleFilter {
    PeopleFilter {
        q: query.get("q").map(str::to_owned),
        state: query.get("state").and_then(|word| word.parse().ok()),
        role: query.get("role").and_then(|word| word.parse::<RoleRef>().ok()),
        site: query.get("site").and_then(|id| id.parse().ok()),
        after: query.get("after").and_then(|id| id.parse().ok()),
    }
}

fn filters(list: &PeopleList) -> Vec<Filter> {
    let states = UserState::ALL.iter().map(|s| Choice::new(s.as_str(), texts::state(*s)));
    vec![
        Filter { name: "q", label: texts::SEARCH, choices: Vec::new() },
        Filter { name: "role", label: texts::ROLE, choices: role_choices(list.roles.clone()) },
        Filter {
            name: "site",
            label: texts::SITE,
            choices: site_choices(list.sites.clone(), false),
        },
        Filter { name: "state", label: texts::STATE, choices: states.collect() },
    ]
}

/// `/admin/users?q=&role=&site=&state=&invite=&after=`
#[component]
pub fn UsersPage() -> impl IntoView {
    let query = Query::current();
    let invite = ServerAction::<InvitePerson>::new();
    let list = Resource::new(move || query.with(listed), load_people);
    let open = query.get_untracked().without("after").with("invite", "1").href();
    view! {
        <PageHead title=texts::USERS meta=texts::USERS_LEAD>
            <ExportLink list="users" />
            <LinkButton kind=ButtonKind::Primary icon="plus" href=open>{texts::INVITE}</LinkButton>
        </PageHead>
        <AdminTabs />
        <Loaded resource=list rows=12 view=move |list| view! { <People list invite /> } />
    }
    .into_any()
}

#[component]
fn People(list: PeopleList, invite: ServerAction<InvitePerson>) -> impl IntoView {
    let query = Query::current();
    let error = Signal::derive(move || invite.value().get().and_then(Result::err));
    let filters = filters(&list);
    let form = list.clone();
    let inviting = move || {
        let wanted = query.with(|q| q.get("invite").is_some()) || error.with(Option::is_some);
        wanted.then(|| view! { <Invite list=form.clone() invite error /> })
    };
    view! {
        {inviting}
        <FilterForm filters=filters.clone() />
        <ActiveFilters filters=filters />
        <Rows list />
    }
    .into_any()
}

#[component]
fn Invite(
    list: PeopleList,
    invite: ServerAction<InvitePerson>,
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    view! {
        <Panel id="invite" title=texts::INVITE_TITLE note=texts::INVITE_HINT class="spaced">
            <div class="body">
                <ActionForm action=invite>
                    <ErrorSummary error />
                    <Hidden name="zone" value=Zone::current() />
                    <div class="fields">
                        <Input name="name" label=texts::NAME required=true error=field_error(error, "name") />
                        <Input
                            name="email"
                            label=texts::EMAIL
                            kind="email"
                            required=true
                            error=field_error(error, "email")
                        />
                        <Select
                            name="role"
                            label=texts::ROLE
                            choices=role_choices(list.roles)
                            value="viewer"
                            error=field_error(error, "role")
                        />
                        <Select
                            name="site"
                            label=texts::SITE
                            choices=site_choices(list.sites, list.everywhere)
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
                    <Button kind=ButtonKind::Plain submit=true busy=invite.pending() busy_text=texts::INVITING>
                        {texts::INVITE_SEND}
                    </Button>
                </ActionForm>
            </div>
        </Panel>
    }
    .into_any()
}

#[component]
fn Rows(list: PeopleList) -> impl IntoView {
    let query = Query::current().get_untracked();
    if list.items.is_empty() {
        return view! {
            <section class="panel"><Empty icon="filter" title=texts::NOBODY /></section>
        }
        .into_any();
    }
    let columns = vec![
        Column::text(texts::NAME),
        Column::text(texts::ROLES_AND_SITES),
        Column::text(texts::LAST_SEEN),
        Column::text(texts::STATE),
    ];
    let rows = list.items.into_iter().map(|person| view! { <Row person /> }).collect_view();
    view! {
        <section class="panel people">
            <Table caption=texts::CAPTION hide_caption=true columns class="two-line">
                {rows}
            </Table>
            <Pager query next=list.next.map(|id| id.to_string()) total=Some(list.total) />
        </section>
    }
    .into_any()
}

/// How an account stands, as a level.
pub(super) fn level(state: UserState) -> Level {
    match state {
        UserState::Active => Level::Ok,
        UserState::Invited => Level::Low,
        UserState::Disabled => Level::Unknown,
    }
}

#[component]
fn Row(person: Person) -> impl IntoView {
    let seen = match person.last_seen_at {
        Some(at) => view! { <Time at /> }.into_any(),
        None => view! { <span class="muted">{texts::NEVER}</span> }.into_any(),
    };
    let given = if person.given.is_empty() {
        view! { <span class="muted">{texts::NO_ROLE}</span> }.into_any()
    } else {
        person.given.into_iter().map(|given| view! { <Line given /> }).collect_view().into_any()
    };
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/admin/users/{}", person.id) data-item="">{person.name}</a>
                <span class="sub">{person.email}</span>
            </th>
            <td class="wide">{given}</td>
            <td>{seen}</td>
            <td><Says level=level(person.state)>{texts::state(person.state)}</Says></td>
        </tr>
    }
    .into_any()
}

#[component]
fn Line(given: Given) -> impl IntoView {
    let place = given.site.map_or_else(|| texts::EVERYWHERE.to_owned(), |site| site.name);
    let end = given.expires_at.map(|end| {
        view! {
            ", "
            {if given.ended { texts::ENDED } else { texts::UNTIL_DAY }}
            " "
            <Time at=last_day(end) style=TimeStyle::Day />
        }
    });
    view! {
        <span class="line">
            {texts::role(&given.role)}
            <span class="muted sm">" · "{place}{end}</span>
        </span>
    }
    .into_any()
}
