//! One row of an import: as read, and as checked by itself.

use chrono::NaiveDate;
use domain::asset::{AssetKey, AssetKind, AssetStatus, Criticality};
use domain::views::assets::ImportError;

/// One row as read. `None`: the file has no such column, the asset keeps what it has; empty: the
/// asset loses it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportRow {
    /// Line of the file, or position in the list from 1.
    pub row: u32,
    /// Equipment id; the key of the import.
    pub tag: Option<String>,
    /// `site`, `line`, `machine` or `component`.
    pub kind: Option<String>,
    /// Tag of the asset above.
    pub parent: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// Serial number.
    pub serial_number: Option<String>,
    /// Barcode.
    pub barcode: Option<String>,
    /// Manufacturer.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// `YYYY-MM-DD`.
    pub installed_on: Option<String>,
    /// `critical`, `high`, `medium` or `low`.
    pub criticality: Option<String>,
    /// `active` or `decommissioned`.
    pub status: Option<String>,
    /// IANA zone; sites only.
    pub time_zone: Option<String>,
}

/// A text column: not given, emptied, or a value.
pub(super) type Column<T> = Option<Option<T>>;

/// One row whose cells make sense by themselves.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub(super) row: u32,
    pub(super) tag: String,
    pub(super) key: String,
    pub(super) kind: Option<AssetKind>,
    pub(super) parent: Column<String>,
    pub(super) name: Column<String>,
    pub(super) serial_number: Column<String>,
    pub(super) barcode: Column<String>,
    pub(super) manufacturer: Column<String>,
    pub(super) model: Column<String>,
    pub(super) installed_on: Column<NaiveDate>,
    pub(super) criticality: Column<Criticality>,
    pub(super) status: Option<AssetStatus>,
    pub(super) time_zone: Option<String>,
}

const LONGEST: usize = 200;

/// Collects what is wrong with one row.
pub(super) struct Problems<'a> {
    row: u32,
    tag: Option<String>,
    errors: &'a mut Vec<ImportError>,
    count: usize,
}

impl<'a> Problems<'a> {
    pub(super) fn of(row: u32, tag: Option<&str>, errors: &'a mut Vec<ImportError>) -> Self {
        Self { row, tag: tag.map(str::to_owned), errors, count: 0 }
    }

    pub(super) fn add(&mut self, path: &str, code: &str, message: impl Into<String>) {
        self.count += 1;
        self.errors.push(ImportError {
            row: self.row,
            tag: self.tag.clone(),
            path: path.to_owned(),
            code: code.to_owned(),
            message: message.into(),
        });
    }
}

/// Checks one row; its problems are added to `errors`.
pub(super) fn check(row: ImportRow, errors: &mut Vec<ImportError>) -> Option<Checked> {
    let tag = row.tag.as_deref().map(str::trim).filter(|tag| !tag.is_empty());
    let mut problems = Problems::of(row.row, tag, errors);
    let p = &mut problems;
    let key = match tag {
        None => {
            p.add("tag", "missing", "every asset needs a tag");
            None
        }
        Some(tag) => key(p, "tag", tag),
    };
    let checked = Checked {
        row: row.row,
        tag: tag.unwrap_or_default().to_owned(),
        key: key.unwrap_or_default(),
        kind: word(p, "kind", row.kind).flatten(),
        parent: text(p, "parent", row.parent)
            .map(|parent| parent.and_then(|parent| self::key(p, "parent", &parent))),
        name: text(p, "name", row.name),
        serial_number: named(p, "serial_number", row.serial_number),
        barcode: named(p, "barcode", row.barcode),
        manufacturer: text(p, "manufacturer", row.manufacturer),
        model: text(p, "model", row.model),
        installed_on: date(p, row.installed_on),
        criticality: word(p, "criticality", row.criticality),
        status: word(p, "status", row.status).flatten(),
        time_zone: text(p, "time_zone", row.time_zone).flatten(),
    };
    if let Some(zone) = &checked.time_zone
        && zone.parse::<chrono_tz::Tz>().is_err()
    {
        p.add("time_zone", "unknown_zone", "expected an IANA name such as Europe/Berlin");
    }
    (problems.count == 0).then_some(checked)
}

fn key(p: &mut Problems<'_>, path: &str, text: &str) -> Option<String> {
    match AssetKey::normalise(text) {
        Ok(key) if text.chars().count() <= LONGEST => Some(key.as_str().to_owned()),
        Ok(_) => {
            p.add(path, "too_long", format!("at most {LONGEST} characters"));
            None
        }
        Err(error) => {
            p.add(path, error.code(), error.to_string());
            None
        }
    }
}

fn text(p: &mut Problems<'_>, path: &str, value: Option<String>) -> Column<String> {
    let value = value?;
    let trimmed = value.trim();
    if trimmed.is_empty() {
        return Some(None);
    }
    if trimmed.chars().count() > LONGEST {
        p.add(path, "too_long", format!("at most {LONGEST} characters"));
    } else if trimmed.chars().any(char::is_control) {
        p.add(path, "control_character", "contains a control character");
    }
    Some(Some(trimmed.to_owned()))
}

/// A text by which the asset can be found.
fn named(p: &mut Problems<'_>, path: &str, value: Option<String>) -> Column<String> {
    let column = text(p, path, value);
    if let Some(Some(value)) = &column {
        key(p, path, value);
    }
    column
}

fn word<T: std::str::FromStr>(
    p: &mut Problems<'_>,
    path: &str,
    value: Option<String>,
) -> Column<T> {
    let value = text(p, path, value)?;
    Some(value.and_then(|word| {
        let parsed = word.to_lowercase().parse().ok();
        if parsed.is_none() {
            p.add(path, "unknown_word", format!("{word:?} is not a {path}"));
        }
        parsed
    }))
}

fn date(p: &mut Problems<'_>, value: Option<String>) -> Column<NaiveDate> {
    let value = text(p, "installed_on", value)?;
    Some(value.and_then(|date| {
        let parsed = date.parse().ok();
        if parsed.is_none() {
            p.add("installed_on", "invalid_date", "expected YYYY-MM-DD");
        }
        parsed
    }))
}
