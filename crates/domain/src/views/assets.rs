//! Assets as the API and the pages show them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::alert::{AlertState, Priority, Severity};
use crate::asset::{AssetKind, AssetStatus, Criticality};
use crate::ids::{AlertId, AssetId, SiteId, WorkOrderId};
use crate::verdict::Outcome;
use crate::work_order::{DeliveryState, WorkOrderStatus};

/// An asset as `/api/v1` answers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asset {
    /// Our id.
    pub id: AssetId,
    /// Equipment id.
    pub tag: String,
    /// Names from the site down, joined by ` / `.
    pub path: String,
    /// Site, line, machine or component.
    pub kind: AssetKind,
    /// Tag of the asset above; none for a site.
    pub parent: Option<String>,
    /// Tag of the site.
    pub site: String,
    /// What people call it.
    pub name: String,
    /// Serial number.
    pub serial_number: Option<String>,
    /// Barcode.
    pub barcode: Option<String>,
    /// Manufacturer.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Date of installation.
    pub installed_on: Option<NaiveDate>,
    /// Own or inherited criticality.
    pub criticality: Criticality,
    /// Active or decommissioned.
    pub status: AssetStatus,
    /// IANA zone; sites only.
    pub time_zone: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetPage {
    /// The assets, by id.
    pub items: Vec<Asset>,
    /// What to ask with as `after`; none on the last page.
    pub next: Option<String>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportReport {
    /// Nothing was written.
    pub dry_run: bool,
    /// Rows read.
    pub rows: u32,
    /// New assets.
    pub created: u32,
    /// Changed assets.
    pub updated: u32,
    /// Assets that were so already.
    pub unchanged: u32,
    /// Assets outside the file that changed along, such as by inherited criticality.
    pub changed_along: u32,
    /// Rows left out, and why.
    pub errors: Vec<ImportError>,
}

/// One thing wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportError {
    /// The row: line of the CSV file, or position in the list from 1.
    pub row: u32,
    /// Its tag, as far as it was readable.
    pub tag: Option<String>,
    /// The column.
    pub path: String,
    /// Stable code.
    pub code: String,
    /// What to fix.
    pub message: String,
}

/// What is open on an asset and everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct OpenWork {
    /// The worst severity among open alerts.
    pub worst: Option<Severity>,
    /// Open alerts.
    pub alerts: i64,
    /// Work orders neither closed nor cancelled.
    pub orders: i64,
    /// The least remaining life among open alerts, counted down to now, hours.
    pub least_life_hours: Option<f64>,
}

/// One row of the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeRow {
    /// The asset.
    pub id: AssetId,
    /// The asset above.
    pub parent: Option<AssetId>,
    /// 1 for a site.
    pub level: i32,
    /// Equipment id.
    pub tag: String,
    /// What people call it.
    pub name: String,
    /// Site, line, machine or component.
    pub kind: AssetKind,
    /// Own or inherited criticality.
    pub criticality: Criticality,
    /// Active or decommissioned.
    pub status: AssetStatus,
    /// Assets directly below it.
    pub children: i64,
    /// Its place among its siblings, from 1.
    pub position: i64,
    /// How many siblings there are, itself included.
    pub siblings: i64,
    /// What is open here and below.
    pub open: OpenWork,
}

/// The tree as far as it is open, every row after its parent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AssetTree {
    /// The visible rows.
    pub rows: Vec<TreeRow>,
    /// Which of them are open.
    pub open: Vec<AssetId>,
}

/// One asset of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetLine {
    /// The asset.
    pub id: AssetId,
    /// Equipment id.
    pub tag: String,
    /// What people call it.
    pub name: String,
    /// Names from the site down, joined by ` / `.
    pub path: String,
    /// Site, line, machine or component.
    pub kind: AssetKind,
    /// Serial number.
    pub serial_number: Option<String>,
    /// Barcode.
    pub barcode: Option<String>,
    /// Own or inherited criticality.
    pub criticality: Criticality,
    /// Active or decommissioned.
    pub status: AssetStatus,
    /// Assets directly below it.
    pub children: i64,
    /// What is open here and below.
    pub open: OpenWork,
}

/// Which assets a list shows; empty means all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AssetSearch {
    /// Words in tag, name, serial number or barcode; all of them must be there.
    pub q: String,
    /// Below this asset.
    pub under: Option<AssetId>,
    /// Directly below it only.
    pub direct: bool,
    /// Only this kind.
    pub kind: Option<AssetKind>,
    /// Only this criticality.
    pub criticality: Option<Criticality>,
    /// Only this status.
    pub status: Option<AssetStatus>,
    /// What the page before ended with.
    pub after: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetList {
    /// The assets: exact matches first, then by tag.
    pub items: Vec<AssetLine>,
    /// What to ask with as `after`.
    pub next: Option<String>,
    /// How many match, counted up to 10 000.
    pub total: i64,
    /// The asset the list stands below, and those above it.
    pub above: Vec<Step>,
}

/// One step of the path to an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The asset.
    pub id: AssetId,
    /// Equipment id.
    pub tag: String,
    /// What people call it.
    pub name: String,
    /// Site, line, machine or component.
    pub kind: AssetKind,
}

/// An open alert on an asset or below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetAlert {
    /// The alert.
    pub id: AlertId,
    /// Where.
    pub tag: String,
    /// What is feared, as people say it.
    pub failure_mode: String,
    /// How it is shown.
    pub severity: Severity,
    /// Where it stands.
    pub state: AlertState,
    /// Latest confidence.
    pub confidence: Option<f64>,
    /// Remaining life counted down to now, hours.
    pub life_hours: Option<f64>,
    /// First prediction.
    pub first_seen: DateTime<Utc>,
}

/// An open work order on an asset or below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetOrder {
    /// The work order.
    pub id: WorkOrderId,
    /// Number in its CMMS.
    pub number: Option<String>,
    /// Where.
    pub tag: String,
    /// What is to be done.
    pub title: String,
    /// 1 to 5.
    pub priority: Priority,
    /// Status in our words.
    pub status: WorkOrderStatus,
    /// How it reached the CMMS.
    pub delivery: DeliveryState,
    /// When it is due.
    pub due: Option<DateTime<Utc>>,
}

/// A closed case: what was predicted, and what was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastFailure {
    /// The alert.
    pub alert: AlertId,
    /// Where.
    pub tag: String,
    /// What was predicted, as people say it.
    pub failure_mode: String,
    /// What the technician found, as people say it.
    pub found: Option<String>,
    /// The verdict.
    pub outcome: Option<Outcome>,
    /// The fault was removed before the function was lost.
    pub prevented: bool,
    /// The work order and its number.
    pub order: Option<(WorkOrderId, Option<String>)>,
    /// What was done.
    pub action: Option<String>,
    /// Stopped for, hours.
    pub downtime_hours: Option<f64>,
    /// When it ended.
    pub closed_at: DateTime<Utc>,
}

/// One prediction for an asset or below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetPrediction {
    /// Its alert.
    pub alert: AlertId,
    /// Where.
    pub tag: String,
    /// What is feared, as people say it.
    pub failure_mode: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Remaining life as sent, hours.
    pub life_hours: Option<f64>,
    /// The model and its version.
    pub model: String,
    /// When the model looked.
    pub observed_at: DateTime<Utc>,
}

/// A measured signal of an asset or of what stands below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetPoint {
    /// Its path.
    pub path: String,
    /// Unit, when known.
    pub unit: Option<String>,
    /// Latest good value.
    pub value: Option<f64>,
    /// When that was measured.
    pub at: Option<DateTime<Utc>>,
    /// The last 24 hours in even steps; gaps stay gaps.
    pub course: Vec<Option<f64>>,
}

/// The code on the label: where it leads, and its picture as one path on a square grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// The address of the page.
    pub url: String,
    /// Modules along one side, the quiet margin included.
    pub size: u32,
    /// The dark modules as the `d` of an SVG path.
    pub path: String,
}

/// Everything the page of an asset shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetDetail {
    /// The asset.
    pub asset: Asset,
    /// For optimistic locking.
    pub version: i32,
    /// The site.
    pub site_id: SiteId,
    /// IANA zone of the site.
    pub zone: String,
    /// Its own criticality, where it has one.
    pub own_criticality: Option<Criticality>,
    /// From the site down to the asset above.
    pub above: Vec<Step>,
    /// Directly below it.
    pub children: i64,
    /// Below it at any depth, in use.
    pub below: i64,
    /// What is open here and below.
    pub open: OpenWork,
    /// The latest prediction here or below.
    pub last_prediction: Option<DateTime<Utc>>,
    /// Open alerts, worst first.
    pub alerts: Vec<AssetAlert>,
    /// Open work orders, most urgent first.
    pub orders: Vec<AssetOrder>,
    /// Closed cases, newest first.
    pub failures: Vec<PastFailure>,
    /// Predictions, newest first.
    pub predictions: Vec<AssetPrediction>,
    /// Measured signals.
    pub points: Vec<AssetPoint>,
    /// For its label.
    pub qr: QrCode,
    /// The caller may edit it.
    pub may_edit: bool,
    /// It stands below an asset that is out of use.
    pub below_retired: bool,
}

/// One thing that changed, in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, as people read it.
    pub by: String,
    /// A person did it.
    pub person: bool,
    /// What, the stable word of the audit log.
    pub action: String,
    /// What exactly.
    pub lines: Vec<ChangedField>,
}

/// One field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedField {
    /// Name of the field as stored.
    pub field: String,
    /// What it was; none when there was nothing.
    pub before: Option<String>,
    /// What it is; none when there is nothing.
    pub after: Option<String>,
}

/// The changes of one asset, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetHistory {
    /// Equipment id.
    pub tag: String,
    /// What people call it.
    pub name: String,
    /// Site, line, machine or component.
    pub kind: AssetKind,
    /// IANA zone of the site.
    pub zone: String,
    /// From the site down to the asset above.
    pub above: Vec<Step>,
    /// What changed.
    pub changes: Vec<Change>,
    /// What to ask with as `after` for older ones.
    pub next: Option<i64>,
}

/// What a person writes about an asset.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AssetForm {
    /// Equipment id.
    pub tag: String,
    /// Site, line, machine or component; an existing asset keeps its kind.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Serial number.
    pub serial_number: String,
    /// Barcode.
    pub barcode: String,
    /// Manufacturer.
    pub manufacturer: String,
    /// Model.
    pub model: String,
    /// `YYYY-MM-DD`.
    pub installed_on: String,
    /// Empty: inherited, or medium.
    pub criticality: String,
    /// IANA zone; new sites only.
    pub time_zone: String,
}

/// What a form about an asset starts with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetDraft {
    /// The asset, unless it is new.
    pub id: Option<AssetId>,
    /// For optimistic locking.
    pub version: i32,
    /// The asset above.
    pub parent: Option<Step>,
    /// From the site down to the asset above.
    pub above: Vec<Step>,
    /// Kinds it may be.
    pub kinds: Vec<AssetKind>,
    /// The criticality it would inherit.
    pub inherits: Option<Criticality>,
    /// What is written.
    pub form: AssetForm,
}

/// A column of a file that is being imported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileColumn {
    /// Its head.
    pub head: String,
    /// Rows that have something there.
    pub filled: i64,
    /// The first different values.
    pub samples: Vec<String>,
    /// The column of ours it is, or looks like; empty: leave out.
    pub field: String,
}

/// A row of a file as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRow {
    /// Line of the file.
    pub line: u32,
    /// The cells in the order of the columns that are taken.
    pub cells: Vec<String>,
}

/// An import between its steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportSession {
    /// Its id.
    pub id: i64,
    /// As the person named it.
    pub file_name: String,
    /// Rows of the file.
    pub rows: i64,
    /// Its columns.
    pub columns: Vec<FileColumn>,
    /// Rows that would be, or were, left out.
    pub bad_rows: i64,
    /// Problems beyond those listed in the report; the error file has them all.
    pub more_errors: i64,
    /// A person has said which column is which.
    pub matched: bool,
    /// The columns that are taken, in the order of the file.
    pub taken: Vec<String>,
    /// The first rows as understood.
    pub first: Vec<FileRow>,
    /// What the import would do, or did.
    pub report: Option<ImportReport>,
    /// It is done.
    pub applied: bool,
}
