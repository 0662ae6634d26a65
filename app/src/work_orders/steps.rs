//! What a person may do to a work order now.

use domain::views::work_orders::WorkOrderDetail;
use domain::work_order::{DeliveryState, WorkOrderStatus};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::{
    AmendWorkOrder, CloseWorkOrder, MadeByHand, MoveWorkOrder, RetryDelivery, SkipDelivery,
};
use super::closure::ClosureFields;
use super::count_successes;
use crate::assets::Crews;
use crate::error::AppError;
use crate::strings::work_orders as texts;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Choice, ConfirmForm, ErrorSummary, Hidden, Input, Panel,
    Select, Textarea, field_error,
};

/// The forms of the page, one action each.
#[derive(Clone, Copy)]
pub(super) struct Steps {
    pub(super) step: ServerAction<MoveWorkOrder>,
    pub(super) close: ServerAction<CloseWorkOrder>,
    retry: ServerAction<RetryDelivery>,
    amend: ServerAction<AmendWorkOrder>,
    skip: ServerAction<SkipDelivery>,
    by_hand: ServerAction<MadeByHand>,
    /// Grows with every accepted step.
    pub(super) accepted: RwSignal<u32>,
}

impl Steps {
    pub(super) fn new() -> Self {
        let steps = Self {
            step: ServerAction::new(),
            close: ServerAction::new(),
            retry: ServerAction::new(),
            amend: ServerAction::new(),
            skip: ServerAction::new(),
            by_hand: ServerAction::new(),
            accepted: RwSignal::new(0),
        };
        count_successes(steps.step, steps.accepted);
        count_successes(steps.close, steps.accepted);
        count_successes(steps.retry, steps.accepted);
        count_successes(steps.amend, steps.accepted);
        count_successes(steps.skip, steps.accepted);
        count_successes(steps.by_hand, steps.accepted);
        steps
    }

    /// The last refusal of a form without a place of its own for it.
    fn error(self) -> Signal<Option<AppError>> {
        Signal::derive(move || {
            let answers = [
                self.step.value().get(),
                self.retry.value().get(),
                self.amend.value().get(),
                self.skip.value().get(),
                self.by_hand.value().get(),
            ];
            answers.into_iter().flatten().find_map(Result::err)
        })
    }
}

/// The next step as one primary button, others beside it.
#[component]
pub(super) fn NextStep(
    /// The work order.
    order: WorkOrderDetail,
    /// The actions.
    steps: Steps,
) -> impl IntoView {
    use WorkOrderStatus::{Approved, Assigned, Cancelled, Closed, InProgress};
    let may = |to: WorkOrderStatus| order.allowed.to.contains(&to);
    let (id, version) = (order.row.id.0, order.version);
    let plain = |to, label, kind| view! { <Move id version to label kind steps /> }.into_any();
    let mut parts: Vec<AnyView> = Vec::new();
    if order.allowed.deliver {
        let order = order.clone();
        parts.push(view! { <Stopped order steps /> }.into_any());
    }
    let status = order.row.status;
    match status {
        WorkOrderStatus::Draft if may(Approved) => {
            parts.push(plain(Approved, texts::APPROVE, ButtonKind::Primary));
        }
        Approved if may(Assigned) => {
            let order = order.clone();
            parts.push(view! { <Assign order primary=true steps /> }.into_any());
        }
        Approved | Assigned if may(InProgress) => {
            parts.push(plain(InProgress, texts::START, ButtonKind::Primary));
        }
        InProgress if may(Closed) => {
            let order = order.clone();
            parts.push(view! { <ClosureFields order steps /> }.into_any());
        }
        _ => {}
    }
    if status == Approved && may(Assigned) && may(InProgress) {
        parts.push(plain(InProgress, texts::START, ButtonKind::Plain));
    }
    if matches!(status, Assigned) && may(Assigned) {
        let order = order.clone();
        parts.push(view! { <Assign order primary=false steps /> }.into_any());
    }
    if status == Closed && may(InProgress) {
        parts.push(question(Ask::Reopen, id, version, steps));
    }
    if may(Cancelled) {
        parts.push(question(Ask::Cancel, id, version, steps));
    }
    if parts.is_empty() {
        let why = if order.book && order.row.status.is_open() && order.row.cmms_number.is_none() {
            texts::BEING_DELIVERED.to_owned()
        } else if order.book {
            texts::NOTHING_TO_DO.to_owned()
        } else {
            texts::kept_by(&order.connection)
        };
        parts.push(view! { <p class="muted sm">{why}</p> }.into_any());
    }
    let title = if status == InProgress && may(Closed) { texts::CLOSE_TITLE } else { texts::NEXT };
    view! {
        <Panel id="next" class="next" title>
            <div class="body stack">
                <ErrorSummary error=steps.error() />
                {parts}
            </div>
        </Panel>
    }
}

/// A step that needs nothing but a press.
#[component]
fn Move(
    /// The work order.
    id: i64,
    /// The version that was seen.
    version: i32,
    /// Where it goes.
    to: WorkOrderStatus,
    /// What the button says.
    label: &'static str,
    /// How it weighs.
    kind: ButtonKind,
    /// The actions.
    steps: Steps,
) -> impl IntoView {
    view! {
        <ActionForm action=steps.step>
            <Hidden name="id" value=id.to_string() />
            <Hidden name="to" value=to.as_str() />
            <Hidden name="version" value=version.to_string() />
            <Button kind size=ButtonSize::Big submit=true busy=steps.step.pending() busy_text=texts::SAVING>
                {label}
            </Button>
        </ActionForm>
    }
}

#[component]
fn Assign(
    /// The work order.
    order: WorkOrderDetail,
    /// The next step, not a change of mind.
    primary: bool,
    /// The actions.
    steps: Steps,
) -> impl IntoView {
    let to = order.row.assigned_to.filter(|to| to != "planner_queue").unwrap_or_default();
    let kind = if primary { ButtonKind::Primary } else { ButtonKind::Plain };
    view! {
        <ActionForm action=steps.step attr:class="row assign">
            <Hidden name="id" value=order.row.id.to_string() />
            <Hidden name="to" value=WorkOrderStatus::Assigned.as_str() />
            <Hidden name="version" value=order.version.to_string() />
            <Input name="assigned_to" label=texts::WHO value=to required=true autocomplete="off" list="crews" />
            <Crews site=order.row.site_id />
            <Button kind size=ButtonSize::Big submit=true busy=steps.step.pending() busy_text=texts::SAVING>
                {texts::ASSIGN}
            </Button>
        </ActionForm>
    }
}

#[derive(Clone, Copy)]
enum Ask {
    Cancel,
    Reopen,
}

fn question(ask: Ask, id: i64, version: i32, steps: Steps) -> AnyView {
    let (name, label, title, consequence, now, to) = match ask {
        Ask::Cancel => (
            "cancel",
            texts::CANCEL,
            texts::CANCEL_TITLE,
            texts::CANCEL_CONSEQUENCE,
            texts::CANCEL_NOW,
            WorkOrderStatus::Cancelled,
        ),
        Ask::Reopen => (
            "reopen",
            texts::REOPEN,
            texts::REOPEN_TITLE,
            texts::REOPEN_CONSEQUENCE,
            texts::REOPEN_NOW,
            WorkOrderStatus::InProgress,
        ),
    };
    let danger = matches!(ask, Ask::Cancel);
    let kind = if danger { ButtonKind::Danger } else { ButtonKind::Plain };
    view! {
        <div>
            <ConfirmForm id=name label title consequence>
                <ActionForm action=steps.step>
                    <Hidden name="id" value=id.to_string() />
                    <Hidden name="to" value=to.as_str() />
                    <Hidden name="version" value=version.to_string() />
                    <Button kind submit=true busy=steps.step.pending() busy_text=texts::SAVING>
                        {now}
                    </Button>
                </ActionForm>
            </ConfirmForm>
        </div>
    }
    .into_any()
}

/// A delivery that stopped: send again, change it first, say that it is there, or give up.
#[component]
fn Stopped(
    /// The work order.
    order: WorkOrderDetail,
    /// The actions.
    steps: Steps,
) -> impl IntoView {
    let id = order.row.id.0;
    let connection = (!order.book).then(|| order.connection.clone());
    // Where the CMMS may hold it, it must stay as it was.
    let amendable = order.row.delivery.state == DeliveryState::Rejected;
    view! {
        <p class="muted sm">{texts::RETRY_HINT}</p>
        <div class="row">
            <ActionForm action=steps.retry>
                <Hidden name="id" value=id.to_string() />
                <Button
                    kind=ButtonKind::Primary
                    key="t"
                    icon="retry"
                    submit=true
                    busy=steps.retry.pending()
                    busy_text=texts::SAVING
                >
                    {texts::RETRY}
                </Button>
            </ActionForm>
            {amendable.then(|| view! { <Amend order steps /> })}
            {connection.map(|connection| view! { <ByHand id connection steps /> })}
            <ConfirmForm
                id="skip"
                label=texts::SKIP
                title=texts::SKIP_TITLE
                consequence=texts::SKIP_CONSEQUENCE
            >
                <ActionForm action=steps.skip>
                    <Hidden name="id" value=id.to_string() />
                    <Button kind=ButtonKind::Danger submit=true>{texts::SKIP_NOW}</Button>
                </ActionForm>
            </ConfirmForm>
        </div>
    }
}

/// What the CMMS refused, in other words.
#[component]
fn Amend(
    /// The work order.
    order: WorkOrderDetail,
    /// The actions.
    steps: Steps,
) -> impl IntoView {
    let error = Signal::derive(move || steps.amend.value().get().and_then(Result::err));
    let priorities = (1..=5).map(|p: u8| Choice::new(p.to_string(), texts::priority(p))).collect();
    view! {
        <ConfirmForm id="amend" label=texts::AMEND title=texts::AMEND_TITLE consequence=texts::RETRY_HINT>
            <ActionForm action=steps.amend attr:class="stack form">
                <Hidden name="id" value=order.row.id.to_string() />
                <Input
                    name="title"
                    label=texts::WHAT
                    value=order.row.title
                    required=true
                    error=field_error(error, "title")
                />
                <Select
                    name="priority"
                    label=texts::PRIORITY
                    choices=priorities
                    value=order.row.priority.get().to_string()
                    required=true
                />
                <Textarea
                    name="description"
                    id="amend-description"
                    label=texts::DESCRIPTION
                    value=order.description
                    error=field_error(error, "description")
                />
                <Button
                    kind=ButtonKind::Primary
                    submit=true
                    busy=steps.amend.pending()
                    busy_text=texts::SAVING
                >
                    {texts::AMEND_NOW}
                </Button>
            </ActionForm>
        </ConfirmForm>
    }
    .into_any()
}

/// Somebody has made the work order in the CMMS themselves.
#[component]
fn ByHand(
    /// The work order.
    id: i64,
    /// Name of the CMMS.
    connection: String,
    /// The actions.
    steps: Steps,
) -> impl IntoView {
    view! {
        <ConfirmForm
            id="by-hand"
            label=texts::BY_HAND
            title=texts::by_hand_title(&connection)
            consequence=texts::BY_HAND_HINT
        >
            <ActionForm action=steps.by_hand attr:class="stack form">
                <Hidden name="id" value=id.to_string() />
                <Input name="number" label=texts::NUMBER_THERE required=true mono=true />
                <Input
                    name="cmms_id"
                    label=texts::ID_THERE
                    hint=texts::ID_THERE_HINT.to_owned()
                    mono=true
                />
                <Textarea name="reason" id="by-hand-reason" label=texts::REASON required=true />
                <Button
                    kind=ButtonKind::Primary
                    submit=true
                    busy=steps.by_hand.pending()
                    busy_text=texts::SAVING
                >
                    {texts::BY_HAND_NOW}
                </Button>
            </ActionForm>
        </ConfirmForm>
    }
    .into_any()
}
