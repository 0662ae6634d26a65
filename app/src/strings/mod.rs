//! Every text of the user interface, in English, by feature.
//!
//! Constants for fixed texts, functions for texts with values in them; a sentence is never put
//! together from pieces at the place where it is shown. Another language is another set of the
//! same modules.

pub mod alerts;
pub mod assets;
pub mod audit;
pub mod calendars;
pub mod common;
pub mod connections;
pub mod errors;
pub mod frame;
pub mod logbook;
pub mod mapping;
pub mod overview;
pub mod people;
pub mod predictions;
pub mod reconcile;
pub mod reviews;
pub mod rules;
pub mod search;
pub mod users;
pub mod work_orders;
