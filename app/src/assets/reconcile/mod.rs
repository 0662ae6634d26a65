//! Making our register and that of a CMMS equal: the plan, item by item. One form holds every item,
//! so that it works without scripts.

mod actions;
mod done;
mod hand;
mod item;
mod page;
mod plan;

pub use page::ReconcilePage;
