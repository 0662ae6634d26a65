//! What only a browser has: the clock, live events, keys, media queries. On the server every hook
//! is quiet, so that first paint is the same on both sides.

mod clipboard;
mod clock;
mod debounce;
mod keys;
mod live;
mod media;

pub use clipboard::copy;
#[cfg(not(feature = "ssr"))]
pub(crate) use clock::in_zone;
pub use clock::{every, minute};
pub use debounce::{debounced, debounced_for};
pub use keys::{KeySheet, install_keys};
pub use live::{LIVE_POSITION, Live, LiveState, provide_live, use_topic};
pub use media::use_media;

pub(crate) use clock::provide_clock;
