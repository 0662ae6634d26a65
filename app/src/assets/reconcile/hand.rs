use domain::views::reconcile::Register;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::page::Acts;
use crate::strings::reconcile as texts;
use crate::ui::{Button, ErrorSummary, Hidden, Input, Panel, field_error};

/// Pairs two that no name brings together, or one of a conflict.
#[component]
pub(super) fn ByHand(register: Register, acts: Acts) -> impl IntoView {
    let error = Signal::derive(move || acts.pair.value().get().and_then(Result::err));
    view! {
        <Panel id="by-hand" title=texts::BY_HAND note=texts::BY_HAND_HINT>
            <div class="body">
                <ErrorSummary error />
                <ActionForm action=acts.pair attr:class="row rec-hand">
                    <Hidden name="connection" value=register.id.to_string() />
                    <Input
                        name="tag"
                        label=texts::OUR_TAG
                        required=true
                        mono=true
                        error=field_error(error, "tag")
                    />
                    <Input
                        name="cmms_id"
                        label=texts::their_id(&register.name)
                        required=true
                        mono=true
                        error=field_error(error, "cmms_id")
                    />
                    <Button submit=true busy=acts.pair.pending()>{texts::PAIR}</Button>
                </ActionForm>
            </div>
        </Panel>
    }
    .into_any()
}
