//! The register as the file that an import reads.

use domain::views::assets::AssetSearch;
use store::ScopedTx;
use store::assets::{self as rows, ExportRow};

use super::file::COLUMNS;
use super::search::filter;
use crate::export::{Line, Part, Sheet};
use crate::{Caller, Error};

/// Rows read at once.
const ROWS: i64 = 2_000;

/// The assets that match, all pages of them.
#[derive(Debug)]
pub struct AssetSheet {
    asked: AssetSearch,
    after: i64,
}

impl AssetSheet {
    /// Of what the list shows.
    pub fn new(asked: AssetSearch) -> Self {
        Self { asked: AssetSearch { after: None, ..asked }, after: 0 }
    }
}

impl Sheet for AssetSheet {
    const FILE: &'static str = "assets";
    const ACTION: &'static str = "asset.export";
    const COLUMNS: &'static [&'static str] = &COLUMNS;

    /// [`Error::NotFound`] when the asset it is limited to does not exist, or not for this caller.
    async fn part(&mut self, tx: &mut ScopedTx, _: &Caller) -> Result<Part, Error> {
        if let (Some(under), 0) = (self.asked.under, self.after) {
            rows::head(tx, under).await?.ok_or(Error::NotFound)?;
        }
        let found = rows::export_page(tx, &filter(&self.asked), self.after, ROWS).await?;
        let more = found.len() as i64 == ROWS;
        self.after = found.last().map_or(self.after, |row| row.id);
        Ok(Part { lines: found.iter().map(line).collect(), more })
    }
}

fn line(row: &ExportRow) -> Line {
    Line::new()
        .text(&row.tag)
        .text(&row.kind)
        .maybe(row.parent.as_deref())
        .text(&row.name)
        .maybe(row.serial_number.as_deref())
        .maybe(row.barcode.as_deref())
        .maybe(row.manufacturer.as_deref())
        .maybe(row.model.as_deref())
        .maybe(row.installed_on.map(|day| day.to_string()))
        .maybe(row.own_criticality.as_deref())
        .text(&row.status)
        .maybe(row.time_zone.as_deref())
}
