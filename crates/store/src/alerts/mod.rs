//! Alerts: what there is to decide, what a decision leaves behind, reviews, schedules, reading.
//!
//! Locks are taken in this order everywhere: decision lane, alert (by id), review, work order.

mod pending;
mod read;
mod reviews;
mod schedule;
mod tally;
mod write;

pub use pending::{
    OpenAlert, Pending, SiteRules, claim_lanes, count_created, created_since, lock_caps, lock_one,
    lock_open, path_tags, payloads, pending, recent, rest_lanes, site_rules,
};
pub use read::{
    AlertFilter, PredictionPoint, Row, by_ids, count, facets, floods, get, list, predictions,
    similar,
};
pub use reviews::{
    Ask, Asked, Overdue, Review, Said, ask, decide, escalate, finish, lock as lock_review, overdue,
    runnable, supersede, undo,
};
pub use schedule::{Due, due_holds, quiet};
pub use tally::{decided_today, last_decided};
pub use write::{
    NewDecision, NewEvaluation, SNOOZE, ShadowDecision, Standing, close, insert_decisions,
    insert_evaluations, insert_shadow_decisions, mark_evaluated, set_standing, snooze, wake,
};
