//! An import in steps: keep the file, match its columns, look at what would happen, apply, and take
//! the bad rows home in a file that can be corrected and brought again.

use std::collections::{BTreeMap, HashSet};

use chrono::TimeDelta;
use domain::permission::Permission;
use domain::views::assets::{FileColumn, FileRow, ImportError, ImportReport, ImportSession};
use serde_json::json;
use store::ScopedTx;
use store::assets::{self as rows, Upload};

use super::columns::{is_field, suggest};
use super::file::{of_cells, plain};
use super::{ImportRow, import};
use crate::export::{Line, header};
use crate::{Caller, Error, FieldError};

/// Most bytes of a file.
pub const LARGEST_FILE: usize = 10 * 1024 * 1024;
/// Files of one person that are kept.
const KEPT: i64 = 5;
/// For so long.
const DAYS: i64 = 7;
/// Columns a file may have.
const WIDEST: usize = 100;
/// Values shown of each column.
const SAMPLES: usize = 4;
/// Rows shown as understood.
const FIRST: usize = 10;
/// Problems that a page lists.
const LISTED: usize = 1_000;
/// The column that an error file adds.
const REASON: &str = "reason";

/// A file taken apart.
struct Table {
    heads: Vec<String>,
    rows: Vec<(u32, Vec<String>)>,
}

/// Keeps a file for its import; answers the id of the import.
///
/// # Errors
/// [`Error::Invalid`] with `file` for one that cannot be read as a table; [`Error::Denied`].
pub async fn keep_upload(
    tx: &mut ScopedTx,
    caller: &Caller,
    file_name: &str,
    content: &[u8],
) -> Result<i64, Error> {
    caller.scope(Permission::AssetEdit)?;
    let owner = caller.user()?;
    if content.len() > LARGEST_FILE {
        return Err(Error::invalid("file", "too_large", "the file has more than 10 MB"));
    }
    read(content)?;
    let name: String = file_name.chars().filter(|c| !c.is_control()).take(200).collect();
    let id = rows::insert_upload(tx, owner, &name, content).await?;
    let before = tx.now() - TimeDelta::days(DAYS);
    rows::forget_uploads(tx, owner, before, KEPT).await?;
    Ok(id)
}

/// An import as its page shows it: with `again`, the matching of columns once more.
///
/// # Errors
/// [`Error::NotFound`] for an import that is not this person's, or forgotten.
pub async fn session(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: i64,
    again: bool,
) -> Result<ImportSession, Error> {
    let upload = rows::upload(tx, caller.user()?, id).await?.ok_or(Error::NotFound)?;
    let table = read(&upload.content)?;
    let stored = stored_columns(&upload)?;
    let matched = stored.is_some() && (!again || upload.report.is_some());
    let fields = stored.unwrap_or_else(|| suggest(&table.heads));
    let mut report = match &upload.report {
        Some(report) => Some(stored_report(report)?),
        None if matched => Some(run(tx, caller, &table, &fields, true).await?),
        None => None,
    };
    let (mut bad_rows, mut more_errors) = (0, 0);
    if let Some(report) = &mut report {
        bad_rows = count(report.errors.iter().map(|e| e.row).collect::<HashSet<_>>().len());
        more_errors = count(report.errors.len().saturating_sub(LISTED));
        report.errors.truncate(LISTED);
    }
    let taken: Vec<usize> = (0..fields.len()).filter(|i| !fields[*i].is_empty()).collect();
    let first = table.rows.iter().take(FIRST).map(|(line, cells)| FileRow {
        line: *line,
        cells: taken.iter().map(|i| cells.get(*i).cloned().unwrap_or_default()).collect(),
    });
    Ok(ImportSession {
        id,
        file_name: upload.file_name,
        rows: count(table.rows.len()),
        first: if matched { first.collect() } else { Vec::new() },
        taken: taken.iter().map(|i| fields[*i].clone()).collect(),
        columns: columns(&table, fields),
        bad_rows,
        more_errors,
        matched,
        applied: upload.report.is_some(),
        report,
    })
}

/// Says which of our columns each column of the file is; empty leaves one out.
///
/// # Errors
/// [`Error::Invalid`] when one of ours is given twice or the tag is missing; [`Error::NotFound`].
pub async fn match_columns(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: i64,
    fields: &[String],
) -> Result<(), Error> {
    let upload = rows::lock_upload(tx, caller.user()?, id).await?.ok_or(Error::NotFound)?;
    let table = read(&upload.content)?;
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    for (index, field) in fields.iter().enumerate().filter(|(_, field)| !field.is_empty()) {
        let path = format!("columns[{index}]");
        if !is_field(field) || index >= table.heads.len() {
            problems.push(FieldError::new(path, "unknown_column", "is not a column of ours"));
        } else if !seen.insert(field.as_str()) {
            let message = format!("“{}” is the second column for {field}", table.heads[index]);
            problems.push(FieldError::new(path, "doubled_column", message));
        }
    }
    if !seen.contains("tag") {
        let message = "one column must be the tag: the import knows assets by it";
        problems.push(FieldError::new("columns[0]", "missing_column", message));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let mut fields = fields.to_vec();
    fields.resize(table.heads.len(), String::new());
    rows::set_columns(tx, id, &json!(fields)).await?;
    Ok(())
}

/// Carries an import out, once: good rows are taken, bad ones stay for the error file.
///
/// # Errors
/// [`Error::NotFound`]; `not_matched` before the columns are.
pub async fn apply(tx: &mut ScopedTx, caller: &Caller, id: i64) -> Result<(), Error> {
    let upload = rows::lock_upload(tx, caller.user()?, id).await?.ok_or(Error::NotFound)?;
    if upload.report.is_some() {
        return Ok(());
    }
    let Some(fields) = stored_columns(&upload)? else {
        return Err(Error::conflict("not_matched", "Match the columns of the file first."));
    };
    let table = read(&upload.content)?;
    let report = run(tx, caller, &table, &fields, false).await?;
    rows::set_report(tx, id, &json!(report)).await?;
    Ok(())
}

/// The bad rows as they came, each with its reason; name and bytes of the file.
///
/// # Errors
/// [`Error::NotFound`] for an import that is not this person's, or has no matching yet.
pub async fn error_file(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: i64,
) -> Result<(String, Vec<u8>), Error> {
    let upload = rows::upload(tx, caller.user()?, id).await?.ok_or(Error::NotFound)?;
    let fields = stored_columns(&upload)?.ok_or(Error::NotFound)?;
    let table = read(&upload.content)?;
    let report = match &upload.report {
        Some(report) => stored_report(report)?,
        None => run(tx, caller, &table, &fields, true).await?,
    };
    let mut reasons: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for error in report.errors {
        let reason = match error.path.as_str() {
            "" => error.message,
            path => format!("{path}: {}", error.message),
        };
        reasons.entry(error.row).or_default().push(reason);
    }
    let kept: Vec<usize> =
        (0..table.heads.len()).filter(|i| !table.heads[*i].eq_ignore_ascii_case(REASON)).collect();
    let heads: Vec<&str> = kept.iter().map(|i| table.heads[*i].as_str()).chain([REASON]).collect();
    let mut file = header(&heads);
    for (number, cells) in &table.rows {
        if let Some(reasons) = reasons.get(number) {
            let cells = kept.iter().map(|i| cells.get(*i));
            let line = cells.fold(Line::new(), Line::maybe);
            line.text(reasons.join("; ")).write(&mut file);
        }
    }
    let stem =
        upload.file_name.rsplit_once('.').map_or(upload.file_name.as_str(), |(stem, _)| stem);
    Ok((format!("{stem}-errors.csv"), file.into_bytes()))
}

/// Imports, or looks what an import would do.
async fn run(
    tx: &mut ScopedTx,
    caller: &Caller,
    table: &Table,
    fields: &[String],
    dry_run: bool,
) -> Result<ImportReport, Error> {
    let mut malformed = Vec::new();
    let mut good: Vec<ImportRow> = Vec::new();
    for (line, cells) in &table.rows {
        if cells.len() == table.heads.len() {
            let of = |field: &str| {
                let index = fields.iter().position(|f| f == field)?;
                cells.get(index).cloned()
            };
            good.push(of_cells(*line, of));
        } else {
            malformed.push(ImportError {
                row: *line,
                tag: None,
                path: String::new(),
                code: "malformed_csv".to_owned(),
                message: format!(
                    "the row has {} cells, the first line has {}",
                    cells.len(),
                    table.heads.len()
                ),
            });
        }
    }
    let mut report = import(tx, caller, good, dry_run).await?;
    report.rows = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    report.errors.extend(malformed);
    report.errors.sort_by_key(|error| error.row);
    Ok(report)
}

fn stored_columns(upload: &Upload) -> Result<Option<Vec<String>>, Error> {
    let columns = upload.columns.clone().map(serde_json::from_value).transpose();
    Ok(columns.map_err(|error| store::Error::corrupt("asset_import", error))?)
}

fn stored_report(report: &serde_json::Value) -> Result<ImportReport, Error> {
    let report = serde_json::from_value(report.clone());
    Ok(report.map_err(|error| store::Error::corrupt("asset_import", error))?)
}

fn columns(table: &Table, fields: Vec<String>) -> Vec<FileColumn> {
    let mut fields = fields.into_iter();
    let cells = |column: usize| {
        table.rows.iter().filter_map(move |(_, cells)| cells.get(column)).filter(|c| !c.is_empty())
    };
    table
        .heads
        .iter()
        .enumerate()
        .map(|(column, head)| {
            let mut samples: Vec<String> = Vec::new();
            for value in cells(column) {
                if samples.len() == SAMPLES {
                    break;
                }
                if !samples.contains(value) {
                    samples.push(value.clone());
                }
            }
            FileColumn {
                head: head.clone(),
                filled: count(cells(column).count()),
                samples,
                field: fields.next().unwrap_or_default(),
            }
        })
        .collect()
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Takes a CSV file apart: separated by commas, semicolons or tabs, whichever the first line has
/// most of.
fn read(content: &[u8]) -> Result<Table, Error> {
    let content = content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(content);
    let refuse = |code: &str, message: &str| Err(Error::invalid("file", code, message));
    let Ok(text) = std::str::from_utf8(content) else {
        return refuse("not_utf8", "the file is not UTF-8 text; save it as “CSV UTF-8”");
    };
    let first = text.lines().next().unwrap_or_default();
    let separators = [',', ';', '\t'];
    let most = separators.into_iter().rev().max_by_key(|s| first.matches(*s).count());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(most.and_then(|s| u8::try_from(s).ok()).unwrap_or(b','))
        .flexible(true)
        .trim(csv::Trim::Headers)
        .from_reader(text.as_bytes());
    let Ok(heads) = reader.headers().cloned() else {
        return refuse("malformed_csv", "the first line cannot be read as the heads of columns");
    };
    let heads: Vec<String> = heads.iter().map(str::to_owned).collect();
    if heads.iter().all(String::is_empty) {
        return refuse("no_heads", "the file is empty; its first line must name the columns");
    }
    if heads.len() > WIDEST {
        return refuse("too_wide", "the file has more than 100 columns");
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let Ok(record) = record else {
            return refuse("malformed_csv", "the file cannot be read as CSV");
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = record.position().and_then(|p| u32::try_from(p.line()).ok()).unwrap_or(0);
        rows.push((line, record.iter().map(|cell| plain(cell).to_owned()).collect()));
    }
    if rows.is_empty() {
        return refuse("no_rows", "the file has no rows below its first line");
    }
    Ok(Table { heads, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(content: &[u8]) -> String {
        match read(content) {
            Err(Error::Invalid(problems)) => problems[0].code.clone(),
            _ => "taken".to_owned(),
        }
    }

    #[test]
    fn what_is_no_table_is_refused_with_a_reason() {
        assert_eq!(code(b""), "no_heads");
        assert_eq!(code(b"tag,name\n"), "no_rows");
        assert_eq!(code(b"tag,name\n\n , \n"), "no_rows");
        assert_eq!(code(b"tag\nM\xfcller\n"), "not_utf8");
        assert_eq!(code(format!("{}\nx\n", ",".repeat(100)).as_bytes()), "no_heads");
        assert_eq!(code(format!("a{}\nx\n", ",a".repeat(100)).as_bytes()), "too_wide");
    }

    #[test]
    fn separators_are_found_and_quotes_of_an_export_taken_off() {
        for text in
            ["tag;name\nM1;'=1, 2\n", "tag\tname\nM1\t'=1, 2\n", "tag,name\nM1,\"'=1, 2\"\n"]
        {
            let table = read(text.as_bytes()).unwrap();
            assert_eq!(table.heads, ["tag", "name"]);
            assert_eq!(table.rows, [(2, vec!["M1".to_owned(), "=1, 2".to_owned()])]);
        }
    }

    #[test]
    fn columns_show_how_full_they_are_and_four_different_values() {
        let table = read(b"tag,name\nA,x\nB,x\nC,\nD,y\nE,z\nF,w\nG,v\n").unwrap();
        let columns = columns(&table, vec!["tag".to_owned(), String::new()]);
        assert_eq!((columns[0].filled, columns[1].filled), (7, 6));
        assert_eq!(columns[1].samples, ["x", "y", "z", "w"]);
        assert_eq!(columns[0].field, "tag");
    }
}
