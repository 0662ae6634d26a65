//! Every SQL query of Millwright. Nothing above this crate sees a connection: callers get a
//! [`ScopedTx`], which knows who acts, which sites they may touch and what time it is.
//!
//! One module per feature; its functions take `&mut ScopedTx` first. To add a query, add a function
//! to the feature's module; to add a table, see `docs/adding-a-migration.md`.

pub mod alerts;
pub mod assets;
pub mod audit;
pub mod calendars;
mod clock;
pub mod connect;
pub mod connections;
#[doc(hidden)]
pub mod crash;
pub mod embedded;
mod error;
pub mod idempotency;
pub mod live;
pub mod logbook;
pub mod migrate;
pub mod notices;
pub mod overview;
pub mod predictions;
pub mod rules;
mod scope;
pub mod search;
pub mod secrets;
pub mod self_check;
pub mod sessions;
mod signals;
pub mod sources;
pub mod telemetry;
#[doc(hidden)]
pub mod testing;
pub mod users;
pub mod work_orders;

pub use audit::AuditEntry;
pub use clock::Clock;
pub use error::Error;
pub use scope::{Actor, Scope, ScopedTx, Store};
pub use signals::{Change, Signals, Topic};
