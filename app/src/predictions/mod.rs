//! The quarantine: predictions that wait for somebody.

mod actions;
mod page;
mod row;

pub use page::QuarantinePage;

use actions::{
    DismissPrediction, MapPredictionAsset, MapPredictionMode, QuarantineFilter, ReplayPrediction,
    quarantine_list,
};
