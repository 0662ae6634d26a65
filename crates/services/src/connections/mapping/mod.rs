//! What of an alert goes into which field of a CMMS's work order: a draft that people edit and try
//! with real alerts, and published versions that never change.
//!
//! A work order's body is rendered once, when it is asked for; what is published later leaves it
//! alone (R8).

mod catalogue;
mod check;
mod criticality;
mod edit;
mod publish;
mod render;
mod show;
mod suggest;
mod values;

pub use catalogue::Catalogue;
pub use criticality::criticalities;
pub use edit::{accept_suggestions, set_field, set_value};
pub use publish::publish;
pub use render::{Renderer, renderers};
pub use show::show;
pub use values::set_values;
