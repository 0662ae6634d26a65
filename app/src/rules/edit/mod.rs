//! The editor: a sentence builder over the typed conditions, beside its preview.

mod condition;
mod desk;
mod form;
mod leave;
mod list;
mod live;
mod page;
mod then;
mod tree;
mod value;

pub use page::EditRulesPage;
