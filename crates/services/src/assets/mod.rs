//! Assets: importing, finding, showing and changing them.

mod change;
mod columns;
mod derive;
mod desk;
mod export;
mod file;
mod history;
mod import;
mod label;
mod list;
pub mod reconcile;
mod retire;
mod row;
mod search;
mod tree;
mod upload;

pub use change::{NewPlace, create, draft, edit, place};
pub use desk::detail;
pub use export::AssetSheet;
pub use file::{from_csv, from_json};
pub use history::history;
pub use import::import;
pub use list::{AssetQuery, get, list};
pub use retire::{decommission, recommission};
pub use row::ImportRow;
pub use search::search;
pub use tree::{AT_ONCE, branch, tree};
pub use upload::{LARGEST_FILE, apply, error_file, keep_upload, match_columns, session};
