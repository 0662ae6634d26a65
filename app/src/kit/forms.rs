use leptos::prelude::*;

use crate::error::{AppError, FieldError};
use crate::ui::{
    Button, ButtonKind, ButtonSize, Check, Choice, ErrorSummary, Input, LinkButton, Panel, Select,
    Textarea, field_error,
};

/// Buttons in every weight, size and state.
#[component]
pub(super) fn Buttons() -> impl IntoView {
    view! {
        <Panel id="buttons" title="Buttons" note="one primary per page">
            <div class="body stack" data-gap="small">
                <p class="row">
                    <Button kind=ButtonKind::Primary key="a">"Approve"</Button>
                    <Button>"Assign"</Button>
                    <Button kind=ButtonKind::Quiet>"Later"</Button>
                    <Button kind=ButtonKind::Danger>"Cancel the work order"</Button>
                </p>
                <p class="row">
                    <Button size=ButtonSize::Small icon="plus">"Small"</Button>
                    <Button icon="print">"With an icon"</Button>
                    <Button size=ButtonSize::Big kind=ButtonKind::Primary>"For gloves"</Button>
                </p>
                <p class="row">
                    <Button busy=true busy_text="Sending…">"Send"</Button>
                    <Button disabled=true>"Not now"</Button>
                    <LinkButton href="#buttons" key="[">"Newer"</LinkButton>
                    <LinkButton href="#buttons" icon="right" icon_only=true>"Next"</LinkButton>
                </p>
            </div>
        </Panel>
    }
    .into_any()
}

/// Fields as they are, refused, and with help.
#[component]
pub(super) fn Fields() -> impl IntoView {
    let refused = AppError::invalid(vec![FieldError {
        field: "kit_hours".to_owned(),
        message: "Hours are a number from 0 to 200".to_owned(),
    }]);
    let error = Signal::derive(move || Some(refused.clone()));
    let choices = || {
        vec![Choice::new("2", "2, high"), Choice::new("3", "3, medium"), Choice::new("4", "4, low")]
    };
    view! {
        <Panel id="fields" title="Fields" note="a problem stands by the field and at the top">
            <div class="body stack">
                <ErrorSummary error />
                <Input name="kit_name" label="Name" required=true value="Dana Kowalski" />
                <Input
                    name="kit_hours"
                    label="Labour hours"
                    kind="number"
                    value="-3"
                    error=field_error(error, "kit_hours")
                />
                <Input name="kit_code" label="Code" mono=true hint="As engraved on the machine" />
                <Select name="kit_priority" label="Priority" choices=choices() value="3" />
                <Textarea name="kit_notes" label="Notes" value="Replaced the rear bearing set." />
                <Check name="kit_check" label="Keep me signed in on this tablet" checked=true />
            </div>
        </Panel>
    }
    .into_any()
}
