//! What is read, in our words.

use chrono::{DateTime, Utc};
use domain::cmms_record::CmmsRecord;
use serde::{Deserialize, Serialize};

/// Where the next page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cursor {
    /// Pages read.
    pub pages: u32,
    /// Rows read.
    pub rows: u64,
    /// What the CMMS said.
    pub next: Option<String>,
}

impl Cursor {
    pub(super) fn after(&self, rows: usize, next: Option<String>) -> Self {
        Self { pages: self.pages + 1, rows: self.rows + rows as u64, next }
    }
}

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// Where the next one begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// An asset of the register.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AssetRow {
    /// Its id there.
    pub id: String,
    /// The number on its plate.
    pub tag: Option<String>,
    /// Name.
    pub name: String,
    /// Serial number.
    pub serial: Option<String>,
    /// Barcode.
    pub barcode: Option<String>,
    /// Maker.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// When it was installed.
    pub installed: Option<String>,
    /// How critical it is.
    pub criticality: Option<String>,
    /// The asset it is part of.
    pub parent: Option<String>,
    /// Where it stands.
    pub location: Option<String>,
    /// It is no longer in use.
    pub retired: bool,
    /// When its record last changed.
    pub changed: Option<DateTime<Utc>>,
}

/// A work order of the CMMS.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderRow {
    /// The record in our words.
    pub record: CmmsRecord,
    /// Its asset, an id of the register.
    pub asset: Option<String>,
    /// What is to be done.
    pub title: Option<String>,
    /// Its failure code.
    pub failure_code: Option<String>,
    /// Its kind of work.
    pub work_type: Option<String>,
    /// Its priority, in the CMMS's own scale.
    pub priority: Option<String>,
    /// When the work is due.
    pub due: Option<DateTime<Utc>>,
    /// When it was made.
    pub created: Option<DateTime<Utc>>,
}

/// A failure code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRow {
    /// The code.
    pub code: String,
    /// What it means.
    pub name: String,
    /// The code above it.
    pub parent: Option<String>,
}
