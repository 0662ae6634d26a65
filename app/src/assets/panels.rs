use domain::verdict::Outcome;
use domain::views::assets::{
    AssetAlert, AssetDetail, AssetOrder, AssetPoint, AssetPrediction, PastFailure,
};
use leptos::prelude::*;

use crate::strings::{alerts, assets as texts, common, work_orders};
use crate::ui::{
    Column, Conf, Level, Panel, Plate, Query, Says, Sev, Sparkline, Table, Time, TimeStyle, format,
};
use crate::work_orders::delivery_level;

fn nothing(text: &'static str) -> AnyView {
    view! { <p class="body muted">{text}</p> }.into_any()
}

/// Open alerts here and below.
#[component]
pub(super) fn Alerts(detail: AssetDetail) -> impl IntoView {
    let href = Query::of("/alerts").with("asset", &detail.asset.tag).href();
    let more = move || view! { <a href=href.clone()>{texts::ALL_ALERTS}</a> };
    let columns = vec![
        Column::text(texts::SEVERITY),
        Column::text(texts::FAILURE_MODE),
        Column::number(texts::CONFIDENCE),
        Column::number(texts::LIFE),
        Column::text(texts::SINCE),
    ];
    let zone = detail.zone;
    let body = if detail.alerts.is_empty() {
        nothing(texts::NO_ALERTS)
    } else {
        let rows = detail.alerts.into_iter().map(|alert| alert_row(alert, &zone)).collect_view();
        view! { <Table caption=texts::ALERTS hide_caption=true columns>{rows}</Table> }.into_any()
    };
    view! {
        <Panel id="alerts" title=texts::ALERTS aside=ViewFn::from(more)>{body}</Panel>
    }
    .into_any()
}

fn alert_row(alert: AssetAlert, zone: &str) -> AnyView {
    let sure = match alert.confidence {
        Some(value) => view! { <Conf value /> }.into_any(),
        None => view! { <span class="muted">{common::NO_DATA}</span> }.into_any(),
    };
    view! {
        <tr>
            <td><Sev level=alert.severity /></td>
            <th scope="row">
                <a href=format!("/alerts/{}", alert.id) data-item="">{alert.failure_mode}</a>
                <span class="sub"><Plate tag=alert.tag /> " " {alerts::state(alert.state)}</span>
            </th>
            <td class="num">{sure}</td>
            <td class="num">{life(alert.life_hours)}</td>
            <td><Time at=alert.first_seen zone=zone.to_owned() /></td>
        </tr>
    }
    .into_any()
}

fn life(hours: Option<f64>) -> AnyView {
    match hours {
        Some(hours) if hours <= 0.0 => alerts::PASSED.into_any(),
        Some(hours) => format::life(hours).into_any(),
        None => view! { <span class="muted">{alerts::NOT_GIVEN}</span> }.into_any(),
    }
}

/// Open work orders here and below.
#[component]
pub(super) fn Orders(detail: AssetDetail) -> impl IntoView {
    let href = Query::of("/work-orders").with("q", &detail.asset.tag).href();
    let more = move || view! { <a href=href.clone()>{texts::ALL_ORDERS}</a> };
    let columns = vec![
        Column::text(work_orders::PRIORITY),
        Column::text(texts::NUMBER),
        Column::text(texts::WORK),
        Column::text(work_orders::STATUS),
        Column::text(texts::DUE),
    ];
    let zone = detail.zone;
    let body = if detail.orders.is_empty() {
        nothing(texts::NO_ORDERS)
    } else {
        let rows = detail.orders.into_iter().map(|order| order_row(order, &zone)).collect_view();
        view! { <Table caption=texts::ORDERS hide_caption=true columns>{rows}</Table> }.into_any()
    };
    view! {
        <Panel id="orders" title=texts::ORDERS aside=ViewFn::from(more)>{body}</Panel>
    }
    .into_any()
}

fn order_row(order: AssetOrder, zone: &str) -> AnyView {
    let due = match order.due {
        Some(at) => view! { <Time at style=TimeStyle::Day zone=zone.to_owned() /> }.into_any(),
        None => view! { <span class="muted">{texts::NO_DATE}</span> }.into_any(),
    };
    let stuck = delivery_level(order.delivery) != Level::Ok;
    view! {
        <tr>
            <td><Sev level=order.priority.severity() /></td>
            <th scope="row">
                <a class="nowrap" href=format!("/work-orders/{}", order.id) data-item="">
                    {work_orders::number(order.id.0, order.number.as_deref())}
                </a>
            </th>
            <td>{order.title} <span class="sub"><Plate tag=order.tag /></span></td>
            <td>
                {work_orders::status(order.status)}
                {stuck
                    .then(|| {
                        view! {
                            <span class="sub">
                                <Says level=delivery_level(order.delivery)>
                                    {work_orders::delivery(order.delivery)}
                                </Says>
                            </span>
                        }
                    })}
            </td>
            <td>{due}</td>
        </tr>
    }
    .into_any()
}

/// Closed cases here and below.
#[component]
pub(super) fn Failures(detail: AssetDetail) -> impl IntoView {
    let columns = vec![
        Column::text(texts::CLOSED),
        Column::text(texts::PREDICTED),
        Column::text(texts::FOUND),
        Column::text(texts::VERDICT),
        Column::text(texts::WORK),
    ];
    let zone = detail.zone;
    let body = if detail.failures.is_empty() {
        nothing(texts::NO_FAILURES)
    } else {
        let rows = detail.failures.into_iter().map(|case| case_row(case, &zone)).collect_view();
        view! { <Table caption=texts::FAILURES hide_caption=true columns>{rows}</Table> }.into_any()
    };
    view! {
        <Panel id="failures" title=texts::FAILURES note=texts::FAILURES_HINT>{body}</Panel>
    }
    .into_any()
}

fn verdict_level(outcome: Outcome) -> Level {
    match outcome {
        Outcome::Confirmed => Level::Ok,
        Outcome::Missed | Outcome::WrongMode => Level::High,
        Outcome::FalsePositive | Outcome::SensorIssue => Level::Medium,
        _ => Level::Unknown,
    }
}

fn case_row(case: PastFailure, zone: &str) -> AnyView {
    let verdict = case.outcome.map(|outcome| {
        view! { <Says level=verdict_level(outcome)>{alerts::outcome(outcome)}</Says> }
    });
    let order = case.order.map(|(id, number)| {
        view! {
            <a href=format!("/work-orders/{id}")>{work_orders::number(id.0, number.as_deref())}</a>
        }
    });
    let stopped = case.downtime_hours.map(format::hours);
    view! {
        <tr>
            <td><Time at=case.closed_at zone=zone.to_owned() /></td>
            <th scope="row">
                <a href=format!("/alerts/{}", case.alert)>{case.failure_mode}</a>
                <span class="sub"><Plate tag=case.tag /></span>
            </th>
            <td>{case.found.unwrap_or_else(|| common::NO_DATA.to_owned())}</td>
            <td>{verdict}</td>
            <td>
                {order}
                {case.action.map(|text| view! { <span class="sub">{text}</span> })}
                {stopped.map(|text| view! { <span class="sub">{work_orders::DOWNTIME} " " {text}</span> })}
            </td>
        </tr>
    }
    .into_any()
}

/// Predictions for it and what stands below.
#[component]
pub(super) fn Predictions(detail: AssetDetail) -> impl IntoView {
    let columns = vec![
        Column::text(texts::OBSERVED),
        Column::text(texts::PREDICTED),
        Column::number(texts::CONFIDENCE),
        Column::number(texts::LIFE),
        Column::text(texts::BY_MODEL),
    ];
    let zone = detail.zone;
    let body = if detail.predictions.is_empty() {
        nothing(texts::NO_PREDICTIONS)
    } else {
        let row = |p: AssetPrediction| {
            view! {
                <tr>
                    <td><Time at=p.observed_at zone=zone.clone() /></td>
                    <th scope="row">
                        <a href=format!("/alerts/{}", p.alert)>{p.failure_mode}</a>
                        <span class="sub"><Plate tag=p.tag /></span>
                    </th>
                    <td class="num"><Conf value=p.confidence /></td>
                    <td class="num">{life(p.life_hours)}</td>
                    <td>{p.model}</td>
                </tr>
            }
        };
        let rows = detail.predictions.into_iter().map(row).collect_view();
        view! { <Table caption=texts::PREDICTIONS hide_caption=true columns>{rows}</Table> }
            .into_any()
    };
    view! { <Panel id="predictions" title=texts::PREDICTIONS>{body}</Panel> }.into_any()
}

/// Measured signals with their last day.
#[component]
pub(super) fn Points(detail: AssetDetail) -> impl IntoView {
    let columns = vec![
        Column::text(texts::SIGNAL),
        Column::text(texts::COURSE),
        Column::number(texts::LATEST),
    ];
    let zone = detail.zone;
    let body = if detail.points.is_empty() {
        nothing(texts::NO_POINTS)
    } else {
        let rows = detail.points.into_iter().map(|point| point_row(point, &zone)).collect_view();
        view! {
            <Table caption=texts::POINTS hide_caption=true columns class="points">{rows}</Table>
        }
        .into_any()
    };
    view! { <Panel id="points" title=texts::POINTS note=texts::POINTS_HINT>{body}</Panel> }
        .into_any()
}

fn point_row(point: AssetPoint, zone: &str) -> AnyView {
    let unit = point.unit.unwrap_or_default();
    let course = if point.course.iter().flatten().count() > 1 {
        view! { <Sparkline values=point.course /> }.into_any()
    } else {
        view! { <span class="muted xs">{texts::NO_VALUES}</span> }.into_any()
    };
    let latest = match point.value {
        Some(value) => format::sensor(value, &unit).into_any(),
        None => view! { <span class="muted">{common::NO_DATA}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row"><span class="mono">{point.path}</span></th>
            <td>{course}</td>
            <td class="num">
                {latest}
                {point.at.map(|at| view! { <span class="sub"><Time at zone=zone.to_owned() /></span> })}
            </td>
        </tr>
    }
    .into_any()
}
