//! Words used on many pages.

/// Placeholder of a missing value; say why next to it.
pub const NO_DATA: &str = "no data";
/// Closes a dialog without doing anything.
pub const CANCEL: &str = "Cancel";
/// Closes a sheet.
pub const CLOSE: &str = "Close";
/// Downloads the list as a CSV file.
pub const EXPORT: &str = "Export CSV";
/// Applies a filter form.
pub const APPLY: &str = "Apply";
/// Removes every filter.
pub const CLEAR: &str = "Clear";
/// Opens the filter form.
pub const FILTER: &str = "Filter";
/// The first choice of a filter.
pub const ANY: &str = "Any";
/// Pager, towards the newest.
pub const NEWER: &str = "Newer";
/// Pager, towards the oldest.
pub const OLDER: &str = "Older";
/// Toggles the table behind a chart.
pub const AS_TABLE: &str = "Show as table";
/// Read out while something is loading.
pub const LOADING: &str = "Loading";
/// Appended to the label of an input that may stay empty.
pub const OPTIONAL: &str = "optional";
/// Heading of a secret that was just made.
pub const SHOWN_ONCE: &str = "Shown only now.";
/// Button.
pub const COPY: &str = "Copy";
/// After it worked.
pub const COPIED: &str = "Copied";
/// Where the browser has no clipboard.
pub const COPY_BY_HAND: &str = "Select the text and copy it by hand.";
/// Toggles the password to plain text.
pub const SHOW: &str = "Show";
/// The list of the path of a page.
pub const PATH: &str = "Path";
/// The list of pages.
pub const PAGES: &str = "Pages";

/// "1 240 in total", or "10 000+ in total" when counting stopped.
pub fn total(count: i64, more: bool) -> String {
    let plus = if more { "+" } else { "" };
    format!("{}{plus} in total", crate::ui::format::integer(count))
}

/// The accessible name of the link that removes a filter.
pub fn remove_filter(label: &str) -> String {
    format!("Remove filter {label}")
}
