//! Read models: what crosses to the browser and the API, one file per feature.

pub mod alerts;
pub mod assets;
pub mod audit;
pub mod calendars;
pub mod connections;
pub mod logbook;
pub mod mapping;
pub mod overview;
pub mod predictions;
pub mod reconcile;
pub mod rules;
pub mod search;
pub mod users;
pub mod work_orders;
