use domain::asset::{AssetKind, AssetStatus};
use domain::ids::AssetId;
use domain::views::assets::{AssetDetail, AssetTree};
use leptos::prelude::*;

use super::actions::{load_asset, load_tree};
use super::health::{Crit, Health};
use super::panels::{Alerts, Failures, Orders, Points, Predictions};
use super::retire::{Decommission, Recommission, Retiring};
use super::tree::Tree;
use super::{AssetTabs, crumbs, id_in_address, short};
use crate::browser::use_topic;
use crate::strings::assets as texts;
use crate::ui::{
    ErrorSummary, Fact, Facts, Level, LinkButton, Loaded, Notice, PageHead, Panel, Plate, Time,
};

/// `/assets/{id}`
#[component]
pub fn AssetPage() -> impl IntoView {
    let id = id_in_address();
    let retiring = Retiring::new();
    let (alerts, orders) = (use_topic("alerts"), use_topic("work_orders"));
    let detail = Resource::new(
        move || (id.get(), retiring.accepted.get(), alerts.get(), orders.get()),
        |(id, ..)| load_asset(AssetId(id)),
    );
    view! {
        <div class="split">
            <aside class="alist atree" aria-labelledby="at-h">
                <header>
                    <h2 id="at-h">{texts::TITLE}</h2>
                    <a class="btn push" data-size="small" data-kind="quiet" href="/assets">
                        {texts::ALL_SITES}
                    </a>
                </header>
                {move || view! { <Beside id=AssetId(id.get()) /> }}
            </aside>
            <div class="adetail">
                <Loaded
                    resource=detail
                    rows=14
                    view=move |detail| view! { <Detail detail retiring /> }
                />
            </div>
        </div>
    }
    .into_any()
}

/// The tree beside a page, open towards it.
#[component]
fn Beside(id: AssetId) -> impl IntoView {
    let tree = Resource::new(|| (), move |()| load_tree(Vec::new(), Some(id)));
    view! {
        <Loaded
            resource=tree
            rows=12
            view=move |tree: AssetTree| view! { <Tree tree slim=true current=id /> }
        />
    }
    .into_any()
}

#[component]
fn Detail(detail: AssetDetail, retiring: Retiring) -> impl IntoView {
    let asset = detail.asset.clone();
    let id = asset.id;
    let mut path = crumbs(&detail.above);
    path.push(crate::ui::Crumb::plate(asset.tag.clone()));
    let title = if asset.name == asset.tag { asset.tag.clone() } else { asset.name.clone() };
    let meta = format!("{}, {}", texts::kind(asset.kind), asset.path);
    let active = asset.status == AssetStatus::Active;
    let edits = detail.may_edit;
    let adds = edits && active;
    let moves = edits && asset.kind != AssetKind::Site;
    let error = retiring.error();
    view! {
        <PageHead title=title crumbs=path meta=meta>
            {edits
                .then(|| {
                    view! {
                        <LinkButton href=format!("/assets/{id}/edit") icon="edit" key="e">
                            {texts::EDIT}
                        </LinkButton>
                    }
                })}
            {moves
                .then(|| {
                    view! {
                        <LinkButton href=format!("/assets/{id}/move") icon="arrow">
                            {texts::MOVE}
                        </LinkButton>
                    }
                })}
            {adds
                .then(|| {
                    view! {
                        <LinkButton href=format!("/assets/new?parent={id}") icon="plus">
                            {texts::NEW_BELOW}
                        </LinkButton>
                    }
                })}
        </PageHead>
        <AssetTabs id kind=asset.kind current="" />
        <ErrorSummary error />
        {(!active).then(|| view! { <Notice level=Level::Unknown><p>{texts::RETIRED_HINT}</p></Notice> })}
        <Strip detail=detail.clone() />
        <div class="cols" data-cols="desk">
            <div class="stack">
                <Alerts detail=detail.clone() />
                <Orders detail=detail.clone() />
                <Failures detail=detail.clone() />
                <Predictions detail=detail.clone() />
            </div>
            <div class="stack">
                <Points detail=detail.clone() />
                <Identity detail=detail.clone() />
                <Code detail=detail.clone() />
                {edits
                    .then(|| {
                        if active {
                            view! { <Decommission detail=detail.clone() retiring /> }.into_any()
                        } else {
                            view! { <Recommission detail=detail.clone() retiring /> }.into_any()
                        }
                    })}
            </div>
        </div>
    }
    .into_any()
}

/// Health, criticality and what is open, in one strip.
#[component]
fn Strip(detail: AssetDetail) -> impl IntoView {
    let zone = detail.zone.clone();
    let from = match (detail.own_criticality, detail.above.last()) {
        (Some(_), _) => texts::OWN.to_owned(),
        (None, Some(above)) if detail.asset.kind == AssetKind::Component => {
            texts::inherited(&short(above))
        }
        (None, _) => texts::BY_DEFAULT.to_owned(),
    };
    let health = match (detail.open.worst, detail.last_prediction) {
        (None, None) => view! {
            {texts::NOT_WATCHED} " " <small>{texts::NOT_WATCHED_HINT}</small>
        }
        .into_any(),
        _ => view! { <Health open=detail.open /> }.into_any(),
    };
    let below = texts::below(detail.below);
    view! {
        <Facts panel=true>
            <Fact label=texts::HEALTH>{health}</Fact>
            <Fact label=texts::CRITICALITY>
                <Crit criticality=detail.asset.criticality /> " " <small>{from}</small>
            </Fact>
            <Fact label=texts::OPEN_ALERTS>{detail.open.alerts}</Fact>
            <Fact label=texts::OPEN_ORDERS>{detail.open.orders}</Fact>
            {detail
                .last_prediction
                .map(|at| view! { <Fact label=texts::LAST_PREDICTION><Time at zone /></Fact> })}
            <Fact label=texts::STATUS>
                {texts::status(detail.asset.status)} " " <small>{below}</small>
            </Fact>
        </Facts>
    }
    .into_any()
}

/// What the machine's plate says.
#[component]
fn Identity(detail: AssetDetail) -> impl IntoView {
    let asset = detail.asset;
    let rows = [
        (texts::SERIAL, asset.serial_number, true),
        (texts::BARCODE, asset.barcode, true),
        (texts::MANUFACTURER, asset.manufacturer, false),
        (texts::MODEL, asset.model, false),
        (texts::INSTALLED, asset.installed_on.map(|day| day.to_string()), false),
        (texts::TIME_ZONE, asset.time_zone, false),
    ];
    let site = asset.kind == AssetKind::Site;
    let facts = rows
        .into_iter()
        .filter(|(label, value, _)| match site {
            true => value.is_some() || *label == texts::TIME_ZONE,
            false => *label != texts::TIME_ZONE,
        })
        .map(|(label, value, mono)| {
            let value = match value {
                Some(value) if mono => view! { <code>{value}</code> }.into_any(),
                Some(value) => value.into_any(),
                None => view! { <span class="muted">{texts::NOT_ENTERED}</span> }.into_any(),
            };
            view! {
                <dt>{label}</dt>
                <dd>{value}</dd>
            }
        })
        .collect_view();
    view! {
        <Panel id="identity" title=texts::IDENTITY aside=ViewFn::from(move || view! { <Plate tag=asset.tag.clone() /> })>
            <dl class="list body">{facts}</dl>
        </Panel>
    }
    .into_any()
}

/// The code that opens this page.
#[component]
fn Code(detail: AssetDetail) -> impl IntoView {
    let href = format!("/assets/{}/label", detail.asset.id);
    view! {
        <Panel id="label" title=texts::LABEL>
            <div class="body code-of">
                <super::label::Qr code=detail.qr />
                <div class="stack" data-gap="small">
                    <p class="sm muted">{texts::QR_HINT}</p>
                    <p><LinkButton href icon="print">{texts::PRINT}</LinkButton></p>
                </div>
            </div>
        </Panel>
    }
    .into_any()
}
