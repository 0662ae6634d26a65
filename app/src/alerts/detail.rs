use domain::alert::AlertState;
use domain::ids::AlertId;
use domain::verdict::Outcome;
use domain::views::alerts::{AlertDetail, SimilarCase};
use domain::work_order::SparePart;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::claim::Claim;
use super::follow::follow;
use super::head::{Strip, Trends};
use super::predictions::Predictions;
use super::raise::Acts;
use super::side::Side;
use super::why::{Why, thresholds};
use super::{RaiseForAlert, load_alert};
use crate::browser::use_topic;
use crate::strings::alerts as texts;
use crate::ui::{
    Column, Crumb, ErrorSummary, Level, Loaded, Notice, PageHead, Panel, Plate, Table, Time,
    TimeStyle, format,
};

/// `/alerts/{id}`, with the filter of the list it was opened from.
#[component]
pub fn AlertPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").and_then(|id| id.parse().ok())));
    let detail =
        Resource::new(move || id.get(), |id: Option<i64>| load_alert(id.unwrap_or_default()));
    let raise = ServerAction::<RaiseForAlert>::new();
    let current = Signal::derive(move || id.get().map(AlertId));
    view! {
        <div class="split">
            <Side current />
            <article class="adetail">
                <Loaded resource=detail rows=16 view=move |detail| view! { <Live detail raise /> } />
            </article>
        </div>
    }
    .into_any()
}

#[component]
fn Live(detail: AlertDetail, raise: ServerAction<RaiseForAlert>) -> impl IntoView {
    let id = detail.alert.id.0;
    let topics = vec![use_topic("alerts"), use_topic("work_orders")];
    let same = |a: &AlertDetail, b: &AlertDetail| a.alert == b.alert;
    let detail = follow(detail, topics, move || load_alert(id), same);
    move || view! { <Case detail=detail.get() raise /> }
}

#[component]
fn Case(detail: AlertDetail, raise: ServerAction<RaiseForAlert>) -> impl IntoView {
    let error = Signal::derive(move || raise.value().get().and_then(Result::err));
    let alert = detail.alert.clone();
    let title = texts::proposed(&alert.failure_mode_name, &alert.asset.tag);
    let mut crumbs: Vec<Crumb> = alert.asset.path.split(" / ").map(Crumb::text).collect();
    crumbs.pop();
    crumbs.push(Crumb::plate(alert.asset.tag.clone()));
    let held_off = alert.held_off_until.filter(|_| alert.state == AlertState::Closed);
    let zone = alert.asset.time_zone.clone();
    let limits = thresholds(alert.decision.as_ref());
    let (acting, count, site_zone) = (alert.clone(), alert.predictions, zone.clone());
    let strip = detail.clone();
    let claim = detail.clone();
    view! {
        <PageHead title crumbs>
            <Acts alert=acting raise />
        </PageHead>
        <ErrorSummary error />
        <Claim detail=claim />
        {held_off
            .map(|at| {
                view! {
                    <Notice level=Level::Unknown>
                        <p>
                            {texts::HELD_OFF} " "
                            <Time at style=TimeStyle::Weekday zone=zone.clone() />
                        </p>
                    </Notice>
                }
            })}
        <Strip detail=strip />
        <Trends trends=detail.trends />
        <div class="cols fill">
            <Why alert />
            <Predictions
                points=detail.timeline
                count
                limits
                zone=site_zone
            />
            <Similar cases=detail.similar />
            <Parts parts=detail.spare_parts />
        </div>
        {detail
            .payload
            .map(|payload| {
                view! {
                    <details class="panel message">
                        <summary>{texts::MESSAGE}</summary>
                        <pre class="code" tabindex="0">{payload}</pre>
                    </details>
                }
            })}
    }
    .into_any()
}

/// How many earlier cases were confirmed, of those with a verdict that tells.
pub(super) fn confirmed(cases: &[SimilarCase]) -> (i64, i64) {
    let told = cases.iter().filter(|case| {
        matches!(
            case.outcome,
            Some(Outcome::Confirmed | Outcome::FalsePositive | Outcome::WrongMode)
        )
    });
    told.fold((0, 0), |(part, of), case| {
        (part + i64::from(case.outcome == Some(Outcome::Confirmed)), of + 1)
    })
}

#[component]
fn Similar(cases: Vec<SimilarCase>) -> impl IntoView {
    let (part, of) = confirmed(&cases);
    let note = (of > 0).then(|| texts::confirmed(part, of));
    let rows = cases
        .into_iter()
        .map(|case| {
            let outcome = case.outcome.map_or("", texts::outcome);
            view! {
                <li class="row">
                    <Plate tag=case.tag href=Some(format!("/alerts/{}", case.id)) />
                    <span>{outcome}</span>
                    {case.closed_at.map(|at| view! { <span class="push muted xs"><Time at /></span> })}
                </li>
            }
        })
        .collect_view();
    let none = rows.is_empty();
    view! {
        <Panel id="similar" title=texts::SIMILAR note=note.unwrap_or_default()>
            {none
                .then(|| {
                    view! { <div class="body"><p class="muted">{texts::NO_SIMILAR}</p></div> }
                })}
            <ul class="lines">{rows}</ul>
        </Panel>
    }
    .into_any()
}

#[component]
fn Parts(parts: Vec<SparePart>) -> impl IntoView {
    if parts.is_empty() {
        return ().into_any();
    }
    let columns = vec![Column::text(texts::PART), Column::number(texts::QUANTITY)];
    let rows = parts
        .into_iter()
        .map(|part| {
            view! {
                <tr>
                    <th scope="row">
                        <code>{part.part}</code>
                        {part.description.map(|text| view! { <span class="sub">{text}</span> })}
                    </th>
                    <td class="num">
                        {format::decimal(part.quantity, usize::from(part.quantity.fract() != 0.0))}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel id="parts" title=texts::PARTS>
            <Table caption=texts::PARTS hide_caption=true columns>
                {rows}
            </Table>
        </Panel>
    }
    .into_any()
}
