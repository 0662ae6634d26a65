//! Sealed secrets and the keys that seal them. Only the vault knows what they hold.

mod keys;
mod rows;

pub use keys::{
    DataKey, active, insert, key, key_id, masters, retire, rewrap, under_other_masters, used,
};
pub use rows::{
    About, Sealed, about, discard, drop_previous, next_version, promote, put, reseal, sealed,
    sealed_under, site_of, touch_used,
};
