//! Making our register and that of a CMMS equal: reading theirs, pairing what is the same, and a
//! plan of what differs that a person applies. Nothing is ever deleted, and nothing that is
//! doubtful is applied without a person.

mod apply;
mod compare;
mod decide;
mod plan;
mod show;
mod take;

pub use apply::{Selection, apply};
pub use compare::{Compared, Registers, compare};
pub use decide::{link, refuse, skip, unlink};
pub use plan::{Made, keep, load};
pub use show::{Ask, show};
pub use take::{begin_due, read_again, take_page};
