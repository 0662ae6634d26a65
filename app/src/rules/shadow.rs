use domain::views::rules::{PolicyRow, ShadowCase, ShadowPair, ShadowView};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::{EndShadow, StartShadow};
use super::changes::Changes;
use crate::strings::rules as texts;
use crate::ui::{Button, Column, Hidden, Panel, Plate, Table, Time, TimeStyle, format};

/// The run in shadow beside what is live.
#[component]
pub(super) fn Shadow(
    /// The policy.
    row: PolicyRow,
    /// The run, or the last one.
    shadow: Option<ShadowView>,
    /// The form that starts one.
    start: ServerAction<StartShadow>,
    /// The form that ends it.
    end: ServerAction<EndShadow>,
) -> impl IntoView {
    let running = row.shadow_since.is_some();
    let note = shadow.as_ref().map(|s| texts::shadow_sum(s.decisions, s.other));
    let (id, drafted) = (row.id.0, row.draft.is_some());
    let forms = row.may_draft.then(|| {
        view! {
            <div class="row">
                {drafted
                    .then(|| {
                        let label = if running { texts::SHADOW_AGAIN } else { texts::SHADOW_START };
                        view! {
                            <ActionForm action=start>
                                <Hidden name="id" value=id.to_string() />
                                <Button
                                    submit=true
                                    busy=start.pending()
                                    busy_text=texts::STARTING
                                >
                                    {label}
                                </Button>
                            </ActionForm>
                        }
                    })}
                {(!drafted && !running)
                    .then(|| view! { <p class="muted sm">{texts::SHADOW_NEEDS_DRAFT}</p> })}
                {running
                    .then(|| {
                        view! {
                            <ActionForm action=end>
                                <Hidden name="id" value=id.to_string() />
                                <Button submit=true busy=end.pending() busy_text=texts::DISCARDING>
                                    {texts::SHADOW_END}
                                </Button>
                            </ActionForm>
                        }
                    })}
            </div>
        }
    });
    view! {
        <Panel id="shadow" title=texts::SHADOW note=MaybeProp::derive(move || note.clone())>
            <div class="body stack">
                <p class="muted sm">{texts::SHADOW_HINT}</p>
                {forms}
                {shadow.map(|shadow| view! { <Run shadow /> })}
            </div>
        </Panel>
    }
    .into_any()
}

#[component]
fn Run(shadow: ShadowView) -> impl IntoView {
    let ended = shadow.ended_at;
    view! {
        <p class="sm">
            <Time at=shadow.started_at style=TimeStyle::Absolute /> " \u{2013} "
            {ended.map(|at| view! { <Time at style=TimeStyle::Absolute /> })} " "
            {shadow.started_by.map(|by| view! { <span class="muted">{by}</span> })}
        </p>
        <details class="as-table">
            <summary>{texts::DIFFERENCES}</summary>
            <Changes changes=shadow.changes />
        </details>
        {(shadow.decisions > 0).then(|| view! { <Pairs pairs=shadow.pairs /> })}
        {(!shadow.latest.is_empty()).then(|| view! { <Cases cases=shadow.latest /> })}
    }
    .into_any()
}

#[component]
fn Pairs(pairs: Vec<ShadowPair>) -> impl IntoView {
    let columns = vec![
        Column::text(texts::LIVE_DID),
        Column::text(texts::SHADOW_WOULD),
        Column::number(texts::TIMES),
    ];
    view! {
        <Table caption=texts::SHADOW hide_caption=true columns>
            {pairs
                .into_iter()
                .map(|pair| {
                    view! {
                        <tr>
                            <th scope="row">{texts::did(Some(pair.live))}</th>
                            <td>
                                {if pair.live == pair.shadow {
                                    view! { {texts::did(Some(pair.shadow))} }.into_any()
                                } else {
                                    view! { <b>{texts::did(Some(pair.shadow))}</b> }.into_any()
                                }}
                            </td>
                            <td class="num">{format::integer(pair.count)}</td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
    .into_any()
}

#[component]
fn Cases(cases: Vec<ShadowCase>) -> impl IntoView {
    let columns = vec![
        Column::text(texts::ALERT),
        Column::text(texts::AT),
        Column::text(texts::LIVE_DID),
        Column::text(texts::SHADOW_WOULD),
        Column::text(texts::RULE),
    ];
    view! {
        <Table caption=texts::SHADOW_CASES columns>
            {cases
                .into_iter()
                .map(|case| {
                    view! {
                        <tr>
                            <th scope="row">
                                <Plate tag=case.tag href=Some(format!("/alerts/{}", case.alert)) />
                                <span class="sub">{case.mode}</span>
                            </th>
                            <td class="nowrap">
                                <Time at=case.at />
                            </td>
                            <td>{texts::did(Some(case.live))}</td>
                            <td>{texts::did(Some(case.shadow))}</td>
                            <td>{case.rule}</td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
    .into_any()
}
