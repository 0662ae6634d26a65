//! The field mapping of a connection: the matrix, its value maps, publishing. Everything is a link
//! or a plain form, so it works without scripts.

mod actions;
mod edit;
mod matrix;
mod page;
mod values;

pub use page::MappingPage;
