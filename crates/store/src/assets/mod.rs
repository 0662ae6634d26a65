//! The asset tree.

mod desk;
mod edit;
mod history;
mod read;
pub mod reconcile;
mod search;
mod uploads;
mod write;

pub use desk::{
    AlertRow, FailureRow, OrderRow, PredictionRow, last_prediction, open_alerts, open_orders,
    past_failures, predictions,
};
pub use edit::{
    AssetHead, Versioned, current, decommission_counts, head, locked, subtree, taken, with_tag,
};
pub use history::{ChangeRow, changes, tags};
pub use read::{AssetFilter, ExportRow, ListedAsset, export_page, get, list};
pub use search::{
    BranchRow, LineRow, OpenRow, SearchFilter, ancestors, branches, count, open_work, search,
};
pub use uploads::{
    Upload, forget_uploads, insert_upload, lock_upload, set_columns, set_report, upload,
};
pub use write::{
    AssetRow, SiteRow, insert, insert_sites, lock_tree, reserve_ids, set_time_zone, sites, tree,
    update,
};
