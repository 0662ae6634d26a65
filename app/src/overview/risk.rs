use chrono::{DateTime, Utc};
use domain::alert::AlertState;
use domain::views::alerts::AlertRow;
use domain::work_order::DeliveryState;
use leptos::prelude::*;

use super::minutes;
use crate::alerts::{Card, Did};
use crate::strings::work_orders as orders;
use crate::strings::{alerts, common, overview as texts};
use crate::ui::{Column, Conf, Empty, LifeRange, Panel, Plate, Sev, Table, format};

/// The assets whose open alert is most urgent: by severity, then the least remaining life.
#[component]
pub(super) fn Risk(
    /// One alert for each asset.
    rows: Vec<AlertRow>,
    /// Open alerts.
    open: i64,
    /// Now.
    at: DateTime<Utc>,
) -> impl IntoView {
    let note = texts::risk_note(rows.len(), open);
    let aside = || view! { <a href="/alerts">{texts::ALL_ALERTS}</a> };
    let columns = vec![
        Column::text(alerts::SEVERITY),
        Column::text(alerts::ASSET),
        Column::text(alerts::FAILURE_MODE),
        Column::number(alerts::CONFIDENCE),
        Column::number(alerts::LIFE),
        Column::hidden(texts::LIFE_SCALE),
        Column::text(texts::ACTION),
    ];
    let body = if rows.is_empty() {
        view! {
            <Empty icon="check" title=texts::NO_RISK>
                <p>{texts::NO_RISK_HINT}</p>
            </Empty>
        }
        .into_any()
    } else {
        let cards = rows.iter().cloned().map(|row| view! { <Card row /> }).collect_view();
        view! {
            <div class="rows">
                <Table caption=texts::RISK_CAPTION hide_caption=true columns class="risk">
                    {rows.into_iter().map(|row| line(&row, at)).collect_view()}
                </Table>
            </div>
            <ol class="cards">{cards}</ol>
        }
        .into_any()
    };
    view! {
        <Panel id="risk" title=texts::RISK note class="alerts" aside>
            {body}
        </Panel>
    }
    .into_any()
}

fn line(row: &AlertRow, at: DateTime<Utc>) -> AnyView {
    let href = format!("/alerts/{}", row.id);
    let confidence = match row.confidence {
        Some(value) => view! { <Conf value /> }.into_any(),
        None => view! { <span class="muted">{common::NO_DATA}</span> }.into_any(),
    };
    let life = match row.rul_hours {
        Some(hours) => format::life(hours.max(0.0)).into_any(),
        None => view! { <span class="muted">{alerts::NOT_GIVEN}</span> }.into_any(),
    };
    let scale = row.rul_hours.map(|hours| view! { <LifeRange at=hours.max(0.0) /> });
    view! {
        <tr>
            <td><Sev level=row.severity /></td>
            <th scope="row">
                <Plate tag=row.asset.tag.clone() href=format!("/assets/{}", row.asset.id) />
                <span class="sub">{row.asset.name.clone()}</span>
            </th>
            <td><a href=href data-item="">{row.failure_mode_name.clone()}</a></td>
            <td class="num">{confidence}</td>
            <td class="num">{life}</td>
            <td class="life">{scale}</td>
            <td>{action(row, at)}</td>
        </tr>
    }
    .into_any()
}

/// What happens with it, and where to act.
fn action(row: &AlertRow, at: DateTime<Utc>) -> AnyView {
    match (row.state, row.work_order_id) {
        (AlertState::WorkOrder, Some(id)) => {
            let number = orders::number(id.0, row.work_order_number.as_deref());
            let delivered = row.delivery_state.as_deref() == Some(DeliveryState::Created.as_str());
            let status = row.work_order_status.as_deref().and_then(|word| word.parse().ok());
            let stands = match status.filter(|_| delivered) {
                Some(status) => orders::status(status).into_any(),
                None => view! { <Did row=row.clone() /> }.into_any(),
            };
            view! {
                <a href=format!("/work-orders/{id}")>{number}</a>
                <span class="sub">{stands}</span>
            }
            .into_any()
        }
        (AlertState::WaitingReview, _) => {
            let waits = row.review_since.map(|since| texts::waiting(minutes(since, at)));
            view! {
                <a href=format!("/review/{}", row.id)>{texts::REVIEW}</a>
                <span class="sub">{waits}</span>
            }
            .into_any()
        }
        _ => view! { <Did row=row.clone() /> }.into_any(),
    }
}
