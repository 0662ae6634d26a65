//! Work orders to external CMMSs, through manifests, on a real Postgres. The ledgers of the doubles,
//! not our tables, say what exists.

mod canary;
mod checks;
mod crash;
mod demo;
mod files;
mod isolation;
mod many;
mod restored;
mod world;
