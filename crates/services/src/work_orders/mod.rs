//! Work orders: asking for them, mirroring what the CMMS says, and the acts of the built-in book.

mod intend;
mod reference;
mod request;

pub use intend::{Intended, intend};
pub use request::{Intent, title};
