//! Assets as the API and the pages show them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::asset::{AssetKind, AssetStatus, Criticality};
use crate::ids::AssetId;

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
