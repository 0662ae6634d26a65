use domain::views::connections::{Circuit, ConnectionDetail, Health};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{GoLive, PauseConnection, ResumeConnection, RetryConnection};
use crate::frame::use_frame;
use crate::strings::connections as texts;
use crate::ui::{
    Button, ButtonKind, Check, ConfirmForm, Crumb, Hidden, LinkButton, PageHead, Tag, Textarea,
};

/// What can be done with a connection as a whole.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    pub(super) pause: ServerAction<PauseConnection>,
    pub(super) resume: ServerAction<ResumeConnection>,
    pub(super) retry: ServerAction<RetryConnection>,
    pub(super) live: ServerAction<GoLive>,
}

impl Acts {
    pub(super) fn new() -> Self {
        Self {
            pause: ServerAction::new(),
            resume: ServerAction::new(),
            retry: ServerAction::new(),
            live: ServerAction::new(),
        }
    }

    /// Grows with every act that was answered.
    pub(super) fn turns(self) -> usize {
        self.pause.version().get()
            + self.resume.version().get()
            + self.retry.version().get()
            + self.live.version().get()
    }

    /// What was refused last.
    pub(super) fn refused(self) -> Option<crate::error::AppError> {
        [
            self.pause.value().get(),
            self.resume.value().get(),
            self.retry.value().get(),
            self.live.value().get(),
        ]
        .into_iter()
        .flatten()
        .find_map(Result::err)
    }
}

/// Heading and acts.
#[component]
pub(super) fn Head(
    /// The connection.
    detail: ConnectionDetail,
    /// Its forms.
    acts: Acts,
) -> impl IntoView {
    let row = detail.row.clone();
    let id = row.id.to_string();
    let paused = row.health == Health::Paused || row.state == "paused";
    let (may, external) = (detail.may_change, row.system != "book");
    let tag = if row.state == "shadow" { texts::SHADOW } else { texts::LIVE };
    let retry_id = id.clone();
    let resume_id = id.clone();
    view! {
        <PageHead
            title=row.name.clone()
            crumbs=vec![Crumb::link(texts::TITLE, "/connections"), Crumb::text(row.system_name.clone())]
        >
            {(!paused).then(|| view! { <Tag on=tag == texts::LIVE>{tag}</Tag> })}
            {(may && external && !detail.missing.is_empty())
                .then(|| {
                    let href = format!("/connections/{id}/setup?step=sign-in");
                    view! { <LinkButton href icon="edit">{texts::SET_UP}</LinkButton> }
                })}
            {(may && !paused && row.circuit != Circuit::Closed)
                .then(|| {
                    view! {
                        <ActionForm action=acts.retry>
                            <Hidden name="id" value=retry_id />
                            <Button submit=true icon="retry" busy=acts.retry.pending() busy_text=texts::RETRYING>
                                {texts::RETRY_NOW}
                            </Button>
                        </ActionForm>
                    }
                })}
            {(may && paused)
                .then(|| {
                    view! {
                        <ActionForm action=acts.resume>
                            <Hidden name="id" value=resume_id />
                            <Button
                                submit=true
                                kind=ButtonKind::Primary
                                busy=acts.resume.pending()
                                busy_text=texts::RESUMING
                            >
                                {texts::RESUME}
                            </Button>
                        </ActionForm>
                    }
                })}
            {(may && !paused).then(|| view! { <Pause id=id.clone() acts /> })}
            {(may && external && !paused).then(|| view! { <Live detail=detail.clone() acts /> })}
        </PageHead>
    }
    .into_any()
}

#[component]
fn Pause(id: String, acts: Acts) -> impl IntoView {
    view! {
        <ConfirmForm
            id="pause"
            icon="pause"
            label=texts::PAUSE
            title=texts::PAUSE_TITLE
            consequence=texts::PAUSE_HINT
        >
            <ActionForm action=acts.pause attr:class="stack form">
                <Hidden name="id" value=id />
                <Textarea
                    name="reason"
                    id="pause-reason"
                    label=texts::REASON
                    hint=texts::REASON_HINT.to_owned()
                    required=true
                />
                <Button submit=true busy=acts.pause.pending() busy_text=texts::PAUSING>
                    {texts::PAUSE_NOW}
                </Button>
            </ActionForm>
        </ConfirmForm>
    }
    .into_any()
}

#[component]
fn Live(detail: ConnectionDetail, acts: Acts) -> impl IntoView {
    let row = detail.row;
    let elsewhere = move |site: domain::ids::SiteId| {
        !row.sites.iter().any(|served| served.id == site && served.active)
    };
    let served: Vec<_> = detail_sites(&use_frame().sites, elsewhere);
    if served.is_empty() {
        return ().into_any();
    }
    let boxes = served
        .into_iter()
        .map(|(id, name)| view! { <Check name="sites[]" label=name value=id.to_string() /> })
        .collect_view();
    view! {
        <ConfirmForm
            id="go-live"
            label=texts::GO_LIVE
            title=texts::GO_LIVE_TITLE
            consequence=texts::GO_LIVE_HINT
        >
            <ActionForm action=acts.live attr:class="stack form">
                <Hidden name="id" value=row.id.to_string() />
                <fieldset id="sites">
                    <legend class="label">{texts::SITES}</legend>
                    {boxes}
                </fieldset>
                <Textarea
                    name="reason"
                    id="live-reason"
                    label=texts::REASON
                    hint=texts::REASON_HINT.to_owned()
                    required=true
                />
                <Button
                    submit=true
                    kind=ButtonKind::Primary
                    busy=acts.live.pending()
                    busy_text=texts::GOING_LIVE
                >
                    {texts::GO_LIVE_NOW}
                </Button>
            </ActionForm>
        </ConfirmForm>
    }
    .into_any()
}

fn detail_sites(
    all: &[crate::frame::SiteChoice],
    wanted: impl Fn(domain::ids::SiteId) -> bool,
) -> Vec<(domain::ids::SiteId, String)> {
    all.iter().filter(|site| wanted(site.id)).map(|site| (site.id, site.name.clone())).collect()
}
