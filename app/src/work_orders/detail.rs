use domain::ids::WorkOrderId;
use domain::views::work_orders::{By, TimelineRow, WorkOrderDetail};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::delivery::{Attachments, DeliveryPanel};
use super::facts::{ClosureCard, Strip};
use super::load_work_order;
use super::sent::Sent;
use super::steps::{NextStep, Steps};
use crate::browser::use_topic;
use crate::error::AppError;
use crate::strings::work_orders as texts;
use crate::ui::time::written;
use crate::ui::{
    Actor, Button, Crumb, Level, Loaded, Notice, PageHead, Panel, Query, TimeStyle, Timeline,
    TimelineItem,
};

/// `/work-orders/{id}`
#[component]
pub fn WorkOrderPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params.with(|params| params.get("id").and_then(|id| id.parse().ok()).map(WorkOrderId))
    });
    let topics = ["work_orders", "alerts"].map(use_topic);
    let steps = Steps::new();
    let changes = move || topics.iter().map(Signal::get).sum::<u64>();
    let order =
        Resource::new(move || (id.get(), changes(), steps.accepted.get()), |(id, ..)| load(id));
    let forms = Forms::new(id, steps);
    view! {
        <div class="order">
            <Loaded
                resource=order
                rows=10
                view=move |order: WorkOrderDetail| {
                    let shown = order.clone();
                    Effect::new(move |_| forms.follow(shown.clone()));
                    view! { <Head order=order.clone() /> <Strip order /> }
                }
            />
            <div class="cols" data-cols="side">
                <div class="stack">
                    <FormsPanel forms />
                    <Loaded
                        resource=order
                        rows=8
                        view=|order: WorkOrderDetail| view! { <History rows=order.timeline zone=order.row.time_zone /> }
                    />
                </div>
                <Loaded resource=order rows=12 view=|order| view! { <Sheets order /> } />
            </div>
        </div>
    }
}

async fn load(id: Option<WorkOrderId>) -> Result<WorkOrderDetail, AppError> {
    match id {
        Some(id) => load_work_order(id).await,
        None => Err(AppError::not_found()),
    }
}

/// What the forms act on. They follow every change until somebody is in them: what is being typed
/// stays.
#[derive(Clone, Copy)]
struct Forms {
    first: Resource<Result<WorkOrderDetail, AppError>>,
    newer: RwSignal<Option<WorkOrderDetail>>,
    /// The version the rest of the page shows.
    seen: RwSignal<Option<i32>>,
    acts_on: StoredValue<Option<WorkOrderDetail>>,
    busy: StoredValue<bool>,
    steps: Steps,
}

impl Forms {
    fn new(id: Memo<Option<WorkOrderId>>, steps: Steps) -> Self {
        let forms = Self {
            first: Resource::new(move || id.get(), load),
            newer: RwSignal::new(None),
            seen: RwSignal::new(None),
            acts_on: StoredValue::new(None),
            busy: StoredValue::new(false),
            steps,
        };
        Effect::new(move |_| {
            steps.accepted.track();
            forms.busy.set_value(false);
        });
        forms
    }

    /// What the rest of the page shows now.
    fn follow(self, order: WorkOrderDetail) {
        self.seen.set(Some(order.version));
        if !self.busy.get_value() && self.takes(&order) {
            self.newer.set(Some(order));
        }
    }

    /// Whether these are news; from then on the forms act on them.
    fn takes(self, order: &WorkOrderDetail) -> bool {
        let news = self.acts_on.with_value(|known| known.as_ref() != Some(order));
        if news {
            self.acts_on.set_value(Some(order.clone()));
        }
        news
    }
}

#[component]
fn FormsPanel(forms: Forms) -> impl IntoView {
    view! {
        <div class="stack" on:focusin=move |_| forms.busy.set_value(true)>
            <Loaded
                resource=forms.first
                rows=3
                view=move |first: WorkOrderDetail| {
                    forms.busy.set_value(false);
                    forms.takes(&first);
                    move || {
                        let newer = forms.newer.get().filter(|newer| newer.row.id == first.row.id);
                        let order = newer.unwrap_or_else(|| first.clone());
                        view! {
                            <Meanwhile seen=forms.seen version=order.version />
                            <NextStep order steps=forms.steps />
                        }
                    }
                }
            />
        </div>
    }
    .into_any()
}

/// The work order changed while somebody was in the forms.
#[component]
fn Meanwhile(
    /// The version the page shows.
    seen: RwSignal<Option<i32>>,
    /// The version the forms would act on.
    version: i32,
) -> impl IntoView {
    let here = Query::current().with_untracked(Query::href);
    move || {
        let here = here.clone();
        seen.get().filter(|seen| *seen > version).map(|_| {
            view! {
                <Notice level=Level::Medium announce=true>
                    <p>{texts::CHANGED} " " <a rel="external" href=here>{texts::RELOAD}</a></p>
                </Notice>
            }
        })
    }
}

#[component]
fn Head(
    /// The work order.
    order: WorkOrderDetail,
) -> impl IntoView {
    let mut crumbs = vec![Crumb::link(texts::TITLE, "/work-orders")];
    let places: Vec<&str> = order.row.asset_path.split(" / ").collect();
    let above = places.len().saturating_sub(1);
    crumbs.extend(places.into_iter().take(above).map(Crumb::text));
    crumbs.push(Crumb::plate(order.row.asset_tag.clone()));
    let number = texts::number(order.row.id.0, order.row.cmms_number.as_deref());
    let title = texts::heading(&number, &order.row.title);
    view! {
        <PageHead title crumbs>
            <Button icon="print" on:click=move |_| drop(window().print())>
                {crate::strings::logbook::PRINT}
            </Button>
        </PageHead>
    }
}

#[component]
fn History(
    /// What happened, oldest first.
    rows: Vec<TimelineRow>,
    /// IANA zone of the site.
    zone: String,
) -> impl IntoView {
    let legend = || {
        view! {
            <span class="muted xs legend">
                <span class="dot" data-kind="machine"></span>{texts::SYSTEM}
                <span class="dot" data-kind="person"></span>{texts::PERSON}
            </span>
        }
    };
    let items: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let actor = match (row.entry.what.as_str(), row.by) {
                ("created" | "verdict", _) => Actor::Result(Level::Ok),
                ("rejected" | "dead" | "needs_person", _) => Actor::Result(Level::High),
                (_, By::Person) => Actor::Person,
                (_, By::System) => Actor::Machine,
            };
            let words = match row.link {
                Some(href) => view! { <a href=href>{row.entry.detail}</a> }.into_any(),
                None => view! { {row.entry.detail} }.into_any(),
            };
            view! {
                <TimelineItem at=row.entry.at actor by=row.entry.actor zone=zone.clone()>
                    {words}
                </TimelineItem>
            }
        })
        .collect();
    view! {
        <Panel id="timeline" title=texts::TIMELINE note=texts::TIMELINE_NOTE aside=legend>
            <Timeline>{items}</Timeline>
        </Panel>
    }
}

/// Everything beside the timeline.
#[component]
fn Sheets(
    /// The work order.
    order: WorkOrderDetail,
) -> impl IntoView {
    let zone = order.row.time_zone.clone();
    let closure = order.closure.clone().map(|closure| {
        let (outcome, prevented) = (order.outcome.clone(), order.prevented);
        view! { <ClosureCard closure outcome prevented zone=zone.clone() /> }
    });
    let attachments = (!order.attachments.is_empty()).then(|| {
        view! { <Attachments order=order.row.id.0 files=order.attachments.clone() /> }
    });
    view! {
        <div class="stack">
            {closure}
            <What order=order.clone() />
            {attachments}
            <DeliveryPanel order=order.clone() />
            <Sent
                created=order.row.cmms_number.is_some()
                fields=order.sent
                connection=order.connection
            />
        </div>
    }
}

#[component]
fn What(
    /// The work order.
    order: WorkOrderDetail,
) -> impl IntoView {
    let zone = order.row.time_zone.clone();
    let at = |at| written(at, &zone, TimeStyle::Absolute);
    let planned = match (order.scheduled_from, order.scheduled_until) {
        (Some(from), Some(until)) => Some(format!("{} to {}", at(from), at(until))),
        (from, until) => from.or(until).map(at),
    };
    let parts: Vec<_> = order
        .spare_parts
        .iter()
        .map(|part| texts::part(part.quantity, &part.part, part.description.as_deref()))
        .map(|part| view! { <li>{part}</li> })
        .collect();
    let parts = (!parts.is_empty()).then(|| {
        view! { <dt>{texts::PARTS_NEEDED}</dt> <dd><ul>{parts}</ul></dd> }
    });
    let line = |label: &'static str, value: Option<String>, mono: bool| {
        value.map(|value| {
            let class = if mono { "mono" } else { "" };
            view! { <dt>{label}</dt> <dd class=class>{value}</dd> }
        })
    };
    let description = (!order.description.is_empty())
        .then(|| view! { <p class="body prose">{order.description.clone()}</p> });
    view! {
        <Panel id="what" title=texts::WHAT>
            {description}
            <dl class="list body">
                {parts}
                {line(texts::FAILURE_CODE, order.failure_code, true)}
                {line(texts::PLANNED, planned, false)}
                {line(texts::REQUESTED_BY, Some(order.requested_by), false)}
                {line(texts::REFERENCE, Some(order.external_ref), true)}
            </dl>
        </Panel>
    }
}
