//! Texts of assets: tree, list, one asset, its forms, import.

use domain::asset::{AssetKind, AssetStatus, Criticality};

use crate::ui::format;

/// Title.
pub const TITLE: &str = "Assets";
/// Under it.
pub const LEAD: &str = "Sites, lines, machines and components, and what is open on them.";
/// Filter.
pub const SEARCH: &str = "Tag, name, serial or barcode";
/// Filter, column and field.
pub const KIND: &str = "Level";
/// Filter, column, fact and field.
pub const CRITICALITY: &str = "Criticality";
/// Filter and fact.
pub const STATUS: &str = "State";
/// Name of the tree.
pub const TREE: &str = "Asset tree";
/// Column.
pub const ASSET: &str = "Asset";
/// Column.
pub const PLACE: &str = "Where";
/// Column and fact.
pub const HEALTH: &str = "Health";
/// Column.
pub const OPEN_ALERTS: &str = "Open alerts";
/// Column.
pub const OPEN_ORDERS: &str = "Open work orders";
/// Nothing open.
pub const NO_ALERTS: &str = "No open alerts";
/// Nothing has ever looked at it.
pub const NOT_WATCHED: &str = "Not watched";
/// Why health is not known.
pub const NOT_WATCHED_HINT: &str = "no model has sent a prediction for it yet";
/// How health is made.
pub const HEALTH_HINT: &str = "Worst open alert here and below, and the least remaining life.";
/// Action.
pub const NEW: &str = "New asset";
/// Action.
pub const NEW_SITE: &str = "New site";
/// Action.
pub const NEW_BELOW: &str = "Add below";
/// Action and title.
pub const IMPORT: &str = "Import";
/// Action.
pub const EXPORT: &str = "Export";
/// Heading over nothing.
pub const EMPTY: &str = "No assets yet";
/// What next.
pub const EMPTY_HINT: &str = "Bring a list of your machines as a CSV file, or make the first site by \
                              hand. Predictions find their asset by its tag, serial number or barcode.";
/// Nothing matches.
pub const NO_MATCH: &str = "No assets match";
/// Link that removes filters.
pub const CLEAR: &str = "Back to the tree";
/// Caption of a list.
pub const CAPTION: &str = "Assets by tag";
/// Top of the path on phones.
pub const ALL_SITES: &str = "All sites";
/// Nothing stands below.
pub const NOTHING_BELOW: &str = "Nothing stands below it";
/// Heading.
pub const IDENTITY: &str = "Identity";
/// Fact.
pub const SERIAL: &str = "Serial number";
/// Fact and field.
pub const BARCODE: &str = "Barcode";
/// Fact and field.
pub const MANUFACTURER: &str = "Manufacturer";
/// Fact and field.
pub const MODEL: &str = "Model";
/// Fact and field.
pub const INSTALLED: &str = "Installed on";
/// A value that nobody has entered.
pub const NOT_ENTERED: &str = "not entered";
/// Before the count of open alerts of a phone's list.
pub const BELOW: &str = "below";
/// Tabs of one asset.
pub const TABS: &str = "Asset";
/// Tab.
pub const OVERVIEW: &str = "Overview";
/// Tab and heading.
pub const HISTORY: &str = "Changes";
/// Tab.
pub const CALENDAR: &str = "Calendar and crews";
/// Action.
pub const EDIT: &str = "Edit";
/// Action.
pub const MOVE: &str = "Move";
/// Action and title.
pub const LABEL: &str = "Label";
/// Heading.
pub const ALERTS: &str = "Open alerts";
/// Link.
pub const ALL_ALERTS: &str = "All alerts here";
/// Heading.
pub const ORDERS: &str = "Open work orders";
/// Link.
pub const ALL_ORDERS: &str = "All work orders here";
/// Heading.
pub const FAILURES: &str = "Failure history";
/// Under it.
pub const FAILURES_HINT: &str = "closed cases: what was predicted, what was found";
/// Heading.
pub const PREDICTIONS: &str = "Prediction history";
/// Heading.
pub const POINTS: &str = "Measured signals";
/// Under it.
pub const POINTS_HINT: &str = "last 24 hours";
/// Nothing.
pub const NO_ORDERS: &str = "No work order is open here.";
/// Nothing.
pub const NO_FAILURES: &str = "No case has been closed here yet.";
/// Nothing.
pub const NO_PREDICTIONS: &str = "No prediction has come for it yet.";
/// Nothing.
pub const NO_POINTS: &str = "No signal is mapped to it.";
/// Column.
pub const SEVERITY: &str = "Severity";
/// Column.
pub const FAILURE_MODE: &str = "Failure mode";
/// Column.
pub const CONFIDENCE: &str = "Confidence";
/// Column.
pub const LIFE: &str = "Remaining life";
/// Column.
pub const SINCE: &str = "Since";
/// Column.
pub const NUMBER: &str = "Number";
/// Column.
pub const WORK: &str = "Work";
/// Column.
pub const DUE: &str = "Due";
/// Column.
pub const CLOSED: &str = "Closed";
/// Column.
pub const PREDICTED: &str = "Predicted";
/// Column.
pub const FOUND: &str = "Found";
/// Column.
pub const VERDICT: &str = "Verdict";
/// Column.
pub const BY_MODEL: &str = "Model";
/// Column.
pub const OBSERVED: &str = "Observed";
/// Fact.
pub const LAST_PREDICTION: &str = "Last prediction";
/// Column.
pub const SIGNAL: &str = "Signal";
/// Column.
pub const LATEST: &str = "Latest";
/// Column.
pub const COURSE: &str = "Course";
/// A signal without values.
pub const NO_VALUES: &str = "no values in 24 h";
/// No due date.
pub const NO_DATE: &str = "no date";
/// After a decommissioned asset.
pub const RETIRED: &str = "Decommissioned";
/// On the page of one.
pub const RETIRED_HINT: &str = "Decommissioned: kept for its history. Rules create no work for it.";
/// What the code is for.
pub const QR_HINT: &str = "Scan it to open this page on a phone.";
/// Button.
pub const PRINT: &str = "Print";
/// On the label page.
pub const LABEL_HINT: &str = "Print it at 100 %, cut along the line, and stick it where a phone can \
                              reach. Whoever scans it signs in and sees this asset.";
/// Title.
pub const EDIT_TITLE: &str = "Edit asset";
/// Title.
pub const MOVE_TITLE: &str = "Move asset";
/// Field.
pub const TAG: &str = "Tag";
/// Under it.
pub const TAG_HINT: &str =
    "The equipment id that models, sensors and imports name. Unique over all sites.";
/// Field.
pub const NAME: &str = "Name";
/// Under it.
pub const NAME_HINT: &str = "Empty: the tag.";
/// Under the serial number and the barcode.
pub const KEY_HINT: &str = "Predictions find the asset by it too.";
/// Choice.
pub const CRITICALITY_DEFAULT: &str = "Not set (medium)";
/// Field.
pub const TIME_ZONE: &str = "Time zone";
/// Under it.
pub const TIME_ZONE_HINT: &str = "IANA name, such as Europe/Berlin. Shifts are set afterwards, in the \
                                  calendar.";
/// Button.
pub const SAVE: &str = "Save";
/// Button.
pub const CREATE: &str = "Create";
/// While it is saved.
pub const SAVING: &str = "Saving…";
/// Link.
pub const CANCEL: &str = "Cancel";
/// Field.
pub const NEW_PARENT: &str = "New place: tag of the asset above";
/// Under it.
pub const NEW_PARENT_HINT: &str =
    "Tag, as written or in other letters. It must be at the same site.";
/// Button.
pub const MOVE_NOW: &str = "Move it";
/// While it is moved.
pub const MOVING: &str = "Moving…";
/// Action.
pub const DECOMMISSION: &str = "Decommission…";
/// Question.
pub const DECOMMISSION_TITLE: &str = "Take it out of use?";
/// Button in the question.
pub const DECOMMISSION_NOW: &str = "Decommission";
/// Action.
pub const RECOMMISSION: &str = "Recommission…";
/// Question.
pub const RECOMMISSION_TITLE: &str = "Take it back into use?";
/// What it means.
pub const RECOMMISSION_HINT: &str =
    "Predictions for it are decided by the rules again from now on.";
/// Button in the question.
pub const RECOMMISSION_NOW: &str = "Recommission";
/// Below one that is out of use.
pub const BELOW_RETIRED: &str = "An asset above it is decommissioned; recommission that first.";
/// Column.
pub const WHEN: &str = "When";
/// Column.
pub const WHO: &str = "Who";
/// Column.
pub const WHAT: &str = "What";
/// No changes.
pub const NO_CHANGES: &str = "Nothing has been recorded.";
/// Read between an old and a new value.
pub const BECOMES: &str = "becomes";
/// A value that was not there.
pub const NONE: &str = "nothing";

/// Title of the import.
pub const IMPORT_TITLE: &str = "Import assets";
/// Under it.
pub const IMPORT_LEAD: &str =
    "New assets are made, known ones are changed by their tag, none is removed.";
/// Name of the steps.
pub const STEPS: &str = "Steps";
/// Step: word and what happens.
pub const STEP_FILE: (&str, &str) = ("File", "CSV, up to 10 MB");
/// Step.
pub const STEP_COLUMNS: (&str, &str) = ("Columns", "which is which");
/// Step.
pub const STEP_CHECK: (&str, &str) = ("Check", "every error, nothing written");
/// Step.
pub const STEP_DONE: (&str, &str) = ("Done", "bad rows to take home");
/// Field.
pub const FILE: &str = "CSV file";
/// Under it.
pub const FILE_HINT: &str = "Its first line names the columns; their names and order are free. Comma, \
                             semicolon or tab between them, UTF-8.";
/// Button.
pub const UPLOAD: &str = "Upload and match columns";
/// Heading.
pub const COLUMNS_WE_KNOW: &str = "Columns that can be taken";
/// Column.
pub const COLUMN_OF_FILE: &str = "Column of the file";
/// Column.
pub const FILLED: &str = "Filled";
/// Column.
pub const SAMPLES: &str = "First values";
/// Column.
pub const TAKEN_AS: &str = "Taken as";
/// Choice.
pub const LEAVE_OUT: &str = "Leave out";
/// Button.
pub const CHECK: &str = "Check the rows";
/// While they are checked.
pub const CHECKING: &str = "Checking…";
/// Link.
pub const CHANGE_COLUMNS: &str = "Change the columns";
/// Link.
pub const OTHER_FILE: &str = "Another file";
/// Link.
pub const ERROR_FILE: &str = "Download the rows with errors";
/// Under it.
pub const ERROR_FILE_HINT: &str = "The file with them has the same columns and one more for the reasons: \
                                   correct it and import it again.";
/// Link.
pub const IMPORT_CORRECTED: &str = "Import the corrected file";
/// Link.
pub const SEE_ASSETS: &str = "See the assets";
/// Heading.
pub const ERRORS: &str = "Rows that are left out";
/// Column.
pub const LINE: &str = "Line";
/// Column.
pub const COLUMN: &str = "Column";
/// Column.
pub const PROBLEM: &str = "What is wrong";
/// Heading.
pub const FIRST_ROWS: &str = "First rows as understood";
/// While it is applied.
pub const APPLYING: &str = "Importing…";
/// Nothing wrong.
pub const NO_ERRORS: &str = "Every row can be taken.";
/// Fact.
pub const ROWS: &str = "Rows";
/// Fact.
pub const CREATED: &str = "New";
/// Fact.
pub const UPDATED: &str = "Changed";
/// Fact.
pub const UNCHANGED: &str = "As they were";
/// Fact.
pub const ALONG: &str = "Changed along";
/// Fact.
pub const BAD: &str = "Left out";

/// A level as people say it.
pub const fn kind(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::Site => "Site",
        AssetKind::Line => "Line",
        AssetKind::Machine => "Machine",
        AssetKind::Component => "Component",
    }
}

/// A criticality as people say it.
pub const fn criticality(criticality: Criticality) -> &'static str {
    match criticality {
        Criticality::Critical => "Critical",
        Criticality::High => "High",
        Criticality::Medium => "Medium",
        Criticality::Low => "Low",
    }
}

/// A state as people say it.
pub const fn status(status: AssetStatus) -> &'static str {
    match status {
        AssetStatus::Active => "In use",
        AssetStatus::Decommissioned => RETIRED,
    }
}

/// Opens a node of the tree.
pub fn open_node(tag: &str) -> String {
    format!("Show what stands below {tag}")
}

/// Closes a node of the tree.
pub fn close_node(tag: &str) -> String {
    format!("Hide what stands below {tag}")
}

/// After the first 200 below one asset.
pub fn more_below(count: i64) -> String {
    format!("{} more: see them as a list", format::integer(count))
}

/// How many match.
pub fn matching(total: i64, more: bool) -> String {
    match (total, more) {
        (1, _) => "1 asset".to_owned(),
        (n, false) => format!("{} assets", format::integer(n)),
        (n, true) => format!("more than {} assets", format::integer(n)),
    }
}

/// What is open, in a few words.
pub fn open(alerts: i64, orders: i64) -> String {
    let some = |count: i64, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{} {many}", format::integer(n))),
    };
    let parts: Vec<String> =
        [some(alerts, "alert", "alerts"), some(orders, "work order", "work orders")]
            .into_iter()
            .flatten()
            .collect();
    parts.join(", ")
}

/// How many stand below.
pub fn below(count: i64) -> String {
    match count {
        0 => "nothing below".to_owned(),
        1 => "1 asset below".to_owned(),
        n => format!("{} assets below", format::integer(n)),
    }
}

/// Whose criticality it is.
pub fn inherited(from: &str) -> String {
    format!("inherited from {from}")
}

/// Whose criticality it is.
pub const OWN: &str = "its own";
/// Nobody has set one.
pub const BY_DEFAULT: &str = "not set";

/// The least remaining life among open alerts.
pub fn least_life(hours: f64) -> String {
    if hours <= 0.0 {
        "remaining life has passed".to_owned()
    } else {
        format!("{} left at least", format::life(hours))
    }
}

/// Choice of a component.
pub fn inherit(criticality: Criticality) -> String {
    format!("Inherited ({})", self::criticality(criticality).to_lowercase())
}

/// What a move takes along.
pub fn goes_along(below: i64) -> String {
    match below {
        0 => "Nothing stands below it. Alerts, work orders and sensor points stay with it."
            .to_owned(),
        1 => "One asset below goes along. Alerts, work orders and sensor points stay with them."
            .to_owned(),
        n => format!(
            "{} assets below go along. Alerts, work orders and sensor points stay with them.",
            format::integer(n)
        ),
    }
}

/// What decommissioning means.
pub fn retires(tag: &str, below: i64) -> String {
    let along = match below {
        0 => String::new(),
        1 => " and the asset below it".to_owned(),
        n => format!(" and the {} assets below it", format::integer(n)),
    };
    format!(
        "{tag}{along} stay in the register with their history. Held decisions end, and rules create \
         no work for them. It can be taken back."
    )
}

/// Box to tick before decommissioning an asset with open work.
pub fn accept_orders(count: i64) -> String {
    match count {
        1 => "1 work order is open on it or below, and may stay open".to_owned(),
        n => {
            format!("{} work orders are open on it or below, and may stay open", format::integer(n))
        }
    }
}

/// Box to tick when recommissioning.
pub fn also_below(count: i64) -> String {
    match count {
        1 => "Also the asset below it".to_owned(),
        n => format!("Also everything below it ({} directly)", format::integer(n)),
    }
}

/// A title of the form for a new asset.
pub fn new_below(tag: &str) -> String {
    format!("New asset below {tag}")
}

/// How full a column is.
pub fn filled(filled: i64, rows: i64) -> String {
    format::share(filled, rows)
}

/// The button that applies an import.
pub fn apply(rows: i64) -> String {
    match rows {
        0 => "Nothing to import".to_owned(),
        1 => "Import 1 row".to_owned(),
        n => format!("Import {} rows", format::integer(n)),
    }
}

/// Over the errors of a check.
pub fn left_out(bad: i64) -> String {
    match bad {
        1 => "1 row is left out.".to_owned(),
        n => format!("{} rows are left out.", format::integer(n)),
    }
}

/// After the errors that are listed.
pub fn more_errors(count: i64) -> String {
    format!("{} more problems are in the error file.", format::integer(count))
}

/// After an import.
pub fn imported(created: i64, updated: i64) -> String {
    let new = match created {
        1 => "1 asset is new".to_owned(),
        n => format!("{} assets are new", format::integer(n)),
    };
    format!("{new}, {} changed.", format::integer(updated))
}

/// Why a file was not taken.
pub fn upload_problem(code: &str) -> &'static str {
    match code {
        "too_large" => {
            "The file has more than 10 MB. Split it, and import the parts one after the other."
        }
        "no_file" => "Choose a file first.",
        "not_utf8" => "The file is not UTF-8 text. Save it as “CSV UTF-8” and try again.",
        "no_heads" => "The file is empty: its first line must name the columns.",
        "no_rows" => "The file has no rows below its first line.",
        "too_wide" => "The file has more than 100 columns.",
        _ => "The file cannot be read as CSV. Nothing was kept.",
    }
}

/// A column of ours as people say it.
pub fn field(field: &str) -> String {
    match field {
        "tag" => TAG,
        "kind" => KIND,
        "parent" => "Tag of the asset above",
        "parent_id" => "place",
        "path_text" => "path",
        "name" => NAME,
        "serial_number" => SERIAL,
        "barcode" => BARCODE,
        "manufacturer" => MANUFACTURER,
        "model" => MODEL,
        "installed_on" => INSTALLED,
        "criticality" => CRITICALITY,
        "own_criticality" => "own criticality",
        "status" => STATUS,
        "time_zone" => TIME_ZONE,
        "production" => "production",
        "shifts" => "shifts",
        "holidays" => "holidays",
        "shutdowns" => "planned shutdowns",
        "weekly_shutdowns" => "weekly shutdowns",
        "batch" => "weekly batch",
        other => other,
    }
    .to_owned()
}

/// What happened, by the word of the audit log.
pub fn action(action: &str) -> &str {
    match action {
        "asset.create" => "Created",
        "asset.update" => "Changed",
        "asset.move" => "Moved",
        "asset.decommission" => "Decommissioned",
        "asset.recommission" => "Recommissioned",
        "asset.export" => "Exported",
        "asset.link" => "Paired with a record of the CMMS",
        "asset.unlink" => "Pair with the CMMS undone",
        "site.create" => "Calendar made",
        "site.time_zone" => "Time zone changed",
        "calendar.set" => "Calendar changed",
        other => other,
    }
}

/// How long a file is.
pub fn matching_rows(rows: i64) -> String {
    match rows {
        1 => "1 row".to_owned(),
        n => format!("{} rows", format::integer(n)),
    }
}
