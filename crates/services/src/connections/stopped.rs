//! Deliveries that stopped: sent again under the same reference, given up, or made there by hand.

use domain::cmms_record::CmmsRecord;
use domain::ids::{ConnectionId, SiteId, WorkOrderId};
use domain::permission::Permission;
use domain::views::connections::StoppedOrder;
use domain::work_order::DeliveryState;
use serde_json::json;
use store::connections::desk;
use store::work_orders::people;
use store::{AuditEntry, ScopedTx};

use super::access::{reason, require};
use crate::work_orders::{self, mirror};
use crate::{Caller, Error};

/// Stopped deliveries on a page, and replayed at once.
const MOST: i64 = 500;

/// Deliveries of a connection that stopped, oldest first.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`].
pub async fn stopped(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: ConnectionId,
) -> Result<Vec<StoppedOrder>, Error> {
    require(tx, caller, Permission::Integrate, id).await?;
    let mut orders = Vec::new();
    for row in desk::stopped(tx, id, MOST).await? {
        let state: DeliveryState = row
            .delivery_state
            .parse()
            .map_err(|e| Error::Store(store::Error::corrupt("work_order", e)))?;
        orders.push(StoppedOrder {
            id: WorkOrderId(row.id),
            title: row.title,
            asset_tag: row.tag,
            state,
            attempts: row.attempts,
            code: row.error_code,
            error: row.error_text,
            created_at: row.created_at,
        });
    }
    Ok(orders)
}

/// Sends a stopped delivery again, under the same reference.
///
/// # Errors
/// As [`work_orders::retry`].
pub async fn replay(tx: &mut ScopedTx, caller: &Caller, id: WorkOrderId) -> Result<(), Error> {
    work_orders::retry(tx, caller, id).await
}

/// Sends every stopped delivery of a connection again, oldest first; answers how many. Those that
/// another work order has replaced stay as they are.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`].
pub async fn replay_all(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: ConnectionId,
) -> Result<usize, Error> {
    require(tx, caller, Permission::Integrate, id).await?;
    let mut replayed = 0;
    for row in desk::stopped(tx, id, MOST).await? {
        if people::replaced(tx, WorkOrderId(row.id)).await? {
            continue;
        }
        work_orders::retry(tx, caller, WorkOrderId(row.id)).await?;
        replayed += 1;
    }
    let entry = AuditEntry::new("connection.replay", "connection", id.0);
    tx.audit(vec![entry.detail(json!({ "orders": replayed }))]).await?;
    Ok(replayed)
}

/// Gives a stopped delivery up.
///
/// # Errors
/// As [`work_orders::skip`].
pub async fn skip(tx: &mut ScopedTx, caller: &Caller, id: WorkOrderId) -> Result<(), Error> {
    work_orders::skip(tx, caller, id).await
}

/// A person has made the work order over there by hand: ours is that one from now on.
///
/// # Errors
/// `not_stopped`, or `known_already` when another work order is that record; [`Error::Invalid`]
/// without number and reason; [`Error::Denied`], [`Error::NotFound`].
pub async fn created_by_hand(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: WorkOrderId,
    cmms_id: &str,
    number: &str,
    why: &str,
) -> Result<(), Error> {
    let why = reason(why)?;
    let (cmms_id, number) = (cmms_id.trim(), number.trim());
    if number.is_empty() || number.len() > 100 || cmms_id.len() > 100 {
        return Err(Error::invalid("number", "missing", "The number it has there, please."));
    }
    let target = people::target(tx, id).await?.ok_or(Error::NotFound)?;
    work_orders::stopped(&target, caller)?;
    let site = SiteId(target.site_id);
    let entry = AuditEntry::new("work_order.by_hand", "work_order", id.0)
        .site(site)
        .detail(json!({"number": number, "reason": why}));
    tx.audit(vec![entry]).await?;
    let record = CmmsRecord {
        external_ref: Some(target.external_ref),
        cmms_id: if cmms_id.is_empty() { number } else { cmms_id }.to_owned(),
        number: number.to_owned(),
        status: None,
        cmms_status: None,
        version: 0,
        assigned_to: None,
        closure: None,
        updated_at: tx.now(),
    };
    mirror::apply_all(tx, ConnectionId(target.connection_id), vec![record]).await.map_err(
        |error| match &error {
            Error::Store(inner) if inner.constraint().is_some() => {
                Error::conflict("known_already", "Another work order is that record already.")
            }
            _ => error,
        },
    )?;
    Ok(())
}
