use chrono::{DateTime, Utc};
use domain::views::connections::{ConnectionDetail, SecretField, SecretVersion};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::webhooks::{WebhookPanel, Webhooks};
use super::{DiscardSecret, SetSecret};
use crate::frame::Zone;
use crate::strings::connections as texts;
use crate::ui::time::written;
use crate::ui::{
    Button, ButtonKind, ButtonSize, ErrorSummary, Field, Hidden, Level, Panel, Says, TimeStyle,
};

/// What is done with secrets; made by the page itself, which reads anew after each.
#[derive(Clone, Copy)]
pub(super) struct SecretActs {
    set: ServerAction<SetSecret>,
    discard: ServerAction<DiscardSecret>,
}

impl SecretActs {
    pub(super) fn new() -> Self {
        Self { set: ServerAction::new(), discard: ServerAction::new() }
    }

    /// Grows with every act that was answered.
    pub(super) fn turns(self) -> usize {
        self.set.version().get() + self.discard.version().get()
    }
}

/// The tab: what may be shown of each secret, and a form that writes it.
#[component]
pub(super) fn Secrets(
    /// The connection.
    detail: ConnectionDetail,
    /// Its forms.
    acts: SecretActs,
    /// Where its CMMS reports changes to.
    webhooks: Webhooks,
) -> impl IntoView {
    let panel = detail.takes_webhooks.then(|| detail.clone());
    view! {
        <div class="stack">
            <Panel id="secrets" title=texts::SECRETS note=texts::SECRETS_LEAD.to_owned()>
                <SecretForms detail acts back="?tab=secrets" />
            </Panel>
            {panel.map(|detail| view! { <WebhookPanel detail webhooks /> })}
        </div>
    }
    .into_any()
}

/// One form for each secret.
#[component]
pub(super) fn SecretForms(
    /// The connection.
    detail: ConnectionDetail,
    /// Its forms.
    acts: SecretActs,
    /// Where a form leads back to.
    back: &'static str,
) -> impl IntoView {
    let SecretActs { set, discard } = acts;
    let error = Signal::derive(move || {
        let refused = discard.value().get().and_then(Result::err);
        set.value().get().and_then(Result::err).or(refused)
    });
    let (id, may) = (detail.row.id.to_string(), detail.may_set_secrets);
    let rows = detail
        .secrets
        .into_iter()
        .map(|secret| one(secret, &id, may, back, set, discard))
        .collect_view();
    view! {
        <ErrorSummary error />
        <ul class="secrets">{rows}</ul>
    }
    .into_any()
}

fn one(
    secret: SecretField,
    id: &str,
    may: bool,
    back: &'static str,
    set: ServerAction<SetSecret>,
    discard: ServerAction<DiscardSecret>,
) -> AnyView {
    let control = format!("secret-{}", secret.name);
    let described = format!("{control}-d");
    let until = format!("until-{}", secret.name);
    let unset = if secret.required {
        (Level::Medium, texts::NOT_SET)
    } else {
        (Level::Unknown, texts::NOT_NEEDED)
    };
    let (level, says) = match (&secret.current, &secret.next) {
        (_, Some(_)) => (Level::Medium, texts::WAITS),
        (Some(_), None) => (Level::Ok, texts::IN_USE),
        (None, None) => unset,
    };
    let lines = [secret.current.as_ref(), secret.next.as_ref()]
        .into_iter()
        .flatten()
        .map(|version| view! { <p class="xs muted">{about(version)}</p> })
        .collect_view();
    let waits = secret.next.is_some();
    let (id, name) = (id.to_owned(), secret.name);
    let (discard_id, discard_name) = (id.clone(), name.clone());
    let pem = name == "client_certificate";
    view! {
        <li>
            <div>
                <b>{secret.label.clone()}</b>
                <Says level>{says}</Says>
                {lines}
                {(may && waits)
                    .then(|| {
                        view! {
                            <ActionForm action=discard>
                                <Hidden name="id" value=discard_id />
                                <Hidden name="field" value=discard_name />
                                <Button
                                    submit=true
                                    kind=ButtonKind::Quiet
                                    size=ButtonSize::Small
                                    icon="cross"
                                >
                                    {texts::DISCARD}
                                </Button>
                            </ActionForm>
                        }
                    })}
            </div>
            {may
                .then(|| {
                    view! {
                        <ActionForm action=set attr:class="secret">
                            <Hidden name="id" value=id />
                            <Hidden name="field" value=name />
                            <Hidden name="back" value=back />
                            <Hidden name="zone" value=Zone::current() />
                            <Field id=control.clone() label=secret.label hint=secret.help>
                                {if pem {
                                    view! {
                                        <textarea
                                            class="input mono"
                                            id=control
                                            name="value"
                                            rows="3"
                                            autocomplete="off"
                                            required=true
                                            aria-describedby=described
                                        ></textarea>
                                    }
                                        .into_any()
                                } else {
                                    view! {
                                        <input
                                            class="input"
                                            type="password"
                                            id=control
                                            name="value"
                                            autocomplete="new-password"
                                            required=true
                                            aria-describedby=described
                                        />
                                    }
                                        .into_any()
                                }}
                            </Field>
                            <Field id=until.clone() label=texts::EXPIRES optional=true>
                                <input class="input" type="date" id=until name="until" />
                            </Field>
                            <Button submit=true busy=set.pending() busy_text=texts::SETTING>
                                {texts::SET}
                            </Button>
                        </ActionForm>
                    }
                })}
        </li>
    }
    .into_any()
}

fn about(version: &SecretVersion) -> String {
    let zone = Zone::current();
    let at = |at: DateTime<Utc>| written(at, &zone, TimeStyle::Absolute);
    let mut parts = vec![texts::set_by(version.set_by.as_deref(), &at(version.set_at))];
    parts.extend(version.last_used_at.map(|used| texts::last_used(&at(used))));
    parts
        .extend(version.expires_at.map(|end| texts::expires(&written(end, &zone, TimeStyle::Day))));
    parts.join("; ")
}
