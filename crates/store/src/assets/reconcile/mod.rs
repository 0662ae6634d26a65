//! The register of a CMMS, its pairs with our assets, and the plan that would make both equal.

mod items;
mod links;
mod mirror;
mod plan;
mod sync;

pub use items::{
    DecidedRow, EffectRow, ItemRow, LockedItem, Page, decide, effects, fresh_items, item_counts,
    items, keep_fresh, lock_group, lock_items, set_aside, settle,
};
pub use links::{
    LinkRow, NewLink, OpenLink, link, link_of, links, refuse_pair, refused_pairs, taken, unlink,
};
pub use mirror::{MirrorRow, newest_change, take, theirs, tick_off};
pub use plan::{
    NewItem, OurRow, PlanRow, RegisterRow, TheirRow, current_plan, insert_items, insert_plan, ours,
    registers, served, tagged, tags_of, with_open_orders,
};
pub use sync::{SyncRow, advance, begin, claim, due, fail, finish, latest, let_go, read_through};
