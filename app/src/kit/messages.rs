use leptos::prelude::*;

use crate::error::AppError;
use crate::ui::{
    Button, ButtonKind, ConfirmForm, Dialog, Empty, ErrorPanel, Level, Notice, Panel, ShownOnce,
    Skeleton, use_toasts,
};

/// Notices, nothing yet, loading, failed, toasts, layers.
#[component]
pub(super) fn Messages() -> impl IntoView {
    let toasts = use_toasts();
    let open = RwSignal::new(false);
    let offer = move |_| {
        let undo = Callback::new(move |()| toasts.show("Taken back"));
        toasts.offer("Approved ML-2007-T4", "Undo", "u", undo);
    };
    view! {
        <Panel id="messages" title="Messages">
            <div class="body stack" data-gap="small">
                <Notice level=Level::Critical><p><b>"Refused."</b>" The code IMBAL is unknown there."</p></Notice>
                <Notice level=Level::High><p><b>"12 alerts in 10 minutes."</b>" They are grouped."</p></Notice>
                <Notice level=Level::Medium><p><b>"Late."</b>" An answer was due at 14:00."</p></Notice>
                <Notice level=Level::Ok><p><b>"Done."</b>" WO-10482 is created."</p></Notice>
                <ShownOnce
                    secret="mw_9pQ2vT7xYb"
                    said="The key of press 4."
                    label="Key"
                />
                <ErrorPanel error=AppError { request_id: Some("6f1c2a9d".to_owned()), ..AppError::internal() } />
                <ErrorPanel error=AppError::not_found() />
                <p class="row">
                    <Button on:click=move |_| toasts.show("Copied")>"Show a toast"</Button>
                    <Button on:click=offer>"Show one with a way back"</Button>
                    <Button on:click=move |_| open.set(true)>"Open a dialog"</Button>
                    <ConfirmForm
                        id="kit-confirm"
                        label="Ask first"
                        title="Dismiss this prediction?"
                        consequence="It stays in the log, and nobody acts on it."
                    >
                        <Button kind=ButtonKind::Danger>"Dismiss"</Button>
                    </ConfirmForm>
                </p>
                <Dialog id="kit-dialog" title="A dialog" open>
                    <p>"Focus starts inside, Escape closes it, and the page behind does not move."</p>
                </Dialog>
            </div>
        </Panel>
        <Panel id="nothing" title="Nothing yet, and loading" note="says why and what next">
            <Empty icon="review" title="Nothing waiting">
                <p>"Last decided 06:48 by A. Berg. Today 6 approved, 2 rejected."</p>
            </Empty>
            <Skeleton rows=4 />
        </Panel>
    }
    .into_any()
}
