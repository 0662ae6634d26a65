//! The business rules of Millwright. No I/O, no clock, no randomness: `now` is always an argument.

pub mod alert;
pub mod asset;
pub mod audit;
pub mod calendar;
pub mod cmms_record;
pub mod connection;
pub mod failure_mode;
pub mod ids;
pub mod matching;
pub mod permission;
pub mod policy;
pub mod prediction;
pub mod verdict;
pub mod views;
pub mod work_order;

/// A word that is not in the vocabulary it was read for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word {0:?}")]
pub struct UnknownWord(pub String);
