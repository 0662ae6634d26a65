//! Work orders as pages and the API see them.

use std::collections::HashMap;

use domain::ids::{AlertId, AttachmentId, SiteId, WorkOrderId};
use domain::permission::Permission;
use domain::views::work_orders::{
    Allowed, Delivery, RuleRef, TimelineRow, WorkOrder, WorkOrderDetail, WorkOrderFilter,
    WorkOrderList, WorkOrderPage, WorkOrderRow,
};
use domain::work_order::{DeliveryState, WorkOrderStatus};
use store::ScopedTx;
use store::work_orders::read::{self, OrderRow};
use store::work_orders::{attachments, timeline as facts};

use super::sent::sent;
use super::timeline::entry;
use super::transition::permission;
use crate::{Caller, Error};

/// A page of work orders with their timelines, for machines.
///
/// # Errors
/// When the database refuses.
pub async fn page(
    tx: &mut ScopedTx,
    filter: &WorkOrderFilter,
    limit: u32,
) -> Result<WorkOrderPage, Error> {
    let (rows, next) = rows(tx, filter, limit).await?;
    let mut timelines = timelines(tx, &rows).await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let timeline = timelines.remove(&row.id).unwrap_or_default();
            order(row, timeline)
        })
        .collect::<Result<_, _>>()?;
    Ok(WorkOrderPage { items, next })
}

/// One work order, for machines.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut ScopedTx, id: WorkOrderId) -> Result<WorkOrder, Error> {
    let row = read::one(tx, id).await?.ok_or(Error::NotFound)?;
    let rows = [row];
    let mut timelines = timelines(tx, &rows).await?;
    let [row] = rows;
    order(row, timelines.remove(&id.0).unwrap_or_default())
}

/// A page of the list, for people.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    tx: &mut ScopedTx,
    filter: &WorkOrderFilter,
    limit: u32,
) -> Result<WorkOrderList, Error> {
    let total = read::count(tx, filter).await?;
    let (rows, next) = rows(tx, filter, limit).await?;
    let items = rows.iter().map(|row| line(row, tx)).collect::<Result<_, _>>()?;
    Ok(WorkOrderList { items, next, total })
}

/// Everything about one work order, and what the caller may do to it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn detail(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: WorkOrderId,
) -> Result<WorkOrderDetail, Error> {
    let row = read::one(tx, id).await?.ok_or(Error::NotFound)?;
    let rows = [row];
    let timeline = timelines(tx, &rows).await?.remove(&id.0).unwrap_or_default();
    let [row] = rows;
    let attempts = read::attempts(tx, id).await?;
    let attachments = read::attachments(tx, id).await?;
    let line = line(&row, tx)?;
    let book = row.system == "book";
    let drift = row.drift.as_ref().map(|drift| drift.0.clone()).unwrap_or_default();
    Ok(WorkOrderDetail {
        allowed: allowed(&line, &row, caller),
        sent: sent(&row.request, &row.system, row.cmms_number.is_some(), &drift),
        external_ref: row.external_ref,
        version: row.version,
        connection: row.connection_name,
        book,
        description: row.description,
        work_type: row.work_type,
        failure_code: row.failure_code,
        requested_by: row.requester.unwrap_or_else(|| "Millwright".to_owned()),
        scheduled_from: row.scheduled_from,
        scheduled_until: row.scheduled_until,
        spare_parts: row.spare_parts.0,
        closure: row.closure.map(|closure| closure.0),
        closed_at: row.closed_at,
        unmapped_status: row.unmapped_status,
        drift,
        outcome: row.outcome,
        prevented: row.prevented.unwrap_or_default(),
        timeline,
        attempts,
        attachments,
        row: line,
    })
}

/// A file of a work order: name, media type, content.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn attachment(
    tx: &mut ScopedTx,
    order: WorkOrderId,
    attachment: AttachmentId,
) -> Result<(String, String, Vec<u8>), Error> {
    attachments::content(tx, order, attachment).await?.ok_or(Error::NotFound)
}

pub(super) async fn rows(
    tx: &mut ScopedTx,
    filter: &WorkOrderFilter,
    limit: u32,
) -> Result<(Vec<OrderRow>, Option<String>), Error> {
    let limit = limit.clamp(1, 200);
    let mut rows = read::list(tx, filter, i64::from(limit)).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    Ok((rows, next))
}

async fn timelines(
    tx: &mut ScopedTx,
    rows: &[OrderRow],
) -> Result<HashMap<i64, Vec<TimelineRow>>, Error> {
    let ids: Vec<WorkOrderId> = rows.iter().map(|row| WorkOrderId(row.id)).collect();
    let about: HashMap<i64, &OrderRow> = rows.iter().map(|row| (row.id, row)).collect();
    let mut timelines: HashMap<i64, Vec<TimelineRow>> = HashMap::new();
    for fact in facts::facts(tx, &ids).await? {
        let Some(row) = about.get(&fact.work_order_id) else { continue };
        let entry = entry(&fact, &row.connection_name, row.alert_id);
        timelines.entry(row.id).or_default().extend(entry);
    }
    Ok(timelines)
}

fn word<T: std::str::FromStr<Err = domain::UnknownWord>>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|e| Error::Store(store::Error::corrupt("work_order", e)))
}

fn delivery(row: &OrderRow) -> Result<Delivery, Error> {
    Ok(Delivery {
        state: word(&row.delivery_state)?,
        attempts: row.attempts,
        next_at: row.next_at,
        error: row.error_text.clone(),
    })
}

fn priority(row: &OrderRow) -> Result<domain::alert::Priority, Error> {
    row.priority.try_into().map_err(|e| Error::Store(store::Error::corrupt("work_order", e)))
}

fn order(row: OrderRow, timeline: Vec<TimelineRow>) -> Result<WorkOrder, Error> {
    Ok(WorkOrder {
        id: WorkOrderId(row.id),
        alert_id: row.alert_id.map(AlertId),
        origin: word(&row.origin)?,
        delivery: delivery(&row)?,
        priority: priority(&row)?,
        status: word(&row.status)?,
        version: row.version,
        external_ref: row.external_ref,
        cmms_number: row.cmms_number,
        title: row.title,
        cmms_status: row.cmms_status,
        assigned_to: row.assigned_to,
        requested_by: row.requester.unwrap_or_else(|| "Millwright".to_owned()),
        due: row.due,
        spare_parts: row.spare_parts.0,
        closure: row.closure.map(|closure| closure.0),
        timeline: timeline.into_iter().map(|row| row.entry).collect(),
    })
}

fn line(row: &OrderRow, tx: &ScopedTx) -> Result<WorkOrderRow, Error> {
    let delivery = delivery(row)?;
    Ok(WorkOrderRow {
        id: WorkOrderId(row.id),
        alert_id: row.alert_id.map(AlertId),
        cmms_number: row.cmms_number.clone(),
        title: row.title.clone(),
        asset_tag: row.tag.clone(),
        asset_path: row.path_text.clone(),
        site: row.site_name.clone(),
        site_id: SiteId(row.site_id),
        time_zone: row.time_zone.clone(),
        failure_mode: row.failure_mode.clone(),
        priority: priority(row)?,
        status: word(&row.status)?,
        cmms_status: row.cmms_status.clone(),
        origin: word(&row.origin)?,
        rule: row
            .rule
            .clone()
            .zip(row.policy_version)
            .map(|(rule, policy_version)| RuleRef { rule, policy_version }),
        assigned_to: row.assigned_to.clone(),
        due: row.due,
        created_at: row.created_at,
        late: !delivery.state.is_final() && row.deadline < tx.now(),
        delivery,
    })
}

fn allowed(line: &WorkOrderRow, row: &OrderRow, caller: &Caller) -> Allowed {
    let site = line.site_id;
    let stopped = matches!(
        line.delivery.state,
        DeliveryState::NeedsPerson | DeliveryState::Dead | DeliveryState::Rejected
    );
    let movable = row.system == "book" && line.delivery.state == DeliveryState::Created;
    let to = line
        .status
        .successors()
        .iter()
        .copied()
        .filter(|to| movable && caller.may_at(permission(*to), site));
    Allowed {
        to: to.collect(),
        deliver: stopped
            && line.status != WorkOrderStatus::Cancelled
            && (caller.may_at(Permission::Integrate, site)
                || caller.may_at(Permission::WorkOrderRaise, site)),
    }
}
