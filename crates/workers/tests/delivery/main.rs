//! Work orders from intent to closure, on a real Postgres, against the built-in book and against a
//! CMMS that misbehaves on purpose. The ledger of that CMMS, not our tables, says what exists.

mod book;
mod crash;
mod fake_cmms;
mod faults;
mod mirror;
mod people;
mod plant;
mod races;
