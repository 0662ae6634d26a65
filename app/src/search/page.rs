use domain::asset::AssetStatus;
use domain::views::alerts::AlertRow;
use domain::views::search::{Found, FoundAsset};
use domain::views::work_orders::WorkOrderRow;
use leptos::prelude::*;
use leptos_router::components::Form;

use super::find;
use crate::alerts::Did;
use crate::strings::search as texts;
use crate::strings::work_orders as orders;
use crate::ui::query::encode;
use crate::ui::{Button, ButtonKind, Empty, Icon, Loaded, PageHead, Panel, Plate, Query, Sev, Tag};

/// `/search?q=`
#[component]
pub fn SearchPage() -> impl IntoView {
    let query = Query::current();
    let text = Memo::new(move |_| {
        query.with(|q| q.get("q").map(str::trim).unwrap_or_default().to_owned())
    });
    let found = Resource::new(move || text.get(), find);
    let title = Signal::derive(move || {
        let text = text.get();
        if text.is_empty() { texts::TITLE.to_owned() } else { texts::title(&text) }
    });
    view! {
        <PageHead title />
        <Form method="GET" action="/search" attr:class="search-page">
            <label class="hidden" for="search-text">{texts::LABEL}</label>
            <input
                class="input"
                id="search-text"
                type="search"
                name="q"
                value=move || text.get()
                placeholder=texts::LABEL
                autocomplete="off"
            />
            <Button submit=true kind=ButtonKind::Primary icon="search">{texts::SEARCH}</Button>
            <p class="xs muted">{texts::HINT}</p>
        </Form>
        <Loaded
            resource=found
            rows=10
            view=move |found| {
                let text = text.get_untracked();
                view! { <Results found text /> }
            }
        />
    }
    .into_any()
}

#[component]
fn Results(found: Found, text: String) -> impl IntoView {
    if text.is_empty() {
        return ().into_any();
    }
    let nothing = found.assets.is_empty() && found.alerts.is_empty() && found.orders.is_empty();
    if nothing {
        return view! {
            <section class="panel">
                <Empty icon="search" title=texts::nothing(&text)>
                    <p>{texts::NOTHING_HINT}</p>
                </Empty>
            </section>
        }
        .into_any();
    }
    let all_alerts = found.more_alerts.then(|| format!("/alerts?q={}", encode(&text)));
    let all_orders = found.more_orders.then(|| format!("/work-orders?q={}", encode(&text)));
    let assets = (found.assets.len(), found.more_assets);
    let alerts = (found.alerts.len(), found.more_alerts);
    let orders = (found.orders.len(), found.more_orders);
    view! {
        <div class="stack">
            {(assets.0 > 0)
                .then(|| {
                    view! {
                        <Panel id="assets" title=texts::ASSETS note=texts::found(assets.0, assets.1)>
                            <ul class="hits">
                                {found.assets.into_iter().map(asset).collect_view()}
                            </ul>
                            {found
                                .more_assets
                                .then(|| view! { <footer>{texts::MORE_ASSETS}</footer> })}
                        </Panel>
                    }
                })}
            {(alerts.0 > 0)
                .then(|| {
                    view! {
                        <Panel id="alerts" title=texts::ALERTS note=texts::found(alerts.0, alerts.1)>
                            <ul class="hits">
                                {found.alerts.into_iter().map(alert).collect_view()}
                            </ul>
                            {all_alerts
                                .map(|href| {
                                    view! { <footer><a href=href>{texts::ALL_ALERTS}</a></footer> }
                                })}
                        </Panel>
                    }
                })}
            {(orders.0 > 0)
                .then(|| {
                    view! {
                        <Panel id="orders" title=texts::ORDERS note=texts::found(orders.0, orders.1)>
                            <ul class="hits">
                                {found.orders.into_iter().map(order).collect_view()}
                            </ul>
                            {all_orders
                                .map(|href| {
                                    view! { <footer><a href=href>{texts::ALL_ORDERS}</a></footer> }
                                })}
                        </Panel>
                    }
                })}
        </div>
    }
    .into_any()
}

/// One hit: a link over the whole row.
fn asset(asset: FoundAsset) -> AnyView {
    let href = format!("/assets/{}", asset.id);
    let numbers: Vec<String> = [
        asset.serial_number.map(|number| format!("{} {number}", texts::SERIAL)),
        asset.barcode.map(|code| format!("{} {code}", texts::BARCODE)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let retired = asset.status == AssetStatus::Decommissioned;
    view! {
        <li>
            <a href=href data-item="">
                <span class="row">
                    <Plate tag=asset.tag />
                    <b>{asset.name}</b>
                    {asset.exact.then(|| view! { <Tag on=true>{texts::EXACT}</Tag> })}
                    {retired.then(|| view! { <Tag>{texts::DECOMMISSIONED}</Tag> })}
                </span>
                <span class="sub">{asset.path}</span>
                {(!numbers.is_empty()).then(|| view! { <span class="sub">{numbers.join(", ")}</span> })}
            </a>
            <Icon name="right" />
        </li>
    }
    .into_any()
}

fn alert(row: AlertRow) -> AnyView {
    view! {
        <li>
            <a href=format!("/alerts/{}", row.id) data-item="">
                <span class="row">
                    <Sev level=row.severity />
                    <Plate tag=row.asset.tag.clone() />
                    <b>{row.failure_mode_name.clone()}</b>
                </span>
                <span class="sub"><Did row=row.clone() /></span>
            </a>
            <Icon name="right" />
        </li>
    }
    .into_any()
}

fn order(row: WorkOrderRow) -> AnyView {
    let number = orders::number(row.id.0, row.cmms_number.as_deref());
    view! {
        <li>
            <a href=format!("/work-orders/{}", row.id) data-item="">
                <span class="row">
                    <b>{number}</b>
                    <Plate tag=row.asset_tag />
                    <span>{row.title}</span>
                </span>
                <span class="sub">{orders::status(row.status)}</span>
            </a>
            <Icon name="right" />
        </li>
    }
    .into_any()
}
