use domain::views::connections::System;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::settings::SettingFields;
use super::setup::Steps;
use super::{CreateConnection, load_systems};
use crate::frame::use_frame;
use crate::strings::connections as texts;
use crate::ui::{
    Button, ButtonKind, Check, Crumb, ErrorSummary, Hidden, Input, LinkButton, Loaded, PageHead,
    Panel, Query, field_error,
};

type Known = Vec<System>;

/// `/connections/new?system=`: the first two steps, a system and its address.
#[component]
pub fn NewConnectionPage() -> impl IntoView {
    let query = Query::current();
    let chosen = Memo::new(move |_| query.with(|q| q.get("system").map(str::to_owned)));
    let systems = Resource::new(|| (), |()| load_systems());
    view! {
        <PageHead title=texts::NEW crumbs=vec![Crumb::link(texts::TITLE, "/connections")] />
        <Loaded
            resource=systems
            rows=8
            view=move |systems: Known| {
                let systems = StoredValue::new(systems);
                view! {
                    {move || {
                        let one = chosen
                            .get()
                            .and_then(|name| {
                                systems.with_value(|all| all.iter().find(|one| one.system == name).cloned())
                            });
                        match one {
                            Some(system) => view! { <Address system /> }.into_any(),
                            None => view! {
                                <Panel id="which" title=texts::WHICH>
                                    <Steps at=0 done=vec![] />
                                    {cards(systems.get_value())}
                                </Panel>
                            }
                                .into_any(),
                        }
                    }}
                }
            }
        />
    }
    .into_any()
}

/// The systems as cards.
pub(super) fn cards(systems: Vec<System>) -> AnyView {
    let cards = systems
        .into_iter()
        .map(|system| {
            let href = format!("/connections/new?system={}", system.system);
            let more = texts::takes(system.takes_files, system.takes_webhooks);
            view! {
                <li>
                    <a href=href>
                        <b>{system.name}</b>
                        <span class="xs muted">{texts::evidence(&system.evidence)}</span>
                        <span class="xs muted">{more}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="systems body">{cards}</ul> }.into_any()
}

#[component]
fn Address(system: System) -> impl IntoView {
    let action = ServerAction::<CreateConnection>::new();
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let sites = use_frame()
        .sites
        .iter()
        .map(|site| {
            view! { <Check name="sites[]" label=site.name.clone() value=site.id.to_string() /> }
        })
        .collect_view();
    view! {
        <Panel id="address" title=system.name.clone() note=texts::SAVED_STEPS.to_owned()>
            <Steps at=1 done=vec![system.name.clone()] />
            <div class="body">
                <p class="prose muted">{system.notes}</p>
                <ActionForm action>
                    <ErrorSummary error />
                    <Hidden name="system" value=system.system />
                    <div class="fields">
                        <Input
                            name="name"
                            label=texts::NAME
                            value=system.name
                            required=true
                            error=field_error(error, "name")
                        />
                        <Input
                            name="base_url"
                            label=texts::BASE_URL
                            kind="url"
                            hint=texts::BASE_URL_HINT.to_owned()
                            required=true
                            error=field_error(error, "base_url")
                        />
                        <SettingFields fields=system.settings error />
                    </div>
                    <fieldset id="sites">
                        <legend class="label">{texts::SITES}</legend>
                        {sites}
                    </fieldset>
                    <div class="row">
                        <Button
                            submit=true
                            kind=ButtonKind::Primary
                            busy=action.pending()
                            busy_text=texts::SAVING
                        >
                            {texts::CREATE}
                        </Button>
                        <LinkButton href="/connections/new">{texts::OTHER_SYSTEM}</LinkButton>
                    </div>
                </ActionForm>
            </div>
        </Panel>
    }
    .into_any()
}
