use domain::ids::ConnectionId;
use domain::views::connections::{ConnectionDetail, WebhookAddress};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{MakeWebhookAddress, load_webhook};
use crate::error::AppError;
use crate::strings::connections as texts;
use crate::ui::{
    Button, ButtonKind, ConfirmForm, Copyable, ErrorSummary, Hidden, Loaded, Panel, Query,
    ShownOnce,
};

/// What the panel shows and does.
#[derive(Clone, Copy)]
pub(super) struct Webhooks {
    found: Resource<Result<Option<WebhookAddress>, AppError>>,
    make: ServerAction<MakeWebhookAddress>,
}

impl Webhooks {
    /// Of the connection of the address, read where the page shows it.
    pub(super) fn of(id: Memo<Option<ConnectionId>>, tab: Memo<String>) -> Self {
        let query = Query::current();
        let make = ServerAction::<MakeWebhookAddress>::new();
        let found = Resource::new(
            move || {
                let shown = query.with(|q| q.get("shown").map(str::to_owned));
                (id.get().filter(|_| tab.get() == "secrets"), shown, make.version().get())
            },
            |(id, shown, _)| async move {
                match id {
                    Some(id) => load_webhook(id, shown).await,
                    None => Ok(None),
                }
            },
        );
        Self { found, make }
    }
}

/// Where the CMMS reports changes to; nothing where it cannot.
#[component]
pub(super) fn WebhookPanel(detail: ConnectionDetail, webhooks: Webhooks) -> impl IntoView {
    let (id, may) = (detail.row.id, detail.may_set_secrets);
    view! {
        <Loaded
            resource=webhooks.found
            rows=3
            view=move |found| {
                found.map(|address| view! { <Address id address may make=webhooks.make /> })
            }
        />
    }
    .into_any()
}

#[component]
fn Address(
    /// The connection.
    id: ConnectionId,
    /// Where to.
    address: WebhookAddress,
    /// Whether the person may make one with a secret.
    may: bool,
    /// Makes it.
    make: ServerAction<MakeWebhookAddress>,
) -> impl IntoView {
    let error = Signal::derive(move || make.value().get().and_then(Result::err));
    let hint = match (address.signs, address.made) {
        (true, _) => texts::WEBHOOK_SIGNED,
        (false, true) => texts::WEBHOOK_MADE,
        (false, false) => texts::WEBHOOK_NONE,
    };
    let shown = address.shown.map(|secret| {
        view! { <ShownOnce secret said=texts::WEBHOOK_SHOWN label=texts::WEBHOOK_ADDRESS /> }
    });
    let plain = address.signs.then(|| {
        let text = address.address;
        view! { <Copyable id="webhook-address" text label=texts::WEBHOOK_ADDRESS /> }
    });
    let button = match (address.signs, address.made) {
        (true, _) => None,
        (false, false) => Some(view! { <Make id make /> }.into_any()),
        (false, true) => Some(
            view! {
                <ConfirmForm
                    id="webhook-anew"
                    label=texts::WEBHOOK_ANEW
                    title=texts::WEBHOOK_ANEW_TITLE
                    consequence=texts::WEBHOOK_ANEW_HINT
                >
                    <Make id make />
                </ConfirmForm>
            }
            .into_any(),
        ),
    };
    view! {
        <Panel id="webhooks" title=texts::WEBHOOKS>
            <div class="body stack">
                <p class="muted sm">{hint}</p>
                <ErrorSummary error />
                {shown}
                {plain}
                {button.filter(|_| may).map(|button| view! { <div>{button}</div> })}
            </div>
        </Panel>
    }
    .into_any()
}

#[component]
fn Make(
    /// The connection.
    id: ConnectionId,
    /// Makes it.
    make: ServerAction<MakeWebhookAddress>,
) -> impl IntoView {
    view! {
        <ActionForm action=make>
            <Hidden name="id" value=id.to_string() />
            <Button kind=ButtonKind::Primary submit=true busy=make.pending() busy_text=texts::SETTING>
                {texts::WEBHOOK_MAKE}
            </Button>
        </ActionForm>
    }
    .into_any()
}
