//! The review queue: one question at a time.

mod decide;
mod item;
mod page;
mod queue;
mod send;
mod undo;

pub use page::ReviewPage;
