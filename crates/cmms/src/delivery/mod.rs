//! The create protocol, apart from where its state is kept: which call is next, making it, and what
//! its answer means. The delivery worker drives it from the database, conformance from memory.

mod call;
pub mod machine;

pub use call::{Call, Job, make};
pub use machine::After;
