//! Roles: the matrix, the review of changes, the question why.

mod actions;
mod boxes;
mod grid;
mod matrix;
mod page;
mod review;
mod role;
mod why;

pub use actions::*;
pub use page::RolesPage;
