//! The asset tree.

mod read;
mod write;

pub use read::{AssetFilter, ListedAsset, get, list};
pub use write::{
    AssetRow, SiteRow, insert, insert_sites, lock_tree, reserve_ids, set_time_zone, sites, tree,
    update,
};
