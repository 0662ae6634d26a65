//! Work orders: intents, their delivery, the mirror of the CMMS record, and the built-in book.
//!
//! Locks are taken in this order, always: delivery lane, alert, work order, book order.

pub mod attachments;
pub mod book;
pub mod cmms_orders;
pub mod delivery;
pub mod intents;
pub mod mirror;
pub mod order_sync;
pub mod people;
pub mod read;
pub mod strays;
pub mod sweep;
pub mod timeline;
pub mod webhooks;
