//! Texts of the search.

use crate::ui::format::integer;

/// Title without a text.
pub const TITLE: &str = "Search";
/// Label of the field.
pub const LABEL: &str = "Asset, alert or work order";
/// Under the field.
pub const HINT: &str =
    "Tag, name, serial number or barcode of an asset; number or title of a work order.";
/// Button.
pub const SEARCH: &str = "Search";
/// Heading.
pub const ASSETS: &str = "Assets";
/// Heading.
pub const ALERTS: &str = "Alerts";
/// Heading.
pub const ORDERS: &str = "Work orders";
/// An asset whose tag, serial number or barcode is the text.
pub const EXACT: &str = "exact";
/// An asset that is no longer in use.
pub const DECOMMISSIONED: &str = "decommissioned";
/// Link.
pub const ALL_ALERTS: &str = "All matching alerts";
/// Link.
pub const ALL_ORDERS: &str = "All matching work orders";
/// More assets than are shown.
pub const MORE_ASSETS: &str = "More assets match; type more of the tag or name.";
/// Before the place of an asset.
pub const SERIAL: &str = "serial";
/// Before the barcode of an asset.
pub const BARCODE: &str = "barcode";
/// Why nothing may be found.
pub const NOTHING_HINT: &str =
    "Only what belongs to your sites is searched. Try a part of the tag, or a part of the name.";

/// Title with a text.
pub fn title(text: &str) -> String {
    format!("Search for {text}")
}

/// Nothing found.
pub fn nothing(text: &str) -> String {
    format!("Nothing matches {text}")
}

/// "3 found", "10+ found".
pub fn found(count: usize, more: bool) -> String {
    let count = integer(i64::try_from(count).unwrap_or(i64::MAX));
    if more { format!("{count}+ found") } else { format!("{count} found") }
}
