//! The register as the file that an import reads.

use domain::ids::AssetId;
use domain::views::assets::AssetSearch;
use serde_json::json;
use store::assets::{self as rows, ExportRow, SearchFilter};
use store::{AuditEntry, ScopedTx};

use super::file::COLUMNS;
use super::search::filter;
use crate::Error;

/// Tells spreadsheets that the text is UTF-8.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";
/// Rows that are read at once.
const CHUNK: i64 = 2_000;

/// An export under way; [`Export::next`] gives one piece of the file after the other.
#[derive(Debug)]
pub struct Export {
    filter: SearchFilter,
    after: Option<i64>,
    started: bool,
}

/// Begins an export of the assets that match, all pages of it; the export itself is audited.
///
/// # Errors
/// [`Error::NotFound`] when the asset it is limited to does not exist, or not for this caller.
pub async fn export(tx: &mut ScopedTx, asked: &AssetSearch) -> Result<Export, Error> {
    if let Some(under) = asked.under {
        rows::head(tx, under).await?.ok_or(Error::NotFound)?;
    }
    let entry = AuditEntry::new("asset.export", "asset", asked.under.map_or(0, |AssetId(id)| id))
        .detail(json!({ "filter": asked }));
    tx.audit(vec![entry]).await?;
    Ok(Export { filter: filter(asked), after: Some(0), started: false })
}

impl Export {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next(&mut self, tx: &mut ScopedTx) -> Result<Option<Vec<u8>>, Error> {
        let Some(after) = self.after else { return Ok(None) };
        let found = rows::export_page(tx, &self.filter, after, CHUNK).await?;
        self.after = found.last().map(|row| row.id);
        let mut writer =
            csv::Writer::from_writer(if self.started { Vec::new() } else { BOM.to_vec() });
        if !std::mem::replace(&mut self.started, true) {
            writer.write_record(COLUMNS).map_err(|_| Error::Unavailable)?;
        }
        for row in found {
            writer.write_record(cells(row)).map_err(|_| Error::Unavailable)?;
        }
        Ok(Some(writer.into_inner().map_err(|_| Error::Unavailable)?))
    }
}

fn cells(row: ExportRow) -> [String; 12] {
    let text = |value: Option<String>| cell(&value.unwrap_or_default());
    [
        cell(&row.tag),
        row.kind,
        text(row.parent),
        cell(&row.name),
        text(row.serial_number),
        text(row.barcode),
        text(row.manufacturer),
        text(row.model),
        row.installed_on.map(|day| day.to_string()).unwrap_or_default(),
        row.own_criticality.unwrap_or_default(),
        row.status,
        row.time_zone.unwrap_or_default(),
    ]
}

/// A cell that no spreadsheet runs (B17): a quote before what would begin a formula.
pub(super) fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
