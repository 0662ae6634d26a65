//! Lists as CSV: the columns of a list, part by part, within the caller's sites.
//!
//! A list that can be exported implements [`Sheet`] in its feature (`alerts/export.rs`); the HTTP
//! side streams whatever does, so a new export is a sheet and a route.

mod line;

pub use line::{Line, header};

use store::{AuditEntry, ScopedTx};

use crate::{Caller, Error};

/// A part of an export.
#[derive(Debug, Default)]
pub struct Part {
    /// Its lines, one per row.
    pub lines: Vec<Line>,
    /// Another part follows.
    pub more: bool,
}

/// A list as CSV. It remembers itself where the next part begins, because every part is read in a
/// transaction of its own: an export never holds one open.
pub trait Sheet: Send + 'static {
    /// Name of the file, without its ending.
    const FILE: &'static str;
    /// What the audit log calls it: `<feature>.export`.
    const ACTION: &'static str;
    /// Names of the columns, one per cell of a line.
    const COLUMNS: &'static [&'static str];

    /// The next part, within the sites of the transaction.
    fn part(
        &mut self,
        tx: &mut ScopedTx,
        caller: &Caller,
    ) -> impl Future<Output = Result<Part, Error>> + Send;
}

/// The first part of an export, with its audit row: who took which list with which filter. Commit
/// the transaction before a byte leaves the house.
///
/// # Errors
/// Only a person exports; else what the list says.
pub async fn begin<S: Sheet>(
    tx: &mut ScopedTx,
    caller: &Caller,
    sheet: &mut S,
    filter: &str,
) -> Result<Part, Error> {
    let person = caller.user()?;
    let part = sheet.part(tx, caller).await?;
    let detail = serde_json::json!({ "list": S::FILE, "filter": filter });
    let entry = AuditEntry::new(S::ACTION, "app_user", person.0).detail(detail);
    tx.audit(vec![entry]).await?;
    Ok(part)
}
