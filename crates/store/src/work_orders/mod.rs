//! Work orders: intents, their delivery, the mirror of the CMMS record, and the built-in book.
//!
//! Locks are taken in this order, always: delivery lane, alert, work order, book order.

pub mod intents;
