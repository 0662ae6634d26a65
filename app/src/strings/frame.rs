//! Texts of the frame: top bar, rail, menus, keyboard sheet.

/// The product.
pub const PRODUCT: &str = "Millwright";
/// First link of every page.
pub const SKIP: &str = "Skip to content";
/// Name of the main navigation.
pub const MAIN: &str = "Main";
/// Placeholder of the search field.
pub const SEARCH_HINT: &str = "Asset, alert or work order";
/// Name of the search field.
pub const SEARCH: &str = "Search";
/// The fifth entry of the bottom bar.
pub const MORE: &str = "More";
/// Opens the sheet of shortcuts.
pub const KEYBOARD: &str = "Keyboard";
/// Title of the sheet of shortcuts.
pub const KEYS_TITLE: &str = "Keys that work here";
/// Explains the switch for single letters.
pub const KEYS_OFF: &str = "Single letters are switched off in your menu.";
/// Entry that shows all sites at once.
pub const ALL_SITES: &str = "All sites";
/// Name of the site menu.
pub const SITE: &str = "Site";
/// Theme switch.
pub const THEME: &str = "Theme";
/// Follows the device.
pub const THEME_SYSTEM: &str = "System";
/// Light theme.
pub const THEME_LIGHT: &str = "Light";
/// Dark theme.
pub const THEME_DARK: &str = "Dark";
/// Density switch.
pub const DENSITY: &str = "Density";
/// 32 px rows.
pub const DENSITY_COMPACT: &str = "Compact";
/// 44 px rows.
pub const DENSITY_COMFORTABLE: &str = "Comfortable";
/// Switch for shortcuts of one letter.
pub const LETTER_KEYS: &str = "Letter keys";
/// Switched on.
pub const ON: &str = "On";
/// Switched off.
pub const OFF: &str = "Off";
/// Ends the session.
pub const SIGN_OUT: &str = "Sign out";
/// Heading of the notices.
pub const NOTICES: &str = "Notices";
/// No notices.
pub const NO_NOTICES: &str = "No notices";
/// Page as loaded, before or without the live connection.
pub const AS_LOADED: &str = "As loaded";
/// Changes arrive by themselves.
pub const LIVE: &str = "Live";
/// Without a live connection for a while.
pub const STALE: &str = "Stale";
/// The live connection is being made again.
pub const RECONNECTING: &str = "Reconnecting";
/// No network.
pub const OFFLINE: &str = "Offline";
/// Read after the number in the badge of the review entry.
pub const WAITING: &str = " waiting";
/// Dismisses a message.
pub const DISMISS: &str = "Dismiss";

/// "12 s ago", for the freshness of a live page.
pub fn seconds_ago(seconds: u32) -> String {
    if seconds < 60 { format!("{seconds} s ago") } else { format!("{} min ago", seconds / 60) }
}
/// What `j` does.
pub const KEY_NEXT: &str = "Next row";
/// What `k` does.
pub const KEY_PREVIOUS: &str = "Previous row";
/// Section: what the day begins with.
pub const OVERVIEW: &str = "Overview";
/// Section: decisions that wait for a person.
pub const REVIEW: &str = "Review";
/// Section: open cases.
pub const ALERTS: &str = "Alerts";
/// Section: work orders.
pub const WORK_ORDERS: &str = "Work orders";
/// Section: the asset register.
pub const ASSETS: &str = "Assets";
/// Section: the shift logbook.
pub const LOGBOOK: &str = "Logbook";
/// Section.
pub const RULES: &str = "Rules";
/// Section of the rail.
pub const CONNECTIONS: &str = "Connections";
/// Section: messages that could not be taken in.
pub const QUARANTINE: &str = "Quarantine";
/// Marks every notice as read.
pub const MARK_READ: &str = "Mark as read";

/// At the top of a printed page: "Rockford, Plant 2. state: waiting review. Printed for Dana Kowalski."
pub fn printed<'a>(
    site: &str,
    who: &str,
    filter: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let filter: Vec<String> = filter
        .filter(|(key, _)| !["after", "shown", "saved", "new"].contains(key))
        .map(|(key, value)| format!(" {key}: {}.", value.replace('_', " ").replace(',', ", ")))
        .collect();
    format!("{site}.{} Printed for {who}.", filter.concat())
}
/// Section: the audit log.
pub const AUDIT: &str = "Audit";
/// Section: people, roles, keys.
pub const ADMIN: &str = "Admin";
/// Section: keys, for those who manage no people.
pub const KEYS: &str = "API keys";
/// Entry of the user menu.
pub const ACCOUNT: &str = "Your account";
