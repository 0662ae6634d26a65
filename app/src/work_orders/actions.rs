use domain::alert::Priority;
use domain::ids::WorkOrderId;
#[cfg(feature = "ssr")]
use domain::permission::Permission;
use domain::views::work_orders::{WorkOrderDetail, WorkOrderFilter, WorkOrderList};
use domain::work_order::WorkOrderStatus;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::ClosureForm;
use crate::codec::Answer;
use crate::error::AppError;

/// A page of the list.
///
/// # Errors
/// Nobody is signed in.
#[server(prefix = "/ui", endpoint = "work_orders/list", input = Json, output = Answer)]
pub async fn list_work_orders(filter: WorkOrderFilter) -> Result<WorkOrderList, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let mut tx = ctx.begin_here(Permission::View).await?;
    Ok(services::work_orders::list(&mut tx, &filter, 50).await?)
}

/// Everything about one work order.
///
/// # Errors
/// There is none, or not for this person.
#[server(prefix = "/ui", endpoint = "work_orders/load", input = Json, output = Answer)]
pub async fn load_work_order(id: WorkOrderId) -> Result<WorkOrderDetail, AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::View).await?;
    Ok(services::work_orders::detail(&mut tx, &caller, id).await?)
}

/// Takes a step in the built-in book: approve, assign, start, reopen, cancel.
///
/// # Errors
/// The step is not allowed from here, or somebody was first.
#[server(prefix = "/ui", endpoint = "work_orders/move", output = Answer)]
pub async fn move_work_order(
    id: i64,
    to: WorkOrderStatus,
    version: i32,
    #[server(default)] assigned_to: String,
) -> Result<(), AppError> {
    use services::work_orders::{Transition, permission, transition};
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let assigned_to = Some(assigned_to).filter(|to| !to.trim().is_empty());
    let step = Transition { to, closure: None, version, assigned_to };
    let mut tx = ctx.begin(permission(to)).await?;
    transition(&mut tx, &caller, WorkOrderId(id), step).await?;
    Ok(tx.commit().await?)
}

/// Closes a work order with what was found and done; the prediction gets its verdict.
///
/// # Errors
/// The closure has problems, or somebody was first.
#[server(prefix = "/ui", endpoint = "work_orders/close", output = Answer)]
pub async fn close_work_order(id: i64, version: i32, form: ClosureForm) -> Result<(), AppError> {
    use services::work_orders::{Transition, permission, transition};
    let ctx = crate::context::ssr::server_ctx()?;
    let (caller, closure) = (ctx.caller()?.clone(), form.read()?);
    let to = WorkOrderStatus::Closed;
    let step = Transition { to, closure: Some(closure), version, assigned_to: None };
    let mut tx = ctx.begin(permission(to)).await?;
    transition(&mut tx, &caller, WorkOrderId(id), step).await?;
    Ok(tx.commit().await?)
}

/// Sends a stopped delivery again under the same reference.
///
/// # Errors
/// It has not stopped, or another work order took its place.
#[server(prefix = "/ui", endpoint = "work_orders/retry", output = Answer)]
pub async fn retry_delivery(id: i64) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::View).await?;
    services::work_orders::retry(&mut tx, &caller, WorkOrderId(id)).await?;
    Ok(tx.commit().await?)
}

/// Changes what a rejected work order asks for and sends it again under the same reference.
///
/// # Errors
/// It was not rejected, or the words have problems.
#[server(prefix = "/ui", endpoint = "work_orders/amend", output = Answer)]
pub async fn amend_work_order(
    id: i64,
    title: String,
    #[server(default)] description: String,
    priority: Priority,
) -> Result<(), AppError> {
    use services::work_orders::{Amendment, amend};
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::View).await?;
    let amendment = Amendment { title, description, priority };
    amend(&mut tx, &caller, WorkOrderId(id), amendment).await?;
    Ok(tx.commit().await?)
}

/// Gives a stopped delivery up for good.
///
/// # Errors
/// It has not stopped.
#[server(prefix = "/ui", endpoint = "work_orders/skip", output = Answer)]
pub async fn skip_delivery(id: i64) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let mut tx = ctx.begin(Permission::View).await?;
    services::work_orders::skip(&mut tx, &caller, WorkOrderId(id)).await?;
    Ok(tx.commit().await?)
}

/// A person has made the work order in the CMMS by hand: ours is that one from now on.
///
/// # Errors
/// It has not stopped, number or reason is missing, or another work order is that record.
#[server(prefix = "/ui", endpoint = "work_orders/by-hand", output = Answer)]
pub async fn made_by_hand(
    id: i64,
    number: String,
    #[server(default)] cmms_id: String,
    reason: String,
) -> Result<(), AppError> {
    let ctx = crate::context::ssr::server_ctx()?;
    let caller = ctx.caller()?.clone();
    let cmms_id = if cmms_id.trim().is_empty() { number.clone() } else { cmms_id };
    let mut tx = ctx.begin(Permission::View).await?;
    services::connections::created_by_hand(
        &mut tx,
        &caller,
        WorkOrderId(id),
        &cmms_id,
        &number,
        &reason,
    )
    .await?;
    Ok(tx.commit().await?)
}
