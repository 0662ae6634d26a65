//! Read models: what crosses to the browser and the API, one file per feature.

pub mod work_orders;
