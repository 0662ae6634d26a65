use std::time::Duration;

use domain::views::connections::ConnectionDetail;
use leptos::prelude::*;

use super::calls::{Calls, calls_of};
use super::head::{Acts, Head};
use super::mapping::MappingTab;
use super::secrets::{SecretActs, Secrets};
use super::settings::{Schedule, Where};
use super::status::Status;
use super::stopped::Held;
use super::test::Tests;
use super::webhooks::Webhooks;
use super::{connection_id, load};
use crate::browser::{every, use_topic};
use crate::frame::Zone;
use crate::strings::connections as texts;
use crate::ui::time::written;
use crate::ui::{ErrorSummary, Level, Loaded, Notice, Query, Tab, Tabs, TimeStyle};

/// How often the page follows on its own.
const STEP: Duration = Duration::from_secs(10);
/// The tabs, as in the address.
const TABS: [(&str, &str); 5] = [
    ("status", texts::STATUS),
    ("timeline", texts::TIMELINE),
    ("mapping", texts::MAPPING),
    ("secrets", texts::SECRETS),
    ("settings", texts::SETTINGS),
];

/// `/connections/{id}?tab=`
#[component]
pub fn ConnectionPage() -> impl IntoView {
    let (id, query, acts) = (connection_id(), Query::current(), Acts::new());
    let tab = Memo::new(move |_| query.with(|q| q.get("tab").unwrap_or("status").to_owned()));
    let (turns, orders) = (every(STEP), use_topic("work_orders"));
    let live = move || if tab.get() == "status" { turns.get() + orders.get() } else { 0 };
    let (secrets, tests) = (SecretActs::new(), Tests::of(id));
    let webhooks = Webhooks::of(id, tab);
    let (held, calls) = (Held::of(id, live), calls_of(id));
    let turns = move || acts.turns() + secrets.turns();
    let found = Resource::new(move || (id.get(), live(), turns()), |(id, ..)| load(id));
    let error = Signal::derive(move || acts.refused());
    let tabs = Signal::derive(move || {
        let (tab, query) = (tab.get(), query.get());
        TABS.iter()
            .map(|(name, label)| {
                let href = match *name {
                    "status" => query.without("tab").without("before").without("outcome"),
                    name => query.without("before").without("outcome").with("tab", name),
                };
                Tab::new(href.href(), *label, tab == *name)
            })
            .collect()
    });
    view! {
        <Loaded
            resource=found
            rows=4
            view=move |detail: ConnectionDetail| {
                view! {
                    <Head detail=detail.clone() acts />
                    <Tabs label=texts::TITLE tabs />
                    <ErrorSummary error />
                    <Standing detail=detail.clone() />
                    {move || match tab.get().as_str() {
                        "timeline" => view! { <Calls found=calls /> }.into_any(),
                        "mapping" => view! { <MappingTab detail=detail.clone() /> }.into_any(),
                        "secrets" => view! { <Secrets detail=detail.clone() acts=secrets webhooks /> }.into_any(),
                        "settings" => view! {
                            <div class="stack">
                                <Where detail=detail.clone() />
                                <Schedule detail=detail.clone() back="?tab=settings" label=texts::SAVE />
                            </div>
                        }
                            .into_any(),
                        _ => view! { <Status detail=detail.clone() held tests /> }.into_any(),
                    }}
                }
            }
        />
    }
    .into_any()
}

/// What is out of the ordinary, above the tabs' content.
#[component]
fn Standing(detail: ConnectionDetail) -> impl IntoView {
    let row = detail.row;
    let paused = row.state == "paused";
    let zone = Zone::current();
    let restored = row.reconcile_first.map(|at| written(at, &zone, TimeStyle::Absolute));
    let why = row.why.filter(|_| !paused);
    view! {
        <div class="banner stack" data-gap="small">
            {paused
                .then(|| {
                    view! {
                        <Notice level=Level::Unknown>
                            <p>{texts::paused(detail.paused_reason.as_deref())}</p>
                        </Notice>
                    }
                })}
            {why
                .map(|why| {
                    view! {
                        <Notice level=super::level(row.health)>
                            <p>{why}</p>
                        </Notice>
                    }
                })}
            {restored
                .map(|until| {
                    view! {
                        <Notice level=Level::Medium>
                            <p>{texts::reconciling(&until)}</p>
                        </Notice>
                    }
                })}
            {(!detail.missing.is_empty())
                .then(|| {
                    view! {
                        <Notice level=Level::Medium>
                            <p>{texts::missing(&detail.missing)}</p>
                        </Notice>
                    }
                })}
        </div>
    }
    .into_any()
}
