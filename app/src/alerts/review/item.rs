use domain::alert::ReviewStatus;
use domain::ids::AlertId;
use domain::verdict::Outcome;
use domain::views::alerts::{ReviewItem, ReviewView, SimilarCase};
use leptos::html;
use leptos::prelude::*;

use super::page::{Answers, asks};
use super::send::Send;
use crate::alerts::card::place;
use crate::alerts::claim::sentence;
use crate::alerts::detail::confirmed;
use crate::alerts::head::{Life, Picture, Sure};
use crate::alerts::why::Conditions;
use crate::strings::{alerts, reviews as texts};
use crate::ui::{Fact, Level, Notice, Plate, Says, Sev, Tag, Time, TimeStyle};

/// One question: claim, facts, trend, why it asks, what would be sent.
#[component]
pub(super) fn Item(
    /// The question.
    item: ReviewItem,
    /// The forms.
    answers: Answers,
    /// What comes next.
    next: Signal<Option<AlertId>>,
    /// Another one was decided just before: the focus comes here.
    after: bool,
) -> impl IntoView {
    let detail = item.detail.clone();
    let alert = detail.alert.clone();
    let heading = NodeRef::<html::H2>::new();
    Effect::new(move |_| {
        if let Some(heading) = heading.get().filter(|_| after) {
            let _ = heading.focus();
        }
    });
    let claim = alerts::claim_short(&alert.failure_mode_name, alert.rul_hours, alert.confidence);
    let described = detail.description.as_deref().map(sentence);
    let conditions = alert
        .decision
        .as_ref()
        .and_then(|d| d.reasons.iter().find(|r| r.matched && !r.conditions.is_empty()))
        .map(|r| r.conditions.clone())
        .unwrap_or_default();
    let capped = alert.decision.as_ref().is_some_and(|d| d.note.as_deref() == Some(alerts::CAP));
    let rule = alert.decision.as_ref().map(|d| d.rule.clone());
    let zone = alert.asset.time_zone.clone();
    let pending = asks(&item);
    let parts = detail.spare_parts.len();
    let graph = !detail.trends.is_empty();
    let (sure, review, hours) = (alert.clone(), alert.review.clone(), alert.rul_hours);
    let (id, overdue, answered) = (alert.id, item.overdue && pending, zone.clone());
    view! {
        <article class="panel item" aria-labelledby="rv-h">
            <header>
                <Plate tag=alert.asset.tag.clone() big=true />
                <span class="muted place">{place(&alert.asset.path)}</span>
                <span class="push"><Sev level=alert.severity /></span>
            </header>
            <div class="body">
                <Answered review=alert.review.clone() zone=answered />
                <h2 id="rv-h" tabindex="-1" node_ref=heading>{claim}</h2>
                {described.map(|text| view! { <p class="said">{text}</p> })}
                <dl class="facts rf">
                    <Fact label=alerts::CONFIDENCE><Sure alert=sure /></Fact>
                    <Fact label=alerts::LIFE><Life hours /></Fact>
                    <Waits review overdue zone />
                </dl>
                {detail
                    .trends
                    .into_iter()
                    .take(1)
                    .map(|trend| {
                        view! {
                            <div class="rfig">
                                <p class="sm"><Plate tag=trend.point.clone() /></p>
                                <Picture id="rv-trend" trend />
                            </div>
                        }
                    })
                    .collect_view()}
                <section class="whyask" aria-labelledby="wa-h">
                    <h3 id="wa-h">{texts::WHY}</h3>
                    <p class="row">
                        <Conditions conditions />
                    </p>
                    {rule.map(|rule| view! { <p class="xs muted">{rule}</p> })}
                    {capped.then(|| view! { <p class="sm">{alerts::CAP_HINT}</p> })}
                </section>
                <Similar cases=detail.similar />
                {pending.then(|| view! { <Send item answers next /> })}
                {(graph || parts > 0)
                    .then(|| {
                        view! {
                            <section class="att" aria-labelledby="at-h">
                                <h3 id="at-h">{texts::ALONG}</h3>
                                <p class="row">
                                    {graph
                                        .then(|| view! { <Tag icon="image">{texts::TREND_GRAPH}</Tag> })}
                                    {(parts > 0)
                                        .then(|| view! { <Tag icon="note">{texts::parts(parts)}</Tag> })}
                                </p>
                            </section>
                        }
                    })}
            </div>
            <footer class="row">
                <a class="btn push" data-kind="quiet" href=format!("/alerts/{id}")>
                    {texts::OPEN_ALERT}
                </a>
            </footer>
        </article>
    }
    .into_any()
}

/// Who answered, where somebody has; why nothing is asked, where nothing is.
#[component]
fn Answered(review: Option<ReviewView>, zone: String) -> impl IntoView {
    let Some(review) = review else {
        return view! { <Notice level=Level::Unknown><p>{texts::NO_QUESTION}</p></Notice> }
            .into_any();
    };
    match review.status {
        ReviewStatus::Pending => ().into_any(),
        ReviewStatus::Superseded => {
            view! { <Notice level=Level::Ok><p>{texts::SUPERSEDED}</p></Notice> }.into_any()
        }
        ReviewStatus::Decided | ReviewStatus::Done => {
            let said = texts::decided_by(review.decision, review.decided_by.as_deref());
            let reason = review.reason.map(texts::reason);
            let soon = (review.status == ReviewStatus::Decided).then_some(texts::CARRIED_OUT);
            view! {
                <Notice level=Level::Ok announce=true>
                    <p>
                        <b>{said}</b>
                        " "
                        {review
                            .decided_at
                            .map(|at| view! { <Time at style=TimeStyle::Absolute zone /> })}
                        {reason.map(|text| format!(". {text}"))}
                        {soon.map(|text| format!(". {text}"))}
                    </p>
                    {review.comment.map(|text| view! { <p>{text}</p> })}
                </Notice>
            }
            .into_any()
        }
    }
}

/// Since when it waits, until when an answer is due, and whom it asks.
#[component]
fn Waits(review: Option<ReviewView>, overdue: bool, zone: String) -> impl IntoView {
    let Some(review) = review else { return ().into_any() };
    let zone = StoredValue::new(zone);
    let asked = texts::escalated(&review.asked_role, review.escalations);
    view! {
        <Fact label=texts::SINCE>
            <Time at=review.created_at zone=zone.get_value() />
        </Fact>
        <Fact label=texts::DUE>
            <Time at=review.due zone=zone.get_value() />
            {overdue
                .then(|| view! { " " <small><Says level=Level::High>{texts::OVERDUE}</Says></small> })}
        </Fact>
        <Fact label=texts::ASKED>{asked}</Fact>
    }
    .into_any()
}

/// How earlier cases of the same kind ended.
#[component]
fn Similar(cases: Vec<SimilarCase>) -> impl IntoView {
    let (part, of) = confirmed(&cases);
    let squares = cases
        .iter()
        .filter_map(|case| case.outcome)
        .filter(|o| matches!(o, Outcome::Confirmed | Outcome::FalsePositive | Outcome::WrongMode))
        .map(|outcome| {
            let no = (outcome != Outcome::Confirmed).then_some("");
            view! { <i data-no=no></i> }
        })
        .collect_view();
    view! {
        <section class="sim" aria-labelledby="si-h">
            <h3 id="si-h">{alerts::SIMILAR}</h3>
            {if of == 0 {
                view! { <p class="muted">{alerts::NO_SIMILAR}</p> }.into_any()
            } else {
                view! {
                    <p class="sqs" aria-hidden="true">{squares}</p>
                    <p>{alerts::confirmed(part, of)}</p>
                }
                    .into_any()
            }}
        </section>
    }
    .into_any()
}
