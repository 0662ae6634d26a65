use domain::views::connections::ConnectionDetail;
use leptos::prelude::*;

use super::hours::Hours;
use super::level;
use super::reading::Reading;
use super::stopped::{Held, Waiting};
use super::test::{Test, Tests};
use crate::frame::Zone;
use crate::strings::connections as texts;
use crate::ui::time::written;
use crate::ui::{Fact, Facts, Level, Panel, Says, Time, TimeStyle, format};

/// The tab that opens first: facts, the last day, sites, the live test, what stopped.
#[component]
pub(super) fn Status(detail: ConnectionDetail, held: Held, tests: Tests) -> impl IntoView {
    let row = detail.row.clone();
    let zone = Zone::current();
    let clock = |at| written(at, &zone, TimeStyle::Clock);
    let until = row.open_until.map(clock);
    let circuit = texts::circuit(row.circuit, until.as_deref());
    let next = row.next_retry.map_or_else(|| texts::NOTHING.to_owned(), clock);
    let (failed, all) = row
        .hours
        .iter()
        .fold((0, 0), |(failed, all), hour| (failed + hour.failed, all + hour.ok + hour.failed));
    let latency = match detail.latency.calls {
        0 => texts::NOTHING.to_owned(),
        _ => texts::latency(detail.latency.p50, detail.latency.p95),
    };
    let external = row.system != "book";
    view! {
        <div class="stack">
            <Facts panel=true>
                <Fact label=texts::HEALTH>
                    <Says level=level(row.health)>{texts::health(row.health)}</Says>
                </Fact>
                <Fact label=texts::CIRCUIT>{circuit}</Fact>
                <Fact label=texts::WAITING>{format::integer(row.backlog)}</Fact>
                <Fact label=texts::NEXT_RETRY>{next}</Fact>
                <Fact label=texts::LAST_OK>
                    {match row.last_ok_at {
                        Some(at) => view! { <Time at /> }.into_any(),
                        None => texts::NEVER.into_any(),
                    }}
                </Fact>
                <Fact label=texts::STOPPED>{format::integer(row.stopped)}</Fact>
                <Fact label=texts::CREATED>{format::integer(row.created_24h)}</Fact>
                <Fact label=texts::ANSWERS>{latency}</Fact>
            </Facts>
            <div class="cols fill" data-cols="connection">
                <div class="stack">
                    <Panel id="day" title=texts::CALLS note=texts::hours_say(failed, all)>
                        <div class="body">
                            <Hours hours=row.hours.clone() wide=true />
                        </div>
                    </Panel>
                    <Waiting id=row.id shadow=row.state == "shadow" held />
                    {detail.reading.clone().map(|reading| view! { <Reading reading /> })}
                    <Served detail=detail.clone() />
                </div>
                {external.then(|| view! { <Test detail=detail.clone() tests back="" /> })}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Served(detail: ConnectionDetail) -> impl IntoView {
    let sites = detail.row.sites;
    view! {
        <Panel id="serves" title=texts::SERVES>
            {if sites.is_empty() {
                view! { <p class="body muted">{texts::NO_SITES}</p> }.into_any()
            } else {
                view! {
                    <dl class="list body">
                        {sites
                            .into_iter()
                            .map(|site| {
                                let (level, says) = if site.active {
                                    (Level::Ok, texts::GO_HERE)
                                } else {
                                    (Level::Unknown, texts::GO_ELSEWHERE)
                                };
                                view! {
                                    <dt>{site.name}</dt>
                                    <dd>
                                        <span class="hidden">{texts::ACTIVE} " "</span>
                                        <Says level>{says}</Says>
                                    </dd>
                                }
                            })
                            .collect_view()}
                    </dl>
                }
                    .into_any()
            }}
        </Panel>
    }
    .into_any()
}
