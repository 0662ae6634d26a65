//! What a preview shows, in the order in which it is to be believed: coverage first.

use domain::policy::{DecisionAction, Policy};
use domain::views::rules::{Day, Difference, Preview, SampleField, Truth};
use leptos::prelude::*;

use super::changes::Lints;
use crate::strings::common;
use crate::strings::rules as texts;
use crate::ui::{Column, Level, Notice, Plate, Table, Time, TimeStyle, format};

/// Squares drawn for a count; beyond them only the number.
const SQUARES: i64 = 12;
/// Share of a rule's predictions that others take before it is worth a word.
const OVERLAP: i64 = 2;

/// Coverage, and what the draft would have done in one sentence.
#[component]
pub(super) fn Headline(
    /// The result.
    preview: Preview,
) -> impl IntoView {
    let Preview { coverage, draft, live, live_version, .. } = preview;
    if coverage.predictions == 0 {
        return view! {
            <Notice level=Level::Unknown>
                <p>{texts::NO_DATA}</p>
            </Notice>
        }
        .into_any();
    }
    let covered =
        texts::coverage(coverage.days, coverage.predictions, coverage.alerts, coverage.gaps);
    view! {
        <p class="sm muted">{covered}</p>
        <p class="finding lg">
            "Would have created " <b>{texts::orders(draft.created)}</b>
            {texts::headline(draft.held, draft.reviews, draft.logged, draft.merged)}
        </p>
        <p class="sm muted">
            {texts::live_headline(live_version, live.created, live.held, live.reviews)}
        </p>
        {(draft.capped > 0).then(|| view! { <p class="sm">{texts::capped(draft.capped)}</p> })}
        {(draft.busy_days > 0)
            .then(|| {
                view! {
                    <Notice level=Level::High>
                        <p>{texts::busy(draft.busy_days, draft.most)}</p>
                    </Notice>
                }
            })}
    }
    .into_any()
}

/// Everything a preview says.
#[component]
pub(super) fn Result(
    /// The result.
    preview: Preview,
    /// The policy it is about.
    policy: Policy,
    /// Name of the CMMS.
    connection: String,
) -> impl IntoView {
    let head = preview.clone();
    let overlaps = overlaps(&preview, &policy);
    let Preview {
        coverage,
        days,
        differences,
        compared,
        truth,
        live_truth,
        lints,
        sample,
        live_version,
        draft,
        live,
        ..
    } = preview;
    if coverage.predictions == 0 {
        return view! { <div class="body"><Headline preview=head /></div> }.into_any();
    }
    let against = texts::against(live_version);
    let counts = texts::compared(compared.new, compared.gone, compared.changed, compared.same);
    let finding = texts::strip(draft.created, live.created, i64::from(coverage.days));
    view! {
        <div class="body stack" data-gap="small">
            <Headline preview=head />
            <Lints lints policy />
            {overlaps
                .into_iter()
                .map(|text| {
                    view! {
                        <Notice level=Level::Low>
                            <p>{text}</p>
                        </Notice>
                    }
                })
                .collect_view()}
            <Strip days finding live_version />
        </div>
        <div class="two">
            <section aria-labelledby="truth-h">
                <h3 id="truth-h">{texts::TRUTH}</h3>
                <TruthTable truth live=live_truth live_version />
            </section>
            <section aria-labelledby="diff-h">
                <h3 id="diff-h">{against} " " <span class="muted">{counts}</span></h3>
                <Differences differences />
            </section>
        </div>
        <div class="two">
            <section aria-labelledby="sample-h">
                <h3 id="sample-h">{texts::as_sent(&connection)}</h3>
                <Sample sample />
            </section>
            <section aria-labelledby="not-h">
                <h3 id="not-h">{texts::NOT_SIMULATED}</h3>
                <p class="sm muted">{texts::NOT_SIMULATED_LIST}</p>
            </section>
        </div>
    }
    .into_any()
}

/// Rules that earlier ones take many predictions from.
fn overlaps(preview: &Preview, policy: &Policy) -> Vec<String> {
    let last = policy.rules.len().saturating_sub(1);
    let counts = policy.rules.iter().zip(&preview.rules).take(last);
    counts
        .filter(|(rule, _)| !rule.paused)
        .filter(|(_, count)| {
            count.alone > 0 && (count.alone - count.matched) * OVERLAP > count.alone
        })
        .map(|(rule, count)| texts::overlap(&rule.name, count.alone - count.matched, count.alone))
        .collect()
}

/// Work orders and questions per day, the draft below the live rules.
#[component]
fn Strip(days: Vec<Day>, finding: String, live_version: i32) -> impl IntoView {
    let width = u32::try_from(days.len()).unwrap_or(1).max(1) * 10;
    let most = days
        .iter()
        .map(|d| (d.created + d.reviews).max(d.live_created + d.live_reviews))
        .max()
        .unwrap_or(0)
        .max(1);
    let high = move |n: i64| i32::try_from(n * 40 / most).unwrap_or(40);
    let row = move |of: fn(&Day) -> (i64, i64), days: &[Day]| {
        let bars = (0_u32..)
            .zip(days)
            .map(|(at, day)| {
                let x = at * 10;
                if day.predictions == 0 {
                    return view! { <rect class="gap" x=x.to_string() y="0" width="10" height="44" /> }
                        .into_any();
                }
                let (created, asked) = of(day);
                let (c, a) = (high(created), high(asked));
                view! {
                    <rect class="bar" x=(x + 1).to_string() y=(44 - c).to_string() width="8" height=c.to_string() />
                    <rect
                        class="soft"
                        x=(x + 1).to_string()
                        y=(44 - c - a).to_string()
                        width="8"
                        height=a.to_string()
                    />
                }
                .into_any()
            })
            .collect_view();
        view! {
            <svg class="days" viewBox=format!("0 0 {width} 44") preserveAspectRatio="none" aria-hidden="true">
                {bars}
            </svg>
        }
    };
    let draft = row(|d| (d.created, d.reviews), &days);
    let live = row(|d| (d.live_created, d.live_reviews), &days);
    let ends = days.first().zip(days.last()).map(|(a, b)| (day(a.date), day(b.date)));
    let columns = vec![
        Column::text(texts::DAY),
        Column::number(texts::PREDICTIONS),
        Column::number(format!("{}, {}", texts::NOW, texts::CREATES)),
        Column::number(format!("{}, {}", texts::NOW, texts::ASKS)),
        Column::number(format!("{}, {}", texts::version(live_version.into()), texts::CREATES)),
        Column::number(format!("{}, {}", texts::version(live_version.into()), texts::ASKS)),
    ];
    view! {
        <figure class="figure strip">
            <p class="row xs muted">
                <span class="key"><i class="sq bar"></i>{texts::CREATES}</span>
                <span class="key"><i class="sq soft"></i>{texts::ASKS}</span>
                <span class="key"><i class="sq hat"></i>{texts::GAP}</span>
            </p>
            <div class="lanes" role="img" aria-label=finding>
                <span>{texts::version(live_version.into())}</span>
                {live}
                <span>{texts::DRAFT}</span>
                {draft}
            </div>
            {ends
                .map(|(first, last)| {
                    view! {
                        <p class="ends xs muted">
                            <span>{first}</span>
                            <span>{last}</span>
                        </p>
                    }
                })}
            <details class="as-table">
                <summary>{common::AS_TABLE}</summary>
                <Table caption=texts::STRIP_TABLE hide_caption=true columns>
                    {days
                        .into_iter()
                        .map(|d| {
                            view! {
                                <tr>
                                    <th scope="row" class="nowrap">{day(d.date)}</th>
                                    <td class="num">
                                        {if d.predictions == 0 {
                                            texts::GAP.to_owned()
                                        } else {
                                            format::integer(d.predictions)
                                        }}
                                    </td>
                                    <td class="num">{d.created}</td>
                                    <td class="num">{d.reviews}</td>
                                    <td class="num">{d.live_created}</td>
                                    <td class="num">{d.live_reviews}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </Table>
            </details>
        </figure>
    }
    .into_any()
}

fn day(date: chrono::NaiveDate) -> String {
    date.format("%-d %b").to_string()
}

#[component]
fn TruthTable(truth: Truth, live: Truth, live_version: i32) -> impl IntoView {
    let rows = [
        (texts::CONFIRMED, "okk", truth.confirmed, live.confirmed),
        (texts::FALSE_ALARM, "bad", truth.false_alarm, live.false_alarm),
        (texts::OTHER_FAULT, "dash", truth.other_fault, live.other_fault),
        (texts::NOT_KNOWN, "dash", truth.unknown, live.unknown),
        (texts::MISSED, "open", truth.missed, live.missed),
    ];
    let columns = vec![
        Column::text(texts::HOW_IT_ENDED),
        Column::hidden(texts::TIMES),
        Column::number(texts::NOW),
        Column::number(texts::version(live_version.into())),
    ];
    view! {
        <Table caption=texts::TRUTH hide_caption=true columns class="truth">
            {rows
                .into_iter()
                .map(|(label, class, draft, live)| {
                    view! {
                        <tr>
                            <th scope="row">{label}</th>
                            <td aria-hidden="true">
                                {(0..draft.min(SQUARES))
                                    .map(|_| view! { <i class=format!("sq {class}")></i> })
                                    .collect_view()}
                            </td>
                            <td class="num"><b>{format::integer(draft)}</b></td>
                            <td class="num">{format::integer(live)}</td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
    .into_any()
}

#[component]
fn Differences(differences: Vec<Difference>) -> impl IntoView {
    if differences.is_empty() {
        return ().into_any();
    }
    let columns = vec![
        Column::hidden(texts::CHANGES),
        Column::text(texts::ALERT),
        Column::text(texts::HOW_IT_ENDED),
    ];
    view! {
        <div class="scroll" tabindex="0" role="group" aria-labelledby="diff-h">
            <Table caption=texts::DIFFERENCES hide_caption=true columns class="dl">
                {differences.into_iter().map(difference).collect_view()}
            </Table>
        </div>
    }
    .into_any()
}

fn difference(d: Difference) -> AnyView {
    let acts = |a: Option<DecisionAction>| a.is_some_and(|a| a != DecisionAction::Log);
    let mark = match (acts(d.live), acts(d.draft)) {
        (false, true) => "+",
        (true, false) => "\u{2212}",
        _ => "~",
    };
    view! {
        <tr>
            <td>
                <span class="op" aria-hidden="true">{mark}</span>
            </td>
            <th scope="row">
                <Plate tag=d.tag href=Some(format!("/alerts/{}", d.alert)) />
                <span class="sub">
                    {d.mode} ", " <Time at=d.at style=TimeStyle::Day />
                </span>
            </th>
            <td>
                <span class="diff">
                    <del>{texts::did(d.live)}</del>
                    <ins>{texts::did(d.draft)}</ins>
                </span>
                <span class="sub">{texts::ended(d.outcome)}</span>
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn Sample(sample: Vec<SampleField>) -> impl IntoView {
    if sample.is_empty() {
        return view! { <p class="sm muted">{texts::SAMPLE_NONE}</p> }.into_any();
    }
    view! {
        <dl class="list sm sample">
            {sample
                .into_iter()
                .map(|field| {
                    view! {
                        <dt class="mono">{field.field}</dt>
                        <dd>{field.value}</dd>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}
