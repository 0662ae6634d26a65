//! What people decide about a delivery that stopped.

use domain::ids::{SiteId, WorkOrderId};
use domain::permission::Permission;
use domain::work_order::DeliveryState;
use serde_json::json;
use store::work_orders::people;
use store::work_orders::people::Target;
use store::{AuditEntry, ScopedTx, Topic};

use super::mirror::{self, CancelledHere};
use crate::{Caller, Error};

pub(crate) fn stopped(target: &Target, caller: &Caller) -> Result<DeliveryState, Error> {
    let site = SiteId(target.site_id);
    if !caller.may_at(Permission::Integrate, site)
        && !caller.may_at(Permission::WorkOrderRaise, site)
    {
        return Err(Error::Denied);
    }
    let state: DeliveryState = target
        .delivery_state
        .parse()
        .map_err(|e| Error::Store(store::Error::corrupt("work_order", e)))?;
    match state {
        DeliveryState::NeedsPerson | DeliveryState::Dead | DeliveryState::Rejected
            if target.status != "cancelled" =>
        {
            Ok(state)
        }
        _ => Err(Error::Conflict {
            code: "not_stopped",
            message: "this delivery has not stopped".to_owned(),
            detail: json!({ "state": state, "status": target.status }),
        }),
    }
}

/// Sends a stopped delivery again, under the same reference; where the CMMS may hold it already,
/// it is looked up first. One that was rejected is nowhere, so its body is made anew, with the asset
/// link and the mapping of now. For those who raise work orders and integration administrators.
///
/// # Errors
/// `not_stopped`, or `open_work_order_exists` when another work order took its place;
/// [`Error::Denied`], [`Error::NotFound`].
pub async fn retry(tx: &mut ScopedTx, caller: &Caller, id: WorkOrderId) -> Result<(), Error> {
    let target = people::target(tx, id).await?.ok_or(Error::NotFound)?;
    let state = stopped(&target, caller)?;
    if state == DeliveryState::Rejected {
        super::render_anew(tx, id, &target).await?;
    }
    let entry = AuditEntry::new("work_order.retry", "work_order", id.0)
        .site(SiteId(target.site_id))
        .detail(json!({ "was": state }));
    tx.audit(vec![entry]).await?;
    send_again(tx, &target, state).await
}

/// Queues a stopped delivery again; its audit row is the caller's.
pub(super) async fn send_again(
    tx: &mut ScopedTx,
    target: &Target,
    was: DeliveryState,
) -> Result<(), Error> {
    let look_up = was == DeliveryState::NeedsPerson;
    people::requeue(tx, WorkOrderId(target.id), look_up).await.map_err(|error| {
        match error.constraint() {
            Some("work_order_one_open") => Error::conflict(
                "open_work_order_exists",
                "another work order is open for this asset and failure mode",
            ),
            _ => error.into(),
        }
    })?;
    tx.touch(Topic::WorkOrders, Some(SiteId(target.site_id)));
    tx.touch(Topic::Deliveries, None);
    Ok(())
}

/// Gives a stopped delivery up: the work order is cancelled here and never sent, its alert ends as
/// deferred. For those who raise work orders and integration administrators.
///
/// # Errors
/// `not_stopped` as a conflict; [`Error::Denied`], [`Error::NotFound`].
pub async fn skip(tx: &mut ScopedTx, caller: &Caller, id: WorkOrderId) -> Result<(), Error> {
    let target = people::target(tx, id).await?.ok_or(Error::NotFound)?;
    let state = stopped(&target, caller)?;
    people::give_up(tx, id).await?;
    let site = SiteId(target.site_id);
    let entry = AuditEntry::new("work_order.skip", "work_order", id.0)
        .site(site)
        .detail(json!({ "was": state }));
    tx.audit(vec![entry]).await?;
    mirror::cancelled_here(tx, CancelledHere { order: id, alert: target.alert_id }).await?;
    tx.touch(Topic::WorkOrders, Some(site));
    Ok(())
}
