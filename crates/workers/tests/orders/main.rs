//! What happens in a CMMS comes back, against doubles over HTTP and a real Postgres. The double's
//! ledger says what exists.

mod bench;
#[path = "../delivery/plant.rs"]
#[allow(dead_code, reason = "shared with the tests of the delivery")]
mod plant;

mod crash;
mod following;
mod histories;
mod hooks;
mod stories;
mod webhooks;
