//! What a CMMS says about all its work orders: each is mirrored, and those that are ours move our
//! work orders, their alerts and verdicts.

mod drift;
mod row;
mod take;

pub use take::{Source, Taken, Wanted, take, wanted};
