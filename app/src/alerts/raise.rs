use domain::alert::{AlertState, Severity};
use domain::permission::Permission;
use domain::views::alerts::Alert;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::RaiseForAlert;
use crate::frame::use_frame;
use crate::strings::alerts as texts;
use crate::ui::{
    Button, ButtonKind, Choice, ConfirmForm, Hidden, Input, LinkButton, Select, Textarea,
};

/// What can be done about an alert, by its state: one primary button.
#[component]
pub(super) fn Acts(
    /// The case.
    alert: Alert,
    /// The form that raises a work order.
    raise: ServerAction<RaiseForAlert>,
) -> impl IntoView {
    let frame = use_frame();
    let open = alert.state != AlertState::Closed;
    let asks = alert.state == AlertState::WaitingReview && frame.may(Permission::ReviewDecide);
    let may_raise = open && alert.work_order_id.is_none() && frame.may(Permission::WorkOrderRaise);
    let work_order = alert.work_order_id.map(|id| {
        let label = texts::open_work_order(alert.work_order_number.as_deref());
        (format!("/work-orders/{id}"), label)
    });
    let review = format!("/review/{}", alert.id);
    view! {
        {may_raise.then(|| view! { <Raise alert=alert.clone() raise /> })}
        {asks
            .then(|| {
                view! {
                    <LinkButton href=review kind=ButtonKind::Primary icon="review" key="v">
                        {texts::REVIEW_IT}
                    </LinkButton>
                }
            })}
        {work_order
            .map(|(href, label)| {
                view! {
                    <LinkButton href kind=ButtonKind::Primary key="o">
                        {label}
                    </LinkButton>
                }
            })}
    }
    .into_any()
}

#[component]
fn Raise(alert: Alert, raise: ServerAction<RaiseForAlert>) -> impl IntoView {
    let priorities = (1..=5_u8).map(|n| Choice::new(n.to_string(), texts::priority(n))).collect();
    let proposed = match alert.severity {
        Severity::Critical => "1",
        Severity::High => "2",
        Severity::Medium => "3",
        Severity::Low => "4",
    };
    let key = format!("alert-{}-{}", alert.id, alert.version);
    let title = texts::proposed(&alert.failure_mode_name, &alert.asset.tag);
    view! {
        <ConfirmForm
            id="raise"
            label=texts::RAISE
            icon="orders"
            key="c"
            title=texts::RAISE_TITLE
            consequence=texts::RAISE_HINT
        >
            <ActionForm action=raise attr:class="stack form">
                <Hidden name="alert" value=alert.id.to_string() />
                <Hidden name="key" value=key />
                <Input name="title" id="raise-title" label=texts::WORK_TITLE value=title required=true />
                <Select
                    name="priority"
                    id="raise-priority"
                    label=texts::PRIORITY
                    choices=priorities
                    value=proposed
                />
                <Textarea name="notes" id="raise-notes" label=texts::NOTES />
                <Button
                    kind=ButtonKind::Primary
                    submit=true
                    busy=raise.pending()
                    busy_text=texts::RAISING
                >
                    {texts::RAISE_NOW}
                </Button>
            </ActionForm>
        </ConfirmForm>
    }
    .into_any()
}
