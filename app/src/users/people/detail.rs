use domain::ids::UserId;
use domain::views::users::{PersonDetail, UserState};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::given::Roles;
use super::list::level;
use super::{
    DisablePerson, EnablePerson, EndSessionsOf, GiveRole, NewLink, RenamePerson, SessionTable,
    TakeRole, load_person,
};
use crate::error::AppError;
use crate::frame::Zone;
use crate::strings::people as texts;
use crate::ui::time::written;
use crate::ui::{
    Button, ButtonKind, ButtonSize, ConfirmForm, Crumb, ErrorSummary, Fact, Facts, Hidden, Input,
    Loaded, PageHead, Panel, Query, Says, ShownOnce, Time, TimeStyle, field_error,
};
use crate::users::keys::KeyTable;

/// The forms of the page.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    pub(super) give: ServerAction<GiveRole>,
    pub(super) take: ServerAction<TakeRole>,
    link: ServerAction<NewLink>,
    disable: ServerAction<DisablePerson>,
    enable: ServerAction<EnablePerson>,
    rename: ServerAction<RenamePerson>,
    end: ServerAction<EndSessionsOf>,
}

impl Actions {
    fn new() -> Self {
        Self {
            give: ServerAction::new(),
            take: ServerAction::new(),
            link: ServerAction::new(),
            disable: ServerAction::new(),
            enable: ServerAction::new(),
            rename: ServerAction::new(),
            end: ServerAction::new(),
        }
    }

    /// Grows with every answer, so that the page is loaded again.
    fn answers(self) -> usize {
        self.give.version().get()
            + self.take.version().get()
            + self.disable.version().get()
            + self.enable.version().get()
            + self.rename.version().get()
            + self.end.version().get()
    }

    /// The last refusal of any of them.
    fn error(self) -> Signal<Option<AppError>> {
        Signal::derive(move || {
            [
                self.give.value().get(),
                self.take.value().get(),
                self.link.value().get(),
                self.disable.value().get(),
                self.enable.value().get(),
                self.rename.value().get(),
                self.end.value().get(),
            ]
            .into_iter()
            .flatten()
            .find_map(Result::err)
        })
    }
}

/// `/admin/users/{id}?shown=`
#[component]
pub fn PersonPage() -> impl IntoView {
    let (params, query) = (use_params_map(), Query::current());
    let actions = Actions::new();
    let id = move || params.with(|p| p.get("id").and_then(|id| id.parse().ok()).unwrap_or(0));
    let shown = move || query.with(|q| q.get("shown").map(str::to_owned));
    let detail = Resource::new(
        move || (id(), shown(), actions.answers()),
        |(id, shown, _)| load_person(UserId(id), shown),
    );
    view! {
        <Loaded resource=detail rows=12 view=move |detail| view! { <Detail detail actions /> } />
    }
    .into_any()
}

#[component]
fn Detail(detail: PersonDetail, actions: Actions) -> impl IntoView {
    let person = detail.person.clone();
    let crumbs = vec![Crumb::link(texts::USERS, "/admin/users")];
    let of_acts = detail.clone();
    let shown = detail.shown.clone().map(|shown| {
        let said = texts::link_for(&shown.name);
        view! { <ShownOnce secret=shown.secret said label=texts::LINK_LABEL /> }
    });
    let seen = match person.last_seen_at {
        Some(at) => view! { <Time at /> }.into_any(),
        None => view! { <span class="muted">{texts::NEVER}</span> }.into_any(),
    };
    let zone = Zone::current();
    let link = detail.link_until.map(|until| {
        let text = texts::link_until(&written(until, &zone, TimeStyle::Day));
        view! { " " <small>{text}</small> }
    });
    view! {
        <PageHead title=person.name.clone() crumbs meta=person.email.clone()>
            <Acts detail=of_acts actions />
        </PageHead>
        <ErrorSummary error=actions.error() />
        {shown}
        <Facts panel=true>
            <Fact label=texts::STATE>
                <Says level=level(person.state)>{texts::state(person.state)}</Says>
                {link}
            </Fact>
            <Fact label=texts::LAST_SEEN>{seen}</Fact>
            <Fact label=texts::SINCE><Time at=detail.created_at style=TimeStyle::Day /></Fact>
        </Facts>
        <div class="cols spaced" data-cols="main">
            <div class="stack">
                <Roles detail=detail.clone() actions />
                <Sessions detail=detail.clone() actions />
                <Keys detail=detail.clone() />
            </div>
            <Name detail actions />
        </div>
    }
    .into_any()
}

#[component]
fn Acts(detail: PersonDetail, actions: Actions) -> impl IntoView {
    let person = detail.person;
    let id = person.id;
    if person.state == UserState::Disabled {
        return view! {
            <ActionForm action=actions.enable>
                <Hidden name="id" value=id.to_string() />
                <Button submit=true busy=actions.enable.pending() busy_text=texts::SAVING>
                    {texts::ENABLE}
                </Button>
            </ActionForm>
        }
        .into_any();
    }
    let consequence = texts::disable_hint(&person.name, detail.sessions.len(), detail.keys.len());
    let disable = detail.everywhere.then(|| {
        view! {
            <ConfirmForm
                id="disable"
                label=texts::DISABLE_ASK
                danger=true
                title=texts::DISABLE_TITLE
                consequence
            >
                <ActionForm action=actions.disable>
                    <Hidden name="id" value=id.to_string() />
                    <Button kind=ButtonKind::Danger submit=true>{texts::DISABLE}</Button>
                </ActionForm>
            </ConfirmForm>
        }
    });
    view! {
        <ActionForm action=actions.link>
            <Hidden name="id" value=id.to_string() />
            <Button icon="link" submit=true busy=actions.link.pending() busy_text=texts::MAKING>
                {texts::NEW_LINK}
            </Button>
        </ActionForm>
        {disable}
    }
    .into_any()
}

#[component]
fn Sessions(detail: PersonDetail, actions: Actions) -> impl IntoView {
    let id = detail.person.id;
    let many = detail.sessions.len() > 1 && !detail.me;
    let all = move || {
        many.then(|| {
            view! {
                <ActionForm action=actions.end>
                    <Hidden name="id" value=id.to_string() />
                    <Button size=ButtonSize::Small submit=true>{texts::END_ALL}</Button>
                </ActionForm>
            }
        })
    };
    view! {
        <Panel id="sessions" title=texts::SESSIONS aside=ViewFn::from(all)>
            <SessionTable
                sessions=detail.sessions
                end=move |number| {
                    view! {
                        <ActionForm action=actions.end>
                            <Hidden name="id" value=id.to_string() />
                            <Hidden name="number" value=number.to_string() />
                            <Button size=ButtonSize::Small submit=true>{texts::END}</Button>
                        </ActionForm>
                    }
                }
            />
        </Panel>
    }
    .into_any()
}

#[component]
fn Keys(detail: PersonDetail) -> impl IntoView {
    (!detail.keys.is_empty()).then(|| {
        view! {
            <Panel id="keys" title=texts::KEYS_OF>
                <KeyTable keys=detail.keys revoke=None />
            </Panel>
        }
    })
}

#[component]
fn Name(detail: PersonDetail, actions: Actions) -> impl IntoView {
    let rename = actions.rename;
    let error = Signal::derive(move || rename.value().get().and_then(Result::err));
    let person = detail.person;
    view! {
        <Panel id="account" title=texts::ACCOUNT>
            <div class="body">
                <ActionForm action=rename attr:class="stack">
                    <Hidden name="id" value=person.id.to_string() />
                    <Input
                        name="name"
                        label=texts::NAME
                        value=person.name
                        required=true
                        error=field_error(error, "name")
                    />
                    <Input
                        name="email"
                        label=texts::EMAIL
                        kind="email"
                        value=person.email
                        required=true
                        error=field_error(error, "email")
                    />
                    <Button submit=true busy=rename.pending() busy_text=texts::SAVING>
                        {texts::SAVE}
                    </Button>
                </ActionForm>
            </div>
        </Panel>
    }
    .into_any()
}
