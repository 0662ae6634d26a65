//! Import files: CSV with a header line, or JSON.

use serde::Deserialize;

use super::ImportRow;
use crate::{Error, FieldError};

/// The columns of an import file.
pub(super) const COLUMNS: [&str; 12] = [
    "tag",
    "kind",
    "parent",
    "name",
    "serial_number",
    "barcode",
    "manufacturer",
    "model",
    "installed_on",
    "criticality",
    "status",
    "time_zone",
];

/// Reads a CSV file: a header line with the names of the columns in any order, then the rows.
///
/// # Errors
/// [`Error::Invalid`] for an unknown, doubled or missing column and for lines that cannot be read.
pub fn from_csv(bytes: &[u8]) -> Result<Vec<ImportRow>, Error> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(bytes);
    let header = reader.headers().map_err(|e| vec![unreadable(&e)]).map_err(Error::Invalid)?;
    let names: Vec<String> = header.iter().map(str::to_lowercase).collect();
    let mut errors = Vec::new();
    for (i, name) in names.iter().enumerate() {
        if !COLUMNS.contains(&name.as_str()) {
            errors.push(FieldError::new(name.as_str(), "unknown_column", "is not a column"));
        } else if names[..i].contains(name) {
            errors.push(FieldError::new(name.as_str(), "doubled_column", "is given twice"));
        }
    }
    if !names.iter().any(|name| name == "tag") {
        errors.push(FieldError::new("tag", "missing_column", "the column tag is missing"));
    }
    let mut rows = Vec::new();
    if errors.is_empty() {
        for record in reader.records() {
            match record {
                Ok(record) if record.iter().all(str::is_empty) => {}
                Ok(record) => rows.push(row(&names, &record)),
                Err(error) => errors.push(unreadable(&error)),
            }
        }
    }
    if errors.is_empty() { Ok(rows) } else { Err(Error::Invalid(errors)) }
}

fn unreadable(error: &csv::Error) -> FieldError {
    let line = error.position().map_or(0, csv::Position::line);
    let message = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "is not valid UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("has {len} fields, the header has {expected_len}")
        }
        _ => "cannot be read as CSV".to_owned(),
    };
    FieldError::new(format!("line {line}"), "malformed_csv", message)
}

fn row(names: &[String], record: &csv::StringRecord) -> ImportRow {
    let cell = |column: &str| {
        let index = names.iter().position(|name| name == column)?;
        record.get(index).map(plain).map(str::to_owned)
    };
    of_cells(record.position().and_then(|p| u32::try_from(p.line()).ok()).unwrap_or(0), cell)
}

/// A cell without the quote that an export puts before `=`, `+`, `-` and `@` against spreadsheets
/// that would run it.
pub(super) fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}

/// A row whose cells are found by the name of the column.
pub(super) fn of_cells(row: u32, cell: impl Fn(&str) -> Option<String>) -> ImportRow {
    ImportRow {
        row,
        tag: cell("tag"),
        kind: cell("kind"),
        parent: cell("parent"),
        name: cell("name"),
        serial_number: cell("serial_number"),
        barcode: cell("barcode"),
        manufacturer: cell("manufacturer"),
        model: cell("model"),
        installed_on: cell("installed_on"),
        criticality: cell("criticality"),
        status: cell("status"),
        time_zone: cell("time_zone"),
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Json {
    List(Vec<JsonRow>),
    Named(Named),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    assets: Vec<JsonRow>,
}

/// A field that is absent stays as it is; `null` empties it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct JsonRow {
    tag: Cell,
    kind: Cell,
    parent: Cell,
    name: Cell,
    serial_number: Cell,
    barcode: Cell,
    manufacturer: Cell,
    model: Cell,
    installed_on: Cell,
    criticality: Cell,
    status: Cell,
    time_zone: Cell,
}

#[derive(Default)]
struct Cell(Option<String>);

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Self(Some(Option::<String>::deserialize(d)?.unwrap_or_default())))
    }
}

/// Reads JSON: a list of assets, or `{"assets": […]}`.
///
/// # Errors
/// [`Error::Invalid`] when it is no JSON or has unknown fields or wrong types.
pub fn from_json(bytes: &[u8]) -> Result<Vec<ImportRow>, Error> {
    let json: Json = serde_json::from_slice(bytes).map_err(|error| {
        let place = if error.line() > 0 {
            format!(" at line {}, column {}", error.line(), error.column())
        } else {
            String::new()
        };
        let message =
            format!("expected a list of assets, or an object with the list `assets`{place}");
        Error::invalid("", "malformed_json", message)
    })?;
    let rows = match json {
        Json::List(rows) => rows,
        Json::Named(named) => named.assets,
    };
    Ok((1..)
        .zip(rows)
        .map(|(row, r)| ImportRow {
            row,
            tag: r.tag.0,
            kind: r.kind.0,
            parent: r.parent.0,
            name: r.name.0,
            serial_number: r.serial_number.0,
            barcode: r.barcode.0,
            manufacturer: r.manufacturer.0,
            model: r.model.0,
            installed_on: r.installed_on.0,
            criticality: r.criticality.0,
            status: r.status.0,
            time_zone: r.time_zone.0,
        })
        .collect())
}
