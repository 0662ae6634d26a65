use domain::permission::KeyScope;
use domain::views::users::KeyList;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{CreateKey, KeyTable, RevokeKey, load_keys};
use crate::error::AppError;
use crate::frame::Zone;
use crate::strings::people as texts;
use crate::ui::{
    Button, ButtonKind, Check, Choice, Empty, ErrorSummary, ExportLink, Hidden, Input, LinkButton,
    Loaded, PageHead, Pager, Panel, Query, Select, ShownOnce, field_error,
};
use crate::users::admin::AdminTabs;

/// The scopes that open something today.
const SCOPES: [KeyScope; 5] = [
    KeyScope::Predictions,
    KeyScope::Telemetry,
    KeyScope::Read,
    KeyScope::Assets,
    KeyScope::Decide,
];

/// `/admin/keys?new=&shown=&after=`
#[component]
pub fn KeysPage() -> impl IntoView {
    let query = Query::current();
    let create = ServerAction::<CreateKey>::new();
    let revoke = ServerAction::<RevokeKey>::new();
    let list = Resource::new(
        move || {
            let (after, shown) = query.with(|q| {
                let after = q.get("after").and_then(|id| id.parse().ok());
                (after, q.get("shown").map(str::to_owned))
            });
            (after, shown, revoke.version().get())
        },
        |(after, shown, _)| load_keys(after, shown),
    );
    let refused = Signal::derive(move || revoke.value().get().and_then(Result::err));
    view! {
        <PageHead title=texts::KEYS meta=texts::KEYS_LEAD>
            <ExportLink list="api-keys" />
            <LinkButton kind=ButtonKind::Primary icon="plus" href="/admin/keys?new=1">
                {texts::KEY_NEW}
            </LinkButton>
        </PageHead>
        <AdminTabs />
        <ErrorSummary error=refused />
        <Loaded resource=list rows=12 view=move |list| view! { <Keys list create revoke /> } />
    }
    .into_any()
}

#[component]
fn Keys(
    list: KeyList,
    create: ServerAction<CreateKey>,
    revoke: ServerAction<RevokeKey>,
) -> impl IntoView {
    let query = Query::current();
    let error = Signal::derive(move || create.value().get().and_then(Result::err));
    let shown = list.shown.clone().map(|shown| {
        let said = texts::key_for(&shown.name);
        view! { <ShownOnce secret=shown.secret said label=texts::KEY_LABEL /> }
    });
    let next = list.next.map(|id| id.to_string());
    let address = query.get_untracked().without("shown");
    let paged = next.is_some() || address.get("after").is_some();
    let rows = if list.items.is_empty() {
        view! {
            <Empty icon="lock" title=texts::NO_KEYS><p>{texts::NO_KEYS_HINT}</p></Empty>
        }
        .into_any()
    } else {
        view! {
            <KeyTable keys=list.items.clone() revoke=Some(revoke) />
            {paged.then(|| view! { <Pager query=address next /> })}
        }
        .into_any()
    };
    let form = move || {
        let wanted = query.with(|q| q.get("new").is_some()) || error.with(Option::is_some);
        wanted.then(|| view! { <NewKey list=list.clone() create error /> })
    };
    view! {
        {shown}
        {form}
        <section class="panel">{rows}</section>
    }
    .into_any()
}

#[component]
fn NewKey(
    list: KeyList,
    create: ServerAction<CreateKey>,
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    let people = list
        .people
        .into_iter()
        .map(|person| Choice::new(person.id.to_string(), person.name))
        .collect();
    let scopes = SCOPES
        .into_iter()
        .map(|scope| {
            view! {
                <Check
                    name="scopes[]"
                    label=texts::scope(scope)
                    value=scope.as_str()
                    checked=matches!(scope, KeyScope::Predictions)
                />
            }
        })
        .collect_view();
    let sites = list
        .sites
        .into_iter()
        .map(|site| {
            view! { <Check name="sites[]" label=site.name value=site.id.to_string() /> }
        })
        .collect_view();
    let everywhere = list.everywhere;
    view! {
        <Panel id="new-key" title=texts::KEY_TITLE class="spaced">
            <div class="body">
                <ActionForm action=create>
                    <ErrorSummary error />
                    <Hidden name="zone" value=Zone::current() />
                    <div class="fields">
                        <Input name="name" label=texts::KEY_NAME required=true error=field_error(error, "name") />
                        <Input
                            name="source"
                            label=texts::SOURCE
                            hint=texts::SOURCE_HINT.to_owned()
                            error=field_error(error, "source")
                        />
                        <Select
                            name="user"
                            label=texts::ACTS_FOR
                            choices=people
                            empty=texts::NO_PERSON
                            error=field_error(error, "user")
                        />
                        <Input
                            name="until"
                            label=texts::UNTIL
                            kind="date"
                            error=field_error(error, "until")
                        />
                    </div>
                    <div class="fields">
                        <fieldset id="scopes">
                            <legend class="label">{texts::SCOPES}</legend>
                            {scopes}
                        </fieldset>
                        <fieldset id="sites">
                            <legend class="label">{texts::SITES}</legend>
                            {sites}
                            {everywhere.then(|| view! { <p class="xs muted">{texts::SITES_HINT}</p> })}
                        </fieldset>
                    </div>
                    <Button submit=true busy=create.pending() busy_text=texts::MAKING>
                        {texts::KEY_MAKE}
                    </Button>
                </ActionForm>
            </div>
        </Panel>
    }
    .into_any()
}
