//! Connections: listed, made, filled in, tested, switched live, paused; deliveries that stopped.
//!
//! A new one runs in shadow beside the site's active one. Going live is an act with a reason.

mod access;
mod check;
mod configure;
mod create;
mod fields;
mod go_live;
pub mod import;
mod list;
pub mod mapping;
mod pause;
mod restored;
mod secrets;
mod shadow;
mod show;
mod stopped;
mod systems;

pub use check::{STEPS, WRITING_STEPS, check, start_check};
pub use configure::{Changes, configure};
pub use create::{NewConnection, create};
pub use fields::{CLIENT_CERTIFICATE, manifest};
pub use go_live::go_live;
pub use list::list;
pub use pause::{pause, resume, retry_now};
pub use restored::{RECONCILE_FOR, restored};
pub use secrets::{
    discard_next, drop_replaced, new_webhook_address, promote, rotate_webhook_token, set_secret,
    webhook_address,
};
pub use shadow::render_shadow;
pub use show::{calls, shadow_orders, show};
pub use stopped::{created_by_hand, replay, replay_all, skip, stopped};
pub use systems::systems;
