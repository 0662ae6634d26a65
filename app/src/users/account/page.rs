use domain::views::users::{Account, Given};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{ChangeOwnPassword, EndOwn, load_account};
use crate::strings::people as texts;
use crate::ui::{
    Button, ButtonSize, ErrorSummary, Hidden, Input, Level, Loaded, Notice, PageHead, Panel, Query,
    Time, TimeStyle, field_error,
};
use crate::users::admin::last_day;
use crate::users::people::SessionTable;

/// `/account`
#[component]
pub fn AccountPage() -> impl IntoView {
    let query = Query::current();
    let password = ServerAction::<ChangeOwnPassword>::new();
    let end = ServerAction::<EndOwn>::new();
    let account =
        Resource::new(move || (query.with(Query::href), end.version().get()), |_| load_account());
    let refused = Signal::derive(move || end.value().get().and_then(Result::err));
    let done = move || {
        query.with(|q| q.get("done") == Some("password")).then(|| {
            view! {
                <div class="once">
                    <Notice level=Level::Ok announce=true><p>{texts::PASSWORD_DONE}</p></Notice>
                </div>
            }
        })
    };
    view! {
        <PageHead title=texts::MY_ACCOUNT />
        {done}
        <ErrorSummary error=refused />
        <Loaded resource=account view=move |account| view! { <Body account password end /> } />
    }
    .into_any()
}

#[component]
fn Body(
    account: Account,
    password: ServerAction<ChangeOwnPassword>,
    end: ServerAction<EndOwn>,
) -> impl IntoView {
    let many = account.sessions.len() > 1;
    let others = move || {
        many.then(|| {
            view! {
                <ActionForm action=end>
                    <Button size=ButtonSize::Small submit=true>{texts::END_OTHERS}</Button>
                </ActionForm>
            }
        })
    };
    view! {
        <div class="cols" data-cols="main">
            <div class="stack">
                <Panel id="sessions" title=texts::SESSIONS aside=ViewFn::from(others)>
                    <SessionTable
                        sessions=account.sessions
                        end=move |number| {
                            view! {
                                <ActionForm action=end>
                                    <Hidden name="number" value=number.to_string() />
                                    <Button size=ButtonSize::Small submit=true>{texts::END}</Button>
                                </ActionForm>
                            }
                        }
                    />
                </Panel>
                <Roles name=account.name email=account.email.clone() given=account.given />
            </div>
            <Password password email=account.email />
        </div>
    }
    .into_any()
}

#[component]
fn Roles(name: String, email: String, given: Vec<Given>) -> impl IntoView {
    let lines = given
        .into_iter()
        .filter(|given| !given.ended)
        .map(|given| {
            let place = given.site.map_or_else(|| texts::EVERYWHERE.to_owned(), |site| site.name);
            let until = given.expires_at.map(|end| {
                view! { ", " {texts::UNTIL_DAY} " " <Time at=last_day(end) style=TimeStyle::Day /> }
            });
            view! {
                <dt>{texts::role(&given.role)}</dt>
                <dd>{place}{until}</dd>
            }
        })
        .collect_view();
    view! {
        <Panel id="roles" title=texts::GIVEN>
            <dl class="list body">
                <dt>{texts::NAME}</dt>
                <dd>{name}</dd>
                <dt>{texts::EMAIL}</dt>
                <dd>{email}</dd>
                {lines}
            </dl>
        </Panel>
    }
    .into_any()
}

#[component]
fn Password(password: ServerAction<ChangeOwnPassword>, email: String) -> impl IntoView {
    let error = Signal::derive(move || password.value().get().and_then(Result::err));
    view! {
        <Panel id="password" title=texts::PASSWORD_TITLE>
            <div class="body">
                <ActionForm action=password attr:class="stack">
                    <ErrorSummary error />
                    <input
                        type="email"
                        name="email"
                        value=email
                        autocomplete="username"
                        readonly=true
                        hidden=true
                    />
                    <Input
                        name="current"
                        label=texts::PASSWORD_NOW
                        kind="password"
                        autocomplete="current-password"
                        required=true
                        error=field_error(error, "current")
                    />
                    <Input
                        name="new"
                        label=texts::PASSWORD_NEW
                        kind="password"
                        autocomplete="new-password"
                        required=true
                        hint=texts::PASSWORD_HINT.to_owned()
                        error=field_error(error, "new")
                    />
                    <Button submit=true busy=password.pending() busy_text=texts::SAVING>
                        {texts::PASSWORD_CHANGE}
                    </Button>
                </ActionForm>
            </div>
        </Panel>
    }
    .into_any()
}
