//! What a search finds.

use serde::{Deserialize, Serialize};

use crate::asset::{AssetKind, AssetStatus};
use crate::ids::AssetId;
use crate::views::alerts::AlertRow;
use crate::views::work_orders::WorkOrderRow;

/// An asset that matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundAsset {
    /// The asset.
    pub id: AssetId,
    /// Its tag.
    pub tag: String,
    /// What people call it.
    pub name: String,
    /// Names from the site down, joined by ` / `.
    pub path: String,
    /// Site, line, machine or component.
    pub kind: AssetKind,
    /// Active or decommissioned.
    pub status: AssetStatus,
    /// Serial number.
    pub serial_number: Option<String>,
    /// Barcode.
    pub barcode: Option<String>,
    /// The text is its tag, serial number or barcode, and not only a part of it.
    pub exact: bool,
}

/// Assets, alerts and work orders that match, the best few of each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// An exact tag, serial number or barcode first.
    pub assets: Vec<FoundAsset>,
    /// There are more.
    pub more_assets: bool,
    /// The newest first.
    pub alerts: Vec<AlertRow>,
    /// There are more.
    pub more_alerts: bool,
    /// The newest first.
    pub orders: Vec<WorkOrderRow>,
    /// There are more.
    pub more_orders: bool,
}
