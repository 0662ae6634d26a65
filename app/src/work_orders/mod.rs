//! Work orders: the list, the page of one with its single timeline, and the steps people take.

mod actions;
mod closure;
mod delivery;
mod detail;
mod facts;
mod list;
mod sent;
mod steps;

use domain::work_order::DeliveryState;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

pub use detail::WorkOrderPage;
pub use list::{WorkOrdersPage, listed};

use actions::{list_work_orders, load_work_order};
use closure::ClosureForm;

use crate::error::AppError;
use crate::ui::Level;

/// How a delivery state is coloured.
pub(crate) const fn delivery_level(state: DeliveryState) -> Level {
    match state {
        DeliveryState::Created => Level::Ok,
        DeliveryState::Queued | DeliveryState::Sending => Level::Unknown,
        DeliveryState::Unknown => Level::Medium,
        DeliveryState::Rejected | DeliveryState::NeedsPerson | DeliveryState::Dead => Level::High,
    }
}

/// Counts how often an action was accepted: what depends on it stays as it is on a refusal, so
/// nobody loses what they typed.
pub(crate) fn count_successes<S>(action: ServerAction<S>, count: RwSignal<u32>)
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(_))) {
            count.update(|count| *count += 1);
        }
    });
}
