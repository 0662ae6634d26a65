//! Assets: importing and listing them.

mod derive;
mod file;
mod import;
mod list;
mod row;

pub use file::{from_csv, from_json};
pub use import::import;
pub use list::{AssetQuery, get, list};
pub use row::ImportRow;
