use domain::alert::Origin;
use domain::ids::{SiteId, WorkOrderId};
use domain::views::work_orders::{WorkOrderFilter, WorkOrderList, WorkOrderRow};
use domain::work_order::{DeliveryState, WorkOrderStatus};
use leptos::prelude::*;

use super::{delivery_level, list_work_orders};
use crate::browser::use_topic;
use crate::strings::work_orders as texts;
use crate::ui::{
    ActiveFilters, Choice, Column, Empty, ExportLink, Filter, FilterForm, Level, Loaded, PageHead,
    Pager, Plate, Query, Says, Sev, Table, Time, TimeStyle,
};

/// Total that is no longer exact.
const COUNTED: i64 = 10_000;

/// What the list at an address shows.
pub fn listed(query: &Query) -> WorkOrderFilter {
    fn words<T: std::str::FromStr>(query: &Query, key: &str) -> Vec<T> {
        query.list(key).into_iter().filter_map(|word| word.parse().ok()).collect()
    }
    WorkOrderFilter {
        status: words(query, "status"),
        origin: words(query, "origin"),
        delivery: words(query, "delivery"),
        q: query.get("q").or_else(|| query.get("asset")).unwrap_or_default().to_owned(),
        alert: query.get("alert").and_then(|id| id.parse().ok()),
        site: query.get("site").and_then(|id| id.parse().ok()).map(SiteId),
        asset: None,
        overdue: query.get("overdue").is_some(),
        after: query.get("after").and_then(|id| id.parse().ok()).map(WorkOrderId),
    }
}

fn filters() -> Vec<Filter> {
    let statuses = WorkOrderStatus::ALL.iter();
    let origins = Origin::ALL.iter();
    let states = DeliveryState::ALL.iter();
    vec![
        Filter { name: "q", label: texts::SEARCH, choices: Vec::new() },
        Filter {
            name: "status",
            label: texts::STATUS,
            choices: statuses.map(|s| Choice::new(s.as_str(), texts::status(*s))).collect(),
        },
        Filter {
            name: "origin",
            label: texts::ORIGIN,
            choices: origins.map(|o| Choice::new(o.as_str(), texts::origin(*o))).collect(),
        },
        Filter {
            name: "delivery",
            label: texts::DELIVERY,
            choices: states.map(|s| Choice::new(s.as_str(), texts::delivery(*s))).collect(),
        },
        Filter {
            name: "overdue",
            label: texts::DUE,
            choices: vec![Choice::new("1", texts::OVERDUE)],
        },
    ]
}

/// `/work-orders?q=&status=&origin=&delivery=&overdue=&alert=&asset=&after=`
#[component]
pub fn WorkOrdersPage() -> impl IntoView {
    let query = Query::current();
    let changes = use_topic("work_orders");
    let list = Resource::new(
        move || (query.with(listed), changes.get()),
        |(filter, _)| list_work_orders(filter),
    );
    view! {
        <PageHead title=texts::TITLE meta=texts::LEAD>
            <ExportLink list="work-orders" />
        </PageHead>
        <FilterForm filters=filters() />
        <ActiveFilters filters=filters() />
        <Loaded resource=list rows=12 view=|list| view! { <List list /> } />
    }
}

#[component]
fn List(
    /// What to show.
    list: WorkOrderList,
) -> impl IntoView {
    let query = Query::current();
    if list.items.is_empty() {
        let filtered = query.with_untracked(|q| q.pairs().next().is_some());
        let title = if filtered { texts::NO_MATCH } else { texts::EMPTY };
        return view! {
            <section class="panel">
                <Empty icon="orders" title>
                    {(!filtered)
                        .then(|| {
                            view! {
                                <p>{texts::EMPTY_HINT} " " <a href="/alerts">{texts::TO_ALERTS}</a></p>
                            }
                        })}
                </Empty>
            </section>
        }
        .into_any();
    }
    let columns = vec![
        Column::text(texts::PRIORITY),
        Column::text(texts::NUMBER),
        Column::text(texts::WORK),
        Column::text(texts::STATUS),
        Column::text(texts::ORIGIN),
        Column::text(texts::DUE),
        Column::text(texts::AGE),
        Column::text(texts::DELIVERY),
    ];
    let more = list.total > COUNTED;
    let rows: Vec<_> = list.items.into_iter().map(|row| view! { <Row row /> }).collect();
    view! {
        <section class="panel orders">
            <Table caption=texts::CAPTION hide_caption=true columns class="cards">
                {rows}
            </Table>
            <Pager
                query=query.get_untracked()
                next=list.next
                total=Some(list.total.min(COUNTED))
                more
            />
        </section>
    }
    .into_any()
}

#[component]
fn Row(
    /// One work order.
    row: WorkOrderRow,
) -> impl IntoView {
    let href = format!("/work-orders/{}", row.id);
    let number = texts::number(row.id.0, row.cmms_number.as_deref());
    let ours = row.cmms_number.map(|_| texts::ours(row.id.0));
    let zone = row.time_zone.clone();
    let asset = Query::of("/alerts").with("asset", &row.asset_tag).href();
    let theirs = row.cmms_status.filter(|s| !s.eq_ignore_ascii_case(row.status.as_str()));
    let rule = row.rule.filter(|_| row.origin == Origin::Rule).map(|rule| texts::rule(&rule));
    let failed = matches!(delivery_level(row.delivery.state), Level::High);
    let due = match row.due {
        Some(at) => view! { <Time at style=TimeStyle::Day zone=zone.clone() /> }.into_any(),
        None => view! { <span class="muted">{texts::NO_DUE}</span> }.into_any(),
    };
    view! {
        <tr data-bad=failed.then_some("") data-sev=failed.then_some("high")>
            <td>
                <Sev level=row.priority.severity() />
                <span class="sub">{texts::priority(row.priority.get())}</span>
            </td>
            <th scope="row">
                <a href=href data-item="">{number}</a>
                <span class="sub">{ours}</span>
            </th>
            <td class="wide">
                <Plate tag=row.asset_tag href=asset /> " " {row.title}
                <span class="sub">{row.asset_path}</span>
            </td>
            <td>
                {texts::status(row.status)}
                <span class="sub">{texts::assigned(row.assigned_to.as_deref())}</span>
                {theirs.map(|status| view! { <span class="sub">{status}</span> })}
            </td>
            <td>
                {texts::origin(row.origin)}
                <span class="sub">{rule}</span>
            </td>
            <td>{due}</td>
            <td><Time at=row.created_at zone /></td>
            <td>
                <Says level=delivery_level(row.delivery.state)>
                    {texts::delivery(row.delivery.state)}
                </Says>
                {row.late.then(|| view! { <span class="sub">{texts::LATE}</span> })}
                {row.delivery.error.filter(|_| failed).map(|error| view! { <span class="sub">{error}</span> })}
            </td>
        </tr>
    }
}
